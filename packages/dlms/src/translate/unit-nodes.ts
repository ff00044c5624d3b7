/** Units of smaller layers along a cursor: wrapper, M-Bus, sign-on lines, alarms, date-times. */
import { DecodeError } from "../error.ts";
import { parseSignOnLine } from "../iec62056-21/line.ts";
import { mbusChecksum, mbusOverheadOctets, parseMbusFrame } from "../mbus/frame.ts";
import { OctetReader, toHex } from "../octets.ts";
import { decodeRawAlarm } from "../push/alarm.ts";
import type { NodeBuilder } from "./node-builder.ts";
import { noteOfDateTime } from "./notes.ts";
import { translateSignOnLine } from "./mode-e-tree.ts";

const number = (value: number): { readonly value: number } => ({ value });
const hexOctet = (value: number): { readonly value: string } => ({
  value: value.toString(16).padStart(2, "0"),
});
const hex = (octets: Uint8Array): { readonly value: string } => ({ value: toHex(octets) });

/** One wrapper unit; the reader's end may be behind it. @throws {DecodeError} wrapper/malformed */
export function addWrapper(
  builder: NodeBuilder,
  reader: OctetReader,
  addApdu: (apdu: OctetReader) => void,
): void {
  builder.leaf(
    "version",
    reader,
    () => {
      const version = reader.uint16("version");
      if (version !== 1) {
        throw new DecodeError("wrapper", "version", reader.offset - 2, `${version} is not 1`);
      }
      return version;
    },
    number,
  );
  builder.leaf("source", reader, () => reader.uint16("source"), number);
  builder.leaf("destination", reader, () => reader.uint16("destination"), number);
  const length = builder.leaf("length", reader, () => reader.uint16("length"), number);
  if (length === 0) throw new DecodeError("wrapper", "length", reader.offset - 2, "is 0");
  const start = reader.offset;
  reader.skip(length, "apdu");
  addApdu(new OctetReader(reader.octets, "xdlms", start, reader.offset));
}

/** Which segment of a unit a frame carries. */
export interface MbusSegmentPlace {
  readonly sequence: number;
  readonly final: boolean;
}

/** One long frame, 68 to 16; its user data are shown as they are. @throws {DecodeError} mbus */
export function addMbus(
  builder: NodeBuilder,
  reader: OctetReader,
  addUserData: (data: OctetReader, segment: MbusSegmentPlace) => void,
): void {
  const { offset: start } = reader;
  const whole = reader.octets.subarray(start, reader.end);
  let failure: DecodeError | undefined;
  let transport = false;
  let place: MbusSegmentPlace = { sequence: 0, final: true };
  try {
    const frame = parseMbusFrame(whole);
    transport = frame.transport !== undefined;
    place = frame.transport ?? place;
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    failure = error;
  }
  const stop = start + (failure?.offset ?? whole.length);
  const leaf = (name: string): void => {
    if (reader.offset < stop) builder.leaf(name, reader, () => reader.uint8(name), hexOctet);
  };
  leaf("start");
  if (reader.offset < stop)
    builder.leaf("length", reader, () => reader.uint16("length") >>> 8, number);
  for (const name of ["start", "control", "address", "ci"]) leaf(name);
  if (failure !== undefined) {
    const { field, problem, code } = failure;
    throw new DecodeError("mbus", field, stop, problem, code.split("/")[1]);
  }
  if (transport) {
    builder.leaf("stsap", reader, () => reader.uint8("stsap"), number);
    builder.leaf("dtsap", reader, () => reader.uint8("dtsap"), number);
  }
  const data = new OctetReader(reader.octets, "mbus", reader.offset, start + whole.length - 2);
  reader.offset = data.end;
  addUserData(data, place);
  leaf("checksum");
  leaf("stop");
}

/** Where an M-Bus frame that begins at `start` should end; its length octet says so. */
export function mbusEnd(octets: Uint8Array, start: number): number {
  return start + (octets[start + 1] ?? 0) + mbusOverheadOctets;
}

/** One line of the sign-on of IEC 62056-21. @throws {DecodeError} none of them */
export function addSignOnLine(builder: NodeBuilder, reader: OctetReader): void {
  const octets = reader.octets.subarray(reader.offset, reader.end);
  const line = parseSignOnLine(octets);
  const { type: _type, ...members } = translateSignOnLine(octets);
  builder.note(line.kind);
  if (line.parityStripped) builder.note("parity in bit 7");
  const widths: readonly (readonly [name: string, octets: number])[] =
    line.kind === "request"
      ? [
          ["opening", 2],
          ["address", line.address.length],
          ["end", 3],
        ]
      : line.kind === "option-select"
        ? [
            ["ack", 1],
            ["protocol", 1],
            ["baud_char", 1],
            ["mode", 1],
            ["end", 2],
          ]
        : [
            ["opening", 1],
            ["manufacturer", 3],
            ["baud_char", 1],
            ["marks", octets.length - 7 - line.text.length],
            ["identification", line.text.length],
            ["end", 2],
          ];
  for (const [name, width] of widths) {
    if (width === 0) continue;
    const value = members[name];
    const read = (): Uint8Array => reader.take(width, name);
    builder.leaf(name, reader, read, () => (value === undefined ? {} : { value }));
  }
  const baud = members["max_baud"] ?? members["baud"];
  if (typeof baud === "number") builder.note(`${baud} Bd`);
  if (line.kind === "identification") builder.note(`mode ${line.mode}`);
}

/** An alarm that is no APDU. @throws {DecodeError} it is none */
export function addRawAlarm(builder: NodeBuilder, reader: OctetReader): void {
  const { equipmentId } = decodeRawAlarm(reader.octets.subarray(reader.offset, reader.end));
  const take = (count: number) => (): Uint8Array => reader.take(count, "alarm");
  builder.leaf("equipment_id", reader, take(equipmentId.length), () => ({ value: equipmentId }));
  builder.leaf("separator", reader, take(1), hex);
  builder.leaf("alarm_register", reader, take(4), hex);
}

const dateTimeParts = [
  ["month", 1],
  ["day", 1],
  ["dow", 1],
  ["hour", 1],
  ["minute", 1],
  ["second", 1],
  ["hundredths", 1],
] as const;

/** A COSEM date-time of 12 octets. @throws {DecodeError} cosem/malformed */
export function addDateTime(builder: NodeBuilder, reader: OctetReader): void {
  const octets = reader.octets.subarray(reader.offset, reader.end);
  if (octets.length !== 12) {
    throw new DecodeError("cosem", "date-time", 0, `has 12 octets, not ${octets.length}`);
  }
  builder.note(noteOfDateTime(octets) ?? "");
  const any = (wildcard: number) => (value: number) =>
    value === wildcard ? { value, note: "not specified" } : { value };
  builder.leaf("year", reader, () => reader.uint16("year"), any(0xffff));
  for (const [name] of dateTimeParts)
    builder.leaf(name, reader, () => reader.uint8(name), any(0xff));
  builder.leaf("deviation", reader, () => reader.int16("deviation"), any(-0x8000));
  builder.leaf("status", reader, () => reader.uint8("status"), any(0xff));
}

/** For callers that look for the frames of a stream. */
export function isMbusFrame(octets: Uint8Array, start: number, end: number): boolean {
  const stop = mbusEnd(octets, start);
  if (octets[start] !== 0x68 || octets[start + 3] !== 0x68 || stop > end) return false;
  return (
    octets[stop - 1] === 0x16 && mbusChecksum(octets, start + 4, stop - 2) === octets[stop - 2]
  );
}
