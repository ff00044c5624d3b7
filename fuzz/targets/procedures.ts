/**
 * What people do with a meter, where the meter answers anything: each procedure ends, within a
 * bound of requests, by its result or a typed error.
 */
import { decodeData, encodeData } from "@lectura/dlms/axdr";
import { obis } from "@lectura/dlms/cosem";
import { DlmsError, fromHex } from "@lectura/dlms/octets";
import type { ActionResult, DataAccessResult, GetDataResult } from "@lectura/dlms/xdlms";
import {
  describeProfile,
  type ListSession,
  type ProcedureSession,
  readClock,
  readCompactData,
  readObjectList,
  readProfile,
  readProfileColumns,
  readRegisters,
  type Session,
  type SessionNegotiated,
  remoteDisconnect,
  setClock,
  transferImage,
} from "@lectura/dlms-node";
import type { Data } from "@lectura/dlms/axdr";
import { settle, StepClock, Timeline } from "../memory-line.ts";
import { meterObjects, nowMs } from "../own-objects.ts";
import { demand, type FuzzTarget, program, Steps } from "../target.ts";

/** Requests of one procedure: an image of 64 blocks, each sent six times, and polls. */
const requestsMax = 3000;
const turnsMax = 20_000;
const refusals: readonly (DataAccessResult & ActionResult)[] = [
  "temporary-failure",
  "read-write-denied",
  "other-reason",
  "object-undefined",
  "scope-of-access-violated",
];
const nothing: Data = { type: "null-data", value: null };

type HostileSession = ProcedureSession & ListSession & Pick<Session, "getOctets">;

/** Answers what the steps say, over and over. */
class Meter implements HostileSession {
  readonly negotiated: SessionNegotiated;
  requests = 0;
  #steps: Steps;
  readonly #answers: Uint8Array;

  constructor(answers: Uint8Array, lists: boolean) {
    this.#answers = answers;
    this.#steps = new Steps(answers);
    this.negotiated = {
      framing: "wrapper",
      maxPduOctets: 1024,
      conformance: new Set(lists ? (["get", "multiple-references"] as const) : []),
      result: 0,
      diagnostic: "null",
      vaaName: 7,
    };
  }

  #data(): { readonly value: Data; readonly octets: Uint8Array } | undefined {
    demand(++this.requests < requestsMax, "a procedure ends");
    if (this.#steps.done) this.#steps = new Steps(this.#answers);
    const kind = this.#steps.next();
    if (kind % 8 === 7) return undefined;
    const octets = this.#steps.string().slice();
    try {
      return { value: decodeData(octets), octets };
    } catch (error) {
      // As a session says it: an answer that is no Data.
      if (kind % 8 === 6) throw error;
      return { value: nothing, octets: Uint8Array.of(0) };
    }
  }

