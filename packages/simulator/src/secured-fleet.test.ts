import {
  openSession,
  securedAssociation,
  type Session,
  type SecuritySettings,
} from "@lectura/dlms-node";
import { clock as clockAttribute, obis } from "@lectura/dlms/cosem";
import { InvocationCounter, mechanismNames, type Protection, Secret } from "@lectura/dlms/security";
import { ManualClock } from "@lectura/testkit";
import { describe, expect, test } from "vitest";
import type { Fleet, FleetMeter, FleetOptions } from "./fleet.ts";
import { startFleet } from "./start-fleet.ts";

const noon = Date.UTC(2026, 6, 14, 12, 0, 5);
const voltage = { classId: 3, logicalName: obis("1.0.32.7.0.255"), attributeId: 2 };
const counterObject = { classId: 1, logicalName: obis("0.0.43.1.0.255"), attributeId: 2 };
const deviceName = { classId: 1, logicalName: obis("0.0.42.0.0.255"), attributeId: 2 };

function start(options: Partial<FleetOptions>): Promise<Fleet> {
  return startFleet({
    meters: 1,
    personality: "secured",
    clock: new ManualClock(noon),
    ...options,
  });
}

function open(
  meter: FleetMeter,
  changes: Partial<SecuritySettings> = {},
  clientSap = meter.clientSap,
): Promise<Session> {
  return openSession({
    tcp: meter.tcp,
    clientSap,
    server: { size: meter.addressSize, upper: meter.serverUpper, lower: meter.serverLower },
    ...securedAssociation({
      ...meter.security,
      counter: new InvocationCounter({ next: 1 }),
      ...changes,
    }),
  });
}

function openPublic({ tcp, addressSize, serverUpper, serverLower }: FleetMeter): Promise<Session> {
  const server = { size: addressSize, upper: serverUpper, lower: serverLower };
  return openSession({ tcp, clientSap: 16, server });
}

const protections: readonly Protection[] = [
  "none",
  "authenticated",
  "encrypted",
  "authenticated-encrypted",
];
/** Every protection in both forms; the service form under a dedicated key where there is one. */
const ways = protections.flatMap((protection) =>
  (["service", "general"] as const).map((form) => ({
    protection,
    form,
    dedicatedKey: form === "service" && protection !== "none",
  })),
);

describe.each([0, 1, 2] as const)("a meter of suite %i", (suite) => {
  test.each(mechanismNames)("with %s is read under every protection", async (mechanism) => {
    if (mechanism === "hls-ecdsa" && suite === 0) {
      await expect(start({ security: { mechanism, suite } })).rejects.toThrow(RangeError);
      return;
    }
    for (const { protection, form, dedicatedKey } of ways) {
      const cipheredContext = protection !== "none" || form === "general";
      const security = { mechanism, suite, protection, cipheredContext };
      await using fleet = await start({ security });
      const [meter] = fleet.meters;
      await using session = await open(meter!, { form, dedicatedKey });
      const result = await session.get(voltage);
      expect(result, `${protection} ${form}`).toMatchObject({
        ok: true,
        value: { value: Number(meter!.truth("voltage_l1", noon)) },
      });
    }
  });
});

test("the public client is told the last counter and the name of a secured meter, no more", async () => {
  await using fleet = await start({});
  const [meter] = fleet.meters;
  const counter = new InvocationCounter({ next: 4711 });
  {
    await using session = await open(meter!, { counter });
    await session.get(voltage);
  }
  await using session = await openPublic(meter!);
  expect(await session.get(counterObject)).toEqual({
    ok: true,
    value: { type: "double-long-unsigned", value: counter.next - 1 },
  });
  expect(await session.get(deviceName)).toMatchObject({ ok: true });
  expect(await session.get(voltage)).toEqual({ ok: false, reason: "object-undefined" });
});

test("management writes, reading reads, each with the meter's keys", async () => {
  await using fleet = await start({});
  const [meter] = fleet.meters;
  const time = clockAttribute();
  const counter = new InvocationCounter({ next: 1 });
  const now = { type: "octet-string", value: new Uint8Array(12).fill(0xff) } as const;
  {
    await using session = await open(meter!, { counter }, 2);
    expect(await session.get(voltage)).toMatchObject({ ok: true });
    expect(await session.set(time, now)).toBe("read-write-denied");
  }
  await using session = await open(meter!, { counter });
  expect(await session.set(time, now)).not.toBe("read-write-denied");
});

test("a wrong key, a used counter and weaker protection are refused", async () => {
  await using fleet = await start({});
  const [meter] = fleet.meters;
  const wrong = new Secret(new Uint8Array(16).fill(9));
  const { keys } = meter!.security;
  await expect(open(meter!, { keys: { ...keys, unicast: wrong } })).rejects.toMatchObject({
    code: "security/tag",
  });
  await expect(open(meter!, { keys: { ...keys, authentication: wrong } })).rejects.toMatchObject({
    code: "security/tag",
  });
  {
    await using session = await open(meter!);
    await session.get(voltage);
  }
  await expect(open(meter!)).rejects.toMatchObject({ code: "security/replay" });
  const counter = new InvocationCounter({ next: 900 });
  const plain = { protection: "none", cipheredContext: false, counter } as const;
  await expect(open(meter!, plain)).rejects.toMatchObject({ code: "acse/context-not-supported" });
});
