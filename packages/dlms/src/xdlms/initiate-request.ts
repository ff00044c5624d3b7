import {
  boolean,
  int8,
  octetString,
  optional,
  sequence,
  uint16,
  uint8,
  withDefault,
} from "../axdr/codec.ts";
import { apdu, type ApduCodec } from "./apdu-codec.ts";
import { conformance, type ConformanceBit, legacyConformanceTag } from "./conformance.ts";

/** xDLMS InitiateRequest, carried by the AARQ's user-information. */
export interface InitiateRequest {
  readonly kind: "initiate-request";
  /** Key of the ded- forms: a secret, only ever sent inside a glo-initiate-request. */
  readonly dedicatedKey?: Uint8Array;
  /** False asks for an unconfirmed association: no AARE will come. */
  readonly responseAllowed: boolean;
  readonly qualityOfService?: number;
  /** 6 everywhere. */
  readonly dlmsVersion: number;
  /** True where the conformance block has the one-octet tag of old devices, `5F 04`. */
  readonly legacyConformanceTag?: true;
  readonly conformance: ReadonlySet<ConformanceBit>;
  /** Longest APDU the client accepts, in octets; 0 stands for no limit. */
  readonly maxPduOctets: number;
}

export const initiateRequest: ApduCodec<InitiateRequest> = apdu(
  "initiate-request",
  0x01,
  sequence("InitiateRequest", {
    dedicatedKey: optional(octetString()),
    responseAllowed: withDefault(boolean, true),
    qualityOfService: optional(int8),
    dlmsVersion: uint8,
    legacyConformanceTag,
    conformance,
    maxPduOctets: uint16,
  }),
);
