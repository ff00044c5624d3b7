import { type Data, enumeration, i8, structure } from "@lectura/dlms/axdr";
import { obis } from "@lectura/dlms/cosem";
import type { ServerObject } from "@lectura/dlms/server";
import { keyPlaces, type MeterKey, meterKeys } from "../model/keys.ts";
import type { MeterModel } from "../model/meter-model.ts";
import type { Personality, RegisterFormat } from "../personalities/personality.ts";

/** Names no catalogue has, full of 7E (126) and 7D (125). */
const sevenNames = ["1.126.125.126.125.126", "1.125.126.125.126.125"] as const;

/**
 * The twelve keys as registers (class 3), each under B = 1 and B = 0, the personality's own first.
 */
export function registerObjects(personality: Personality, model: MeterModel): ServerObject[] {
  const groups = personality.groupB === 1 ? [1, 0] : [0, 1];
  const objects = groups.flatMap((group) =>
    meterKeys.map((key) => register(`1.${group}.${keyPlaces[key].group}`, key, personality, model)),
  );
  if (personality.lastOctet === "measured") return objects;
  const more = sevenNames.map((code) => register(code, "active_energy", personality, model));
  return [...objects, ...more];
}

/** Attribute 2 of a register with this format. */
export function registerValue(format: RegisterFormat, raw: number): Data {
  return format.type === "long64-unsigned"
    ? { type: format.type, value: BigInt(raw) }
    : { type: format.type, value: raw };
}

function register(
  code: string,
  key: MeterKey,
  personality: Personality,
  model: MeterModel,
): ServerObject {
  const format = personality.formats[key];
  const scalerUnit = structure([i8(format.scaler), enumeration(keyPlaces[key].unit)]);
  return {
    classId: 3,
    version: 0,
    logicalName: obis(code),
    attributes: {
      2: { read: ({ nowMs }) => registerValue(format, model.raw(key, nowMs)) },
      3: { read: () => scalerUnit },
    },
  };
}
