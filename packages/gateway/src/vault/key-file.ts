import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { GatewayError } from "../errors.ts";

/** AES-256. */
export const keyOctets = 32;

/** Where the key of a data directory lies. Back it up apart from the database. */
export function keyFilePath(directory: string): string {
  return join(directory, "vault.key");
}

/**
 * The vault's key. Made on first use, unless `mustExist`: what was sealed with a lost key cannot be
 * opened with a new one. @throws {GatewayError} `vault/key-...`
 */
export function loadKey(
  directory: string,
  randomOctets: (count: number) => Uint8Array,
  mustExist: () => boolean,
): Uint8Array {
  const path = keyFilePath(directory);
  if (!existsSync(path)) {
    if (mustExist()) throw keyMissing(path);
    makeKey(path, randomOctets(keyOctets));
  }
  refuseReadableByOthers(path);
  const key = new Uint8Array(reading(path, () => readFileSync(path)));
  if (key.length !== keyOctets) {
    throw new GatewayError(
      "vault/key-malformed",
      `${path} has ${key.length} octets instead of ${keyOctets}; put the right key file back`,
      { params: { path } },
    );
  }
  return key;
}

/** Written beside, flushed, then linked: whoever comes second finds a whole key, never a half. */
function makeKey(path: string, key: Uint8Array): void {
  const draft = `${path}.${process.pid}`;
  reading(path, () => {
    rmSync(draft, { force: true });
    const file = openSync(draft, "wx", 0o600);
    try {
      writeSync(file, key);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    try {
      linkSync(draft, path);
    } catch (error) {
      if (!existsSync(path)) throw error;
    } finally {
      rmSync(draft, { force: true });
    }
  });
}

function refuseReadableByOthers(path: string): void {
  if (process.platform === "win32") return;
  const mode = reading(path, () => statSync(path)).mode & 0o777;
  if ((mode & 0o077) === 0) return;
  throw new GatewayError(
    "vault/key-permissions",
    `${path} can be read by others (mode ${mode.toString(8)}); run: chmod 600 ${path}`,
    { params: { path, mode: mode.toString(8) } },
  );
}

function keyMissing(path: string): GatewayError {
  return new GatewayError(
    "vault/key-missing",
    `${path} is gone, but the registry holds passwords sealed with it; put it back from a backup`,
    { params: { path } },
  );
}

function reading<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new GatewayError("vault/key-unreadable", `${problem}; check the rights of ${path}`, {
      cause: error,
      params: { path, problem },
    });
  }
}
