import { octetString, sequence } from "../axdr/codec.ts";
import { apdu, type ApduCodec } from "./apdu-codec.ts";

/** General-Glo-Ciphering: any APDU under the global key, with the sender's system title. */
export interface GeneralGloCiphering {
  readonly kind: "general-glo-ciphering";
  /** 8 octets; 0 octets only with leniency `emptySystemTitle`. */
  readonly systemTitle: Uint8Array;
  /** Security control, invocation counter, text, tag. */
  readonly content: Uint8Array;
}

/** General-Ded-Ciphering: the same under the dedicated key. */
export interface GeneralDedCiphering {
  readonly kind: "general-ded-ciphering";
  readonly systemTitle: Uint8Array;
  readonly content: Uint8Array;
}

function glo(titleOctets: readonly number[]): ApduCodec<GeneralGloCiphering> {
  return apdu(
    "general-glo-ciphering",
    0xdb,
    sequence("General-Glo-Ciphering", {
      systemTitle: octetString({ accepts: titleOctets }),
      content: octetString(),
    }),
  );
}

function ded(titleOctets: readonly number[]): ApduCodec<GeneralDedCiphering> {
  return apdu(
    "general-ded-ciphering",
    0xdc,
    sequence("General-Ded-Ciphering", {
      systemTitle: octetString({ accepts: titleOctets }),
      content: octetString(),
    }),
  );
}

export const generalGloCiphering: ApduCodec<GeneralGloCiphering> = glo([8]);
export const generalDedCiphering: ApduCodec<GeneralDedCiphering> = ded([8]);

/** Also with an empty title: the receiver has to know it (R33, leniency `emptySystemTitle`). */
export const untitledGeneralGloCiphering: ApduCodec<GeneralGloCiphering> = glo([0, 8]);
export const untitledGeneralDedCiphering: ApduCodec<GeneralDedCiphering> = ded([0, 8]);
