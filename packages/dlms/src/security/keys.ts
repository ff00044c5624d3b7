import { ProtocolError } from "../error.ts";
import { ReplayWindow } from "./replay-window.ts";
import type { Secret } from "./secret.ts";
import type { SuiteParameters } from "./suite.ts";

/** Symmetric keys of one association or peer, by the names of the Blue Book (R37). */
export interface CipheringKeys {
  /** Global unicast encryption key, GUEK. */
  readonly unicast?: Secret;
  /** Global broadcast encryption key, GBEK. */
  readonly broadcast?: Secret;
  /** Global authentication key, GAK. */
  readonly authentication?: Secret;
  /** Dedicated key of the association, made by the client. */
  readonly dedicated?: Secret;
}

/** Encryption key that an APDU was or is to be ciphered with. */
export type KeyName = "unicast" | "broadcast" | "dedicated";

/** What was seen last, for each encryption key of one sender (R30). */
export class ReplayWindows {
  readonly #windows = new Map<KeyName, ReplayWindow>();

  of(key: KeyName): ReplayWindow {
    const known = this.#windows.get(key);
    if (known !== undefined) return known;
    const fresh = new ReplayWindow();
    this.#windows.set(key, fresh);
    return fresh;
  }

  /** A new key, or a counter known from before: `last` is the highest one accepted. */
  restart(key: KeyName, last?: number): void {
    this.#windows.set(key, new ReplayWindow(last));
  }
}

/** @throws {ProtocolError} security/key-missing: absent, or of a length the suite has not. */
export function keyOf(
  keys: CipheringKeys,
  name: KeyName | "authentication",
  suite: SuiteParameters,
): Uint8Array {
  const secret = keys[name];
  if (secret === undefined) {
    throw new ProtocolError("security/key-missing", `no ${name} key`);
  }
  if (secret.octetCount !== suite.keyOctets) {
    const wanted = `suite ${suite.suite} takes ${suite.keyOctets} octets`;
    throw new ProtocolError(
      "security/key-missing",
      `${wanted}, the ${name} key has another length`,
    );
  }
  return secret.reveal();
}
