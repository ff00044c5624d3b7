import { octetString } from "@lectura/dlms/axdr";
import { clock as clockName, clockObject, dateTimeFromUtcMs, obis } from "@lectura/dlms/cosem";
import {
  allStation,
  buildFrame,
  controlSnrm,
  controlUi,
  encodeClientAddress,
  encodeServerAddress,
  llcCommand,
  pollFinalBit,
} from "@lectura/dlms/hdlc";
import { concatOctets, OctetWriter } from "@lectura/dlms/octets";
import { ApduCiphering, InvocationCounter, ReplayWindows, Secret } from "@lectura/dlms/security";
import {
  answerOctetsCeiling,
  type AssociationView,
  ObjectDirectory,
  type ServedClock,
  servedClock,
} from "@lectura/dlms/server";
import { encodeApdu } from "@lectura/dlms/xdlms";
import { ManualClock, openPipe } from "@lectura/testkit";
import { describe, expect, test } from "vitest";
import { nodeCrypto as crypto } from "../crypto/node-crypto.ts";
import { openSession } from "./open-session.ts";
import { sendBroadcast } from "./send-broadcast.ts";
import type { ServedMeter } from "../server/served-meter.ts";
import { serveSession } from "../server/server-session.ts";

const conformance = 0x04_7e1f;
const broadcastSap = 5;
const noonMs = Date.UTC(2026, 5, 1, 12);

interface Line {
  readonly near: ReturnType<typeof openPipe>["near"];
  readonly clock: ManualClock;
  readonly clocks: readonly ServedClock[];
  /** Units the meters have sent. */
  readonly answers: () => number;
}

/** Three meters on a line, each with its clock; client 5 has an association without AARQ. */
function line(framing: "hdlc" | "wrapper", changes: Partial<AssociationView> = {}): Line {
  const { near, far } = openPipe();
  const clock = new ManualClock();
  const clocks = [1, 2, 3].map(() => servedClock());
  let sent = 0;
  const meters = clocks.map(({ object }, at): ServedMeter => {
    const views = [broadcastSap, 16].map((clientSap) => ({
      clientSap,
      authentication: { mechanism: "none" } as const,
      objects: new ObjectDirectory([object]),
      conformance,
      ...(clientSap === broadcastSap ? { preEstablished: {}, ...changes } : {}),
    }));
    return {
      address: { size: 4, upper: framing === "hdlc" ? 1 : at + 1, lower: 17 + at },
      device: { views },
    };
  });
  const counted = {
    label: far.label,
    send: (octets: Uint8Array) => {
      sent++;
      far.send(octets);
    },
    listen: (receiver: Parameters<typeof far.listen>[0]) => far.listen(receiver),
    [Symbol.asyncDispose]: () => far[Symbol.asyncDispose](),
  };
  serveSession({
    port: counted,
    meters,
    framing,
    clock,
    writer: new OctetWriter(answerOctetsCeiling, 1024),
  });
  return { near, clock, clocks, answers: () => sent };
}

const { time } = clockObject("0.0.1.0.0.255");
const noon = time.encode(dateTimeFromUtcMs(noonMs, 0));

