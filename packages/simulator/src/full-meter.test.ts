/** The full meter read and used by our client: every object, its rights, and what it does. */
import {
  openSession,
  readClock,
  readObjectList,
  readProfile,
  readSupplyState,
  remoteDisconnect,
  remoteReconnect,
  setClock,
  transferImage,
} from "@lectura/dlms-node";
import type { Data } from "@lectura/dlms/axdr";
import { clock as clockAttribute, obis } from "@lectura/dlms/cosem";
import { ManualClock } from "@lectura/testkit";
import { describe, expect, test } from "vitest";
import { openMeter } from "./fleet-client.fixture.ts";
import type { Fleet, FleetOptions } from "./fleet.ts";
import { startFleet } from "./start-fleet.ts";

/** 15:00:05 UTC, 16:00:05 local. */
const afternoon = Date.UTC(2026, 6, 14, 15, 0, 5);

function start(options: Partial<FleetOptions> = {}): Promise<Fleet> {
  return startFleet({
    meters: 1,
    personality: "full",
    clock: new ManualClock(afternoon),
    ...options,
  });
}

const value = (logicalName: string, classId = 3, attributeId = 2) => ({
  classId,
  logicalName: obis(logicalName),
  attributeId,
});

function numberOf(result: { readonly ok: boolean; readonly value?: Data }): number {
  return Number((result.value as { readonly value: number | bigint }).value);
}

