import { describe, expect, test } from "vitest";
import { u8 } from "@lectura/dlms/axdr";
import { obis } from "@lectura/dlms/cosem";
import { DlmsError, fromHex, toHex } from "@lectura/dlms/octets";
import { Secret } from "@lectura/dlms/security";
import { goldenFrame, ManualClock, openPipe, type Pipe } from "@lectura/testkit";
import { openSession } from "./open-session.ts";
import { associated, ScriptedMeter } from "./scripted-meter.fixture.ts";
import type { SessionOptions } from "./session-options.ts";
import type { Session } from "./session.ts";

const voltage = { classId: 3, logicalName: obis("1.1.32.7.0.255"), attributeId: 2 };
const ascii = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));
const lls = { mechanism: "lls", password: Secret.fromText("22222222") } as const;

/** DM of the meter at address 1. */
const dmToClient16 = fromHex("7ea00721031f6be97e");

/** A line whose far end does what the test says with each piece it hears. */
function line(hear: (octets: Uint8Array, pipe: Pipe) => void): Pipe & { readonly heard: string[] } {
  const pipe = openPipe();
  const heard: string[] = [];
  pipe.far.listen({
    receive: (octets) => {
      heard.push(toHex(octets));
      hear(octets, pipe);
    },
    closed: () => void heard.push("closed"),
  });
  return { ...pipe, heard };
}

/** Lets an opening run until it fails, however long it waits; the error. */
async function failureOf(opening: Promise<unknown>, clock: ManualClock): Promise<DlmsError> {
  const failure = opening.then(
    () => new Error("it opened"),
    (error: unknown) => error,
  );
  await clock.advance(60_000);
  const error = await failure;
  if (!(error instanceof DlmsError)) throw error;
  return error;
}

async function opened(
  meter: ScriptedMeter,
  options: Partial<SessionOptions> = {},
): Promise<Session> {
  return openSession({ port: meter.port, clock: new ManualClock(), ...options });
}

