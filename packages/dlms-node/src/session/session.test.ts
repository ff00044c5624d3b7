import { describe, expect, test } from "vitest";
import { i8, u8, visibleString } from "@lectura/dlms/axdr";
import { obis } from "@lectura/dlms/cosem";
import { fromHex, toHex } from "@lectura/dlms/octets";
import { Secret } from "@lectura/dlms/security";
import { goldenFrame, type GoldenFrame, ManualClock, openPipe } from "@lectura/testkit";
import { openSession } from "./open-session.ts";
import { acceptingAare, associated, ScriptedMeter } from "./scripted-meter.fixture.ts";
import { requestsQueuedMax } from "./session-turns.ts";
import type { SessionOptions } from "./session-options.ts";
import type { Session } from "./session.ts";
import { sharePort } from "../ports/share-port.ts";

const register = (text: string, attributeId = 2) => ({
  classId: 3,
  logicalName: obis(text),
  attributeId,
});
const voltage = register("1.1.32.7.0.255");
const reset = { classId: 18, logicalName: obis("0.0.44.0.0.255"), methodId: 2 };

const open = (meter: ScriptedMeter, options: Partial<SessionOptions> = {}): Promise<Session> =>
  openSession({ port: meter.port, clock: new ManualClock(), ...options });

describe("the recorded dialogue", () => {
  const script: readonly (readonly [tx: GoldenFrame, rx: GoldenFrame])[] = [
    ["snrmSap1", "uaWithParameters"],
    ["aarq", "aare"],
    ["getScaler", "scaler"],
    ["getValue", "value"],
    ["getAbsent", "absent"],
    ["getList", "list"],
  ];

  test.each([1, 3, 7, 127, 1000])(
    "is spoken octet by octet, in pieces of %i",
    async (chunkOctets) => {
      const { near, far } = openPipe({ chunkOctets });
      const sent: string[] = [];
      let heard = "";
      let at = 0;
      far.listen({
        receive: (octets) => {
          heard += toHex(octets);
          const turn = script[at];
          if (turn === undefined || heard.length < goldenFrame(turn[0]).length * 2) return;
          sent.push(heard);
          heard = "";
          at++;
          far.send(goldenFrame(turn[1]));
        },
        closed: () => {},
      });
      const session = await openSession({
        port: near,
        clientSap: 1,
        maxPduOctets: 1200,
        authentication: { mechanism: "lls", password: Secret.fromText("22222222") },
        quirks: { skipRelease: true },
        timeouts: { releaseMs: 10 },
      });
      expect(session.negotiated).toMatchObject({
        framing: "hdlc",
        address: { size: 1, upper: 1, lower: 0 },
        hdlc: { transmitOctetsMax: 128, receiveWindow: 1 },
        maxPduOctets: 6400,
      });
      expect(await session.get(register("1.1.32.7.0.255", 3))).toEqual({
        ok: true,
        value: { type: "structure", value: [i8(-2), { type: "enum", value: 35 }] },
      });
      expect(await session.get(voltage)).toEqual({
        ok: true,
        value: { type: "double-long", value: 13_519 },
      });
      expect(await session.get(register("1.1.99.7.0.255"))).toEqual({
        ok: false,
        reason: "object-undefined",
      });
      const five = ["32.7", "31.7", "14.7", "1.7", "1.8"].map((part) =>
        register(`1.1.${part}.0.255`),
      );
      const list = await session.getWithList(five);
      expect(list.map((result) => (result.ok ? result.value.value : result.reason))).toEqual([
        13_519, 1329, 5997, 5, 56_352,
      ]);
      expect(sent).toEqual(script.map(([tx]) => toHex(goldenFrame(tx))));
      expect(session.counters).toMatchObject({ requests: 4, roundTrips: 4, retransmissions: 0 });
      await session[Symbol.asyncDispose]();
      expect(heard).toBe(toHex(goldenFrame("discSap1")));
    },
  );
});

