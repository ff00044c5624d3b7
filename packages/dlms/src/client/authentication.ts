import type { HlsDialogue } from "../security/hls-dialogue.ts";
import type { Secret } from "../security/secret.ts";

/** HLS mechanisms 2 to 7 of the Green Book, as our settings and command line name them. */
export type HlsMechanism =
  | "hls-manufacturer"
  | "hls-md5"
  | "hls-sha1"
  | "hls-gmac"
  | "hls-sha256"
  | "hls-ecdsa";

/** Everything the four passes of HLS may be computed from. Views: copy what must live on. */
export type HlsContext = HlsDialogue;

/** The mechanism's own part of HLS; made by `security/`, driven by the association machine. */
export interface HlsFunctions {
  /** CtoS: 8 to 64 octets, fresh for every association. */
  readonly challenge: Uint8Array;
  /** The client's, 8 octets, where no protection names it and the mechanism proves it. */
  readonly systemTitle?: Uint8Array;
  /** Pass 3, f(StoC): what the client proves. */
  reply(context: HlsContext): Uint8Array;
  /** Pass 4: whether the server's f(CtoS) proves that it knows the secret too. Constant time. */
  verify(answer: Uint8Array, context: HlsContext): boolean;
}

/** How the client proves who it is (Green Book 9.2.2.2). */
export type ClientAuthentication =
  | { readonly mechanism: "none" }
  | { readonly mechanism: "lls"; readonly password: Secret }
  | { readonly mechanism: HlsMechanism; readonly hls: HlsFunctions };

/**
 * Ciphering of one association (glo-, ded-, general-): sits between the machines and the link.
 * The ones see plain APDUs, the other ciphered ones, and neither knows. Its presence makes the
 * application context one with ciphering.
 */
export interface ApduProtection {
  /** Eight octets; goes into the AARQ as calling-AP-title. */
  readonly clientSystemTitle: Uint8Array;
  /** Goes into the ciphered InitiateRequest, for ded-ciphering. */
  readonly dedicatedKey?: Secret;
  /** Octets that protection adds to an APDU at most; taken off the PDU budget before splitting. */
  readonly overheadOctets: number;
  /** The responding-AP-title of the AARE, before anything is unprotected. */
  acceptServerSystemTitle(title: Uint8Array): void;
  /**
   * Ensures that an invocation counter is stored before it is used. `undefined` means ready;
   * a promise is awaited before the next `protect`.
   */
  reserve(): Promise<void> | undefined;
  /** Plain APDU (or InitiateRequest) to its protected form; valid until the next call. */
  protect(apdu: Uint8Array): Uint8Array;
  /**
   * Protected APDU (or InitiateResponse) to its plain form.
   * @throws {ProtocolError} security/policy, security/tag, security/replay, security/key-missing
   */
  unprotect(apdu: Uint8Array): Uint8Array;
}
