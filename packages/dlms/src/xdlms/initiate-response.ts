import { int8, optional, sequence, uint16, uint8 } from "../axdr/codec.ts";
import { apdu, type ApduCodec } from "./apdu-codec.ts";
import { conformance, type ConformanceBit, legacyConformanceTag } from "./conformance.ts";

/** xDLMS InitiateResponse, carried by the AARE's user-information. */
export interface InitiateResponse {
  readonly kind: "initiate-response";
  readonly qualityOfService?: number;
  readonly dlmsVersion: number;
  /** True where the conformance block has the one-octet tag of old devices, `5F 04`. */
  readonly legacyConformanceTag?: true;
  readonly conformance: ReadonlySet<ConformanceBit>;
  /** Longest APDU the server accepts, in octets. */
  readonly maxPduOctets: number;
  /** 0x0007 with logical names, 0xFA00 (base name of the association) with short names. */
  readonly vaaName: number;
}

export const initiateResponse: ApduCodec<InitiateResponse> = apdu(
  "initiate-response",
  0x08,
  sequence("InitiateResponse", {
    qualityOfService: optional(int8),
    dlmsVersion: uint8,
    legacyConformanceTag,
    conformance,
    maxPduOctets: uint16,
    vaaName: uint16,
  }),
);