describe.each(["hdlc", "wrapper"] as const)("a session over %s", (framing) => {
  const meterOf = (answer: Parameters<typeof associated>[0]): ScriptedMeter =>
    new ScriptedMeter({ framing, answer: associated(answer) });

  test("reads, writes and acts, then releases and disconnects", async () => {
    const meter = meterOf((apdu) => {
      if (apdu.startsWith("c001")) return "C401C10005000034CF";
      if (apdu.startsWith("c101")) return "C501C200";
      return "C701C3000100 1105";
    });
    {
      await using session = await open(meter, { framing });
      expect(session.negotiated).toMatchObject({ framing, maxPduOctets: 400, diagnostic: "null" });
      expect(await session.get(voltage)).toMatchObject({ value: { value: 13_519 } });
      expect(await session.set(voltage, u8(1))).toBe("success");
      expect(await session.action(reset, i8(0))).toEqual({
        result: "success",
        returned: { ok: true, value: u8(5) },
      });
      expect(session.closed).toBe(false);
    }
    expect(meter.apdus.at(-1)).toBe("6203800100");
    if (framing === "hdlc") expect(meter.events).toEqual(["opened", "closed"]);
  });

  test("sends requests made at once one after the other, in their order", async () => {
    const meter = meterOf((apdu) => `C401${apdu.slice(4, 6)}0011${apdu.slice(14, 16)}`);
    await using session = await open(meter, { framing });
    const names = Array.from({ length: 20 }, (_, at) => register(`1.1.${at}.7.0.255`));
    const results = await Promise.all(names.map((name) => session.get(name)));
    expect(results.map((result) => (result.ok ? result.value.value : result.reason))).toEqual(
      Array.from({ length: 20 }, (_, at) => at),
    );
    const ids = meter.apdus.slice(1).map((apdu) => Number.parseInt(apdu.slice(4, 6), 16) & 0x0f);
    expect(ids).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4]);
  });

  test("moves long values in blocks both ways", async () => {
    const text = "0123456789".repeat(60);
    const written: string[] = [];
    const meter = meterOf((apdu) => {
      const iid = apdu.slice(4, 6);
      const pieces = [text.slice(0, 250), text.slice(250, 500), text.slice(500)];
      if (apdu.startsWith("c0")) {
        const at = apdu.startsWith("c001") ? 0 : Number.parseInt(apdu.slice(6), 16);
        const head = at === 0 ? "0a820258" : "";
        const raw = head + toHex(Uint8Array.from(pieces[at]!, (c) => c.charCodeAt(0)));
        const octets = (raw.length / 2).toString(16).padStart(4, "0");
        return `C402${iid}${at === 2 ? "01" : "00"}0000000${at + 1}0082${octets}${raw}`;
      }
      written.push(apdu);
      if (apdu.startsWith("c102")) return `C502${iid}00000001`;
      return `C503${iid}0000000002`;
    });
    await using session = await open(meter, { framing });
    const progress: number[] = [];
    const options = { onProgress: (octets: number) => void progress.push(octets) };
    const value = await session.get(voltage, options);
    expect(value).toEqual({ ok: true, value: visibleString(text) });
    expect(progress).toEqual([254, 504]);
    expect(await session.set(voltage, visibleString(text), options)).toBe("success");
    expect(written.map((apdu) => apdu.length / 2)).toEqual([400, 235]);
    expect(session.counters).toMatchObject({ requests: 2, roundTrips: 5 });
  });

  test("splits a list that exceeds the meter's max PDU, and asks nothing for an empty one", async () => {
    const meter = meterOf((apdu) => {
      const count = Number.parseInt(apdu.slice(6, 8), 16);
      return `C403${apdu.slice(4, 6)}${apdu.slice(6, 8)}${"001101".repeat(count)}`;
    });
    await using session = await open(meter, { framing });
    const many = Array.from({ length: 60 }, () => voltage);
    expect(await session.getWithList(many)).toHaveLength(60);
    expect(meter.apdus.slice(1).map((apdu) => apdu.slice(6, 8))).toEqual(["27", "15"]);
    expect(await session.getWithList([])).toEqual([]);
    expect(await session.setWithList([])).toEqual([]);
    expect(await session.actionWithList([])).toEqual([]);
    expect(session.counters.requests).toBe(2);
  });

  test("writes and acts on several objects in one request", async () => {
    const meter = meterOf((apdu) =>
      apdu.startsWith("c1") ? "C505C1020003" : "C703C202 0000 0300",
    );
    await using session = await open(meter, { framing });
    const values = [
      { attribute: voltage, data: u8(1) },
      { attribute: voltage, data: u8(2) },
    ];
    expect(await session.setWithList(values)).toEqual(["success", "read-write-denied"]);
    expect(await session.actionWithList([{ method: reset }, { method: reset }])).toEqual([
      { result: "success" },
      { result: "read-write-denied" },
    ]);
  });

  test("keeps the session when the meter refuses a service", async () => {
    const meter = meterOf((apdu) => (apdu.startsWith("c3") ? "D80102" : "C401C2001105"));
    await using session = await open(meter, { framing });
    await expect(session.action(reset)).rejects.toMatchObject({
      code: "xdlms/service-not-supported",
      recovery: "park-object",
    });
    expect(await session.get(voltage)).toMatchObject({ ok: true });
  });

  test("rejects what cannot be encoded or sent without harming the session", async () => {
    const meter = meterOf(() => "C401C3001105");
    await using session = await open(meter, { framing, conformanceAssumed: ["get"] });
    await expect(session.set(voltage, u8(300))).rejects.toThrow(RangeError);
    await expect(session.set(voltage, visibleString("x".repeat(500)))).rejects.toMatchObject({
      code: "xdlms/pdu-too-long",
    });
    expect(await session.get(voltage)).toMatchObject({ ok: true });
  });

  test("drops the reply to an earlier request and takes no value for another", async () => {
    let late: string | undefined;
    const meter = meterOf((apdu) => {
      const answer = late ?? `C401${apdu.slice(4, 6)}001101`;
      if (late !== undefined) {
        late = undefined;
        queueMicrotask(() => meter.line.send(fromHex("")));
      }
      return answer;
    });
    const clock = new ManualClock();
    await using session = await open(meter, { framing, clock });
    await session.get(voltage);
    late = "C401C1001199";
    const waiting = session.get(voltage);
    const outcome = expect(waiting).rejects.toMatchObject({
      code: "xdlms/no-answer",
      recovery: "retry-request",
    });
    await clock.advance(5000);
    await outcome;
    expect(session.counters.lateReplies).toBe(1);
    expect(await session.get(voltage)).toMatchObject({ value: { value: 1 } });
  });

  test("gives unsolicited APDUs to the observer, not to the request", async () => {
    const seen: string[] = [];
    const notification = "0f00000001000600000001";
    const meter = meterOf((apdu) => {
      if (framing === "hdlc") meter.push(notification);
      else meter.send(notification);
      return `C401${apdu.slice(4, 6)}001107`;
    });
    const observer = {
      event: (event: { readonly type: string; readonly apdu?: Uint8Array }) => {
        if (event.type === "unsolicited" && event.apdu !== undefined) seen.push(toHex(event.apdu));
      },
    };
    await using session = await open(meter, { framing, observer });
    expect(await session.get(voltage)).toMatchObject({ value: { value: 7 } });
    expect(seen).toEqual([notification]);
  });

  test("refuses more requests than may wait", async () => {
    const meter = meterOf(() => undefined);
    await using session = await open(meter, { framing });
    const all = Array.from({ length: requestsQueuedMax + 2 }, () => session.get(voltage));
    await expect(all.at(-1)).rejects.toMatchObject({ code: "session/queue-full" });
    void Promise.allSettled(all);
  });
});

