import { type MeterKeyRing, needsCounter, type SecuritySettings } from "@lectura/dlms-node";
import { fromHex } from "@lectura/dlms/octets";
import type { ReplayWindows } from "@lectura/dlms/security";
import { GatewayError } from "../../errors.ts";
import type { Meter } from "../../registry/model.ts";
import type { MeterCredentials } from "../../vault/meter-credentials.ts";

/** A meter's security but for its counter, which is found out. */
export type MeterSecurity = Omit<SecuritySettings, "counter">;

/**
 * What registry and vault say about a meter's security.
 * @throws {GatewayError} meter/password-missing
 */
export function meterSecurity(
  { name, association }: Meter,
  { secret, keys }: MeterCredentials,
  windows: ReplayWindows,
): MeterSecurity {
  const { authentication: mechanism, security } = association;
  if (mechanism === "lls" && secret === undefined) {
    const detail = `meter ${name} wants a password and none is stored; give it one`;
    throw new GatewayError("meter/password-missing", detail, { params: { name } });
  }
  const common = { mechanism, ...(secret === undefined ? {} : { secret }) };
  if (security === undefined) return common;
  const { clientSystemTitle, serverSystemTitle, challengeOctets } = security;
  const { suite, protection, cipheredContext, form, dedicatedKey } = security;
  return {
    ...common,
    suite,
    protection,
    cipheredContext,
    form,
    dedicatedKey,
    keys,
    windows,
    clientSystemTitle: fromHex(clientSystemTitle),
    ...(serverSystemTitle === undefined ? {} : { serverSystemTitle: fromHex(serverSystemTitle) }),
    ...(challengeOctets === undefined ? {} : { challengeOctets }),
  };
}

/** The name of the counter a session uses up; undefined: it uses none, or its key is missing. */
export function counterNameOf(
  security: MeterSecurity,
  credentials: MeterCredentials,
): string | undefined {
  const { clientSystemTitle, keys } = security;
  if (!needsCounter(security) || clientSystemTitle === undefined) return undefined;
  return credentials.counterName(clientSystemTitle, keys?.unicast);
}

/** The same security under other keys of encryption and authentication. */
export function underKeys(security: MeterSecurity, ring: MeterKeyRing): MeterSecurity {
  const { unicast, broadcast, authentication } = ring;
  return {
    ...security,
    keys: {
      ...security.keys,
      ...(unicast === undefined ? {} : { unicast }),
      ...(broadcast === undefined ? {} : { broadcast }),
      ...(authentication === undefined ? {} : { authentication }),
    },
  };
}
