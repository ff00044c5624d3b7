import { choice, octetString, optional, sequence, uint8 } from "../axdr/codec.ts";
import { apdu, type ApduCodec } from "./apdu-codec.ts";
import { dateTimeField } from "./date-time-field.ts";

/** Key-Info: which key opens the content, or how to get at it. */
export type KeyInfo =
  /** A key both sides hold: 0 global unicast, 1 global broadcast. */
  | { readonly type: "identified"; readonly keyId: number }
  /** A key wrapped with a key-encrypting key: `kekId` 0 is the master key. */
  | { readonly type: "wrapped"; readonly kekId: number; readonly wrappedKey: Uint8Array }
  /** Key agreement: parameters 01 = C(1e,1s), 02 = C(0e,2s). */
  | {
      readonly type: "agreed";
      readonly parameters: Uint8Array;
      readonly cipheredData: Uint8Array;
    };

/** The header that general-ciphering and general-signing share. */
export interface GeneralHeader {
  readonly transactionId: Uint8Array;
  /** System title of the originator, 0 or 8 octets. */
  readonly originator: Uint8Array;
  /** System title of the recipient, 0 or 8 octets. */
  readonly recipient: Uint8Array;
  /** 0 octets, or a COSEM date-time of 12. */
  readonly dateTime: Uint8Array;
  readonly otherInformation: Uint8Array;
}

/** General-Ciphering, still closed. */
export interface GeneralCiphering extends GeneralHeader {
  readonly kind: "general-ciphering";
  readonly keyInfo?: KeyInfo;
  /** Security control, invocation counter, text, tag. */
  readonly content: Uint8Array;
}

/** General-Signing: the signature is not checked here. */
export interface GeneralSigning extends GeneralHeader {
  readonly kind: "general-signing";
  readonly content: Uint8Array;
  readonly signature: Uint8Array;
}

const systemTitle = octetString({ accepts: [0, 8] });

const header = {
  transactionId: octetString(),
  originator: systemTitle,
  recipient: systemTitle,
  dateTime: dateTimeField,
  otherInformation: octetString(),
};

const keyInfo = choice("Key-Info", "type", {
  identified: [0, sequence("Identified-Key", { keyId: uint8 })],
  wrapped: [1, sequence("Wrapped-Key", { kekId: uint8, wrappedKey: octetString() })],
  agreed: [2, sequence("Agreed-Key", { parameters: octetString(), cipheredData: octetString() })],
});

export const generalCiphering: ApduCodec<GeneralCiphering> = apdu(
  "general-ciphering",
  0xdd,
  sequence("General-Ciphering", {
    ...header,
    keyInfo: optional<KeyInfo>(keyInfo),
    content: octetString(),
  }),
);

export const generalSigning: ApduCodec<GeneralSigning> = apdu(
  "general-signing",
  0xdf,
  sequence("General-Signing", { ...header, content: octetString(), signature: octetString() }),
);
