import type { KeyName, Secret, TransferredKey } from "@lectura/dlms/security";

/** Keys of one meter as we hold them, by the names of the Blue Book. */
export interface MeterKeyRing {
  readonly unicast?: Secret;
  readonly broadcast?: Secret;
  readonly authentication?: Secret;
  /** Master key, KEK. */
  readonly master?: Secret;
}

/**
 * Which unicast key of the meter this is, counted from 0: invocation counters are kept under this
 * number, so that a new key begins a new record (R30).
 */
export type KeyGeneration = number;

/** A change that the meter has not proved yet. */
export interface PendingKeyChange {
  readonly method: "transfer" | "agreement";
  /** Undefined while keys are agreed on and the answer has not come: nobody can know them then. */
  readonly keys: Partial<Record<TransferredKey, Secret>> | undefined;
  /** Names of the keys that change. */
  readonly names: readonly TransferredKey[];
  /**
   * "sent": it may have reached the meter or not. "accepted": the meter has said success; it has
   * not shown yet that it uses them.
   */
  readonly state: "sent" | "accepted";
}

/** Everything that is kept of one meter's keys. */
export interface StoredKeys {
  readonly active: MeterKeyRing;
  readonly generation: KeyGeneration;
  readonly pending?: PendingKeyChange;
}

/**
 * Where a meter's keys are kept. Both calls are of one meter; one procedure at a time works on it
 * (R31). Secrets are the store's to protect.
 */
export interface KeyStore {
  load(): Promise<StoredKeys>;
  /** Replaces everything at once and durably: a crash leaves the old state or the new one. */
  store(keys: StoredKeys): Promise<void>;
}

/** Keys of an association: with `generation`, what its counter is kept under. */
export interface AssociationKeys {
  readonly keys: MeterKeyRing;
  readonly generation: KeyGeneration;
}

/** The keys a pending change leads to; undefined while nobody can know them. */
export function pendingKeys(stored: StoredKeys): AssociationKeys | undefined {
  const { active, generation, pending } = stored;
  if (pending?.keys === undefined) return undefined;
  return {
    keys: { ...active, ...pending.keys },
    generation: pending.keys.unicast === undefined ? generation : generation + 1,
  };
}

/** Name of the counter record of one encryption key: R30's "counter bound to its key". */
export function counterName(generation: KeyGeneration, key: KeyName): string {
  return `${key}-${generation}`;
}
