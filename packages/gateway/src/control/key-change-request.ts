import type { MeterKeyChange } from "../acquisition/security/change-meter-keys.ts";
import { invalid } from "../registry/check-drafts.ts";
import type { Meter } from "../registry/model.ts";
import { keyOctets } from "../registry/security-profile.ts";
import { type ChangedKeyName, transferredKeyNames } from "../vault/key-change-store.ts";
import type { KeyChangeRequest } from "./gateway-control.ts";

/** A person's wish, checked before anything is opened. @throws {GatewayError} `registry/invalid` */
export function keyChangeOf(request: KeyChangeRequest, meter: Meter): MeterKeyChange {
  const { keys = {}, generate = [], securitySetup } = request;
  const { security } = meter.association;
  if (security === undefined)
    throw invalid("keys", "belong to a meter with security; edit it first");
  const given = Object.entries(keys);
  for (const [name, hex] of given) {
    checkName(name);
    const octets = keyOctets(name, security) ?? 0;
    if (!/^[0-9a-fA-F]*$/.test(hex) || hex.length !== 2 * octets) {
      throw invalid(`keys.${name}`, `must have ${2 * octets} hexadecimal digits`);
    }
  }
  for (const name of generate) checkName(name);
  const names = [...new Set([...given.map(([name]) => name as ChangedKeyName), ...generate])];
  if (names.length === 0) throw invalid("keys", "name at least one");
  if (!meter.hasKeys.includes("kek"))
    throw invalid("kek", "is needed to wrap the new keys; store it");
  return { names, keys, ...(securitySetup === undefined ? {} : { securitySetup }) };
}

function checkName(name: string): asserts name is ChangedKeyName {
  if (Object.hasOwn(transferredKeyNames, name)) return;
  throw invalid("keys", `has no "${name}"; there are guek, gbek, gak and kek`);
}