describe("opening fails", () => {
  test("with line/silent when not one octet comes, after repeating SNRM, and sends DISC", async () => {
    const clock = new ManualClock();
    const { near, heard } = line(() => {});
    const error = await failureOf(openSession({ port: near, clientSap: 1, clock }), clock);
    expect(error).toMatchObject({ code: "line/silent", recovery: "reopen-line" });
    const snrm = toHex(goldenFrame("snrmSap1"));
    expect(heard).toEqual([snrm, snrm, snrm, toHex(goldenFrame("discSap1"))]);
    expect(clock.pending).toBe(0);
  });

  test("with hdlc/no-answer when octets come that are no frames", async () => {
    const clock = new ManualClock();
    const { near } = line((_octets, { far }) => far.send(fromHex("00FF8001FE")));
    const error = await failureOf(openSession({ port: near, clock }), clock);
    expect(error).toMatchObject({ code: "hdlc/no-answer", recovery: "reopen-line" });
  });

  test.each([
    ["Port already in use\r\n", "line/busy", "pause", "Port already in use"],
    [
      "Closing socket due to inactivity (30 sec)\nCLOSE",
      "line/idle-closed",
      "reopen-line",
      "Closing socket due to inactivity (30 sec)",
    ],
    [
      "HTTP/1.1 400 Bad Request\r\nServer: x\r\n\r\n",
      "line/not-dlms",
      "operator",
      "HTTP/1.1 400 Bad Request",
    ],
    ["Welcome to the machine room\r\n", "line/not-dlms", "operator", "Welcome to the machine room"],
  ])("by the text %j with %s", async (text, code, recovery, peerText) => {
    for (const ends of [true, false]) {
      const clock = new ManualClock();
      const { near } = line((_octets, { far }) => {
        for (const octet of ascii(text)) far.send(Uint8Array.of(octet));
        if (ends) void far[Symbol.asyncDispose]();
      });
      const error = await failureOf(openSession({ port: near, clock }), clock);
      expect(error).toMatchObject({ code, recovery });
      const said = (error as { peerText?: string }).peerText;
      expect(said?.startsWith(peerText)).toBe(true);
      expect(said!.length).toBeLessThanOrEqual(80);
    }
  });

  test("by a text over the wrapper, and keeps at most 80 harmless characters of it", async () => {
    const clock = new ManualClock();
    const { near } = line((_octets, { far }) => {
      far.send(ascii(`\u001b[31mlogin: ${"x".repeat(300)}`));
    });
    const error = await failureOf(openSession({ port: near, clock, framing: "wrapper" }), clock);
    expect(error).toMatchObject({ code: "line/not-dlms" });
    const { peerText } = error as unknown as { peerText: string };
    expect(peerText).toHaveLength(80);
    expect(peerText).toMatch(/^[ -~]*$/);
  });

  test("with tcp/closed when the peer closes before UA", async () => {
    const clock = new ManualClock();
    const { near } = line((_octets, { far }) => void far[Symbol.asyncDispose]());
    const error = await failureOf(openSession({ port: near, clock }), clock);
    expect(error).toMatchObject({ code: "tcp/closed" });
  });

  test("with tcp/closed when the peer closes in the midst of the AARE", async () => {
    const clock = new ManualClock();
    const { near } = line((octets, { far }) => {
      if (octets[5] === 0x93) far.send(goldenFrame("uaWithParameters"));
      else {
        far.send(goldenFrame("aare").subarray(0, 20));
        void far[Symbol.asyncDispose]();
      }
    });
    const error = await failureOf(openSession({ port: near, clientSap: 1, clock }), clock);
    expect(error).toMatchObject({ code: "tcp/closed" });
  });

  test("with hdlc/refused when the meter answers DM", async () => {
    const clock = new ManualClock();
    const { near } = line((_octets, { far }) => far.send(goldenFrame("dm")));
    const error = await failureOf(openSession({ port: near, clientSap: 1, clock }), clock);
    expect(error).toMatchObject({ code: "hdlc/refused", recovery: "pause" });
  });

  test("with acse/no-answer when the link is open and AARQ is not answered", async () => {
    const clock = new ManualClock();
    const meter = new ScriptedMeter({ answer: () => undefined });
    const opening = openSession({ port: meter.port, clock, authentication: lls });
    const error = await failureOf(opening, clock);
    expect(error).toMatchObject({ code: "acse/no-answer", recovery: "reopen-session" });
    expect(meter.apdus).toHaveLength(1);
    expect(meter.events).toEqual(["opened", "closed"]);
  });

  test("over the wrapper with line/silent, or wrapper/no-answer once something came", async () => {
    const clock = new ManualClock();
    const silent = new ScriptedMeter({ framing: "wrapper", answer: () => undefined });
    const options = { clock, framing: "wrapper" } as const;
    expect(await failureOf(openSession({ port: silent.port, ...options }), clock)).toMatchObject({
      code: "line/silent",
    });
    const noisy = new ScriptedMeter({ framing: "wrapper", answer: () => undefined });
    const opening = openSession({ port: noisy.port, ...options });
    await clock.settle();
    noisy.line.send(fromHex("0000FFFF"));
    expect(await failureOf(opening, clock)).toMatchObject({ code: "wrapper/no-answer" });
  });

  test("with the meter's own word when it rejects, once, and closes the link", async () => {
    const clock = new ManualClock();
    const rejection =
      "6129A109060760857405080101A203020101A305A10302010DBE10040E0800065F1F040000301D19000007";
    const meter = new ScriptedMeter({ answer: () => rejection });
    const opening = openSession({ port: meter.port, clock, authentication: lls });
    const error = await failureOf(opening, clock);
    expect(error).toMatchObject({
      code: "acse/authentication-failed",
      recovery: "hold-credential",
      diagnostic: "authentication-failure",
    });
    expect(meter.apdus).toHaveLength(1);
    expect(meter.events).toEqual(["opened", "closed"]);
    expect(error.message).not.toContain("22222222");
  });

  test("when the address is probed and nobody answers any form", async () => {
    const clock = new ManualClock();
    const { near, heard } = line(() => {});
    const opening = openSession({ port: near, clock, server: { size: "auto", lower: 17 } });
    expect(await failureOf(opening, clock)).toMatchObject({ code: "line/silent" });
    const forms = ["03", "00020023", "0223"];
    expect(heard.slice(0, 6)).toEqual(
      [...forms, ...forms].map((form) => expect.stringMatching(`^7ea0..${form}2193`)),
    );
    expect(clock.monotonicMs()).toBeGreaterThanOrEqual(12_000);
  });
});

