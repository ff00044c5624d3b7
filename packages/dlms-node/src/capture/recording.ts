/**
 * A recording is text, one JSON object a line: a head, then one frame a line.
 *
 *     {"recording":1,"framing":"hdlc","secrets":"masked","startedAt":"2026-01-02T03:04:05.000Z"}
 *     {"dir":"tx","ms":0,"hex":"7ea0..."}
 *     {"dir":"rx","ms":41,"hex":"7ea0...","masked":[[31,39]]}
 *     {"cut":"octets"}
 *
 * `dir` is the client's view; `ms` counts from the first frame. Masked octets are 00, and their
 * check sequences are made anew, so that a masked frame is still a frame; the check sequence counts
 * as masked too. `cut` ends a recording that had reached its limit.
 */
import { fromHex, toHex } from "@lectura/dlms/octets";
import type { OctetRange } from "./secret-finder.ts";

/** One HDLC frame with flags, or one wrapper unit with header. */
export interface RecordedFrame {
  readonly direction: "tx" | "rx";
  /** Since the first frame, in milliseconds. */
  readonly atMs: number;
  readonly octets: Uint8Array;
  /** Octets that are not what was on the wire. */
  readonly masked: readonly OctetRange[];
}

/** A recorded session, as `parseRecording` reads it. */
export interface Recording {
  readonly framing: "hdlc" | "wrapper";
  readonly secrets: "masked" | "present";
  /** Of the first frame, UTC, ISO 8601. */
  readonly startedAt: string;
  readonly frames: readonly RecordedFrame[];
  /** True when the session went on after the recording's limit. */
  readonly cut: boolean;
}

/** Octets of one recording's text; the recorder stops there and says so. */
export const recordingOctetsMax = 64 * 1024 * 1024;

export function headLine(head: Omit<Recording, "frames" | "cut">): string {
  const { framing, secrets, startedAt } = head;
  return `${JSON.stringify({ recording: 1, framing, secrets, startedAt })}\n`;
}

export function frameLine({ direction, atMs, octets, masked }: RecordedFrame): string {
  const line = { dir: direction, ms: atMs, hex: toHex(octets) };
  return `${JSON.stringify(masked.length === 0 ? line : { ...line, masked })}\n`;
}

export const cutLine = `${JSON.stringify({ cut: "octets" })}\n`;

function refuse(line: number, problem: string): RangeError {
  return new RangeError(`line ${line} of the recording ${problem}`);
}

function objectOf(text: string, line: number): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch {
    // Told below, with the line.
  }
  throw refuse(line, "is no JSON object");
}

function isRange(value: unknown, octets: number): value is OctetRange {
  if (!Array.isArray(value) || value.length !== 2) return false;
  const [start, end] = value as unknown[];
  return (
    Number.isInteger(start) &&
    Number.isInteger(end) &&
    Number(start) >= 0 &&
    Number(start) <= Number(end) &&
    Number(end) <= octets
  );
}

function frameOf(text: string, line: number): RecordedFrame {
  const { dir, ms, hex, masked = [] } = objectOf(text, line);
  if (dir !== "tx" && dir !== "rx") throw refuse(line, "says neither tx nor rx");
  if (typeof ms !== "number" || !(ms >= 0)) throw refuse(line, "has no time");
  if (typeof hex !== "string" || hex === "" || !/^([0-9a-f]{2})*$/i.test(hex)) {
    throw refuse(line, "has no octets");
  }
  const octets = fromHex(hex);
  if (!Array.isArray(masked) || !masked.every((range) => isRange(range, octets.length))) {
    throw refuse(line, "masks what is not there");
  }
  return { direction: dir, atMs: ms, octets, masked };
}

/** Reads a recording. @throws {RangeError} the text is none; says which line. */
export function parseRecording(text: string): Recording {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const [first, ...rest] = lines;
  const { recording, framing, secrets, startedAt } = objectOf(first ?? "", 1);
  if (
    recording !== 1 ||
    (framing !== "hdlc" && framing !== "wrapper") ||
    (secrets !== "masked" && secrets !== "present") ||
    typeof startedAt !== "string"
  ) {
    throw refuse(1, "is no head of a recording");
  }
  const cut = rest.at(-1)?.startsWith('{"cut"') === true;
  const frames = (cut ? rest.slice(0, -1) : rest).map((line, at) => frameOf(line, at + 2));
  return { framing, secrets, startedAt, frames, cut };
}
