/** A GET in blocks whose blocks stop coming, while the association lives. */
import { obis } from "@lectura/dlms/cosem";
import { LongGetInterrupted } from "@lectura/dlms/client";
import { ManualClock } from "@lectura/testkit";
import { describe, expect, test } from "vitest";
import { openSession } from "./open-session.ts";
import { associated, ScriptedMeter } from "./scripted-meter.fixture.ts";
import { energy, longObject, longText, openRoles } from "./session-roles.fixture.ts";
import type { Session } from "./session.ts";

const attribute = { classId: 7, logicalName: obis("1.0.99.1.0.255"), attributeId: 2 };
/** An octet-string of four octets in three blocks. */
const blocks = [
  "c402c100000000010002 0904",
  "c402c100000000020002 0102",
  "c402c101000000030002 0304",
];

async function openMeter(lost: ReadonlySet<string>): Promise<{
  readonly session: Session;
  readonly meter: ScriptedMeter;
  readonly clock: ManualClock;
}> {
  const once = new Set(lost);
  const clock = new ManualClock();
  const meter = new ScriptedMeter({
    framing: "wrapper",
    answer: associated((apdu) => {
      if (once.delete(apdu)) return undefined;
      if (apdu.startsWith("c001")) return apdu.startsWith("c001c2") ? "c401c2001105" : blocks[0];
      return blocks[Number.parseInt(apdu.slice(6), 16)];
    }),
  });
  const session = await openSession({ port: meter.port, clock, framing: "wrapper" });
  return { session, meter, clock };
}

async function interrupted(session: Session, clock: ManualClock): Promise<LongGetInterrupted> {
  const reading = session.get(attribute).catch((error: unknown) => error);
  await clock.advance(10_000);
  const error = await reading;
  expect(error).toBeInstanceOf(LongGetInterrupted);
  return error as LongGetInterrupted;
}

describe("a block that does not come", () => {
  test("ends the request and not the session, and is asked for again by its token", async () => {
    const { session, meter, clock } = await openMeter(new Set(["c002c100000001"]));
    const error = await interrupted(session, clock);
    expect(error).toMatchObject({ code: "xdlms/long-get-interrupted", recovery: "retry-request" });
    expect(error.resume).toMatchObject({ blockNumber: 1, octets: Uint8Array.of(9, 4) });
    expect(session.closed).toBe(false);
    const progress: number[] = [];
    const value = { type: "octet-string", value: Uint8Array.of(1, 2, 3, 4) };
    const options = {
      resume: error.resume,
      onProgress: (octets: number) => void progress.push(octets),
    };
    expect(await session.get(attribute, options)).toEqual({ ok: true, value });
    expect(progress).toEqual([4]);
    expect(meter.apdus.slice(2)).toEqual(["c002c100000001", "c002c100000001", "c002c100000002"]);
  });

  test("is dropped when it comes after all, and twice", async () => {
    const { session, meter, clock } = await openMeter(new Set(["c002c100000001"]));
    const { resume } = await interrupted(session, clock);
    meter.answer = (apdu) => {
      if (apdu !== "c002c100000001") return blocks[2];
      meter.send(blocks[1]!);
      return blocks[1];
    };
    expect(await session.get(attribute, { resume })).toMatchObject({ ok: true });
    expect(session.counters.lateReplies).toBe(1);
  });

  test("can be left, and something else asked", async () => {
    const { session, clock } = await openMeter(new Set(["c002c100000002"]));
    const { resume } = await interrupted(session, clock);
    expect(resume.octets).toEqual(Uint8Array.of(9, 4, 1, 2));
    expect(await session.get(attribute)).toMatchObject({ value: { value: 5 } });
  });

  test("may be lost again", async () => {
    const { session, clock, meter } = await openMeter(new Set(["c002c100000001"]));
    const { resume } = await interrupted(session, clock);
    meter.answer = () => undefined;
    const again = session.get(attribute, { resume }).catch((error: unknown) => error);
    await clock.advance(10_000);
    expect(await again).toMatchObject({ resume: { blockNumber: 1 } });
  });

  test("is refused as a value where the meter has gone on", async () => {
    const { session, clock, meter } = await openMeter(new Set(["c002c100000001"]));
    const { resume } = await interrupted(session, clock);
    meter.answer = () => "c402c10100000001010f";
    expect(await session.get(attribute, { resume })).toEqual({
      ok: false,
      reason: "long-get-aborted",
    });
  });

  test("belongs to its association", async () => {
    const { session, clock } = await openMeter(new Set(["c002c100000001"]));
    const { resume } = await interrupted(session, clock);
    const other = await openMeter(new Set());
    await expect(other.session.get(attribute, { resume })).rejects.toThrow(RangeError);
  });
});

describe("over HDLC, of a meter that answers polls and says nothing", () => {
  test("a block is given up after two minutes, the session lives, and the GET goes on", async () => {
    let mute = true;
    const meter = new ScriptedMeter({
      answer: associated((apdu) => {
        if (apdu.startsWith("c001")) return blocks[0];
        return mute ? "" : blocks[Number.parseInt(apdu.slice(6), 16)];
      }),
    });
    const clock = new ManualClock();
    const session = await openSession({ port: meter.port, clock });
    const reading = session.get(attribute).catch((error: unknown) => error);
    await clock.advance(150_000);
    const error = await reading;
    if (!(error instanceof LongGetInterrupted)) throw error;
    expect(session.closed).toBe(false);
    mute = false;
    const value = { type: "octet-string", value: Uint8Array.of(1, 2, 3, 4) };
    expect(await session.get(attribute, { resume: error.resume })).toEqual({ ok: true, value });
    expect(session.counters.retransmissions).toBe(0);
  });

  test("a GET of one part ends its session, as ever", async () => {
    const meter = new ScriptedMeter({ answer: associated(() => "") });
    const clock = new ManualClock();
    const session = await openSession({ port: meter.port, clock });
    const reading = session.get(attribute).catch((error: unknown) => error);
    await clock.advance(150_000);
    expect(await reading).toMatchObject({ code: "hdlc/request-timeout" });
    expect(session.closed).toBe(true);
  });
});

test("the first answer that does not come ends the session, as ever", async () => {
  const { session, clock, meter } = await openMeter(new Set());
  meter.answer = () => undefined;
  const reading = session.get(attribute).catch((error: unknown) => error);
  await clock.advance(10_000);
  expect(await reading).toMatchObject({ code: "wrapper/no-answer" });
  expect(session.closed).toBe(true);
});

test.each([
  ["the request", "toServer", 5],
  ["the block", "toClient", 5],
  ["the last block", "toClient", 12],
] as const)("goes on at our own server where %s was lost", async (_, direction, lost) => {
  const { session, clock, line } = await openRoles({
    framing: "wrapper",
    session: { maxPduOctets: 300 },
    loses: (to, unit) => to === direction && unit === lost,
  });
  const long = { ...longObject, attributeId: 2 };
  const reading = session.get(long).catch((error: unknown) => error);
  await clock.advance(10_000);
  const error = await reading;
  expect(line.dropped).toBe(1);
  if (!(error instanceof LongGetInterrupted)) throw error;
  expect(await session.get(long, { resume: error.resume })).toEqual({ ok: true, value: longText });
  expect(await session.get(energy)).toMatchObject({ ok: true });
});
