/** Every fault against our own client: no wrong value, no hang, a typed error or a recovery. */
import { type Clock, type Session, systemClock } from "@lectura/dlms-node";
import { obis } from "@lectura/dlms/cosem";
import { DlmsError } from "@lectura/dlms/octets";
import { InvocationCounter } from "@lectura/dlms/security";
import { describe, expect, test } from "vitest";
import { openMeter } from "../fleet-client.fixture.ts";
import type { Fleet, FleetMeter, FleetOptions } from "../fleet.ts";
import { startFleet } from "../start-fleet.ts";
import { FaultDice, type FaultName, faultNames, type FaultRule } from "./fault-rule.ts";

const noon = Date.UTC(2026, 6, 14, 12, 0, 5);
/** Values stand still, timers run. */
const clock: Clock = {
  nowMs: () => noon,
  monotonicMs: () => systemClock.monotonicMs(),
  sleep: (ms, signal) => systemClock.sleep(ms, signal),
  timer: (ms, fire) => systemClock.timer(ms, fire),
};
const voltage = { classId: 3, logicalName: obis("1.0.32.7.0.255"), attributeId: 2 };
/** 60 rows: several blocks, and several frames each. */
const profile = {
  classId: 7,
  logicalName: obis("1.0.99.1.0.255"),
  attributeId: 2,
  selection: {
    selector: 2,
    parameters: {
      type: "structure",
      value: [
        { type: "double-long-unsigned", value: 1 },
        { type: "double-long-unsigned", value: 60 },
        { type: "long-unsigned", value: 1 },
        { type: "long-unsigned", value: 0 },
      ],
    },
  },
} as const;

type Way = "hdlc" | "wrapper";

/** What came of one reading: its values, or the codes of what went wrong. */
interface Outcome {
  readonly values: readonly unknown[];
  readonly codes: readonly string[];
}

function start(faults: readonly FaultRule[], options: Partial<FleetOptions> = {}): Promise<Fleet> {
  return startFleet({ meters: 1, clock, faults, seed: 3, ...options });
}

/** Opens a session and reads, four times over; each failure is kept and the next time tried. */
async function readRepeatedly(meter: FleetMeter, framing: Way, responseMs = 300): Promise<Outcome> {
  const values: unknown[] = [];
  const codes: string[] = [];
  const counter = new InvocationCounter({ next: 1 });
  const known = { ...meter, security: { ...meter.security, counter } };
  for (let time = 0; time < 4; time++) {
    let session: Session | undefined;
    try {
      session = await openMeter(known, {
        framing,
        maxPduOctets: 400,
        attemptsMax: 2,
        timeouts: { responseMs, releaseMs: responseMs, connectMs: 5000 },
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

async function truth(options: Partial<FleetOptions>, framing: Way): Promise<readonly unknown[]> {
  await using fleet = await start([], options);
  const { values, codes } = await readRepeatedly(fleet.meters[0]!, framing);
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

describe("over HDLC and the wrapper", () => {
  test.each(ways)("$fault, once, over $framing: no wrong value, and read again", async (way) => {
    const { fault, framing } = way;
    const options = { personality: fault === "lost-general-block" ? "full" : "segmented" } as const;
    const right = await truth(options, framing);
    await using fleet = await start([{ fault, when: { at: 3 }, delayMs: 400 }], options);
    const outcome = await readRepeatedly(fleet.meters[0]!, framing);
    expectNoWrongValue(outcome, right);
    expect(outcome.values.length).toBeGreaterThanOrEqual(6);
    for (const code of outcome.codes) expect(code).toMatch(/^[a-z]+\/[a-z-]+$/);
  });

  test.each(ways)("$fault, by chance, over $framing: no wrong value, no hang", async (way) => {
    const { fault, framing } = way;
    const options = { personality: fault === "lost-general-block" ? "full" : "segmented" } as const;
    const right = await truth(options, framing);
    await using fleet = await start([{ fault, when: { chance: 0.1 }, delayMs: 30 }], options);
    expectNoWrongValue(await readRepeatedly(fleet.meters[0]!, framing, 40), right);
  });
});

describe("ciphered", () => {
  const options = { personality: "secured" } as const;
  const faults: readonly FaultName[] = ["duplicate", "wrong-tag", "drop", "counter-jump"];

  test.each(faults)("%s now and then: no wrong value", async (fault) => {
    const right = await truth(options, "hdlc");
    await using fleet = await start([{ fault, when: { every: 5 } }], options);
    expectNoWrongValue(await readRepeatedly(fleet.meters[0]!, "hdlc", 40), right);
  });

  test("a counter that jumps ahead is followed", async () => {
    await using fleet = await start([{ fault: "counter-jump", when: { every: 2 } }], options);
    const { codes } = await readRepeatedly(fleet.meters[0]!, "hdlc");
    expect(codes).toEqual([]);
  });

  test("a counter that comes twice is refused as a replay", async () => {
    await using fleet = await start([{ fault: "counter-repeat", when: { at: 4 } }], options);
    const { codes } = await readRepeatedly(fleet.meters[0]!, "hdlc");
    expect(codes).toEqual(["security/replay"]);
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
  await expect(start([{ fault: "drop", when: { chance: 2 } }])).rejects.toThrow(RangeError);
  await expect(start([{ fault: "drop", when: { at: 0 } }])).rejects.toThrow(RangeError);
});
