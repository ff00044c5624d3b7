import { createHmac, randomBytes } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { Secret } from "@lectura/dlms/security";
import { GatewayError } from "../errors.ts";
import { openRegistryDatabase } from "../store/sqlite/registry-database.ts";
import { open, seal } from "./envelope.ts";
import { loadKey } from "./key-file.ts";

/** Octets of one secret: passwords, tokens, keys; a PEM key fits too. */
export const secretOctetsMax = 16_384;
const nonceOctets = 12;
/** Hex digits of a fingerprint: 128 bits. */
const fingerprintDigits = 32;

/** Whose secret: `meter:3`, `sink:1`; and which of them: `password`, `thingsboard-token`. */
export interface Vault extends Disposable {
  /** Seals and stores, replacing what was there. @throws {GatewayError} `vault/too-long` */
  put(owner: string, field: string, secret: Secret): void;
  /** For the one place that needs it. @throws {GatewayError} `vault/tampered` */
  reveal(owner: string, field: string): Secret | undefined;
  has(owner: string, field: string): boolean;
  /** Removes one secret, or all of the owner's. */
  remove(owner: string, field?: string): void;
  /**
   * Tells octets apart without telling them: 32 hex digits, the same for the same octets under the
   * same `label` and vault key.
   */
  fingerprint(label: string, octets: readonly Uint8Array[]): string;
  /** The same vault over another connection, so that secrets commit with what they belong to. */
  on(database: DatabaseSync): Vault;
}

export interface VaultOptions {
  /** The system's generator by default. */
  readonly randomOctets?: (count: number) => Uint8Array;
}

/**
 * Opens the vault of a data directory: the key from `vault.key` (made on first use, 0600), the
 * sealed secrets from the registry's database.
 * @throws {GatewayError} `vault/key-permissions`, `vault/key-missing`, `store/...`
 */
export function openVault(directory: string, options: VaultOptions = {}): Vault {
  const randomOctets = options.randomOctets ?? randomBytes;
  const database = openRegistryDatabase(directory);
  try {
    const holdsSecrets = (): boolean =>
      database.prepare("SELECT 1 FROM registry_secrets LIMIT 1").get() !== undefined;
    const key = loadKey(directory, randomOctets, holdsSecrets);
    return new SqliteVault(key, randomOctets, database, () => {
      if (database.isOpen) database.close();
    });
  } catch (error) {
    database.close();
    throw error;
  }
}

class SqliteVault implements Vault {
  readonly #key: Uint8Array;
  readonly #randomOctets: (count: number) => Uint8Array;
  readonly #database: DatabaseSync;
  readonly #dispose: () => void;

  constructor(
    key: Uint8Array,
    randomOctets: (count: number) => Uint8Array,
    database: DatabaseSync,
    dispose: () => void,
  ) {
    this.#key = key;
    this.#randomOctets = randomOctets;
    this.#database = database;
    this.#dispose = dispose;
  }

  put(owner: string, field: string, secret: Secret): void {
    if (secret.octetCount > secretOctetsMax) {
      throw new GatewayError("vault/too-long", `a secret has at most ${secretOctetsMax} octets`, {
        params: { limit: secretOctetsMax },
      });
    }
    const nonce = this.#randomOctets(nonceOctets);
    const envelope = seal(this.#key, nonce, owner, field, secret.reveal());
    this.#database
      .prepare("INSERT OR REPLACE INTO registry_secrets (owner, field, envelope) VALUES (?, ?, ?)")
      .run(owner, field, envelope);
  }

  reveal(owner: string, field: string): Secret | undefined {
    const row = this.#database
      .prepare("SELECT envelope FROM registry_secrets WHERE owner = ? AND field = ?")
      .get(owner, field);
    if (row === undefined) return undefined;
    const plain = open(this.#key, owner, field, row["envelope"] as Uint8Array);
    if (plain !== undefined) return new Secret(plain);
    throw new GatewayError(
      "vault/tampered",
      `the ${field} of ${owner} was sealed with another key or altered; set it again`,
      { params: { owner, field } },
    );
  }

  has(owner: string, field: string): boolean {
    const find = "SELECT 1 FROM registry_secrets WHERE owner = ? AND field = ?";
    return this.#database.prepare(find).get(owner, field) !== undefined;
  }

  remove(owner: string, field?: string): void {
    if (field === undefined) {
      this.#database.prepare("DELETE FROM registry_secrets WHERE owner = ?").run(owner);
      return;
    }
    this.#database
      .prepare("DELETE FROM registry_secrets WHERE owner = ? AND field = ?")
      .run(owner, field);
  }

  fingerprint(label: string, octets: readonly Uint8Array[]): string {
    const hmac = createHmac("sha256", this.#key).update(`lectura ${label}\0`);
    for (const part of octets) hmac.update(`${part.length} `).update(part);
    return hmac.digest("hex").slice(0, fingerprintDigits);
  }

  on(database: DatabaseSync): Vault {
    return new SqliteVault(this.#key, this.#randomOctets, database, () => {});
  }

  [Symbol.dispose](): void {
    this.#dispose();
  }
}
