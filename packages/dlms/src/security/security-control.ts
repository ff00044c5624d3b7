import { ProtocolError } from "../error.ts";
import type { SecuritySuite } from "./suite.ts";

/** How an APDU is protected. */
export type Protection = "none" | "authenticated" | "encrypted" | "authenticated-encrypted";

/** Bits 4 and 5 of the security control. */
export interface ProtectionBits {
  readonly authenticated: boolean;
  readonly encrypted: boolean;
}

const bits: Readonly<Record<Protection, ProtectionBits>> = {
  none: { authenticated: false, encrypted: false },
  authenticated: { authenticated: true, encrypted: false },
  encrypted: { authenticated: false, encrypted: true },
  "authenticated-encrypted": { authenticated: true, encrypted: true },
};

/** The bits of a protection. */
export function protectionBits(protection: Protection): ProtectionBits {
  return bits[protection];
}

/** Security control octet (Green Book, table 37): suite, A, E, key set, compression. */
export interface SecurityControl extends ProtectionBits {
  readonly suite: SecuritySuite;
  /** The global broadcast key instead of the unicast one. */
  readonly broadcastKey?: boolean;
}

/** SC as it stands on the wire. */
export function securityControlOctet(control: SecurityControl): number {
  return (
    control.suite |
    (control.authenticated ? 0x10 : 0) |
    (control.encrypted ? 0x20 : 0) |
    (control.broadcastKey === true ? 0x40 : 0)
  );
}

/**
 * Refuses what is weaker than agreed; more than agreed is welcome.
 * @throws {ProtocolError} security/policy
 */
export function requireProtection(found: ProtectionBits, required: Protection): void {
  const { authenticated, encrypted } = bits[required];
  if (authenticated && !found.authenticated) {
    throw new ProtocolError("security/policy", "the APDU is not authenticated");
  }
  if (encrypted && !found.encrypted) {
    throw new ProtocolError("security/policy", "the APDU is not encrypted");
  }
}

/** What a security policy asks of requests and of responses. */
export interface PolicyProtection {
  readonly request: Protection;
  readonly response: Protection;
  readonly requestSigned: boolean;
  readonly responseSigned: boolean;
}

/**
 * Attribute security_policy of class 64. Version 0 counts: 0 nothing, 1 authenticated, 2 encrypted,
 * 3 both, for requests and responses alike. Version 1 has a bit for each: 2 authenticated request,
 * 3 encrypted request, 4 signed request, 5..7 the same for responses.
 */
export function protectionOfPolicy(policy: number, version: 0 | 1): PolicyProtection {
  if (version === 0) {
    const both = protectionOf({ authenticated: (policy & 1) !== 0, encrypted: (policy & 2) !== 0 });
    return { request: both, response: both, requestSigned: false, responseSigned: false };
  }
  return {
    request: protectionOf({
      authenticated: (policy & 0x04) !== 0,
      encrypted: (policy & 0x08) !== 0,
    }),
    response: protectionOf({
      authenticated: (policy & 0x20) !== 0,
      encrypted: (policy & 0x40) !== 0,
    }),
    requestSigned: (policy & 0x10) !== 0,
    responseSigned: (policy & 0x80) !== 0,
  };
}

/** The name of a combination of bits. */
export function protectionOf({ authenticated, encrypted }: ProtectionBits): Protection {
  if (authenticated) return encrypted ? "authenticated-encrypted" : "authenticated";
  return encrypted ? "encrypted" : "none";
}