test("knows a meter that answers invoke-id 1 to everything", async () => {
  const meter = new ScriptedMeter({ answer: associated(() => "C40181001105") });
  await using session = await open(meter, { quirks: { invokeIdAlwaysOne: true } });
  for (let at = 0; at < 5; at++) expect(await session.get(voltage)).toMatchObject({ ok: true });
});

test("leaves RLRQ out for a meter that does not know it", async () => {
  const meter = new ScriptedMeter();
  await (await open(meter, { quirks: { skipRelease: true } }))[Symbol.asyncDispose]();
  expect(meter.apdus).toHaveLength(1);
  expect(meter.events).toEqual(["opened", "closed"]);
});

test("finds the form of the address by SNRM alone, and sends no credential on the way", async () => {
  for (const server of [
    { size: 1, upper: 1, lower: 0 },
    { size: 4, upper: 1, lower: 17 },
    { size: 2, upper: 1, lower: 17 },
  ] as const) {
    const meter = new ScriptedMeter({ server });
    const clock = new ManualClock();
    const frames: boolean[] = [];
    const opening = open(meter, {
      clock,
      server: { size: "auto", upper: 1, lower: 17 },
      authentication: { mechanism: "lls", password: Secret.fromText("22222222") },
      observer: {
        frame: (dir, _octets, _atMs, sensitive) => dir === "tx" && frames.push(sensitive),
      },
    });
    for (let at = 0; at < 3; at++) await clock.advance(2000);
    const session = await opening;
    expect(session.negotiated.address).toEqual(server);
    expect(meter.apdus).toHaveLength(1);
    expect(frames.filter(Boolean)).toHaveLength(1);
    await session[Symbol.asyncDispose]();
  }
});

