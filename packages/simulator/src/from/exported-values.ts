/** What an exported meter says of itself and of its registers. */
import type { Data } from "@lectura/dlms/axdr";
import { decodeScalerUnit, obis, type ScalerUnit } from "@lectura/dlms/cosem";
import { keyPlaces, type MeterKey } from "../model/keys.ts";
import type { ExportedObject, MeterExport } from "./meter-export.ts";

const value = 2;
const scalerUnit = 3;
const serialNames = [obis("0.0.96.1.0.255"), obis("1.0.0.0.0.255")];

/** The serial number in the file, where it is text. */
export function exportedSerial({ objects }: MeterExport): string | undefined {
  const texts = serialNames.map((name) =>
    textOf(objects.find(({ logicalName }) => logicalName === name)?.attributes.get(value)),
  );
  return texts.find((text) => text !== undefined);
}

/** Attribute 2 of a key's register. @throws {RangeError} the file has no such register */
export function exportedTruth(meter: MeterExport, key: MeterKey): bigint {
  const data = registerOf(meter, key).attributes.get(value);
  if (typeof data?.value === "bigint") return data.value;
  if (typeof data?.value === "number") return BigInt(data.value);
  throw new RangeError(`the file has no value of ${key}`);
}

/** Attribute 3 of a key's register. @throws {RangeError} the file has no such register */
export function exportedUnit(meter: MeterExport, key: MeterKey): ScalerUnit {
  const data = registerOf(meter, key).attributes.get(scalerUnit);
  if (data === undefined) throw new RangeError(`the file has no scaler of ${key}`);
  return decodeScalerUnit(data);
}

function registerOf({ objects }: MeterExport, key: MeterKey): ExportedObject {
  const { group } = keyPlaces[key];
  const names = [obis(`1.0.${group}`), obis(`1.1.${group}`)];
  const found = objects.find(({ logicalName }) => names.includes(logicalName));
  if (found === undefined) throw new RangeError(`the file has no ${key}`);
  return found;
}

function textOf(data: Data | undefined): string | undefined {
  if (data?.type !== "octet-string" && data?.type !== "visible-string") return undefined;
  const octets = data.value;
  const printable = octets.every((octet) => octet >= 0x20 && octet < 0x7f);
  return printable && octets.length > 0 ? String.fromCharCode(...octets) : undefined;
}
