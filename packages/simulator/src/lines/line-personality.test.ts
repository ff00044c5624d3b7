import { connect, type Socket } from "node:net";
import { openSession, type Session, type SessionOptions } from "@lectura/dlms-node";
import { obis } from "@lectura/dlms/cosem";
import { fromHex, toHex } from "@lectura/dlms/octets";
import { Secret } from "@lectura/dlms/security";
import { ManualClock } from "@lectura/testkit";
import { afterEach, expect, test } from "vitest";
import type { Fleet, FleetMeter } from "../fleet.ts";
import { simulatorPassword } from "../security/simulated-security.ts";
import { startFleet } from "../start-fleet.ts";
import type { LinePersonalityName } from "./line-personality.ts";

const snrm = fromHex("7EA0070303938C117E");
const voltage = { classId: 3, logicalName: obis("1.1.32.7.0.255"), attributeId: 2 };

const open: AsyncDisposable[] = [];

afterEach(async () => {
  for (const resource of open.splice(0).toReversed()) await resource[Symbol.asyncDispose]();
});

interface Line {
  readonly clock: ManualClock;
  readonly meter: FleetMeter;
}

async function lineOf(linePersonality: LinePersonalityName): Promise<Line> {
  const clock = new ManualClock(Date.UTC(2026, 1, 3));
  const fleet: Fleet = await startFleet({
    meters: 1,
    personality: "microstar",
    linePersonality,
    clock,
  });
  open.push(fleet);
  return { clock, meter: fleet.meters[0]! };
}

async function session({ meter }: Line, options: Partial<SessionOptions> = {}): Promise<Session> {
  const opened = await openSession({
    tcp: meter.tcp,
    clientSap: meter.clientSap,
    authentication: { mechanism: "lls", password: Secret.fromText(simulatorPassword) },
    ...options,
  });
  open.push(opened);
  return opened;
}

/** Moves the converter's clock for as long as `work` takes. */
async function paced<T>({ clock }: Line, work: Promise<T>): Promise<T> {
  const progress = { done: false };
  const finished = work.finally(() => {
    progress.done = true;
  });
  while (!progress.done) await clock.advance(20);
  return finished;
}

class Raw {
  readonly socket: Socket;
  received = "";
  ended = false;
  #changed: () => void = () => undefined;

  constructor({ meter }: Line) {
    this.socket = connect({ host: "127.0.0.1", port: Number(meter.tcp.split(":")[1]) });
    this.socket.on("error", () => undefined);
    this.socket.on("data", (octets: Buffer) => {
      this.received += toHex(octets);
      this.#changed();
    });
    this.socket.on("close", () => {
      this.ended = true;
      this.#changed();
    });
    open.push({ [Symbol.asyncDispose]: async () => void this.socket.destroy() });
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
  }

  get text(): string {
    return new TextDecoder().decode(fromHex(this.received));
  }
}

test("plain: answers", async () => {
  const line = await lineOf("plain");
  expect(await (await session(line)).get(voltage)).toMatchObject({ ok: true });
});

test("ser2net-busy: a second client is told and closed, the line is free again afterwards", async () => {
  const line = await lineOf("ser2net-busy");
  const first = await session(line);
  const second = new Raw(line);
  await second.until(() => second.ended);
  expect(second.text).toBe("Port already in use\r\n");
  expect(await first.get(voltage)).toMatchObject({ ok: true });
  await first[Symbol.asyncDispose]();
  // The close of the first may be on its way yet.
  let third = new Raw(line);
  for (let round = 0; round < 50; round++) {
    third.socket.write(snrm);
    await third.until(() => third.received !== "" || third.ended);
    if (third.received.startsWith("7ea01e")) break;
    third = new Raw(line);
  }
  expect(third.received.slice(0, 12)).toBe("7ea01e030373");
});

test("esp32: a second client gets silence while the first is served", async () => {
  const line = await lineOf("esp32");
  const first = await paced(line, session(line));
  const second = new Raw(line);
  second.socket.write(snrm);
  expect(await paced(line, first.get(voltage))).toMatchObject({ ok: true });
  expect(second.received).toBe("");
  expect(second.ended).toBe(false);
  await paced(line, Promise.resolve(first[Symbol.asyncDispose]()));
});

test("esp32: thirty idle seconds end in a text, CLOSE and the end", async () => {
  const line = await lineOf("esp32");
  const raw = new Raw(line);
  raw.socket.write(snrm);
  await paced(
    line,
    raw.until(() => raw.received.length === 64),
  );
  await line.clock.advance(29_000);
  raw.socket.write(snrm);
  await paced(
    line,
    raw.until(() => raw.received.length === 128),
  );
  expect(raw.ended).toBe(false);
  await paced(
    line,
    raw.until(() => raw.ended),
  );
  const said = new TextDecoder().decode(fromHex(raw.received.slice(128)));
  expect(said).toBe("Closing socket due to inactivity (30 sec)\nCLOSE");
});

test("chunked: what comes in pieces is whole", async () => {
  const line = await lineOf("chunked");
  const opened = await paced(line, session(line));
  for (let round = 0; round < 5; round++) {
    expect(await paced(line, opened.get(voltage))).toMatchObject({ ok: true });
  }
  await paced(line, Promise.resolve(opened[Symbol.asyncDispose]()));
});

test("stale-ua: one more UA comes right before the AARE", async () => {
  const line = await lineOf("stale-ua");
  const opened = await session(line);
  expect(await opened.get(voltage)).toMatchObject({ ok: true });
  expect(opened.counters.staleUa).toBe(1);
});

test("reject-auth: the right password is refused, the public client is not", async () => {
  const line = await lineOf("reject-auth");
  await expect(session(line)).rejects.toMatchObject({ code: "acse/authentication-failed" });
  const options = { clientSap: 16, authentication: { mechanism: "none" } } as const;
  expect(await (await session(line, options)).get(voltage)).toMatchObject({ ok: true });
});

test("access-errors: every GET is answered object-undefined", async () => {
  const opened = await session(await lineOf("access-errors"));
  const refused = { ok: false, reason: "object-undefined" };
  expect(await opened.get(voltage)).toEqual(refused);
  expect(await opened.get({ ...voltage, attributeId: 3 })).toEqual(refused);
});

test("echo: the client hears itself first", async () => {
  const line = await lineOf("echo");
  const raw = new Raw(line);
  raw.socket.write(snrm);
  await raw.until(() => raw.received.length >= (9 + 32) * 2);
  expect(raw.received.slice(0, 18)).toBe(toHex(snrm));
  expect(raw.received.slice(18, 30)).toBe("7ea01e030373");
});

test("http: answers as a web server and closes", async () => {
  const raw = new Raw(await lineOf("http"));
  raw.socket.write(snrm);
  await raw.until(() => raw.ended);
  expect(raw.text).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
});

test("silent: takes everything, says nothing", async () => {
  const line = await lineOf("silent");
  const raw = new Raw(line);
  raw.socket.write(snrm);
  await line.clock.advance(60_000);
  expect(raw.received).toBe("");
  expect(raw.ended).toBe(false);
});