describe("an abort", () => {
  test("before the opening touches nothing", async () => {
    const { near, heard } = line(() => {});
    const signal = AbortSignal.abort(new Error("shutting down"));
    await expect(openSession({ port: near, signal, clock: new ManualClock() })).rejects.toThrow(
      "shutting down",
    );
    expect(heard).toEqual([]);
  });

  test.each([
    ["while linking", 1],
    ["while associating", 2],
  ])("%s ends it with the caller's reason, and DISC", async (_, pieces) => {
    const clock = new ManualClock();
    const caller = new AbortController();
    const { near, heard } = line((octets, { far }) => {
      if (octets[5] === 0x93 && pieces > 1) far.send(goldenFrame("uaWithParameters"));
      if (octets[5] === 0x53) far.send(goldenFrame("uaBare"));
      if (heard.length === pieces) caller.abort(new Error("shutting down"));
    });
    const opening = openSession({ port: near, clientSap: 1, clock, signal: caller.signal });
    await expect(opening).rejects.toThrow("shutting down");
    expect(heard.at(-1)).toBe(toHex(goldenFrame("discSap1")));
    expect(clock.pending).toBe(0);
  });

  test("of a request rejects at once, drops the answer and leaves the session usable", async () => {
    const meter = new ScriptedMeter({ answer: associated() });
    const clock = new ManualClock();
    await using session = await opened(meter, { clock });
    const caller = new AbortController();
    const first = session.get(voltage, { signal: caller.signal });
    const second = session.get(voltage);
    await clock.settle();
    caller.abort(new Error("not interested"));
    await expect(first).rejects.toThrow("not interested");
    expect(meter.apdus).toHaveLength(2);
    meter.answer = associated((apdu) => `C401${apdu.slice(4, 6)}001102`);
    meter.send("C401C1001101");
    expect(await second).toMatchObject({ value: { value: 2 } });
    await expect(session.get(voltage, { signal: caller.signal })).rejects.toThrow("not interested");
    expect(await session.get(voltage)).toMatchObject({ value: { value: 2 } });
  });

  test("of a request that still waits takes it out of the queue", async () => {
    const meter = new ScriptedMeter({ answer: associated() });
    const clock = new ManualClock();
    await using session = await opened(meter, { clock });
    const caller = new AbortController();
    const first = session.get(voltage);
    const second = session.get(voltage, { signal: caller.signal });
    caller.abort(new Error("not interested"));
    await expect(second).rejects.toThrow("not interested");
    meter.answer = associated((apdu) => `C401${apdu.slice(4, 6)}001103`);
    await clock.settle();
    meter.send("C401C1001101");
    expect(await first).toMatchObject({ value: { value: 1 } });
    expect(meter.apdus).toHaveLength(2);
    expect(await session.get(voltage)).toMatchObject({ value: { value: 3 } });
  });

  test("of a long GET ends the transfer at the meter", async () => {
    const caller = new AbortController();
    const meter = new ScriptedMeter({
      answer: associated((apdu) => {
        if (apdu === "c002c100000001") {
          caller.abort(new Error("enough"));
          return "C402C10000000002 00 02 0102";
        }
        if (apdu.startsWith("c002")) return "C402C10100000003 01 0F";
        return apdu.startsWith("c001c1") ? "C402C10000000001 00 02 0904" : "C401C2001105";
      }),
    });
    const clock = new ManualClock();
    await using session = await opened(meter, { clock });
    await expect(session.get(voltage, { signal: caller.signal })).rejects.toThrow("enough");
    expect(await session.get(voltage)).toMatchObject({ value: { value: 5 } });
    expect(meter.apdus.slice(2)).toEqual([
      "c002c100000001",
      "c002c1ffffffff",
      "c001c200030101200700ff0200",
    ]);
  });
});

