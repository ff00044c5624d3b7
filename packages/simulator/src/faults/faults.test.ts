/** Every fault against our own client: no wrong value, no hang, a typed error or a recovery. */
import type { Session } from "@lectura/dlms-node";
import { byEntry, obis } from "@lectura/dlms/cosem";
import { DlmsError } from "@lectura/dlms/octets";
import { describe, expect, test } from "vitest";
import type { PersonalityName } from "../personalities/personality.ts";
import { startFleet } from "../start-fleet.ts";
import { FaultDice, type FaultName, faultNames, type FaultRule } from "./fault-rule.ts";
import { type FaultyMeter, faultyMeter } from "./faulty-meter.fixture.ts";

const voltage = { classId: 3, logicalName: obis("1.0.32.7.0.255"), attributeId: 2 };
/** 60 rows: several blocks, and several frames each. */
const profile = {
  classId: 7,
  logicalName: obis("1.0.99.1.0.255"),
  attributeId: 2,
  selection: byEntry({ toEntry: 60 }),
} as const;

type Way = "hdlc" | "wrapper";

/** What came of one reading: its values, or the codes of what went wrong. */
interface Outcome {
  readonly values: readonly unknown[];
  readonly codes: readonly string[];
}

/** Opens a session and reads, four times over; each failure is kept and the next time tried. */
async function readRepeatedly(
  meter: FaultyMeter,
  framing: Way,
  responseMs = 300,
): Promise<Outcome> {
  const values: unknown[] = [];
  const codes: string[] = [];
  for (let time = 0; time < 4; time++) {
    let session: Session | undefined;
    try {
      session = await meter.call({
        framing,
        maxPduOctets: 400,
        attemptsMax: 2,
        timeouts: { responseMs, releaseMs: responseMs },
      });
      const [short, long] = [await session.get(voltage), await session.get(profile)];
      values.push(short, long);
    } catch (error) {
      if (!(error instanceof DlmsError)) throw error;
      codes.push(error.code);
    }
    await session?.[Symbol.asyncDispose]();
  }
  return { values, codes };
}

function read(
  personality: PersonalityName,
  faults: readonly FaultRule[],
  framing: Way,
  responseMs?: number,
): Promise<Outcome> {
  const meter = faultyMeter(personality, faults);
  return meter.paced(readRepeatedly(meter, framing, responseMs));
}

async function truth(personality: PersonalityName, framing: Way): Promise<readonly unknown[]> {
  const { values, codes } = await read(personality, [], framing);
  expect(codes).toEqual([]);
  return values.slice(0, 2);
}

function expectNoWrongValue({ values }: Outcome, right: readonly unknown[]): void {
  expect(values.length % 2).toBe(0);
  for (let at = 0; at < values.length; at += 2) {
    expect(values.slice(at, at + 2)).toEqual(right);
  }
}

const lineFaults = faultNames.filter((fault) => !fault.startsWith("counter-"));
const ways = (["hdlc", "wrapper"] as const).flatMap((framing) =>
  lineFaults.map((fault) => ({ fault, framing })),
);

/** Blocks of general block transfer are the full meter's. */
function personalityFor(fault: FaultName): PersonalityName {
  return fault === "lost-general-block" ? "full" : "segmented";
}

describe("over HDLC and the wrapper", () => {
  test.each(ways)("$fault, once, over $framing: no wrong value, and read again", async (way) => {
    const { fault, framing } = way;
    const personality = personalityFor(fault);
    const right = await truth(personality, framing);
    const outcome = await read(personality, [{ fault, when: { at: 3 }, delayMs: 400 }], framing);
    expectNoWrongValue(outcome, right);
    expect(outcome.values.length).toBeGreaterThanOrEqual(6);
    for (const code of outcome.codes) expect(code).toMatch(/^[a-z]+\/[a-z-]+$/);
  });

  test.each(ways)("$fault, by chance, over $framing: no wrong value, no hang", async (way) => {
    const { fault, framing } = way;
    const personality = personalityFor(fault);
    const right = await truth(personality, framing);
    const rule = { fault, when: { chance: 0.1 }, delayMs: 30 };
    expectNoWrongValue(await read(personality, [rule], framing, 40), right);
  });
});

describe("ciphered", () => {
  const faults: readonly FaultName[] = ["duplicate", "wrong-tag", "drop", "counter-jump"];

  test.each(faults)("%s now and then: no wrong value", async (fault) => {
    const right = await truth("secured", "hdlc");
    const rule = { fault, when: { every: 5 } };
    expectNoWrongValue(await read("secured", [rule], "hdlc", 40), right);
  });

  test("a counter that jumps ahead is followed", async () => {
    const rule: FaultRule = { fault: "counter-jump", when: { every: 2 } };
    expect((await read("secured", [rule], "hdlc")).codes).toEqual([]);
  });

  test("a counter that comes twice is refused as a replay", async () => {
    const rule: FaultRule = { fault: "counter-repeat", when: { at: 4 } };
    expect((await read("secured", [rule], "hdlc")).codes).toEqual(["security/replay"]);
  });
});

test("a fault is drawn by the seed, or counted", () => {
  const fires = (when: FaultRule["when"], seed = 1): readonly number[] => {
    const dice = new FaultDice({ fault: "drop", when }, seed);
    return Array.from({ length: 100 }, (_, at) => at + 1).filter(() => dice.happens());
  };
  expect(fires({ at: 3 })).toEqual([3]);
  expect(fires({ every: 40 })).toEqual([40, 80]);
  expect(fires({ chance: 0 })).toEqual([]);
  expect(fires({ chance: 1 })).toHaveLength(100);
  expect(fires({ chance: 0.2 })).toEqual(fires({ chance: 0.2 }));
  expect(fires({ chance: 0.2 })).not.toEqual(fires({ chance: 0.2 }, 2));
});

test("a fault that says no time is refused", async () => {
  for (const when of [{ chance: 2 }, { at: 0 }]) {
    const starting = startFleet({ meters: 1, faults: [{ fault: "drop", when }] });
    await expect(starting).rejects.toThrow(RangeError);
  }
});
