import { connect } from "node:net";
import {
  type FrameObserver,
  openSession,
  securedAssociation,
  type Session,
  type SessionOptions,
} from "@lectura/dlms-node";
import {
  byEntry,
  byTimeRange,
  clock as clockAttribute,
  dateTimeFromData,
  dateTimeFromUtcMs,
  decodeObjectList,
  encodeDateTime,
  obis,
  utcMs,
} from "@lectura/dlms/cosem";
import { InvocationCounter } from "@lectura/dlms/security";
import { toHex } from "@lectura/dlms/octets";
import type { GetDataResult } from "@lectura/dlms/xdlms";
import { ManualClock } from "@lectura/testkit";
import { describe, expect, test } from "vitest";
import type { FleetMeter, FleetOptions } from "./fleet.ts";
import { keyPlaces, type MeterKey, meterKeys } from "./model/keys.ts";
import { personalityNames } from "./personalities/personality.ts";
import { SimulatorError } from "./simulator-error.ts";
import { startFleet } from "./start-fleet.ts";

const noon = Date.UTC(2026, 6, 14, 12, 0, 5);

function fixed(options: Partial<FleetOptions> = {}): FleetOptions {
  return { meters: 1, clock: new ManualClock(noon), ...options };
}

const logicalNames = personalityNames.filter((name) => name !== "short-names");

/** One for all meters: each sees it grow. */
const counter = new InvocationCounter({ next: 1 });

function sessionTo(meter: FleetMeter, options: Partial<SessionOptions> = {}): Promise<Session> {
  const { tcp, clientSap, addressSize, serverUpper, serverLower } = meter;
  return openSession({
    tcp,
    clientSap,
    server: { size: addressSize, upper: serverUpper, lower: serverLower },
    referencing: meter.referencing,
    ...securedAssociation({ ...meter.security, counter }),
    ...options,
  });
}

const valueOf = (key: MeterKey, group = 1, attributeId = 2) => ({
  classId: 3,
  logicalName: obis(`1.${group}.${keyPlaces[key].group}`),
  attributeId,
});

function rawOf(result: GetDataResult): bigint {
  if (!result.ok) throw new Error(result.reason);
  const { value } = result.value;
  if (typeof value !== "number" && typeof value !== "bigint") throw new Error(result.value.type);
  return BigInt(value);
}

describe.each(logicalNames)("%s", (personality) => {
  test("answers the truth for all twelve keys under B = 1 and B = 0, with scaler and unit", async () => {
    await using fleet = await startFleet(fixed({ meters: 2, personality }));
    for (const meter of fleet.meters) {
      await using session = await sessionTo(meter);
      for (const key of meterKeys) {
        for (const group of [1, 0]) {
          expect(rawOf(await session.get(valueOf(key, group)))).toBe(meter.truth(key, noon));
        }
        expect(await session.get(valueOf(key, 1, 3))).toEqual({
          ok: true,
          value: {
            type: "structure",
            value: [
              { type: "integer", value: meter.scaler(key) },
              { type: "enum", value: meter.unit(key) },
            ],
          },
        });
      }
    }
  });

  test("tells serial number, logical device name, objects and profile", async () => {
    await using fleet = await startFleet(fixed({ personality }));
    const [meter] = fleet.meters;
    await using session = await sessionTo(meter!);
    const read = async (classId: number, code: string, attributeId = 2) => {
      const result = await session.get({ classId, logicalName: obis(code), attributeId });
      if (!result.ok) throw new Error(`${code}: ${result.reason}`);
      return result.value;
    };
    const serial = new TextEncoder().encode(meter!.serial);
    expect(await read(1, "1.0.0.0.0.255")).toEqual({ type: "octet-string", value: serial });
    expect(await read(1, "0.0.96.1.0.255")).toEqual({ type: "octet-string", value: serial });
    expect((await read(1, "0.0.42.0.0.255")).value).toHaveLength(16);
    expect((await read(17, "0.0.41.0.0.255")).type).toBe("array");
    const list = decodeObjectList(await read(15, "0.0.40.0.0.255"), { associationVersion: 1 });
    for (const key of meterKeys) {
      const names = list.map(({ logicalName }) => logicalName);
      expect(names).toContain(valueOf(key).logicalName);
    }
    const rows = await session.get({
      classId: 7,
      logicalName: obis("1.0.99.1.0.255"),
      attributeId: 2,
      selection: byTimeRange(dateTimeFromUtcMs(noon - 86_400_000, 0), dateTimeFromUtcMs(noon, 0)),
    });
    expect(rows).toMatchObject({ ok: true, value: { type: "array" } });
    expect(rows.ok && rows.value.type === "array" && rows.value.value.length).toBe(96);
  });
});

