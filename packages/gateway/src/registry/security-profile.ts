import { randomBytes } from "node:crypto";
import { obis } from "@lectura/dlms/cosem";
import { toHex } from "@lectura/dlms/octets";
import { suites } from "@lectura/dlms/security";
import type { MeterKeyName } from "../vault/secret-names.ts";
import { invalid } from "./check-drafts.ts";
import type { AuthenticationKind, SecurityProfile } from "./model.ts";

/** Of the Blue Book: the counters of security setup 0. */
const counterObject = obis("0.0.43.1.0.255");
const publicClientSap = 16;
/** First three octets of the titles we make: one of ours, not registered with the FLAG. */
const titlePrefix = "4c4543";
const titleRandomOctets = 5;

/**
 * The security of a meter: what the draft says, else what it had, else the defaults. Undefined
 * where neither draft nor mechanism asks for any. HLS-GMAC ciphers unless told otherwise: that is
 * how meters come which prove themselves by it.
 */
export function securityOf(
  draft: Partial<SecurityProfile> | undefined,
  before: Partial<SecurityProfile> | undefined,
  authentication: AuthenticationKind,
): SecurityProfile | undefined {
  if (draft === undefined && before === undefined && !provesTitles(authentication))
    return undefined;
  const protection = authentication === "hls-gmac" ? "authenticated-encrypted" : "none";
  const merged: SecurityProfile = {
    suite: 0,
    protection,
    cipheredContext: false,
    form: "service",
    dedicatedKey: false,
    counterObject,
    counterStep: 1,
    publicClientSap,
    ...before,
    ...draft,
    clientSystemTitle:
      draft?.clientSystemTitle?.toLowerCase() ?? before?.clientSystemTitle ?? freshTitle(),
  };
  if (authentication === "hls-ecdsa" && merged.suite === 0) {
    throw invalid("security.suite", "is 1 or 2 with hls-ecdsa");
  }
  return merged;
}

/** Nobody else may send under the same key and title: counters would be used twice. */
function freshTitle(): string {
  return titlePrefix + toHex(randomBytes(titleRandomOctets));
}

function provesTitles(authentication: AuthenticationKind): boolean {
  return (
    authentication === "hls-gmac" ||
    authentication === "hls-sha256" ||
    authentication === "hls-ecdsa"
  );
}

/** Octets a key must have in a suite; undefined: as many as it likes. */
export function keyOctets(
  name: MeterKeyName,
  { suite }: Pick<SecurityProfile, "suite">,
): number | undefined {
  if (name === "hlsSecret") return undefined;
  const coordinate = suite === 2 ? 48 : 32;
  if (name === "signing") return coordinate;
  return name === "serverSigning" ? 2 * coordinate : suites[suite].keyOctets;
}
