import type { KeyStore, MeterKeyRing, PendingKeyChange, StoredKeys } from "@lectura/dlms-node";
import { fromHex, toHex } from "@lectura/dlms/octets";
import { Secret, type TransferredKey } from "@lectura/dlms/security";
import { keyChangeField, keyFields, type MeterKeyName, meterOwner } from "./secret-names.ts";
import type { Vault } from "./vault.ts";

/** Keys that a meter can be given, by the names people use. */
export type ChangedKeyName = Extract<MeterKeyName, "guek" | "gbek" | "gak" | "kek">;

/** Names people use to those of the Blue Book. */
export const transferredKeyNames: Readonly<Record<ChangedKeyName, TransferredKey>> = {
  guek: "unicast",
  gbek: "broadcast",
  gak: "authentication",
  kek: "master",
};

/** A pending change as it is sealed: one document, so that it is there as a whole or not at all. */
interface SealedChange extends Omit<PendingKeyChange, "keys"> {
  readonly keys?: Readonly<Record<string, string>>;
}

/**
 * The keys of one meter in the vault, active and pending ones. Generations are not counted here: a
 * counter is named by its key (`MeterCredentials.counterName`).
 * @param commit runs its work in one durable transaction of the vault's database
 */
export function keyChangeStore(
  vault: Vault,
  meterId: number,
  commit: (work: () => void) => void,
): KeyStore {
  const owner = meterOwner(meterId);
  const load = (): StoredKeys => {
    const active: { -readonly [Name in keyof MeterKeyRing]: MeterKeyRing[Name] } = {};
    for (const [name, ring] of entries(transferredKeyNames)) {
      const key = vault.reveal(owner, keyFields[name]);
      if (key !== undefined) active[ring] = key;
    }
    const sealed = vault.reveal(owner, keyChangeField);
    return { active, generation: 0, ...(sealed === undefined ? {} : { pending: opened(sealed) }) };
  };
  const store = ({ active, pending }: StoredKeys): void => {
    for (const [name, ring] of entries(transferredKeyNames)) {
      const key = active[ring];
      if (key !== undefined) vault.put(owner, keyFields[name], key);
    }
    if (pending === undefined) vault.remove(owner, keyChangeField);
    else vault.put(owner, keyChangeField, sealedOf(pending));
  };
  return {
    load: async () => load(),
    store: async (keys) => commit(() => store(keys)),
  };
}

function entries<K extends string, V>(
  record: Readonly<Record<K, V>>,
): readonly (readonly [K, V])[] {
  return Object.entries(record) as [K, V][];
}

function sealedOf({ keys, ...change }: PendingKeyChange): Secret {
  const hex = Object.entries(keys ?? {}).map(([name, key]) => [name, toHex(key.reveal())] as const);
  const document: SealedChange =
    keys === undefined ? change : { ...change, keys: Object.fromEntries(hex) };
  return Secret.fromText(JSON.stringify(document));
}

/** Only what `sealedOf` has made is in there: the vault has checked its seal. */
function opened(sealed: Secret): PendingKeyChange {
  const text = new TextDecoder().decode(sealed.reveal());
  const { keys, ...change } = JSON.parse(text) as SealedChange;
  if (keys === undefined) return { ...change, keys: undefined };
  const secrets = Object.entries(keys).map(([name, hex]) => [name, new Secret(fromHex(hex))]);
  return { ...change, keys: Object.fromEntries(secrets) as PendingKeyChange["keys"] };
}
