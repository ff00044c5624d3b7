import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { inspect } from "node:util";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Secret } from "@lectura/dlms/security";
import { open, seal } from "./envelope.ts";
import { openVault } from "./vault.ts";

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "lectura-vault-"));
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

const password = "s3cr3t-w0rd";

test("a stored secret comes back, also after a restart, and only under its own name", () => {
  {
    using vault = openVault(directory);
    vault.put("meter:1", "password", Secret.fromText("old"));
    vault.put("meter:1", "password", Secret.fromText(password));
    expect(vault.has("meter:1", "password")).toBe(true);
  }
  using vault = openVault(directory);
  expect(vault.reveal("meter:1", "password")?.reveal()).toEqual(Secret.fromText(password).reveal());
  expect(vault.reveal("meter:2", "password")).toBeUndefined();
  vault.put("meter:1", "thingsboard-token", Secret.fromText("t"));
  vault.remove("meter:1", "password");
  expect(vault.has("meter:1", "password")).toBe(false);
  expect(vault.has("meter:1", "thingsboard-token")).toBe(true);
  vault.remove("meter:1");
  expect(vault.has("meter:1", "thingsboard-token")).toBe(false);
});

test("the key file is made once, 32 octets that only the owner can read", () => {
  openVault(directory)[Symbol.dispose]();
  const path = join(directory, "vault.key");
  const key = readFileSync(path);
  expect(key).toHaveLength(32);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  openVault(directory)[Symbol.dispose]();
  expect(readFileSync(path)).toEqual(key);
});

test("no octet of the secret and none of the key stands in the database", () => {
  using vault = openVault(directory);
  vault.put("meter:1", "password", Secret.fromText(password));
  const key = readFileSync(join(directory, "vault.key"));
  for (const file of ["lectura.db", "lectura.db-wal"]) {
    const octets = readFileSync(join(directory, file));
    expect(octets.includes(password)).toBe(false);
    expect(octets.includes(key)).toBe(false);
  }
  expect(`${inspect(vault)}${JSON.stringify(vault)}`).not.toContain(password);
  expect(inspect(vault.reveal("meter:1", "password"))).toBe("[secret]");
});

test("a key file that others can read is refused with the command that mends it", () => {
  openVault(directory)[Symbol.dispose]();
  const path = join(directory, "vault.key");
  chmodSync(path, 0o644);
  expect(() => openVault(directory)).toThrowError(
    expect.objectContaining({
      code: "vault/key-permissions",
      params: { path, mode: "644" },
      message: expect.stringContaining(`chmod 600 ${path}`),
    }),
  );
});

test("a lost key is not replaced while secrets depend on it", () => {
  {
    using vault = openVault(directory);
    vault.put("sink:1", "password", Secret.fromText(password));
  }
  rmSync(join(directory, "vault.key"));
  expect(() => openVault(directory)).toThrowError(
    expect.objectContaining({ code: "vault/key-missing" }),
  );
});

test("a key of the wrong length and a key of another installation are named", () => {
  {
    using vault = openVault(directory);
    vault.put("sink:1", "password", Secret.fromText(password));
  }
  const path = join(directory, "vault.key");
  writeFileSync(path, new Uint8Array(32).fill(7));
  {
    using vault = openVault(directory);
    expect(() => vault.reveal("sink:1", "password")).toThrowError(
      expect.objectContaining({ code: "vault/tampered" }),
    );
  }
  writeFileSync(path, "short");
  expect(() => openVault(directory)).toThrowError(
    expect.objectContaining({ code: "vault/key-malformed" }),
  );
});

test("an envelope copied to another owner does not open", () => {
  using vault = openVault(directory);
  vault.put("meter:1", "password", Secret.fromText(password));
  const database = new DatabaseSync(join(directory, "lectura.db"));
  database.exec("UPDATE registry_secrets SET owner = 'meter:2'");
  database.close();
  expect(() => vault.reveal("meter:2", "password")).toThrowError(
    expect.objectContaining({ code: "vault/tampered" }),
  );
});

test("a secret beyond the limit is refused", () => {
  using vault = openVault(directory);
  expect(() => vault.put("a", "b", new Secret(new Uint8Array(16_385)))).toThrowError(
    expect.objectContaining({ code: "vault/too-long" }),
  );
});

test("any octets survive sealing, and no change of an envelope opens", () => {
  const key = new Uint8Array(32).fill(1);
  const nonce = new Uint8Array(12).fill(2);
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 64 }),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      (plain, at, change) => {
        const envelope = seal(key, nonce, "meter:1", "password", plain);
        expect(open(key, "meter:1", "password", envelope)).toEqual(plain);
        const position = at % envelope.length;
        envelope[position] = envelope[position]! ^ change;
        expect(open(key, "meter:1", "password", envelope)).toBeUndefined();
      },
    ),
  );
});

test("two seals of one secret differ", () => {
  using vault = openVault(directory);
  vault.put("a", "b", Secret.fromText(password));
  vault.put("a", "c", Secret.fromText(password));
  const database = new DatabaseSync(join(directory, "lectura.db"));
  const rows = database.prepare("SELECT envelope FROM registry_secrets").all();
  database.close();
  expect(rows[0]?.["envelope"]).not.toEqual(rows[1]?.["envelope"]);
});
