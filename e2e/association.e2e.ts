/** One association as long as a meter's life, and what a poll costs on the wire. */
import { expect, test } from "vitest";
import { controlOf, draftOf, nineKeys, prepare } from "./gateway-directory.ts";
import {
  endpointWords,
  type Item,
  lectura,
  LecturaProcess,
  type ReadyMeter,
  scratchDirectory,
  simulate,
} from "./lectura-process.ts";
import { Tap } from "./tap.ts";

const gets = Number(process.env["LECTURA_GETS"] ?? 20_000);

/** `read` of a simulated meter; its password is in the environment. */
function readWords(meter: ReadyMeter): readonly string[] {
  return ["read", "--json", ...endpointWords(meter), "--password-env", "METER_PASSWORD"];
}

/** Of 32 bits: what the personality chose its address for, so that HCS hold 7E and 7D as well. */
const key = "current_l1";
const variables = { METER_PASSWORD: "22222222" };

test(`${gets} GETs over one association with 7E and 7D everywhere, without an error`, async () => {
  await using simulator = await simulate(["--personality", "seven-e"], { lifeMs: 900_000 });
  const [meter] = simulator.meters;
  const { code, items, stderr } = await lectura(
    [...readWords(meter!), "--repeat", String(gets), key],
    { variables, lifeMs: 900_000, keep: (line) => line.startsWith('{"type":"summary"') },
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(items).toMatchObject([{ reads: gets, values: gets, errors: 0, reconnects: 0 }]);
  process.stdout.write(`${JSON.stringify(items[0])}\n`);
}, 900_000);

test("every one of these reads is a GET of its own, and 7E and 7D do stand inside the frames", async () => {
  await using simulator = await simulate(["--personality", "seven-e"]);
  await using tap = await Tap.open(simulator.meters[0]!.tcp);
  const words = readWords({ ...simulator.meters[0]!, tcp: tap.tcp });
  const { code } = await lectura([...words, "--repeat", "500", key], { variables });
  expect(code).toBe(0);
  expect(tap.connections).toHaveLength(1);
  // The scaler once, then values.
  expect(getsOf(tap).length).toBe(1 + 500);
  const { sent, received } = tap.connections[0]!;
  // SNRM, AARQ, the GETs, RLRQ and DISC, or their answers; two flags each, all beyond is inside.
  const frames = 1 + 500 + 4;
  expect(countOf(sent, 0x7e)).toBeGreaterThan(3 * frames);
  expect(countOf(received, 0x7e)).toBeGreaterThan(3 * frames);
  // The value's last octet is one of the two as time goes on; the HCS has both.
  expect(countOf(received, 0x7d)).toBeGreaterThan(0);
});

function countOf(octets: Buffer, octet: number): number {
  return octets.filter((one) => one === octet).length;
}

/** One GET request as it stood on the wire. */
interface Get {
  readonly isList: boolean;
  /** Attribute of the first object asked for. */
  readonly attributeId: number;
  readonly isIdentity: boolean;
}

/** LLC (E6 E6 00) and the tag of a GET-request: where each request begins. */
const getRequest = Buffer.from("e6e600c0", "hex");
const identityName = Buffer.from("00002a0000ff", "hex");
/** Octets from the start of the LLC to class and instance of the first descriptor. */
const descriptorAt = { normal: 6, list: 7 } as const;

/** Every GET a client sent: IEC 62056-53, one descriptor each or a list of them. */
function getsOf(tap: Tap): readonly Get[] {
  return tap.connections.flatMap(({ sent }) => {
    const found: Get[] = [];
    for (let at = sent.indexOf(getRequest); at !== -1; at = sent.indexOf(getRequest, at + 1)) {
      const isList = sent[at + 4] === 3;
      const descriptor = at + (isList ? descriptorAt.list : descriptorAt.normal);
      const logicalName = sent.subarray(descriptor + 2, descriptor + 8);
      const isIdentity = logicalName.equals(identityName);
      found.push({ isList, attributeId: sent[descriptor + 8]!, isIdentity });
    }
    return found;
  });
}

interface MeterCounts {
  readonly name: string;
  readonly requests: number;
  readonly reconnects: number;
  readonly cycles: { readonly ok: number; readonly failed: number };
}

/** Polls four times and more, pauses the meters so that counters stand still, and reads those. */
async function runAWhile(dataDirectory: string): Promise<readonly MeterCounts[]> {
  const words = ["--data-dir", dataDirectory];
  await using gateway = new LecturaProcess(["run", "--json", "--api-port", "0", ...words]);
  const polls = (meter: string): number =>
    gateway.items.filter((item) => item["key"] === "frequency" && item["meter"] === meter).length;
  await gateway.until(() => polls("sim-001") >= 4 && polls("sim-002") >= 4);
  const control = await controlOf(dataDirectory);
  for (const { name } of await control.meters()) await control.pauseMeter(name);
  const { items } = await lectura(["status", "--json", ...words]);
  for (const { name } of await control.meters()) await control.resumeMeter(name);
  await gateway.interrupt();
  return (items[0] as Item & { meters: readonly MeterCounts[] }).meters;
}

test("a poll in steady state is one round trip, or one for each value, after a restart too", async () => {
  using directory = scratchDirectory();
  const personality = "generic-three-phase,microstar";
  await using simulator = await simulate(["--meters", "2", "--personality", personality]);
  await using listed = await Tap.open(simulator.meters[0]!.tcp);
  await using single = await Tap.open(simulator.meters[1]!.tcp);
  await prepare(directory.path, async (control) => {
    for (const [index, { tcp }] of [listed, single].entries()) {
      await control.addMeter(draftOf({ ...simulator.meters[index]!, tcp }, { intervalMs: 1000 }));
    }
  });
  const first = await runAWhile(directory.path);
  const scalersFirst = getsOf(single).filter(({ attributeId }) => attributeId === 3).length;
  expect(scalersFirst).toBe(nineKeys.length);
  const before = { listed: getsOf(listed).length, single: getsOf(single).length };
  const second = await runAWhile(directory.path);
  const after = {
    listed: getsOf(listed).slice(before.listed),
    single: getsOf(single).slice(before.single),
  };
  expect(after.listed.every(({ isList }) => isList)).toBe(true);
  expect(after.single.filter(({ attributeId }) => attributeId === 3)).toEqual([]);
  expect(after.single.filter(({ isIdentity }) => isIdentity).length).toBeLessThanOrEqual(2);
  const perPoll = [1, nineKeys.length];
  for (const [index, { cycles, requests, reconnects }] of [...first, ...second].entries()) {
    const trips = perPoll[index % 2]!;
    // Scalers and the name once, and the poll that the pause cut short.
    const once = index % 2 === 0 ? 1 : (index < 2 ? nineKeys.length : 0) + 1 + trips;
    expect({ failed: cycles.failed, reconnects }).toEqual({ failed: 0, reconnects: 0 });
    expect(requests).toBeGreaterThanOrEqual(cycles.ok * trips);
    expect(requests).toBeLessThanOrEqual(cycles.ok * trips + once);
  }
  process.stdout.write(
    second
      .map(({ name, requests, cycles }) => `${name}: ${requests} requests, ${cycles.ok} polls\n`)
      .join(""),
  );
});
