/** What an association may be beside the common one: pre-established, limited, talkative. */
import { octetString, u8 } from "@lectura/dlms/axdr";
import { clientConformance } from "@lectura/dlms/client";
import { buildFrame, HdlcDeframer, parseFrame } from "@lectura/dlms/hdlc";
import { concatOctets, fromHex } from "@lectura/dlms/octets";
import { ManualClock, openPipe } from "@lectura/testkit";
import { describe, expect, test } from "vitest";
import { openSession } from "./open-session.ts";
import type { Port } from "../ports/port.ts";
import { acceptingAare, associated, ScriptedMeter } from "./scripted-meter.fixture.ts";
import {
  cipheredRoles,
  energy,
  longObject,
  longText,
  openRoles,
  preEstablishedTitles,
} from "./session-roles.fixture.ts";
import type { UnsolicitedApdu } from "./unsolicited.ts";

const framings = ["hdlc", "wrapper"] as const;
const long = { ...longObject, attributeId: 2 };

describe.each(framings)("a pre-established association over %s", (framing) => {
  const preEstablished = { conformance: clientConformance, maxPduOctets: 300 };

  test("is used at once, without AARQ and RLRQ", async () => {
    const { session } = await openRoles({
      framing,
      view: { preEstablished: {} },
      session: { preEstablished },
    });
    expect(session.negotiated).toMatchObject({ maxPduOctets: 300, vaaName: 7, result: 0 });
    expect(await session.get(energy)).toMatchObject({ value: { value: 56_352 } });
    expect(await session.get(long)).toEqual({ ok: true, value: longText });
    await session[Symbol.asyncDispose]();
  });

  test("is ciphered", async () => {
    const ciphered = cipheredRoles();
    const { clientSystemTitle, serverSystemTitle } = preEstablishedTitles();
    const { session } = await openRoles({
      framing,
      view: { ...ciphered.view, preEstablished: { clientSystemTitle } },
      session: { ...ciphered.session, preEstablished: { ...preEstablished, serverSystemTitle } },
    });
    expect(await session.get(energy)).toMatchObject({ value: { value: 56_352 } });
    await session[Symbol.asyncDispose]();
  });

  test("sends nothing but its requests", async () => {
    const meter = new ScriptedMeter({ framing, answer: () => "c401c1001105" });
    const clock = new ManualClock();
    const session = await openSession({ port: meter.port, clock, framing, preEstablished });
    expect(await session.get(energy)).toEqual({ ok: true, value: u8(5) });
    await session[Symbol.asyncDispose]();
    expect(meter.apdus).toEqual(["c001c100030100010800ff0200"]);
    if (framing === "hdlc") expect(meter.events).toEqual(["opened", "closed"]);
  });

  test("with short names has its association at FA00", async () => {
    const { session } = await openRoles({
      framing,
      view: { preEstablished: {}, referencing: "sn" },
      session: {
        referencing: "sn",
        preEstablished: { conformance: ["read", "write", "multiple-references"] },
      },
    });
    expect(await session.get(energy)).toMatchObject({ ok: true });
  });
});

describe.each(framings)("lists beyond the max PDU over %s", (framing) => {
  const conformance = ["get", "set", "action", "multiple-references"] as const;
  const data = octetString(new Uint8Array(60));
  const small = { framing, view: { maxPduOctets: 200 }, session: { conformance } } as const;

  test("go in several requests where the meter takes no blocks", async () => {
    const { session, written } = await openRoles(small);
    const values = [1, 2, 3, 4, 5].map(() => ({ attribute: long, data }));
    expect(await session.setWithList(values)).toEqual(Array(5).fill("success"));
    const calls = [1, 2, 3].map(() => ({
      method: { ...longObject, methodId: 1 },
      parameters: data,
    }));
    expect(await session.actionWithList(calls)).toEqual(
      calls.map(() => ({ result: "success", returned: { ok: true, value: data } })),
    );
    expect(written).toEqual(Array(8).fill(data));
    expect(session.counters.requests).toBe(5);
    expect(await session.setWithList([])).toEqual([]);
  });
});

