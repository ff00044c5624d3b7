import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { systemClock } from "@lectura/dlms-node";
import { fromHex } from "@lectura/dlms/octets";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { MeterDraft } from "./draft.ts";
import { openVault, type Vault } from "../vault/vault.ts";
import { openRegistry, type Registry } from "./registry.ts";

let directory = "";
let vault: Vault;
let registry: Registry;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "lectura-security-"));
  vault = openVault(directory);
  registry = openRegistry({ directory, vault, clock: systemClock });
});
afterEach(() => {
  registry[Symbol.dispose]();
  vault[Symbol.dispose]();
  rmSync(directory, { recursive: true, force: true });
});

const guek = "000102030405060708090A0B0C0D0E0F";
const gak = "D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF";
const draft: MeterDraft = {
  name: "secured",
  endpoint: { kind: "tcp", host: "10.0.0.7", port: 3333 },
  authentication: "hls-gmac",
  securityKeys: { guek, gak },
};
const title = fromHex("4c45430000000001");

test("HLS-GMAC ciphers in both ways unless told otherwise, under a title of its own", () => {
  const { association, hasKeys } = registry.addMeter(draft);
  expect(association.security).toMatchObject({
    suite: 0,
    protection: "authenticated-encrypted",
    form: "service",
    dedicatedKey: false,
    counterObject: "0.0.43.1.0.255",
    counterStep: 1,
    publicClientSap: 16,
  });
  expect(association.security?.clientSystemTitle).toMatch(/^4c4543[0-9a-f]{10}$/);
  expect(hasKeys).toEqual(["guek", "gak"]);
  const other = registry.addMeter({ ...draft, name: "other", address: { upper: 2 } });
  const { clientSystemTitle } = other.association.security!;
  expect(clientSystemTitle).not.toBe(association.security?.clientSystemTitle);
});

test("a meter without ciphering and keys has no security", () => {
  const { association } = registry.addMeter({ ...draft, authentication: "hls-md5" });
  expect(association.security).toBeUndefined();
});

test("an edit changes what it names, and an empty text forgets a key", () => {
  const { association } = registry.addMeter({ ...draft, security: { suite: 0, form: "general" } });
  const edited = registry.editMeter("secured", {
    security: { protection: "authenticated", serverSystemTitle: "4C45430000000007" },
    securityKeys: { gak: "" },
  });
  expect(edited.hasKeys).toEqual(["guek"]);
  expect(edited.association.security).toEqual({
    ...association.security,
    protection: "authenticated",
    serverSystemTitle: "4C45430000000007",
  });
});

test("keys go into the vault and nowhere else", () => {
  const meter = registry.addMeter({ ...draft, password: "s3cret" });
  const stored = readFileSync(join(directory, "lectura.db")).toString("latin1");
  const octets = Buffer.from(guek, "hex").toString("latin1");
  expect([JSON.stringify(meter), stored].join("\n").toUpperCase()).not.toContain(guek);
  expect(stored).not.toContain(octets);
  const { keys, secret } = registry.meterCredentials(meter.id);
  expect(keys.unicast?.reveal()).toEqual(fromHex(guek));
  expect(keys.authentication?.reveal()).toEqual(fromHex(gak));
  expect(secret?.octetCount).toBe(6);
  registry.removeMeter(meter.id);
  expect(registry.meterCredentials(meter.id).keys).toEqual({});
});

test("credentials are the same as long as none of them changes", () => {
  const { id } = registry.addMeter(draft);
  const { mark } = registry.meterCredentials(id);
  registry.editMeter(id, { securityKeys: { guek }, intervalMs: 900 });
  expect(registry.meterCredentials(id).mark).toBe(mark);
  registry.editMeter(id, { securityKeys: { gbek: gak } });
  expect(registry.meterCredentials(id).mark).not.toBe(mark);
});

test("an invocation counter belongs to key and title, whatever meter they are used for", () => {
  const first = registry.addMeter(draft);
  const second = registry.addMeter({ ...draft, name: "second", address: { upper: 2 } });
  const nameOf = (id: number): unknown => registry.meterCredentials(id).counterName(title);
  expect(nameOf(first.id)).toBe(nameOf(second.id));
  registry.editMeter(second.id, { securityKeys: { guek: gak } });
  expect(nameOf(second.id)).not.toBe(nameOf(first.id));
  registry.editMeter(second.id, { securityKeys: { guek: "" } });
  expect(nameOf(second.id)).toBeUndefined();
});

const impossible: readonly [string, Partial<MeterDraft>, string][] = [
  ["a short key", { securityKeys: { guek: "0102" } }, "securityKeys.guek"],
  ["a key that is no hex", { securityKeys: { gak: "hello" } }, "securityKeys.gak"],
  ["a key of another suite", { security: { suite: 2 } }, "securityKeys.guek"],
  ["a title of seven octets", { security: { clientSystemTitle: "00112233445566" } }, "security"],
  ["ECDSA in suite 0", { authentication: "hls-ecdsa" }, "security.suite"],
  ["a challenge of four octets", { security: { challengeOctets: 4 } }, "security"],
];

test.each(impossible)("%s is refused, and no value is quoted", (_what, changes, field) => {
  try {
    registry.addMeter({ ...draft, ...changes });
    expect.unreachable();
  } catch (error) {
    const { code, message, params } = error as { code: string; message: string; params: object };
    expect(code).toBe("registry/invalid");
    expect(JSON.stringify(params)).toContain(field);
    expect(message).not.toMatch(/0102|hello/);
  }
  expect(registry.meters()).toEqual([]);
});

test("a counter that a person gives goes forward only, and needs a key", () => {
  const counterless = { ...draft, securityKeys: { gak }, invocationCounter: 5 };
  expect(() => registry.addMeter(counterless)).toThrow(
    expect.objectContaining({ code: "registry/invalid" }),
  );
  registry.addMeter({ ...draft, invocationCounter: 700 });
  registry.editMeter("secured", { invocationCounter: 600 });
  using database = new DatabaseSync(join(directory, "lectura.db"));
  const rows = database.prepare("SELECT reserved FROM invocation_counters").all();
  expect(rows.map(({ reserved }) => reserved)).toEqual([700]);
});

test("a template carries security, and every meter of it gets a title of its own", () => {
  registry.addTemplate({
    name: "suite two",
    description: "AES-256 throughout",
    address: { size: 1, upper: 1, lower: 0 },
    association: {
      clientSap: 1,
      authentication: "hls-gmac",
      quirks: {},
      security: { suite: 2, dedicatedKey: true },
    },
    plan: { intervalMs: 1000, keys: ["voltage_l1"] },
  });
  const keys = { guek: guek + guek, gak: gak + gak };
  const made = [1, 2].map((upper) =>
    registry.addMeter({
      name: `m${upper}`,
      endpoint: draft.endpoint!,
      template: "suite two",
      address: { upper },
      securityKeys: keys,
    }),
  );
  for (const { association } of made) {
    expect(association.security).toMatchObject({ suite: 2, dedicatedKey: true });
  }
  const titles = made.map(({ association }) => association.security!.clientSystemTitle);
  expect(new Set(titles).size).toBe(2);
});
