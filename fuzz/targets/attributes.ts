/** Attributes and methods of every class that has types, asked with any Data. */
import { decodeData, encodeData } from "@lectura/dlms/axdr";
import {
  type CosemValue,
  decodeAttribute,
  encodeAttribute,
  typedClasses,
} from "@lectura/dlms/cosem";
import { DecodeError, equalOctets, fromHex } from "@lectura/dlms/octets";
import { decodeShortNames, encodeShortNames, ShortNameMap } from "@lectura/dlms/client";
import { decodePushObjectList } from "@lectura/dlms/push";
import { vectorOctets } from "../corpus.ts";
import { demand, type FuzzTarget } from "../target.ts";

interface Place {
  readonly classId: number;
  readonly version: number;
  readonly attributeId: number;
}

const places: readonly Place[] = typedClasses.flatMap(({ classId, versions }) =>
  Object.entries(versions).flatMap(([version, { attributes }]) =>
    Object.keys(attributes).map((_, at) => ({
      classId,
      version: Number(version),
      attributeId: at + 2,
    })),
  ),
);

/** Data of the shapes that classes are made of. */
const shapes = [
  "00",
  "0301",
  "1105",
  "120005",
  "0600000005",
  "0906000001000 0ff",
  "090c07ea0b14050c0000ff800000",
  "0904ffffffff",
  "0905ffffffffff",
  "0a03414243",
  "0c03c3a9e2",
  "0404f0",
  "0100",
  "0101020209060000010000ff1101",
  "01010202120001 0906000001000 0ff",
  "020309060000 01000 0ff 0f02 120000",
  "0102020309010112000109020102 0203090102120002090103",
  "020216000a0141",
].map((hex) => fromHex(hex.replaceAll(" ", "")));

const attributes: FuzzTarget = {
  name: "cosem/attributes",
  throws: "typed",
  corpus: places.flatMap((_, at) => [
    ...shapes.map((data) => Uint8Array.of(at >> 8, at, ...data)),
    ...(at % 16 === 0 ? vectorOctets("axdr-data") : []).map((data) =>
      Uint8Array.of(at >> 8, at, ...data),
    ),
  ]),
  run(input) {
    const at = ((input[0] ?? 0) << 8) | (input[1] ?? 0);
    const { classId, version, attributeId } = places[at % places.length]!;
    const data = decodeData(input.subarray(2));
    const value = decodeAttribute(classId, version, attributeId, data);
    const again = encoded({ classId, version, attributeId }, value);
    if (again === undefined) return "not to be sent back";
    const second = decodeAttribute(classId, version, attributeId, decodeData(again));
    const third = encodeData(encodeAttribute(classId, version, attributeId, second));
    demand(equalOctets(again, third), "a typed value is written as it was read");
    return `${classId} ${version} ${attributeId} ${data.type}`;
  },
};

/** Undefined: text of a meter that no visible-string may carry is read, and not written. */
function encoded({ classId, version, attributeId }: Place, value: CosemValue) {
  try {
    return encodeData(encodeAttribute(classId, version, attributeId, value));
  } catch (error) {
    if (error instanceof RangeError && error.message.includes("US-ASCII")) return undefined;
    throw error;
  }
}

const shortNameList = fromHex(
  "0103 0204 10fa00 12000c 1104 0906000028000 0ff 0204 100100 120003 1100 09060100010800ff 0204 107ff8 120007 1101 09060100630100ff".replaceAll(
    " ",
    "",
  ),
);

const shortNames: FuzzTarget = {
  name: "client/short-name-map",
  throws: "typed",
  corpus: [shortNameList, ...shapes],
  run(input) {
    const objects = decodeShortNames(decodeData(input));
    const canonical = encodeData(encodeShortNames(objects));
    demand(
      equalOctets(encodeData(encodeShortNames(decodeShortNames(decodeData(canonical)))), canonical),
      "what is encoded decodes to the same",
    );
    const map = new ShortNameMap(objects);
    for (const { classId, logicalName } of objects.slice(0, 8)) {
      for (const attributeId of [0, 1, 2, 255]) {
        const name = map.attribute({ classId, logicalName, attributeId })?.variableName ?? 0;
        demand(name >= 0 && name <= 0xffff, "a short name has 16 bits");
        map.method({ classId, logicalName, methodId: attributeId });
      }
    }
    return String(Math.min(4, objects.length));
  },
};

const pushObjects: FuzzTarget = {
  name: "push/object-list",
  throws: "typed",
  corpus: [fromHex("01010204120003090601000108 00ff0f02120000".replace(" ", "")), ...shapes],
  run(input) {
    try {
      return String(Math.min(4, decodePushObjectList(decodeData(input)).length));
    } catch (error) {
      demand(error instanceof DecodeError, "an object list is read or malformed");
      throw error;
    }
  },
};

export const attributeTargets: readonly FuzzTarget[] = [attributes, shortNames, pushObjects];
