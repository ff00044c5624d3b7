import { type Codec, octetString } from "../axdr/codec.ts";

/** OCTET STRING of 0 octets (no time) or the 12 octets of a COSEM date-time. */
export const dateTimeField: Codec<Uint8Array> = octetString({ accepts: [0, 12] });

/** The same, also with the Data tag 09 before it, as Kaifa meters send it (R57). */
export const taggedDateTimeField: Codec<Uint8Array> = {
  name: dateTimeField.name,
  encode: dateTimeField.encode,
  decode: (reader, field) => {
    if (reader.peek() === 0x09) reader.offset++;
    return dateTimeField.decode(reader, field);
  },
};
