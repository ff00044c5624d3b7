import type { SecurityKeys } from "@lectura/dlms-node";
import type { Secret } from "@lectura/dlms/security";
import {
  keyChangeField,
  keyFields,
  type MeterKeyName,
  meterKeyNames,
  meterOwner,
  secretFields,
} from "./secret-names.ts";
import type { Vault } from "./vault.ts";

/** Everything secret that one association with a meter needs. For the line's owner only. */
export interface MeterCredentials {
  /** LLS password, or the secret of HLS 2, 3, 4 and 6: that of its own where there is one. */
  readonly secret: Secret | undefined;
  readonly keys: SecurityKeys;
  /** The same exactly as long as nothing of it has changed. */
  readonly mark: string;
  /** Keys were sent to the meter which it has not proved yet. */
  readonly keyChangePending: boolean;
  /** Names the invocation counter of a unicast key, the meter's when absent; undefined: none. */
  counterName(clientSystemTitle: Uint8Array, unicast?: Secret): string | undefined;
}

/** @throws {GatewayError} `vault/tampered` */
export function meterCredentials(vault: Vault, meterId: number): MeterCredentials {
  const owner = meterOwner(meterId);
  const password = vault.reveal(owner, secretFields.password);
  const found = new Map<MeterKeyName, Secret>();
  for (const name of meterKeyNames) {
    const secret = vault.reveal(owner, keyFields[name]);
    if (secret !== undefined) found.set(name, secret);
  }
  const unicast = found.get("guek");
  const authentication = found.get("gak");
  const broadcast = found.get("gbek");
  const signing = found.get("signing");
  const serverSigning = found.get("serverSigning");
  const nothing = new Uint8Array(0);
  const all = [password, ...meterKeyNames.map((name) => found.get(name))];
  return {
    secret: found.get("hlsSecret") ?? password,
    keys: {
      ...(unicast === undefined ? {} : { unicast }),
      ...(authentication === undefined ? {} : { authentication }),
      ...(broadcast === undefined ? {} : { broadcast }),
      ...(signing === undefined ? {} : { signing }),
      ...(serverSigning === undefined ? {} : { serverSigning: serverSigning.reveal() }),
    },
    mark: vault.fingerprint(
      "credentials",
      all.map((secret) => secret?.reveal() ?? nothing),
    ),
    keyChangePending: vault.has(owner, keyChangeField),
    counterName: (title, key = unicast) =>
      key === undefined ? undefined : counterName(vault, title, key),
  };
}

/**
 * A counter belongs to its key and to the title it is sent under, not to the meter: a nonce is made
 * of both, and must not come twice though two meters share a key (Green Book 9.2.3.3.7.3).
 */
export function counterName(vault: Vault, clientSystemTitle: Uint8Array, key: Secret): string {
  return vault.fingerprint("invocation counter", [clientSystemTitle, key.reveal()]);
}