describe("services", () => {
  test("a list is one round trip with generic-three-phase, and long requests are segmented", async () => {
    for (const personality of ["generic-three-phase", "segmented"] as const) {
      await using fleet = await startFleet(fixed({ personality }));
      const [meter] = fleet.meters;
      await using session = await sessionTo(meter!);
      const before = session.counters.roundTrips;
      const results = await session.getWithList(meterKeys.map((key) => valueOf(key)));
      expect(results.map(rawOf)).toEqual(meterKeys.map((key) => meter!.truth(key, noon)));
      expect(session.counters.roundTrips - before).toBe(1);
    }
  });

  test("microstar refuses lists and goes on", async () => {
    await using fleet = await startFleet(fixed({ personality: "microstar" }));
    await using session = await sessionTo(fleet.meters[0]!);
    expect(session.negotiated.conformance.has("multiple-references")).toBe(false);
    expect(session.negotiated.maxPduOctets).toBe(0x1900);
    await session.get(valueOf("frequency"));
  });

  test("the clock is settable with LLS and read-only for the public client", async () => {
    await using fleet = await startFleet(fixed());
    const [meter] = fleet.meters;
    const time = clockAttribute();
    const readMs = async (session: Session): Promise<number | undefined> => {
      const result = await session.get(time);
      return result.ok ? utcMs(dateTimeFromData(result.value)) : undefined;
    };
    const later = {
      type: "octet-string",
      value: encodeDateTime(dateTimeFromUtcMs(noon + 3_600_000, 0)),
    } as const;
    {
      await using session = await sessionTo(meter!);
      expect(await readMs(session)).toBe(noon);
      expect(await session.set(time, later)).toBe("success");
      expect(await readMs(session)).toBe(noon + 3_600_000);
      expect(await session.set(time, { type: "unsigned", value: 1 })).toBe("type-unmatched");
    }
    await using session = await sessionTo(meter!, {
      clientSap: 16,
      authentication: { mechanism: "none" },
    });
    expect(await readMs(session)).toBe(noon + 3_600_000);
    expect(await session.set(time, later)).toBe("read-write-denied");
    const profile = { classId: 7, logicalName: obis("1.0.99.1.0.255"), attributeId: 2 };
    expect(await session.get({ ...profile, selection: byEntry() })).toEqual({
      ok: false,
      reason: "object-undefined",
    });
  });

  test("the wrapper serves the same meter on the same port", async () => {
    await using fleet = await startFleet(fixed());
    const [meter] = fleet.meters;
    await using session = await sessionTo(meter!, { framing: "wrapper" });
    expect(rawOf(await session.get(valueOf("voltage_l1")))).toBe(meter!.truth("voltage_l1", noon));
  });
});

test("a meter of short names is read by logical names, which its association translates", async () => {
  await using fleet = await startFleet(fixed({ personality: "short-names" }));
  const [meter] = fleet.meters;
  await using session = await sessionTo(meter!);
  for (const key of meterKeys) {
    expect(rawOf(await session.get(valueOf(key)))).toBe(meter!.truth(key, noon));
  }
  const list = await session.getWithList(meterKeys.map((key) => valueOf(key)));
  expect(list.map(rawOf)).toEqual(meterKeys.map((key) => meter!.truth(key, noon)));
  const time = clockAttribute();
  const later = encodeDateTime(dateTimeFromUtcMs(noon + 60_000, 0));
  expect(await session.set(time, { type: "octet-string", value: later })).toBe("success");
  await expect(sessionTo(meter!, { referencing: "ln" })).rejects.toMatchObject({
    code: "acse/context-not-supported",
  });
});