describe.each(["hdlc", "wrapper"] as const)("a broadcast over %s", (framing) => {
  test("sets the clock of every meter, and nobody answers", async () => {
    const { near, clock, clocks, answers } = line(framing);
    await sendBroadcast(
      { attribute: clockName(), data: noon },
      { port: near, framing, clientSap: broadcastSap },
    );
    expect(clocks.map((each) => each.timeMs(clock.nowMs()))).toEqual([noonMs, noonMs, noonMs]);
    expect(answers()).toBe(0);
  });

  test("synchronises by preset and adjustment at the moment everybody hears", async () => {
    const { near, clock, clocks, answers } = line(framing);
    const { presetAdjustingTime, adjustToPresetTime } = clockObject("0.0.1.0.0.255");
    const now = clock.nowMs();
    const parameters = presetAdjustingTime.encode({
      presetTime: dateTimeFromUtcMs(noonMs, 0),
      validityIntervalStart: dateTimeFromUtcMs(now - 1000, 0),
      validityIntervalEnd: dateTimeFromUtcMs(now + 1000, 0),
    });
    const way = { port: near, framing, clientSap: broadcastSap };
    await sendBroadcast({ method: presetAdjustingTime, parameters }, way);
    await sendBroadcast(
      { method: adjustToPresetTime, parameters: adjustToPresetTime.encode(0) },
      way,
    );
    expect(clocks.map((each) => each.timeMs(clock.nowMs()))).toEqual([noonMs, noonMs, noonMs]);
    expect(answers()).toBe(0);
  });

  test("is heard by nobody without an association with its sender", async () => {
    const { near, clock, clocks, answers } = line(framing);
    const before = clock.nowMs();
    for (const clientSap of [16, 9]) {
      await sendBroadcast(
        { attribute: clockName(), data: noon },
        { port: near, framing, clientSap },
      );
    }
    expect(clocks.map((each) => each.timeMs(before))).toEqual([before, before, before]);
    expect(answers()).toBe(0);
  });

  test("is heard within an association that was opened, which goes on", async () => {
    const { near, clock, clocks } = line(framing);
    const server = framing === "hdlc" ? { size: 4, upper: 1, lower: 18 } : { upper: 2 };
    const session = await openSession({ port: near, framing, clock, server } as Parameters<
      typeof openSession
    >[0]);
    await sendBroadcast({ attribute: clockName(), data: noon }, { port: near, framing });
    const now = clock.nowMs();
    expect(clocks.map((each) => each.timeMs(now) === noonMs)).toEqual([false, true, false]);
    expect(await session.get(clockName())).toMatchObject({ ok: true });
    await session[Symbol.asyncDispose]();
  });

  test("under the broadcast key is opened by all, once", async () => {
    const keys = {
      unicast: new Secret(new Uint8Array(16).fill(1)),
      broadcast: new Secret(new Uint8Array(16).fill(3)),
      authentication: new Secret(new Uint8Array(16).fill(2)),
    };
    const common = { crypto, suite: 0, protection: "authenticated-encrypted" } as const;
    const clientSystemTitle = Uint8Array.from("LCTCLNT1", (character) => character.charCodeAt(0));
    const { near, clock, clocks } = line(framing, {
      preEstablished: { clientSystemTitle },
      systemTitle: Uint8Array.from("LCTMETR1", (character) => character.charCodeAt(0)),
      security: {
        ...common,
        keys,
        counter: new InvocationCounter({ next: 1 }),
        windowsOf: () => new ReplayWindows(),
      },
    });
    const ciphering = new ApduCiphering({
      ...common,
      // The client of a broadcast need not know the key of any one meter.
      keys: { ...keys, unicast: new Secret(new Uint8Array(16)) },
      broadcast: true,
      form: "general",
      ownSystemTitle: clientSystemTitle,
      counter: new InvocationCounter({ next: 1 }),
    });
    const seen: Uint8Array[] = [];
    const recorded = {
      reserve: () => ciphering.reserve(),
      protect: (apdu: Uint8Array) => seen[0] ?? (seen[0] = ciphering.protect(apdu).slice()),
    };
    const way = { port: near, framing, clientSap: broadcastSap, ciphering: recorded };
    await sendBroadcast({ attribute: clockName(), data: noon }, way);
    expect(clocks.map((each) => each.timeMs(clock.nowMs()))).toEqual([noonMs, noonMs, noonMs]);
    await clock.advance(60_000);
    await sendBroadcast({ attribute: clockName(), data: noon }, way);
    const replayed = clocks.map((each) => each.timeMs(clock.nowMs()));
    expect(replayed).toEqual([noonMs + 60_000, noonMs + 60_000, noonMs + 60_000]);
  });
});

