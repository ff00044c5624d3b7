/** Class 64 of simulated meters: our client changes keys and policy over TCP. */
import {
  activateSecurityPolicy,
  agreeKeys,
  type KeyStore,
  nodeCrypto as crypto,
  openSession,
  resolveKeyChange,
  securedAssociation,
  type SecuritySettings,
  type Session,
  type StoredKeys,
  transferKeys,
} from "@lectura/dlms-node";
import { obis } from "@lectura/dlms/cosem";
import { InvocationCounter, type Secret, type SecuritySuite } from "@lectura/dlms/security";
import { ManualClock } from "@lectura/testkit";
import { expect, test } from "vitest";
import type { Fleet, FleetMeter, FleetOptions } from "./fleet.ts";
import { startFleet } from "./start-fleet.ts";

const noon = Date.UTC(2026, 6, 14, 12, 0, 5);
const voltage = { classId: 3, logicalName: obis("1.0.32.7.0.255"), attributeId: 2 };

class MemoryKeyStore implements KeyStore {
  stored: StoredKeys;

  constructor({ security, masterKey }: FleetMeter) {
    const master: { readonly master?: Secret } =
      masterKey === undefined ? {} : { master: masterKey };
    this.stored = { active: { ...security.keys, ...master }, generation: 0 };
  }

  load(): Promise<StoredKeys> {
    return Promise.resolve(this.stored);
  }

  store(keys: StoredKeys): Promise<void> {
    this.stored = keys;
    return Promise.resolve();
  }
}

function start(options: Partial<FleetOptions> = {}): Promise<Fleet> {
  const clock = new ManualClock(noon);
  return startFleet({ meters: 1, personality: "secured", clock, ...options });
}

/** Counters under each key go on from session to session. */
function opener(
  meter: FleetMeter,
): (changes?: Partial<SecuritySettings>, generation?: number) => Promise<Session> {
  const counters = new Map<number, InvocationCounter>();
  return (changes = {}, generation = 0) => {
    const counter = counters.get(generation) ?? new InvocationCounter({ next: 1 });
    counters.set(generation, counter);
    return openSession({
      tcp: meter.tcp,
      clientSap: meter.clientSap,
      server: { size: meter.addressSize, upper: meter.serverUpper, lower: meter.serverLower },
      ...securedAssociation({ ...meter.security, counter, ...changes }),
    });
  };
}

test("transferred keys hold from the next association on, and the old ones are refused", async () => {
  await using fleet = await start();
  const meter = fleet.meters[0]!;
  const open = opener(meter);
  const store = new MemoryKeyStore(meter);
  {
    await using session = await open();
    const names = ["unicast", "authentication", "broadcast", "master"] as const;
    await transferKeys({ session, store, suite: 0, names });
    expect(await session.get(voltage)).toMatchObject({ ok: true });
  }
  const counter = new InvocationCounter({ next: 100_000 });
  await expect(open({ counter })).rejects.toMatchObject({ code: "security/tag" });
  const resolved = await resolveKeyChange({
    store,
    open: ({ keys, generation }) => open({ keys }, generation),
  });
  await using session = resolved.session;
  expect(resolved.outcome).toBe("changed");
  expect(await session.get(voltage)).toMatchObject({
    value: { value: Number(meter.truth("voltage_l1", noon)) },
  });
});

const agreeing: readonly SecuritySuite[] = [1, 2];

test.each(agreeing)("keys are agreed on with a meter of suite %i", async (suite) => {
  await using fleet = await start({ security: { suite } });
  const meter = fleet.meters[0]!;
  const open = opener(meter);
  const store = new MemoryKeyStore(meter);
  const { keys, clientSystemTitle, serverSystemTitle } = meter.security;
  {
    await using session = await open();
    await agreeKeys({
      session,
      store,
      suite,
      crypto,
      names: ["unicast", "authentication"],
      signingPrivate: keys!.signing!,
      peerSigningPublic: keys!.serverSigning!,
      clientSystemTitle: clientSystemTitle!,
      serverSystemTitle: serverSystemTitle!,
    });
  }
  const { outcome, session } = await resolveKeyChange({
    store,
    open: (agreed) => open({ keys: { ...keys, ...agreed.keys } }, agreed.generation),
  });
  await using agreed = session;
  expect(outcome).toBe("changed");
  expect(await agreed.get(voltage)).toMatchObject({ ok: true });
});

test("a policy that asks for more refuses the client that protects less", async () => {
  const security = { protection: "authenticated" } as const;
  await using fleet = await start({ security });
  const meter = fleet.meters[0]!;
  const open = opener(meter);
  {
    await using session = await open();
    await activateSecurityPolicy({ session }, 3);
    expect(await session.get(voltage)).toMatchObject({ ok: true });
    await expect(activateSecurityPolicy({ session }, 1)).rejects.toMatchObject({
      code: "security/key-change-refused",
    });
  }
  await expect(
    (async () => {
      await using weak = await open();
      await weak.get(voltage);
    })(),
  ).rejects.toMatchObject({ code: expect.stringMatching(/^(acse|xdlms|security)\//) as unknown });
  await using strong = await open({ protection: "authenticated-encrypted" });
  expect(await strong.get(voltage)).toMatchObject({ ok: true });
});

test("the reading client may neither change keys nor the policy", async () => {
  await using fleet = await start();
  const meter = fleet.meters[0]!;
  const open = opener({ ...meter, clientSap: 2 });
  await using session = await open();
  await expect(activateSecurityPolicy({ session }, 3)).rejects.toMatchObject({
    code: "security/key-change-refused",
  });
});