test("marks the frames that carry a credential, and no others", async () => {
  const meter = new ScriptedMeter({ answer: associated(() => "C401C1001105") });
  const seen: string[] = [];
  const session = await open(meter, {
    authentication: { mechanism: "lls", password: Secret.fromText("22222222") },
    observer: {
      frame: (direction, octets, _atMs, sensitive) => {
        if (sensitive) seen.push(direction);
        else expect(toHex(octets)).not.toContain("3232323232323232");
      },
    },
  });
  await session.get(voltage);
  await session[Symbol.asyncDispose]();
  expect(seen).toEqual(["tx"]);
});

test("shares one line between two meters, one after the other and in turn", async () => {
  const meter = new ScriptedMeter({ answer: associated(() => "C401C1001101") });
  const shared = sharePort(meter.port);
  const other = new ScriptedMeter({
    server: { size: 1, upper: 2, lower: 0 },
    answer: associated(() => "C401C1001102"),
  });
  // Both meters hear the line, and the line hears both.
  const lineSend = meter.line.send.bind(meter.line);
  other.port.listen({ receive: lineSend, closed: () => {} });
  meter.port.send = ((send) => (octets: Uint8Array) => {
    send(octets);
    other.port.send(octets);
  })(meter.port.send.bind(meter.port));
  const clock = new ManualClock();
  const first = await openSession({ port: shared.lease(), clock, server: { upper: 1 } });
  const second = await openSession({ port: shared.lease(), clock, server: { upper: 2 } });
  expect(await first.get(voltage)).toMatchObject({ value: { value: 1 } });
  expect(await second.get(voltage)).toMatchObject({ value: { value: 2 } });
  meter.answer = associated((apdu) => `C401${apdu.slice(4, 6)}001103`);
  expect(await first.get(voltage)).toMatchObject({ value: { value: 3 } });
  await first[Symbol.asyncDispose]();
  other.answer = associated((apdu) => `C401${apdu.slice(4, 6)}001104`);
  expect(await second.get(voltage)).toMatchObject({ value: { value: 4 } });
  await second[Symbol.asyncDispose]();
  expect(meter.events).toEqual(["opened", "closed"]);
  expect(other.events).toEqual(["opened", "closed"]);
});

test.each([
  [{}, "give one of tcp, udp, serial and port"],
  [{ tcp: "nowhere" }, "host:port"],
  [{ tcp: "h:0" }, "host:port"],
  [{ tcp: "127.0.0.1:1", maxPduOctets: 11 }, "maxPduOctets"],
  [{ tcp: "127.0.0.1:1", clientSap: -1, framing: "wrapper" }, "clientSap"],
] as const)("refuses options %j", async (options, message) => {
  await expect(openSession(options as SessionOptions)).rejects.toThrow(message);
});

test("takes the AARE of the fixture for what it is", () => {
  expect(fromHex(acceptingAare)[1]).toBe(fromHex(acceptingAare).length - 2);
});
