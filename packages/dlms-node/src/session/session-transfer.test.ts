/** General block transfer over a whole session, against our own server. */
import { octetString } from "@lectura/dlms/axdr";
import type { Access } from "@lectura/dlms/client";
import { clientConformance } from "@lectura/dlms/client";
import { ManualClock } from "@lectura/testkit";
import { describe, expect, test } from "vitest";
import { openSession } from "./open-session.ts";
import { associated, ScriptedMeter } from "./scripted-meter.fixture.ts";
import { cipheredRoles, energy, longObject, longText, openRoles } from "./session-roles.fixture.ts";

const framings = ["hdlc", "wrapper"] as const;
const long = { ...longObject, attributeId: 2 };
const small = {
  view: { maxPduOctets: 200 },
  session: {
    maxPduOctets: 200,
    generalBlockTransfer: {},
    conformance: [...clientConformance, "access"],
  },
} as const;

describe.each(framings)("general block transfer over %s", (framing) => {
  test("carries a long answer, tells its progress, and leaves the session usable", async () => {
    const { session } = await openRoles({ framing, ...small });
    const progress: number[] = [];
    const onProgress = (octets: number): void => void progress.push(octets);
    expect(await session.get(long, { onProgress })).toEqual({ ok: true, value: longText });
    expect(progress.length).toBeGreaterThan(10);
    expect(progress).toEqual(progress.toSorted((a, b) => a - b));
    expect(await session.get(energy)).toMatchObject({ value: { value: 56_352 } });
    await session[Symbol.asyncDispose]();
    expect(session.closed).toBe(true);
  });

  test("carries a long request of a service without blocks, and its long answer", async () => {
    const { session, written } = await openRoles({ framing, ...small });
    const data = octetString(new Uint8Array(1500).fill(7));
    const accesses: readonly Access[] = [
      { type: "set", attribute: long, data },
      { type: "get", attribute: energy },
      { type: "get", attribute: long },
    ];
    expect(await session.access(accesses)).toEqual([
      { type: "set", result: "success" },
      { type: "get", result: { ok: true, value: { type: "double-long-unsigned", value: 56_352 } } },
      { type: "get", result: { ok: true, value: longText } },
    ]);
    expect(written).toEqual([data]);
    expect(await session.get(energy)).toMatchObject({ ok: true });
  });

  test.each(["service", "general"] as const)("carries ciphered APDUs (%s)", async (form) => {
    const ciphered = cipheredRoles(form);
    const { session, written } = await openRoles({
      framing,
      view: { ...small.view, ...ciphered.view },
      session: { ...small.session, ...ciphered.session },
    });
    expect(await session.get(long)).toEqual({ ok: true, value: longText });
    const data = octetString(new Uint8Array(900).fill(9));
    const accesses: readonly Access[] = [{ type: "set", attribute: long, data }];
    expect(await session.access(accesses)).toEqual([{ type: "set", result: "success" }]);
    expect(written).toEqual([data]);
    expect(await session.get(energy)).toMatchObject({ ok: true });
  });

  test.each(["service", "general"] as const)("carries ciphered blocks (%s)", async (form) => {
    const ciphered = cipheredRoles(form);
    const { session, written } = await openRoles({
      framing,
      view: { ...small.view, ...ciphered.view },
      session: {
        ...small.session,
        ...ciphered.session,
        generalBlockTransfer: { ciphering: "blocks" },
      },
    });
    const data = octetString(new Uint8Array(900).fill(9));
    const accesses: readonly Access[] = [
      { type: "set", attribute: long, data },
      { type: "get", attribute: long },
    ];
    expect(await session.access(accesses)).toEqual([
      { type: "set", result: "success" },
      { type: "get", result: { ok: true, value: longText } },
    ]);
    expect(written).toEqual([data]);
    expect(await session.get(long)).toEqual({ ok: true, value: longText });
    expect(await session.get(energy)).toMatchObject({ ok: true });
  });

  test.each([1, 2, 5, 63])("takes windows of %i on both sides", async (window) => {
    const { session } = await openRoles({
      framing,
      view: { ...small.view, transferWindow: window },
      session: { ...small.session, generalBlockTransfer: { window } },
    });
    expect(await session.get(long)).toEqual({ ok: true, value: longText });
    const data = octetString(new Uint8Array(2000));
    const accesses: readonly Access[] = [{ type: "set", attribute: long, data }];
    expect(await session.access(accesses)).toMatchObject([{ result: "success" }]);
    expect(await session.get(energy)).toMatchObject({ ok: true });
  });

  test("is left in its middle by a signal, and the next request is answered", async () => {
    const { session } = await openRoles({ framing, ...small });
    const abort = new AbortController();
    const onProgress = (octets: number): void => {
      if (octets > 500) abort.abort(new Error("enough"));
    };
    const reading = session.get(long, { onProgress, signal: abort.signal });
    await expect(reading).rejects.toThrow("enough");
    expect(await session.get(energy)).toMatchObject({ value: { value: 56_352 } });
    expect(await session.get(long)).toEqual({ ok: true, value: longText });
  });

  test("is not needed for what has blocks of its own", async () => {
    const { session, written } = await openRoles({ framing, ...small });
    const data = octetString(new Uint8Array(1500).fill(7));
    expect(await session.set(long, data)).toBe("success");
    const method = { ...longObject, methodId: 1 };
    expect(await session.action(method, data)).toMatchObject({ returned: { value: data } });
    expect(written).toEqual([data, data]);
  });

  test("is not used where it was not proposed", async () => {
    const { session } = await openRoles({
      framing,
      view: small.view,
      session: { maxPduOctets: 200, conformance: [...clientConformance, "access"] },
    });
    const accesses: readonly Access[] = [
      { type: "set", attribute: long, data: octetString(new Uint8Array(300)) },
    ];
    await expect(session.access(accesses)).rejects.toMatchObject({ code: "xdlms/pdu-too-long" });
    expect(await session.get(long)).toEqual({ ok: true, value: longText });
  });
});

