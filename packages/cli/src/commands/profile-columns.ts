import type { MeterProfileDescription, ObjectColumn } from "@lectura/dlms-node";
import {
  type CaptureObject,
  catalogue,
  isScaledColumn,
  parseObis,
  type ScalerUnit,
} from "@lectura/dlms/cosem";
import { unitSymbol } from "../format.ts";
import { CliError } from "../problem.ts";

/** One column of values as the command shows it. */
export interface ShownColumn {
  /** Place in the profile's own columns, from 0. */
  readonly index: number;
  readonly object: CaptureObject;
  /** Key of the catalogue, else the OBIS code with attribute and part where they are not usual. */
  readonly label: string;
  /** Empty where there is none. */
  readonly unit: string;
  readonly scalerUnit: ScalerUnit | undefined;
}

const clockClass = 8;
const valueAttribute = 2;

/** The clock is the time of the row, no value. */
function isClock({ classId, attributeId }: CaptureObject): boolean {
  return classId === clockClass && attributeId === valueAttribute;
}

/** The columns that are values, in the profile's order. */
export function shownColumns(description: MeterProfileDescription): readonly ShownColumn[] {
  return description.columns.flatMap((object, index): readonly ShownColumn[] => {
    if (isClock(object)) return [];
    const scalerUnit = description.scalerUnits[index];
    const unit =
      scalerUnit === undefined || !isScaledColumn(object) ? "" : unitSymbol(scalerUnit.unit);
    return [{ index, object, label: labelOf(object), unit, scalerUnit }];
  });
}

function labelOf({ logicalName, attributeId, dataIndex }: CaptureObject): string {
  const entry = catalogue.byObis(logicalName);
  const name =
    entry !== undefined && attributeId === entry.attributeId
      ? entry.key
      : attributeId === valueAttribute
        ? logicalName
        : `${logicalName}:${attributeId}`;
  return dataIndex === 0 ? name : `${name}#${dataIndex}`;
}

/**
 * The columns a word names: by number from 1, by key of the catalogue, by OBIS code with or without
 * attribute. @throws {CliError} usage/column
 */
export function namedColumns(
  word: string,
  columns: readonly ShownColumn[],
): readonly ShownColumn[] {
  const text = word.trim();
  const found = columns.filter((column, at) => isNamed(text, column, at));
  if (found.length > 0) return found;
  const choices = columns.map(({ label }) => label).join(", ");
  throw new CliError("usage/column", { text, choices });
}

function isNamed(text: string, { label, object }: ShownColumn, at: number): boolean {
  if (text === String(at + 1) || text === label) return true;
  const entry = catalogue.byKey(text);
  if (entry !== undefined && catalogue.byObis(object.logicalName) === entry) {
    return object.attributeId === entry.attributeId;
  }
  const [, code = "", attribute] = /^(.+?)(?::(\d{1,3}))?$/.exec(text) ?? [];
  const whole = parseObis(text);
  if (whole.ok) return whole.code === object.logicalName;
  const parsed = parseObis(code);
  if (!parsed.ok || parsed.code !== object.logicalName) return false;
  return attribute === undefined || Number(attribute) === object.attributeId;
}

/** The columns of `--columns`, each once, as the meter is asked for them. */
export function columnsToRead(
  text: string,
  columns: readonly ShownColumn[],
): readonly ObjectColumn[] {
  const named = new Set(text.split(",").flatMap((word) => namedColumns(word, columns)));
  return [...named].map(({ object: { logicalName, attributeId } }) => ({
    logicalName,
    attributeId,
  }));
}
