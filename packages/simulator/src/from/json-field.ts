/** Reading of JSON that somebody else has written: every refusal says where. */
import { MeterFileError } from "../simulator-error.ts";

/** A JSON object. */
export type JsonRecord = Readonly<Record<string, unknown>>;

/** What is wrong at a place of the file. */
export function invalid(where: string, problem: string): MeterFileError {
  return new MeterFileError("simulator/file-invalid", where, problem);
}

/** @throws {MeterFileError} simulator/file-invalid */
export function recordAt(value: unknown, where: string): JsonRecord {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as JsonRecord;
  }
  throw invalid(where, "is no object");
}

/** @throws {MeterFileError} simulator/file-invalid */
export function listAt(value: unknown, where: string, max: number): readonly unknown[] {
  if (!Array.isArray(value)) throw invalid(where, "is no list");
  if (value.length > max) throw invalid(where, `has more than ${max} entries`);
  return value as unknown[];
}

/** @throws {MeterFileError} simulator/file-invalid */
export function wholeAt(value: unknown, where: string, min: number, max: number): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= min && value <= max) {
    return value;
  }
  throw invalid(where, `is no whole number from ${min} to ${max}`);
}

/** The key as a number. @throws {MeterFileError} simulator/file-invalid */
export function numberKey(key: string, where: string, min: number, max: number): number {
  if (!/^-?\d+$/.test(key)) throw invalid(where, "is no number");
  return wholeAt(Number(key), where, min, max);
}

/** @throws {MeterFileError} simulator/file-invalid */
export function textAt(value: unknown, where: string): string {
  if (typeof value === "string") return value;
  throw invalid(where, "is no text");
}