describe("a block lost on a link that repeats nothing", () => {
  test.each([
    ["toClient", 4],
    ["toClient", 9],
    ["toServer", 3],
  ] as const)("%s, unit %i, is asked for again", async (direction, lost) => {
    const { session, clock, line } = await openRoles({
      framing: "wrapper",
      view: { ...small.view, transferWindow: 4 },
      session: { ...small.session, generalBlockTransfer: { window: 4 } },
      loses: (to, unit) => to === direction && unit === lost,
    });
    const reading = session.get(long);
    await clock.advance(20_000);
    expect(await reading).toEqual({ ok: true, value: longText });
    expect(line.dropped).toBe(1);
    expect(await session.get(energy)).toMatchObject({ ok: true });
  });

  test.each(["from-lost", "lost-only"] as const)(
    "on the way to the meter is sent again, %s",
    async (repetition) => {
      const { session, clock, written, line } = await openRoles({
        framing: "wrapper",
        view: { ...small.view, transferWindow: 4 },
        session: { ...small.session, generalBlockTransfer: { window: 4, repetition } },
        loses: (to, unit) => to === "toServer" && (unit === 4 || unit === 6),
      });
      const data = octetString(new Uint8Array(2500).fill(3));
      const writing = session.access([{ type: "set", attribute: long, data }]);
      await clock.advance(60_000);
      expect(await writing).toEqual([{ type: "set", result: "success" }]);
      expect([written, line.dropped]).toEqual([[data], 2]);
    },
  );

  test("that never comes ends the request, and not the session", async () => {
    let deaf = true;
    const { session, clock } = await openRoles({
      framing: "wrapper",
      ...small,
      loses: (to, unit) => deaf && to === "toClient" && unit > 5,
    });
    const reading = session.get(long);
    const refused = expect(reading).rejects.toMatchObject({ code: "xdlms/no-answer" });
    await clock.advance(60_000);
    await refused;
    deaf = false;
    expect(await session.get(energy)).toMatchObject({ ok: true });
    expect(await session.set(long, octetString(Uint8Array.of(1)))).toBe("success");
  });
});

describe("a meter that streams over HDLC", () => {
  const block = (number: number, more: boolean, data: string): string =>
    `e0${more ? "48" : "88"}000${number}0000${(data.length / 2).toString(16).padStart(2, "0")}${data}`;

  test("is polled for its next block", async () => {
    const meter = new ScriptedMeter({ answer: associated(() => block(1, true, "c401c100")) });
    const clock = new ManualClock();
    const session = await openSession({ port: meter.port, clock });
    const reading = session.get(energy);
    await clock.settle();
    meter.send(block(2, true, "09"));
    await clock.advance(100);
    meter.answer = associated(() => "");
    meter.send(block(3, false, "03010203"));
    await clock.advance(200);
    expect(await reading).toEqual({ ok: true, value: octetString(Uint8Array.of(1, 2, 3)) });
    expect(meter.apdus.at(-1)).toBe("e0810001000300");
  });

  test("and breaks the link behind its last block has been read all the same", async () => {
    const meter = new ScriptedMeter({
      answer: associated((apdu) =>
        apdu.startsWith("e0") ? undefined : block(1, false, "c401c1001105"),
      ),
    });
    const clock = new ManualClock();
    const session = await openSession({ port: meter.port, clock });
    const reading = session.get(energy);
    await clock.advance(60_000);
    expect(await reading).toMatchObject({ ok: true, value: { value: 5 } });
    expect(session.closed).toBe(true);
  });
});
