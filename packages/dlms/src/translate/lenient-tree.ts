import { DecodeError } from "../error.ts";
import { decodeUntaggedPush } from "../push/untagged-push.ts";
import type { ApduLeniency } from "../xdlms/apdu.ts";
import { translateApdu } from "./apdu-tree.ts";
import { longInvokeTree, timeTree } from "./apdu-parts.ts";
import { dataTree } from "./data-tree.ts";
import type { Json, JsonObject } from "./json.ts";

/** Every leniency at once: what a translator tries where the strict reading fails. */
export const everyLeniency: ApduLeniency = {
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

/** The push of Czech meters (R62): a list whose attribute descriptors have no tags. */
function untaggedPushTree(octets: Uint8Array): Json {
  const { invoke, dateTime, enumValue, values } = decodeUntaggedPush(octets);
  return {
    apdu: "data-notification",
    ...longInvokeTree(invoke),
    ...timeTree("date_time", dateTime),
    enum: enumValue,
    rows: values.map(({ classId, logicalName, attributeId, value }) => ({
      class_id: classId,
      obis: logicalName,
      attribute: attributeId,
      value: dataTree(value),
    })),
  };
}