describe("an association that takes so many requests", () => {
  test("refuses one more without sending it", async () => {
    const meter = new ScriptedMeter({ answer: associated(() => "c401c1001105") });
    const clock = new ManualClock();
    const session = await openSession({ port: meter.port, clock, requestsMax: 1 });
    await session.get(energy);
    const refused = session.get(energy);
    await expect(refused).rejects.toMatchObject({
      code: "session/requests-exhausted",
      recovery: "reopen-session",
    });
    await session[Symbol.asyncDispose]();
    expect(meter.apdus).toHaveLength(3);
  });
});

describe.each(framings)("what comes unasked over %s", (framing) => {
  const dataNotification = "0f00000001001105";

  test("is told decoded, between requests and in their midst", async () => {
    const told: UnsolicitedApdu[] = [];
    const meter = new ScriptedMeter({
      framing,
      answer: associated((_apdu, scripted) => {
        if (framing === "wrapper") scripted.send(dataNotification);
        else scripted.push(dataNotification);
        return "c401c1001105";
      }),
    });
    const clock = new ManualClock();
    const session = await openSession({
      port: meter.port,
      clock,
      framing,
      onUnsolicited: (apdu) => void told.push(apdu),
    });
    expect(await session.get(energy)).toMatchObject({ ok: true });
    if (framing === "wrapper") meter.send("c200000301000108 00ff021107");
    else meter.push("c200000301000108 00ff021107");
    // No notification, and nothing at all.
    if (framing === "wrapper") meter.send("c401c1001105");
    else meter.push("ff");
    await clock.settle();
    expect(told).toMatchObject([
      { kind: "data-notification", body: u8(5) },
      { kind: "event-notification" },
    ]);
  });
});

describe("a server that never acknowledges and answers as if it asked", () => {
  /** N(R) is 0 for ever, the LLC header is that of a command. */
  function openMeter(): Port {
    const { near, far } = openPipe();
    const deframer = new HdlcDeframer();
    let sent = 0;
    const send = (control: number, information: Uint8Array): void => {
      const address = Uint8Array.of(0x03);
      const client = Uint8Array.of(0x21);
      far.send(
        buildFrame({
          destination: client,
          source: address,
          control,
          information,
          segmented: false,
        }),
      );
    };
    const frame = (octets: Uint8Array): void => {
      const { control, information } = parseFrame(octets);
      if (control.type !== "I") {
        send(0x73, new Uint8Array(0));
        return;
      }
      const apdu = information[3] === 0x60 ? acceptingAare : "c401c1001105";
      const answer = concatOctets([fromHex("e6e600"), fromHex(apdu)]);
      send(0x10 | ((sent++ & 7) << 1), answer);
    };
    far.listen({
      receive: (octets) => deframer.push(octets, { frame, discarded: () => {} }),
      closed: () => {},
    });
    return near;
  }

  test("is read where its quirk is given, and counted", async () => {
    const session = await openSession({
      port: openMeter(),
      clock: new ManualClock(),
      quirks: { ignoreReceiveSequence: true, invokeIdAlwaysOne: true },
    });
    for (let request = 0; request < 10; request++) {
      expect(await session.get(energy)).toEqual({ ok: true, value: u8(5) });
    }
    expect(session.counters.unacknowledgedAnswers).toBe(10);
  });

  test("is refused without", async () => {
    const opening = openSession({ port: openMeter(), clock: new ManualClock() });
    await expect(opening).rejects.toMatchObject({ code: "hdlc/sequence" });
  });
});

test.each([
  { requestsMax: 0 },
  { generalBlockTransfer: { window: 64 } },
  { preEstablished: { conformance: [], maxPduOctets: 11 } },
  { preEstablished: { conformance: [], serverSystemTitle: new Uint8Array(7) } },
])("options out of range are refused: %j", async (options) => {
  const { near } = openPipe();
  await expect(openSession({ port: near, ...options })).rejects.toThrow(RangeError);
});