test.each([
  ["every station, two octets", { size: 2, upper: 0x7f, lower: 0x7f }, [true, true, true]],
  ["every station, four octets", { size: 4, upper: 0x3fff, lower: 0x3fff }, [true, true, true]],
  ["one device of each meter", { size: 4, upper: 1, lower: 0x3fff }, [true, true, true]],
  ["a device no meter has", { size: 4, upper: 2, lower: 0x3fff }, [false, false, false]],
  ["all devices of one meter", { size: 4, upper: 0x3fff, lower: 18 }, [false, true, false]],
] as const)("a UI frame to %s is heard by those it means", async (_, server, heard) => {
  const { near, clock, clocks, answers } = line("hdlc");
  const way = { port: near, clientSap: broadcastSap, server };
  await sendBroadcast({ attribute: clockName(), data: noon }, way);
  expect(clocks.map((each) => each.timeMs(clock.nowMs()) === noonMs)).toEqual(heard);
  expect(answers()).toBe(0);
});

test("nothing but a UI frame is taken from who calls all stations, and nothing answered", () => {
  const { near, clock, clocks, answers } = line("hdlc");
  const before = clock.nowMs();
  const set = encodeApdu({
    kind: "set-request",
    type: "normal",
    invoke: { invokeId: 0, confirmed: false, highPriority: false },
    attribute: clockName(),
    value: noon,
  });
  const get = encodeApdu({
    kind: "get-request",
    type: "normal",
    invoke: { invokeId: 0, confirmed: true, highPriority: false },
    attribute: clockName(),
  });
  const frame = (control: number, information: Uint8Array, segmented = false): Uint8Array =>
    buildFrame({
      destination: encodeServerAddress({ size: 1, upper: allStation, lower: 0 }),
      source: encodeClientAddress(broadcastSap),
      control,
      segmented,
      information,
    });
  const command = (apdu: Uint8Array): Uint8Array => concatOctets([llcCommand, apdu]);
  near.send(frame(controlSnrm | pollFinalBit, new Uint8Array(0)));
  near.send(frame(0x10, command(set)));
  near.send(frame(controlUi, command(set), true));
  near.send(frame(controlUi, set));
  near.send(frame(controlUi | pollFinalBit, command(get)));
  expect(clocks.map((each) => each.timeMs(before))).toEqual([before, before, before]);
  expect(answers()).toBe(0);
});

test.each(["hdlc", "wrapper"] as const)(
  "a session over %s writes and acts without an answer",
  async (framing) => {
    const { near, far } = openPipe();
    const clock = new ManualClock();
    const done: string[] = [];
    const logicalName = obis("0.0.96.1.0.255");
    const objects = new ObjectDirectory([
      {
        classId: 1,
        version: 0,
        logicalName,
        attributes: {
          2: {
            access: "read-write",
            read: () => octetString(new Uint8Array(2)),
            write: ({ type }) => {
              done.push(type);
              return "success";
            },
          },
        },
        methods: {
          1: {
            invoke: () => {
              done.push("called");
              return { result: "success" };
            },
          },
        },
      },
    ]);
    const view = {
      clientSap: 16,
      authentication: { mechanism: "none" },
      objects,
      conformance,
    } as const;
    serveSession({
      port: far,
      meters: [{ address: { size: 1, upper: 1, lower: 0 }, device: { views: [view] } }],
      clock,
      writer: new OctetWriter(answerOctetsCeiling, 1024),
    });
    const session = await openSession({ port: near, framing, clock });
    const object = { classId: 1, logicalName };
    await session.unconfirmedSet({ ...object, attributeId: 2 }, octetString(Uint8Array.of(1)));
    await session.unconfirmedAction({ ...object, methodId: 1 });
    expect(await session.get({ ...object, attributeId: 2 })).toMatchObject({ ok: true });
    expect(done).toEqual(["octet-string", "called"]);
    const long = octetString(new Uint8Array(70_000));
    await expect(session.unconfirmedSet({ ...object, attributeId: 2 }, long)).rejects.toMatchObject(
      {
        code: "xdlms/pdu-too-long",
      },
    );
    await session[Symbol.asyncDispose]();
  },
);
