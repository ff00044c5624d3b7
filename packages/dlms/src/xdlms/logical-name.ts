import type { Codec } from "../axdr/codec.ts";
import { obisFromOctets, obisToOctets, type ObisCode } from "../cosem/obis.ts";

/** Cosem-Object-Instance-Id: six octets, no length on the wire. */
export const logicalName: Codec<ObisCode> = {
  name: "Cosem-Object-Instance-Id",
  encode: (writer, value) => writer.octets(obisToOctets(value)),
  decode: (reader, field) => obisFromOctets(reader.take(6, field)),
};
