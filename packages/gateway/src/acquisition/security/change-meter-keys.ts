import {
  type KeyStore,
  type PendingKeyChange,
  type Session,
  transferKeys,
} from "@lectura/dlms-node";
import type { ObisCode } from "@lectura/dlms/cosem";
import { Secret, type SecuritySuite } from "@lectura/dlms/security";
import { fromHex } from "@lectura/dlms/octets";
import { type ChangedKeyName, transferredKeyNames } from "../../vault/key-change-store.ts";
import type { CounterBook } from "./counter-book.ts";

/** Which keys a meter is to get. */
export interface MeterKeyChange {
  readonly names: readonly ChangedKeyName[];
  /** Hexadecimal; those left out are made fresh. */
  readonly keys: Readonly<Partial<Record<ChangedKeyName, string>>>;
  /** Class 64 object of the meter. Absent: 0.0.43.0.0.255. */
  readonly securitySetup?: ObisCode;
}

export interface ChangeMeterKeysParts {
  /** Inside the line's turn. */
  readonly session: Pick<Session, "action">;
  readonly store: KeyStore;
  readonly suite: SecuritySuite;
  readonly counters: CounterBook;
  /** Names the counter of a unicast key; undefined: this meter uses none. */
  readonly counterName: (unicast: Secret) => string | undefined;
  readonly signal: AbortSignal;
}

/**
 * Sends new keys, wrapped under the master key. They are in the vault before they are sent, and
 * the counter of a new unicast key has its row: whatever ends this process, the next association
 * settles which keys the meter uses.
 * @throws {KeyChangeError} security/key-change-*; {DlmsError} the session's: pending then
 */
export async function changeMeterKeys(
  { names, keys, securitySetup }: MeterKeyChange,
  parts: ChangeMeterKeysParts,
): Promise<PendingKeyChange> {
  const { session, suite, signal } = parts;
  const given = Object.entries(keys).map(
    ([name, hex]) =>
      [transferredKeyNames[name as ChangedKeyName], new Secret(fromHex(hex))] as const,
  );
  return transferKeys({
    session,
    suite,
    store: withCounters(parts),
    names: names.map((name) => transferredKeyNames[name]),
    keys: Object.fromEntries(given),
    request: { signal },
    ...(securitySetup === undefined ? {} : { securitySetup }),
  });
}

/**
 * A new unicast key begins at 0, as the meter does, unless it was used before: then where it is.
 * A meter that went on counting says so when it refuses, and ours is set forward.
 */
function withCounters({ store, counters, counterName }: ChangeMeterKeysParts): KeyStore {
  return {
    load: () => store.load(),
    store: async (stored) => {
      const unicast = stored.pending?.keys?.unicast;
      const name = unicast === undefined ? undefined : counterName(unicast);
      if (name !== undefined) await counters.begin(name, 0);
      await store.store(stored);
    },
  };
}
