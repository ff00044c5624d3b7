import { DecodeError } from "../error.ts";

/** Octets of the authentication tag in suites 0 to 2. */
export const authenticationTagOctets = 12;

/**
 * What a ciphered APDU carries, taken apart: `SC | IC | text | tag`. The text is plaintext where
 * `encrypted` is false. Views into the content given.
 */
export interface SecuredContent {
  readonly securityControl: number;
  /** Security suite, bits 0-3 of the security control. */
  readonly suite: number;
  readonly authenticated: boolean;
  readonly encrypted: boolean;
  /** Key set: false is the unicast key, true the broadcast key. */
  readonly broadcastKey: boolean;
  readonly compressed: boolean;
  /** 0..2^32 - 1. */
  readonly invocationCounter: number;
  readonly text: Uint8Array;
  /** 12 octets; absent where the content is not authenticated. */
  readonly tag?: Uint8Array;
}

/**
 * Takes a ciphered APDU's content apart, `octets` from `start` to the end.
 * @throws {DecodeError} shorter than its own header and tag, counted from `start`
 */
export function splitSecuredContent(octets: Uint8Array, start = 0): SecuredContent {
  const { length } = octets;
  const securityControl = octets[start] ?? 0;
  const authenticated = (securityControl & 0x10) !== 0;
  const needed = authenticated ? 5 + authenticationTagOctets : 5;
  if (length - start < needed) {
    const problem = `needs ${needed} octets, has ${length - start}`;
    throw new DecodeError("security", "ciphered content", length - start, problem);
  }
  const end = authenticated ? length - authenticationTagOctets : length;
  const encrypted = (securityControl & 0x20) !== 0;
  const suite = securityControl & 0x0f;
  const broadcastKey = (securityControl & 0x40) !== 0;
  const compressed = (securityControl & 0x80) !== 0;
  const invocationCounter =
    ((octets[start + 1]! << 24) |
      (octets[start + 2]! << 16) |
      (octets[start + 3]! << 8) |
      octets[start + 4]!) >>>
    0;
  const text = octets.subarray(start + 5, end);
  // Literals, not a spread: this stands in the way of every ciphered APDU.
  return authenticated
    ? {
        securityControl,
        suite,
        authenticated,
        encrypted,
        broadcastKey,
        compressed,
        invocationCounter,
        text,
        tag: octets.subarray(end),
      }
    : {
        securityControl,
        suite,
        authenticated,
        encrypted,
        broadcastKey,
        compressed,
        invocationCounter,
        text,
      };
}