describe("an open session", () => {
  test("repeats an unanswered frame with the same N(S), then fails the request and itself", async () => {
    const clock = new ManualClock();
    const meter = new ScriptedMeter({ answer: associated() });
    const sent: string[] = [];
    const observer = {
      frame: (direction: string, octets: Uint8Array) => {
        if (direction === "tx") sent.push(toHex(octets));
      },
    };
    const session = await opened(meter, { clock, observer });
    meter.line.listen({ receive: () => {}, closed: () => {} });
    const request = expect(session.get(voltage)).rejects.toMatchObject({
      code: "hdlc/request-timeout",
      recovery: "reopen-session",
    });
    await clock.advance(60_000);
    await request;
    const gets = sent.filter((frame) => frame.includes("c001c1"));
    expect(new Set(gets).size).toBe(1);
    expect(gets).toHaveLength(3);
    expect(session.counters.retransmissions).toBe(2);
    expect(session.closed).toBe(true);
    await expect(session.get(voltage)).rejects.toMatchObject({
      code: "session/closed",
      recovery: "reopen-session",
    });
    await session[Symbol.asyncDispose]();
    expect(clock.pending).toBe(0);
  });

  test("never repeats a lost SET or ACTION by itself: its outcome is unknown", async () => {
    const lose: readonly ((meter: ScriptedMeter) => void)[] = [
      (meter) => void meter.line[Symbol.asyncDispose](),
      (meter) => meter.send("C501C1"),
      (meter) => meter.send("C504C100000000000001"),
    ];
    for (const how of lose) {
      const meter = new ScriptedMeter({
        answer: associated((_apdu, self) => {
          queueMicrotask(() => how(self));
          return undefined;
        }),
      });
      const clock = new ManualClock();
      const session = await opened(meter, { clock });
      await expect(session.set(voltage, u8(1))).rejects.toMatchObject({
        code: "xdlms/unknown-outcome",
        recovery: "operator",
        cause: { code: expect.stringContaining("/") as string },
      });
      expect(meter.apdus.filter((apdu) => apdu.startsWith("c1"))).toHaveLength(1);
      await session[Symbol.asyncDispose]();
    }
  });

  test("tells a SET that was never sent, and one the meter refused, from a lost one", async () => {
    const meter = new ScriptedMeter({
      answer: associated((apdu) => (apdu.startsWith("c1") ? "D80101" : undefined)),
    });
    const session = await opened(meter);
    await expect(session.set(voltage, u8(1))).rejects.toMatchObject({ code: "xdlms/exception" });
    const stuck = expect(session.get(voltage)).rejects.toMatchObject({ code: "session/closed" });
    const waiting = expect(session.set(voltage, u8(1))).rejects.toMatchObject({
      code: "session/closed",
    });
    const closing = session[Symbol.asyncDispose]();
    await Promise.all([stuck, waiting, closing]);
    expect(meter.apdus.filter((apdu) => apdu.startsWith("c1"))).toHaveLength(1);
  });

  test("drops a stale UA that comes before the AARE, and counts it", async () => {
    const clock = new ManualClock();
    const { near } = line((octets, { far }) => {
      if (octets[5] === 0x93) {
        far.send(goldenFrame("uaWithParameters"));
        far.send(goldenFrame("uaWithParameters"));
      } else if (octets[5] === 0x10) far.send(goldenFrame("aare"));
      else if (octets[5] === 0x53) far.send(goldenFrame("uaBare"));
    });
    const session = await openSession({ port: near, clientSap: 1, clock });
    expect(session.counters.staleUa).toBe(1);
    const closing = session[Symbol.asyncDispose]();
    await clock.advance(2000);
    await closing;
    expect(session.counters.retransmissions).toBe(0);
  });

  test("fails by the converter's text when that closes an idle line", async () => {
    const meter = new ScriptedMeter({ answer: associated() });
    const clock = new ManualClock();
    const session = await opened(meter, { clock });
    meter.line.send(ascii("Closing socket due to inactivity (30 sec)\n"));
    await meter.line[Symbol.asyncDispose]();
    await clock.settle();
    expect(session.closed).toBe(true);
    await expect(session.get(voltage)).rejects.toMatchObject({
      code: "session/closed",
      cause: { code: "line/idle-closed" },
    });
    await session[Symbol.asyncDispose]();
  });

  test("is closed when the meter leaves the link", async () => {
    const meter = new ScriptedMeter({
      answer: associated((_apdu, self) => {
        self.line.send(dmToClient16);
        self.line.send(dmToClient16);
        return undefined;
      }),
    });
    const clock = new ManualClock();
    const session = await opened(meter, { clock });
    const request = expect(session.get(voltage)).rejects.toMatchObject({
      code: "hdlc/disconnected",
    });
    await clock.advance(60_000);
    await request;
    await session[Symbol.asyncDispose]();
  });
});

