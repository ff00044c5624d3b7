import { DecodeError } from "../error.ts";
import { equalOctets, OctetReader } from "../octets.ts";
import type { ApduLeniency } from "../xdlms/apdu.ts";
import { readData } from "../axdr/data-decode.ts";
import { readLength } from "../axdr/length.ts";
import { dataNotificationHead } from "../xdlms/data-notification.ts";
import { plainAttribute } from "../xdlms/descriptor.ts";
import { translateApdu } from "./apdu-tree.ts";
import { attributeTree, longInvokeTree, timeTree } from "./apdu-parts.ts";
import { dataTree } from "./data-tree.ts";
import type { Json, JsonObject } from "./json.ts";

/** Every leniency at once: what a translator tries where the strict reading fails. */
const everyLeniency: ApduLeniency = {
  taggedDateTime: true,
  taggedEventTime: true,
  emptySystemTitle: true,
  overdeclaredCipheredLength: true,
};

/** The strict reading and the lenient one, each a tree or `{ valid: false, problem }`. */
export function translateLenientApdu(octets: Uint8Array): JsonObject {
  return {
    strict: attempt(() => translateApdu(octets)),
    lenient: attempt(
      () => translateApdu(octets, { leniency: everyLeniency }),
      () => untaggedPushTree(octets),
    ),
  };
}

function attempt(...readings: readonly (() => Json)[]): Json {
  let first: DecodeError | undefined;
  for (const reading of readings) {
    try {
      return reading();
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      first ??= error;
    }
  }
  return { valid: false, problem: first?.message };
}

/** `02 02 16`: a structure of an enum and the list. */
const untaggedHead = Uint8Array.of(0x02, 0x02, 0x16);

/**
 * The push of Czech meters (EG.D, Sagemcom XT211, R62): a data-notification whose body is a
 * structure of an enum and an array of structures { attribute descriptor without any tag, Data }.
 * @throws {DecodeError} it is not that.
 */
function untaggedPushTree(octets: Uint8Array): Json {
  const field = "untagged push";
  const reader = new OctetReader(octets, "xdlms");
  if (reader.uint8(field) !== 0x0f) reader.fail(field, "no data-notification");
  const { invoke, dateTime } = dataNotificationHead.decode(reader, field);
  if (!equalOctets(reader.take(3, field), untaggedHead)) reader.fail(field, "no enum and list");
  const enumValue = reader.uint8(field);
  if (reader.uint8(field) !== 0x01) reader.fail(field, "no array");
  const count = readLength(reader, field);
  if (count > reader.remaining) reader.fail(field, `${count} rows in ${reader.remaining} octets`);
  const rows: Json[] = [];
  for (let index = 0; index < count; index++) {
    if (reader.uint16(field) !== 0x0202) reader.fail(field, "no structure of two");
    const attribute = plainAttribute.decode(reader, field);
    rows.push({ ...attributeTree(attribute), value: dataTree(readData(reader)) });
  }
  reader.finish(field);
  return {
    apdu: "data-notification",
    ...longInvokeTree(invoke),
    ...timeTree("date_time", dateTime),
    enum: enumValue,
    rows,
  };
}
