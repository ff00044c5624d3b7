import { expect, test } from "vitest";
import { obis } from "@lectura/dlms/cosem";
import { ManualClock } from "@lectura/testkit";
import type { StreamItem } from "./control/control.ts";
import { GatewayError } from "./errors.ts";
import type { Happening } from "./observe/event-book.ts";
import { Pipeline } from "./pipeline.ts";
import type { PollRecord } from "./readings/reading.ts";

function record(measuredAt: number): PollRecord {
  const times = { measuredAt, receivedAt: measuredAt, origin: "poll" } as const;
  const reading = {
    meterId: 1,
    key: "voltage_l1",
    obis: obis("1.0.32.7.0.255"),
    value: { kind: "decimal", raw: 2307n, scaler: -1 },
    unit: 35,
    quality: [],
    ...times,
  } as const;
  return { meterId: 1, readings: [reading], failures: [], ...times };
}

class Bench {
  readonly clock = new ManualClock();
  readonly told: Happening[] = [];
  readonly published: StreamItem[] = [];
  readonly appended: { readonly record: PollRecord; readonly sinkIds: readonly number[] }[] = [];
  commits = 0;
  resumed = 0;
  fails: Error | undefined;
  readonly pipeline = new Pipeline({
    store: {
      append: (appended, sinkIds) => {
        if (this.fails !== undefined) return Promise.reject(this.fails);
        this.appended.push({ record: appended, sinkIds });
        return Promise.resolve({ seq: this.appended.length, readings: appended.readings.length });
      },
    },
    clock: this.clock,
    sinksOf: () => [3, 4],
    committed: () => this.commits++,
    resumed: () => this.resumed++,
    meterName: () => "Edificio Norte",
    publish: (item) => this.published.push(item),
    isHeard: () => true,
    tell: (happening) => this.told.push(happening),
  });
}

test("a record is journaled for every sink, then told to drains and listeners", async () => {
  const bench = new Bench();
  expect(await bench.pipeline.accept(record(1))).toBe(1);
  expect(bench.appended[0]!.sinkIds).toEqual([3, 4]);
  expect(bench.commits).toBe(1);
  expect(bench.published[0]).toMatchObject({
    type: "reading",
    meter: "Edificio Norte",
    value: "230.7",
    unit: "V",
  });
});

test("a full disk closes the intake, tells it once, and opens it by itself", async () => {
  const bench = new Bench();
  bench.fails = new GatewayError("store/disk-full", "the disk is full; make room");
  const settled: number[] = [];
  for (const at of [1, 2, 3]) void bench.pipeline.accept(record(at)).then((n) => settled.push(n));
  await bench.clock.advance(60_000);
  expect(bench.pipeline.accepting).toBe(false);
  expect(bench.pipeline.blockedBy).toBe("store/disk-full");
  expect(bench.told.map(({ code }) => code)).toEqual(["store/disk-full"]);
  expect(settled).toEqual([]);
  bench.fails = undefined;
  await bench.clock.advance(2_000);
  expect(bench.pipeline.accepting).toBe(true);
  expect(settled).toEqual([1, 1, 1]);
  expect(bench.appended.map(({ record: { measuredAt } }) => measuredAt)).toEqual([1, 2, 3]);
  expect(bench.told.map(({ code }) => code)).toEqual(["store/disk-full", "store/recovered"]);
  expect(bench.resumed).toBe(1);
});

test("a stop writes what it can and counts the rest as not journaled", async () => {
  const bench = new Bench();
  bench.fails = new GatewayError("store/disk-full", "the disk is full; make room");
  const first = bench.pipeline.accept(record(1));
  await bench.clock.settle();
  await bench.pipeline.stop();
  expect(await first).toBe(0);
  expect(bench.pipeline.journaled).toBe(0);
});