describe("disposal", () => {
  test("is bounded, whatever the meter does not answer", async () => {
    const clock = new ManualClock();
    const meter = new ScriptedMeter({ answer: associated() });
    const session = await opened(meter, { clock });
    meter.answer = () => undefined;
    const sent: string[] = [];
    meter.line.listen({ receive: (octets) => void sent.push(toHex(octets)), closed: () => {} });
    let done = false;
    void session[Symbol.asyncDispose]().then(() => (done = true));
    await clock.advance(1499);
    expect(done).toBe(false);
    await clock.advance(1);
    expect(done).toBe(true);
    expect(sent.some((frame) => frame.includes("6203800100"))).toBe(true);
    expect(sent.at(-1)).toBe("7ea00703215303c77e");
    expect(clock.pending).toBe(0);
  });

  test("tolerates an exception-response to RLRQ and is idempotent", async () => {
    const meter = new ScriptedMeter({
      answer: (apdu, self) => (apdu.startsWith("62") ? "D80102" : associated()(apdu, self)),
    });
    const clock = new ManualClock();
    const session = await opened(meter, { clock });
    const [first, second] = [session[Symbol.asyncDispose](), session[Symbol.asyncDispose]()];
    await Promise.all([first, second]);
    await session[Symbol.asyncDispose]();
    expect(meter.events).toEqual(["opened", "closed"]);
    expect(clock.monotonicMs()).toBe(0);
    expect(session.closed).toBe(true);
  });

  test("sends DISC alone while a request is under way", async () => {
    const meter = new ScriptedMeter({ answer: associated() });
    const clock = new ManualClock();
    const session = await opened(meter, { clock });
    const request = expect(session.get(voltage)).rejects.toMatchObject({ code: "session/closed" });
    await session[Symbol.asyncDispose]();
    await request;
    expect(meter.apdus.some((apdu) => apdu.startsWith("62"))).toBe(false);
    expect(meter.events).toEqual(["opened", "closed"]);
  });

  test("leaves a borrowed port open", async () => {
    const meter = new ScriptedMeter({ answer: associated() });
    await (await opened(meter))[Symbol.asyncDispose]();
    expect(meter.events).not.toContain("tcp/closed");
    await using again = await opened(meter);
    expect(again.closed).toBe(false);
  });
});
