/** A profile buffer in the words of the public vectors. */
import type { Data } from "../axdr/data.ts";
import { decodeData } from "../axdr/data-decode.ts";
import type { CaptureObject } from "../cosem/capture-object.ts";
import { deviationNotSpecified, localText } from "../cosem/date-time.ts";
import { floatBits, floatNumber } from "../cosem/float-text.ts";
import { parseObis } from "../cosem/obis.ts";
import { clockColumnOf, decodeProfileBuffer, statusColumnOf } from "../cosem/profile-buffer.ts";
import { textOf } from "../cosem/text.ts";
import { bitText } from "../cosem/value.ts";
import { DecodeError } from "../error.ts";
import { fromHex, toHex } from "../octets.ts";

/** A cell: numbers as numbers (beyond 2^53 as decimal text), octets as hex, lists as lists. */
export type ProfileCellTree = number | string | boolean | null | readonly ProfileCellTree[];

/** One row. `values` leaves the clock and the status column out. */
export interface ProfileRowTree {
  readonly time_local: string | null;
  readonly deviation: number | null;
  readonly status: ProfileCellTree;
  readonly values: readonly ProfileCellTree[];
}

export interface ProfileTree {
  readonly rows: readonly ProfileRowTree[];
}

/**
 * Translates the value of a buffer attribute. `given` is `{ columns: [{ class_id, obis, attribute,
 * data_index? }], capture_period }` with the period in seconds.
 * @throws {RangeError} no hex. @throws {DecodeError} the octets or `given` are malformed.
 */
export function translateProfileBuffer(hex: string, given: unknown): ProfileTree {
  const layout = layoutOf(given);
  const { columns } = layout;
  const clockIndex = clockColumnOf(columns);
  const statusIndex = statusColumnOf(columns);
  const rows = decodeProfileBuffer(decodeData(fromHex(hex)), layout).map((row) => {
    const { time } = row;
    const deviation = time?.deviationMinutes ?? deviationNotSpecified;
    return {
      time_local: (time === undefined ? undefined : localText(time)) ?? null,
      deviation: deviation === deviationNotSpecified ? null : deviation,
      status: row.status === undefined ? null : cellTree(row.status),
      values: row.cells
        .filter((_, index) => index !== clockIndex && index !== statusIndex)
        .map(cellTree),
    };
  });
  return { rows };
}

function cellTree(data: Data): ProfileCellTree {
  switch (data.type) {
    case "array":
    case "structure":
      return data.value.map(cellTree);
    case "compact-array":
      return data.value.elements.map(cellTree);
    case "bit-string":
      return bitText(data.value.octets, data.value.bitCount);
    case "visible-string":
    case "utf8-string":
      return textOf(data.value, data.type);
    case "float32":
    case "float64":
      return floatNumber(floatBits(data.value));
    case "octet-string":
    case "date-time":
    case "date":
    case "time":
      return toHex(data.value);
    case "long64":
    case "long64-unsigned":
      return Number.isSafeInteger(Number(data.value)) ? Number(data.value) : String(data.value);
    case "null-data":
    case "dont-care":
    case "boolean":
    case "bcd":
    case "enum":
    case "integer":
    case "long":
    case "double-long":
    case "unsigned":
    case "long-unsigned":
    case "double-long-unsigned":
    case "delta-integer":
    case "delta-long":
    case "delta-double-long":
    case "delta-unsigned":
    case "delta-long-unsigned":
    case "delta-double-long-unsigned":
      return data.value;
  }
}

interface GivenLayout {
  readonly columns: readonly CaptureObject[];
  readonly capturePeriodSeconds: number;
}

function layoutOf(given: unknown): GivenLayout {
  const columns = property(given, "columns");
  if (!Array.isArray(columns)) refuse("given.columns", "is no list");
  const period = property(given, "capture_period") ?? 0;
  return {
    columns: columns.map(columnOf),
    capturePeriodSeconds: wholeNumber(period, "given.capture_period"),
  };
}

function columnOf(column: unknown): CaptureObject {
  const text = property(column, "obis");
  const parsed = parseObis(typeof text === "string" ? text : "");
  if (!parsed.ok) refuse("given.columns.obis", parsed.problem);
  return {
    classId: wholeNumber(property(column, "class_id"), "given.columns.class_id"),
    logicalName: parsed.code,
    attributeId: wholeNumber(property(column, "attribute"), "given.columns.attribute"),
    dataIndex: wholeNumber(property(column, "data_index") ?? 0, "given.columns.data_index"),
  };
}

function property(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}

function wholeNumber(value: unknown, field: string): number {
  if (typeof value === "number" && Number.isSafeInteger(value)) return value;
  return refuse(field, "is no whole number");
}

function refuse(field: string, problem: string): never {
  throw new DecodeError("cosem", field, 0, problem);
}