describe("a fleet", () => {
  test("puts several meters behind one port and keeps them apart", async () => {
    await using fleet = await startFleet(
      fixed({ meters: 7, perLine: 3, personality: personalityNames }),
    );
    expect(new Set(fleet.meters.map(({ tcp }) => tcp)).size).toBe(3);
    expect(fleet.meters.map(({ name }) => name)).toEqual(
      [1, 2, 3, 4, 5, 6, 7].map((number) => `sim-00${number}`),
    );
    for (const meter of fleet.meters) {
      await using session = await sessionTo(meter);
      expect(rawOf(await session.get(valueOf("active_energy")))).toBe(
        meter.truth("active_energy", noon),
      );
    }
  });

  test("gives the same octets for the same seed and others for another", async () => {
    const record = async (seed: number): Promise<string> => {
      const frames: string[] = [];
      const observer: FrameObserver = {
        frame: (direction, octets) => void frames.push(`${direction} ${toHex(octets)}`),
      };
      await using fleet = await startFleet(fixed({ meters: 3, personality: "microstar", seed }));
      for (const meter of fleet.meters) {
        await using session = await sessionTo(meter, { observer });
        for (const key of meterKeys) await session.get(valueOf(key));
        await session.get({ classId: 1, logicalName: obis("0.0.96.1.0.255"), attributeId: 2 });
      }
      return frames.join("\n");
    };
    const first = await record(5);
    expect(await record(5)).toBe(first);
    expect(await record(6)).not.toBe(first);
  });

  test("starts and stops two hundred meters", async () => {
    const fleet = await startFleet(fixed({ meters: 200 }));
    const serials = new Set(fleet.meters.map(({ serial }) => serial));
    expect(serials.size).toBe(200);
    const sessions = await Promise.all(fleet.meters.map((meter) => sessionTo(meter)));
    const values = await Promise.all(
      sessions.map((session) => session.get(valueOf("active_energy"))),
    );
    expect(values.map(rawOf)).toEqual(
      fleet.meters.map((meter) => meter.truth("active_energy", noon)),
    );
    await fleet[Symbol.asyncDispose]();
    await fleet[Symbol.asyncDispose]();
    await Promise.all(sessions.map((session) => session[Symbol.asyncDispose]()));
    await expect(sessionTo(fleet.meters[0]!)).rejects.toMatchObject({ code: "tcp/refused" });
  });

  test("starts whole or not at all: a taken port closes what had started", async () => {
    await using fleet = await startFleet(fixed());
    const port = Number(fleet.meters[0]!.tcp.split(":")[1]);
    if (port < 1026) return;
    const events: string[] = [];
    const taken = startFleet(
      fixed({ meters: 2, port: port - 1, onEvent: ({ type }) => void events.push(type) }),
    );
    await expect(taken).rejects.toBeInstanceOf(SimulatorError);
    await expect(taken).rejects.toMatchObject({
      code: "simulator/port-taken",
      tcp: expect.stringMatching(/^127\.0\.0\.1:\d+$/) as string,
    });
  });

  test.each([{ meters: 0 }, { meters: 1.5 }, { perLine: 0 }, { port: 65_535, meters: 2 }])(
    "refuses %o",
    async (options) => {
      await expect(startFleet(fixed(options))).rejects.toThrow(RangeError);
    },
  );

  test("tells who comes and goes", async () => {
    const events: string[] = [];
    await using fleet = await startFleet(
      fixed({ onEvent: ({ type, tcp }) => void events.push(`${type} ${tcp}`) }),
    );
    const { tcp } = fleet.meters[0]!;
    const socket = connect({ host: "127.0.0.1", port: Number(tcp.split(":")[1]) });
    await new Promise<void>((resolve) => socket.once("connect", () => resolve()));
    socket.end();
    await new Promise<void>((resolve) => socket.once("close", () => resolve()));
    expect(events[0]).toBe(`connected ${tcp}`);
  });
});
