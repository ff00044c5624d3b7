import { ExceptionError } from "@lectura/dlms/client";
import { obis } from "@lectura/dlms/cosem";
import { ProtocolError } from "@lectura/dlms/octets";
import { Secret } from "@lectura/dlms/security";
import { expect, test } from "vitest";
import { Bench, intervalMs, meter } from "../acquisition.fixture.ts";
import type { SecurityProfile } from "../../registry/model.ts";
import { counterJumpMax } from "./counter-book.ts";

const key = (first: number): Secret => new Secret(new Uint8Array(16).fill(first));
const security: SecurityProfile = {
  suite: 0,
  protection: "authenticated-encrypted",
  cipheredContext: false,
  form: "service",
  dedicatedKey: false,
  clientSystemTitle: "4c45430000000001",
  counterObject: obis("0.0.43.1.0.255"),
  counterStep: 1,
  publicClientSap: 16,
};
const secured = meter({
  association: { clientSap: 1, authentication: "hls-gmac", security, quirks: {} },
});
const name = "guek";

function bench(): Bench {
  const made = new Bench();
  made.credentials = {
    secret: undefined,
    keys: { unicast: key(1), authentication: key(2) },
    mark: "keys",
    keyChangePending: false,
    counterName: () => name,
  };
  return made;
}

const refusal = (invocationCounter?: number): ExceptionError =>
  new ExceptionError("security/replay", {
    kind: "exception-response",
    stateError: "service-not-allowed",
    serviceError: "invocation-counter-error",
    ...(invocationCounter === undefined ? {} : { invocationCounter }),
  });

test("a counter nobody knows is read through the public client, once", async () => {
  const under = bench();
  under.meter.put("0.0.43.1.0.255", 2, { type: "double-long-unsigned", value: 4711 });
  await under.start({ meters: [secured] });
  await under.clock.advance(3 * intervalMs);
  expect(under.meter.clients).toEqual([
    [16, false],
    [1, true],
  ]);
  expect(under.store.counters.get(name)).toBeGreaterThan(4712);
  expect(under.codes()).toEqual(["meter/counter-read"]);
  expect(under.records.length).toBeGreaterThan(1);
});

test("a counter that is known is not asked for, over a restart either", async () => {
  const under = bench();
  under.store.counters.set(name, 900);
  await under.start({ meters: [secured] });
  await under.clock.advance(2 * intervalMs);
  expect(under.meter.clients).toEqual([[1, true]]);
  expect(under.store.counters.get(name)).toBeGreaterThan(900);
});

test("a meter that does not tell its counter waits for a person, and nothing ciphered is sent", async () => {
  const under = bench();
  await under.start({ meters: [secured] });
  await under.clock.advance(2 * intervalMs);
  expect(under.meter.clients).toEqual([[16, false]]);
  expect(under.codes()).toEqual(["meter/counter-unknown"]);
  expect(under.store.counters.size).toBe(0);
});

test("a counter the meter refuses is set to what it expects, and the opening repeated once", async () => {
  const under = bench();
  under.store.counters.set(name, 10);
  let refused = 0;
  under.meter.refuses = () => (refused++ === 0 ? refusal(50_000) : undefined);
  await under.start({ meters: [secured] });
  await under.clock.advance(2 * intervalMs);
  expect(under.meter.clients).toEqual([
    [1, true],
    [1, true],
  ]);
  expect(under.store.counters.get(name)).toBeGreaterThan(50_000);
  expect(under.records.length).toBeGreaterThan(0);
});

test("a meter that refuses again and again is not hammered", async () => {
  const under = bench();
  under.store.counters.set(name, 10);
  under.meter.put("0.0.43.1.0.255", 2, { type: "double-long-unsigned", value: 3 });
  under.meter.refuses = () => (under.meter.clients.at(-1)?.[1] === true ? refusal() : undefined);
  await under.start({ meters: [secured] });
  await under.clock.advance(1_800_000);
  expect(under.meter.clients).toEqual([
    [1, true],
    [16, false],
    [1, true],
  ]);
  expect(under.acquisition.agent(1)!.snapshot).toMatchObject({ code: "security/replay" });
  // Three is below what was used already: it was not taken over.
  expect(under.store.counters.get(name)).toBeGreaterThan(9);
});

test("a counter named far ahead is not believed", async () => {
  const under = bench();
  under.store.counters.set(name, 10);
  under.meter.refuses = () => refusal(counterJumpMax + 100);
  await under.start({ meters: [secured] });
  await under.clock.advance(1_800_000);
  expect(under.meter.clients).toEqual([[1, true]]);
  expect(under.codes()).toEqual(["meter/counter-implausible"]);
  expect(under.store.counters.get(name)).toBeLessThan(counterJumpMax);
});

test("keys that are missing are told before anything is sent", async () => {
  const under = bench();
  under.credentials = { ...under.credentials, keys: { unicast: key(1) } };
  await under.start({ meters: [secured] });
  await under.clock.advance(2 * intervalMs);
  expect(under.meter.clients).toEqual([]);
  expect(under.codes()).toEqual(["security/key-absent"]);
});

test("a refused proof holds the credential until the keys change", async () => {
  const under = bench();
  under.store.counters.set(name, 10);
  under.meter.refuses = () => new ProtocolError("acse/authentication-failed", "pass 3");
  await under.start({ meters: [secured] });
  await under.clock.advance(3_600_000);
  expect(under.meter.clients).toHaveLength(1);
  under.credentials = { ...under.credentials, mark: "other keys" };
  under.meter.refuses = () => undefined;
  await under.start({ meters: [secured] });
  await under.clock.advance(3 * intervalMs);
  expect(under.records.length).toBeGreaterThan(0);
});
