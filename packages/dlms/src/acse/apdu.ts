import type { BerElement } from "../ber/element.ts";
import type { ApplicationContext, AssociateDiagnostic, Mechanism } from "./names.ts";

/** Members that AARQ and AARE share. Octet strings are views of the APDU they were read from. */
export interface AssociateMembers {
  /** Contents of the BIT STRING, unused-bits octet first; sent by few, version 1 is `07 80`. */
  readonly protocolVersion?: Uint8Array;
  readonly applicationContext: ApplicationContext;
  /** Contents of the BIT STRING: `07 80` selects the authentication unit. Goes with a mechanism. */
  readonly acseRequirements?: Uint8Array;
  readonly mechanism?: Mechanism;
  /** LLS password (a secret) or HLS challenge, of any length. */
  readonly authenticationValue?: Uint8Array;
  /** Form of the value: 0x80 charstring where absent, 0x81 bitstring, 0x82 external, 0xA3 other. */
  readonly authenticationValueTag?: number;
  readonly implementationInformation?: Uint8Array;
  /** An xDLMS APDU: InitiateRequest or -Response, plain or ciphered, or confirmedServiceError. */
  readonly userInformation?: Uint8Array;
  /** Elements this version of ACSE does not know, kept as they came. */
  readonly otherElements?: readonly BerElement[];
}

/** AARQ: the client asks for an association. */
export interface Aarq extends AssociateMembers {
  readonly kind: "aarq";
  readonly calledApTitle?: Uint8Array;
  readonly calledAeQualifier?: Uint8Array;
  readonly calledApInvocationId?: number;
  readonly calledAeInvocationId?: number;
  /** The client's system title, 8 octets; required for ciphering. */
  readonly callingApTitle?: Uint8Array;
  /** The client's certificate, where it signs. */
  readonly callingAeQualifier?: Uint8Array;
  readonly callingApInvocationId?: number;
  /** The client's user id. */
  readonly callingAeInvocationId?: number;
}

/** AARE: the server answers. HLS goes on where `result` is 0 and the diagnostic is 14. */
export interface Aare extends AssociateMembers {
  readonly kind: "aare";
  /** 0 accepted, 1 rejected-permanent, 2 rejected-transient. */
  readonly result: number;
  readonly diagnostic: AssociateDiagnostic;
  /** The server's system title, 8 octets. */
  readonly respondingApTitle?: Uint8Array;
  /** The server's certificate. */
  readonly respondingAeQualifier?: Uint8Array;
  readonly respondingApInvocationId?: number;
  readonly respondingAeInvocationId?: number;
}

/** Members that RLRQ and RLRE share. */
export interface ReleaseMembers {
  /** RLRQ: 0 normal, 1 urgent, 30 user-defined. RLRE: 0 normal, 1 not-finished, 30 user-defined. */
  readonly reason?: number;
  /** A ciphered initiate APDU where the association is ciphered. */
  readonly userInformation?: Uint8Array;
  readonly otherElements?: readonly BerElement[];
}

/** RLRQ: the client ends the association. */
export interface Rlrq extends ReleaseMembers {
  readonly kind: "rlrq";
}

/** RLRE: the server confirms its end. */
export interface Rlre extends ReleaseMembers {
  readonly kind: "rlre";
}

/** Any APDU that opens or releases an association (Green Book 9.4.2), told apart by `kind`. */
export type AcseApdu = Aarq | Aare | Rlrq | Rlre;