  #refusal(): DataAccessResult & ActionResult {
    return refusals[this.requests % refusals.length]!;
  }

  get(): Promise<GetDataResult> {
    return Promise.resolve().then(() => {
      const data = this.#data();
      return data === undefined
        ? { ok: false, reason: this.#refusal() }
        : { ok: true, value: data.value };
    });
  }

  getOctets(): ReturnType<Session["getOctets"]> {
    return Promise.resolve().then(() => {
      const data = this.#data();
      return data === undefined
        ? { ok: false, reason: this.#refusal() }
        : { ok: true, octets: data.octets };
    }) as ReturnType<Session["getOctets"]>;
  }

  async getWithList(attributes: readonly unknown[]): Promise<readonly GetDataResult[]> {
    const results: GetDataResult[] = [];
    for (const _ of attributes) results.push(await this.get());
    return results;
  }

  read(variables: readonly unknown[]): Promise<readonly GetDataResult[]> {
    return this.getWithList(variables);
  }

  set(): Promise<DataAccessResult> {
    return Promise.resolve().then(() => (this.#data() === undefined ? this.#refusal() : "success"));
  }

  action(): ReturnType<Session["action"]> {
    return Promise.resolve().then(() => {
      const data = this.#data();
      return data === undefined
        ? { result: this.#refusal() }
        : { result: "success", returned: { ok: true, value: data.value } };
    }) as ReturnType<Session["action"]>;
  }
}

const profile = "1.0.99.1.0.255";
const times = { fromMs: nowMs - 600_000, toMs: nowMs };
/** Ten minutes of a row each second, ten rows at a time, and some. */
const partsMax = 70;

async function count(parts: AsyncIterable<{ readonly ok: boolean }>): Promise<string> {
  let parted = 0;
  for await (const { ok } of parts) {
    parted++;
    if (!ok) return `refused ${Math.min(3, parted)}`;
    demand(parted <= partsMax, "parts come to an end");
  }
  return `parts ${Math.min(3, parted)}`;
}

const procedures: readonly ((meter: Meter, clock: StepClock) => Promise<string>)[] = [
  async (meter) => String((await describeProfile(meter, profile)).ok),
  (meter) => count(readProfile(meter, { profile, rows: times, rowsPerRequest: 10 })),
  (meter) =>
    count(readProfile(meter, { profile, rows: { fromEntry: 1, toEntry: 40 }, rowsPerRequest: 10 })),
  (meter) => count(readProfileColumns(meter, { profile, rows: times, rowsPerRequest: 10 })),
  async (meter, clock) => String((await readClock(meter, clock)).ok),
  async (meter, clock) => setClock(meter, clock),
  async (meter) => String((await readCompactData(meter, "0.0.66.0.0.255")).ok),
  async (meter) => String((await readObjectList(meter)).ok),
  async (meter) => String((await readObjectList(meter, { referencing: "sn" })).ok),
  async (meter) => {
    const names = ["1.0.1.8.0.255", "1.0.2.8.0.255"].map(obis);
    const registers = names.map((logicalName) => ({ classId: 3, logicalName, attributeId: 2 }));
    return String((await readRegisters(meter, registers)).readings.length);
  },
  async (meter) => (await remoteDisconnect(meter)).result,
  async (meter, clock) => {
    const image = new Uint8Array(64);
    const identification = Uint8Array.of(1);
    const resumed = meter.negotiated.conformance.has("multiple-references");
    const result = await transferImage(meter, {
      image,
      identification,
      clock,
      ...(resumed ? { resumeFrom: "meter" } : {}),
    });
    return result.ok ? result.state : result.step;
  },
];

/** What our own meter answers, attribute by attribute. */
const context = {
  nowMs,
  association: {
    clientSap: 16,
    mechanism: "none",
    conformance: 0xff_ffff,
    serverMaxPduOctets: 0xffff,
    clientMaxPduOctets: 0xffff,
    entries: [],
  },
} as const;
const honest = meterObjects().map(({ attributes }) =>
  Object.values(attributes).flatMap(({ read }) => {
    const value = read?.(context);
    return value === undefined || typeof value === "string" ? [] : [encodeData(value)];
  }),
);
const small = ["00", "0301", "0300", "1101", "120002", "0600000010", "1600", "040100"].map(fromHex);

const time = "090c07ea0601010b380000ffc400";
const columns =
  "0102 0204 120008 09060000010000ff 0f02 120000 0204 120003 09060100010800ff 0f02 120000";
const described = [columns, "060000003c", "1601", time, "02020f00161e"];
const row = `0202 ${time} 0600000007`;
const words = (line: string): readonly string[] => line.split(" ");
/** Answers in the order they are asked for: profiles with parts, images block by block. */
const stories: readonly (readonly [procedure: number, answers: readonly string[]])[] = [
  ...[1, 2, 3].flatMap((at) =>
    [0, 1, 3].map(
      (rows) =>
        [at, [...described, ...Array<string>(12).fill(`010${rows} ${row.repeat(rows)}`)]] as const,
    ),
  ),
  ...["1601", "1603"].map(
    (status) =>
      [
        11,
        words(`0600000010 0301 ${status} 00 040400 00 00 00 00 040460 00 00 0404f0 00 00`),
      ] as const,
  ),
  [11, ["0600000010", "0301", "1600", "00", "0404f0", "refuse", "1602", "1602", "1603", "00"]],
  [11, ["0600000010", "0301", "1600", "00", "0404f0", "00", "refuse", "1605", "1605", "1606"]],
  [6, ["0101 0204 120003 09060100010800ff 0f02 120000", "1101", "0902 0106", "0905 0100000007"]],
];

function told([procedure, answers]: (typeof stories)[number], lists: number): Uint8Array {
  const steps = answers.map((hex) =>
    hex === "refuse" ? [7] : [0, fromHex(hex.replaceAll(" ", ""))],
  );
  return program(procedure | lists, ...steps.flat());
}

const target: FuzzTarget = {
  name: "cosem/procedures",
  throws: "typed",
  corpus: procedures.flatMap((_, at) => [
    ...honest.map((values) => program(at, ...values.flatMap((value) => [0, value]))),
    ...honest.map((values) => program(at | 0x80, ...values.flatMap((value) => [0, value]))),
    ...stories
      .filter(([procedure]) => procedure === at)
      .flatMap((story) => [told(story, 0), told(story, 0x80)]),
    ...small.map((value) => program(at, 0, value)),
    program(at, 7),
    program(at, 0, fromHex("0600000010"), 0, fromHex("0301"), 0, fromHex("0600000001")),
  ]),
  async run(input) {
    const mode = input[0] ?? 0;
    const meter = new Meter(input.subarray(1), (mode & 0x80) !== 0);
    const time = new Timeline();
    const clock = new StepClock(time);
    const at = (mode & 0x7f) % procedures.length;
    const state = { over: false };
    const running = procedures[at]!(meter, clock).finally(() => void (state.over = true));
    running.catch(() => undefined);
    for (let turn = 0; ; turn++) {
      await settle();
      if (state.over) break;
      demand(turn < turnsMax, "a procedure ends");
      time.step();
    }
    demand(clock.pending === 0, "a procedure that is over has no timer");
    try {
      return `${at} ${await running} ${Math.min(8, meter.requests)}`;
    } catch (error) {
      // The person's question does not fit the meter: no clock is captured.
      const unfit = error instanceof RangeError && error.message.includes("captures no clock");
      if (unfit) return `${at} unfit`;
      if (error instanceof DlmsError) return `${at} ${error.code}`;
      throw error;
    }
  },
};

export const procedureTargets: readonly FuzzTarget[] = [target];