describe("the full meter", () => {
  test("lists all its objects, and answers every attribute it says can be read", async () => {
    await using fleet = await start();
    await using session = await openMeter(fleet.meters[0]!);
    const list = await readObjectList(session);
    if (!list.ok) throw new Error(list.reason);
    const classes = new Set(list.objects.map(({ classId }) => classId));
    for (const classId of [
      1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 15, 17, 18, 20, 21, 22, 23, 40, 41, 42, 70, 71,
    ]) {
      expect(classes, `class ${classId}`).toContain(classId);
    }
    const refused: string[] = [];
    for (const { classId, logicalName, attributes } of list.objects) {
      for (const { attributeId, read } of attributes) {
        if (!read || (classId === 7 && attributeId === 2)) continue;
        const result = await session.get({ classId, logicalName, attributeId });
        if (!result.ok) refused.push(`${classId} ${logicalName} ${attributeId} ${result.reason}`);
      }
    }
    expect(refused).toEqual([]);
  });

  test("counts by tariff what it counts in all, and its demand is that energy over time", async () => {
    await using fleet = await start();
    await using session = await openMeter(fleet.meters[0]!);
    const total = numberOf(await session.get(value("1.0.1.8.0.255")));
    const [one, two] = [
      numberOf(await session.get(value("1.0.1.8.1.255"))),
      numberOf(await session.get(value("1.0.1.8.2.255"))),
    ];
    expect(total - one - two).toBeGreaterThanOrEqual(0);
    expect(total - one - two).toBeLessThanOrEqual(1);
    expect(two).toBeGreaterThan(0);
    expect(BigInt(total)).toBe(fleet.meters[0]!.truth("active_energy", afternoon));
    const demand = numberOf(await session.get(value("1.0.1.4.0.255", 5, 3)));
    const peak = numberOf(await session.get(value("1.0.1.6.0.255", 4)));
    expect(demand).toBeGreaterThan(0);
    expect(peak).toBeGreaterThanOrEqual(demand);
  });

  test("bills days and months whose rows never fall", async () => {
    await using fleet = await start();
    await using session = await openMeter(fleet.meters[0]!);
    for (const [profile, count] of [
      ["1.0.98.2.0.255", 90],
      ["1.0.98.1.0.255", 24],
    ] as const) {
      const energies: bigint[] = [];
      for await (const part of readProfile(session, {
        profile,
        rows: { fromEntry: 1, toEntry: 0 },
      })) {
        if (!part.ok) throw new Error(part.reason);
        for (const { values } of part.rows) energies.push(BigInt(Number(values[1]!.data.value)));
      }
      expect(energies).toHaveLength(count);
      expect(energies).toEqual(energies.toSorted((a, b) => (a < b ? -1 : 1)));
    }
  });

  test("switches its supply, sets its clock, and both stand in its logs", async () => {
    const clock = new ManualClock(afternoon);
    await using fleet = await start({ clock });
    await using session = await openMeter(fleet.meters[0]!);
    expect(await readSupplyState(session)).toMatchObject({ ok: true });
    await remoteDisconnect(session);
    await remoteReconnect(session);
    await setClock(session, clock, { toMs: afternoon + 60_000 });
    expect(await readClock(session, clock)).toMatchObject({ offsetMs: 60_000 });
    const codes = async (profile: string): Promise<number[]> => {
      const rows = await session.get(value(profile, 7));
      if (!rows.ok || rows.value.type !== "array") throw new Error("no rows");
      return rows.value.value.map((row) =>
        row.type === "structure" ? Number(row.value[1]!.value) : 0,
      );
    };
    expect(await codes("0.0.99.98.0.255")).toEqual([2, 4, 5]);
    expect(await codes("0.0.99.98.2.255")).toEqual([63, 64]);
  });

  test("takes an image in blocks", async () => {
    await using fleet = await start();
    await using session = await openMeter(fleet.meters[0]!);
    const image = Uint8Array.from({ length: 1000 }, (_, at) => at & 0xff);
    const identification = new TextEncoder().encode("image 2");
    const request = { image, identification, clock: new ManualClock() };
    expect(await transferImage(session, request)).toMatchObject({ ok: true, state: "activated" });
    expect(await session.get(value("0.0.44.0.0.255", 18, 6))).toMatchObject({
      value: { type: "enum", value: 6 },
    });
  });

  test("a limiter whose threshold is lowered disconnects after its time", async () => {
    const clock = new ManualClock(afternoon);
    await using fleet = await start({ clock });
    await using session = await openMeter(fleet.meters[0]!);
    const low = { type: "double-long-unsigned", value: 1 } as const;
    expect(await session.set(value("0.0.17.0.0.255", 71, 4), low)).toBe("success");
    for (let second = 0; second < 70; second++) await clock.advance(1000);
    expect(await session.get(value("0.0.96.3.10.255", 70))).toMatchObject({
      value: { value: false },
    });
  });

  test("a client's schedule disconnects at its local time, and the log says so", async () => {
    const clock = new ManualClock(afternoon);
    await using fleet = await start({ clock });
    await using session = await openMeter(fleet.meters[0]!);
    const octets = (...values: number[]): Data => ({
      type: "octet-string",
      value: Uint8Array.from(values),
    });
    const executionTimes: Data = {
      type: "array",
      value: [
        {
          type: "structure",
          value: [octets(16, 1, 0, 0), octets(0xff, 0xff, 0xff, 0xff, 0xff)],
        },
      ],
    };
    expect(await session.set(value("0.0.15.0.1.255", 22, 4), executionTimes)).toBe("success");
    const output = value("0.0.96.3.10.255", 70);
    for (const [seconds, connected] of [
      [50, true],
      [10, false],
    ] as const) {
      for (let second = 0; second < seconds; second++) await clock.advance(1000);
      expect(await session.get(output)).toMatchObject({ value: { value: connected } });
    }
  });

  test("shows the public client who it is, lets the reading client write nothing", async () => {
    await using fleet = await start();
    const meter = fleet.meters[0]!;
    {
      await using session = await openMeter(meter, { clientSap: 2 });
      const energy = await session.get(value("1.0.1.8.1.255"));
      expect(energy).toMatchObject({ ok: true });
      const denied = await session.set(clockAttribute(), {
        type: "octet-string",
        value: new Uint8Array(12).fill(0xff),
      });
      expect(denied).toBe("read-write-denied");
    }
    const server = {
      size: meter.addressSize,
      upper: meter.serverUpper,
      lower: meter.serverLower,
    };
    await using session = await openSession({ tcp: meter.tcp, clientSap: 16, server });
    expect(await session.get(value("0.0.42.0.0.255", 1))).toMatchObject({ ok: true });
    expect(await session.get(value("1.0.1.8.1.255"))).toMatchObject({ ok: false });
  });

  test("any personality can have all objects, ciphered and by short names too", async () => {
    for (const personality of ["microstar", "secured", "short-names"] as const) {
      await using fleet = await start({ personality, objects: "full" });
      await using session = await openMeter(fleet.meters[0]!);
      const list = await readObjectList(session);
      expect(list.ok && list.objects.length, personality).toBeGreaterThan(60);
    }
  });
});
