import { DecodeError } from "../error.ts";
import { OctetReader, toHex } from "../octets.ts";
import { type ApduTranslator, translateOrNothing } from "./frame-tree.ts";
import type { JsonObject } from "./json.ts";
import { atOffset } from "./node-builder.ts";

/** One whole wrapper unit (IEC 62056-47): version, wPorts, length, APDU; nothing behind it. */
export interface WrapperUnit {
  readonly version: number;
  readonly source: number;
  readonly destination: number;
  readonly apdu: Uint8Array;
}

/** @throws {DecodeError} wrapper/malformed: version, length, or octets missing or left over. */
export function parseWrapperUnit(octets: Uint8Array): WrapperUnit {
  const reader = new OctetReader(octets, "wrapper");
  const version = reader.uint16("version");
  if (version !== 1) throw new DecodeError("wrapper", "version", 0, `${version} is not 1`);
  const source = reader.uint16("source");
  const destination = reader.uint16("destination");
  const apdu = reader.take(reader.uint16("length"), "apdu");
  if (apdu.length === 0) throw new DecodeError("wrapper", "length", 6, "is 0");
  reader.finish("unit");
  return { version, source, destination, apdu };
}

/** Layer `wrapper`. */
export function translateWrapper(octets: Uint8Array, translate: ApduTranslator): JsonObject {
  const { version, source, destination, apdu } = parseWrapperUnit(octets);
  return {
    version,
    source,
    destination,
    length: apdu.length,
    apdu: toHex(apdu),
    decoded: translateOrNothing(translate, apdu),
  };
}

/** Layer `wrapper-stream`: whole units one after the other. */
export function translateWrapperStream(octets: Uint8Array, translate: ApduTranslator): JsonObject {
  const units: JsonObject[] = [];
  for (let at = 0; at < octets.length;) {
    const header = octets.subarray(at, at + 8);
    const end = header.length < 8 ? octets.length : at + 8 + ((header[6]! << 8) | header[7]!);
    const unit = octets.subarray(at, end);
    units.push(atOffset(at, () => translateWrapper(unit, translate)));
    at = end;
  }
  return { units };
}
