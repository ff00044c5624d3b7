/** HDLC frames along a cursor (IEC 62056-46 clause 6.4.2). */
import { DecodeError } from "../error.ts";
import { addressOctets, decodeAddress, type HdlcAddress } from "../hdlc/address.ts";
import { decodeControl, type HdlcControl } from "../hdlc/control.ts";
import { fcs16 } from "../hdlc/fcs.ts";
import { flag, frameOctetsMin } from "../hdlc/frame.ts";
import { decodeStatedParameters } from "../hdlc/parameters.ts";
import { OctetReader, toHex } from "../octets.ts";
import { llcOctets, llcOf } from "./llc.ts";
import { atOffset, type Leaf, NodeBuilder } from "./node-builder.ts";

/** What a frame carries, and who sends it to whom. */
export interface FrameContents {
  readonly control: HdlcControl;
  readonly segmented: boolean;
  readonly destination: HdlcAddress;
  readonly source: HdlcAddress;
  /** The information field, inside the octets given. */
  readonly information: OctetReader;
}

/** Reads the information field of a frame that is no link parameter. */
export type InformationAdder = (contents: FrameContents) => void;

const checkOctets = 2;
const hexOf = (octets: Uint8Array): Leaf => ({ value: toHex(octets) });

/**
 * One frame with both flags, `octets` from the reader's offset to its end.
 * @throws {DecodeError} hdlc: the part of the frame that is wrong, at its octet.
 */
export function addFrame(
  builder: NodeBuilder,
  reader: OctetReader,
  addInformation: InformationAdder,
): void {
  addFlag(builder, reader, "opening flag");
  const start = reader.offset;
  const length = addFormat(builder, reader);
  const end = start + length;
  if (length < frameOctetsMin) refuse("length", start, `is ${length}, less than a frame`);
  if (end + 1 !== reader.end) {
    refuse("length", start, `is ${length}, ${reader.end - start - 1} octets between the flags`);
  }
  const fcsAt = end - checkOctets;
  const destination = addAddress(builder, reader, "dest", fcsAt);
  const source = addAddress(builder, reader, "src", fcsAt);
  if (reader.offset >= fcsAt) refuse("control", reader.offset, "has no room before the FCS");
  const control = builder.leaf(
    "control",
    reader,
    () => decodeControl(reader.uint8("control")),
    leafOfControl,
  );
  const segmented = (reader.octets[start]! & 0x08) !== 0;
  if (reader.offset < fcsAt) {
    if (fcsAt - reader.offset < checkOctets) refuse("HCS", reader.offset, "has no room");
    addCheck(builder, reader, "hcs", start);
    const information = new OctetReader(reader.octets, "hdlc", reader.offset, fcsAt);
    reader.offset = fcsAt;
    const problem = checkProblem(reader, start);
    if (problem === undefined) {
      addContents(
        builder,
        { control, segmented, destination, source, information },
        addInformation,
      );
    } else addRaw(builder, information);
  }
  addCheck(builder, reader, "fcs", start);
  addFlag(builder, reader, "closing flag");
}

/** Why octets are no frame, and where; undefined where they are one. */
export function frameProblemIn(octets: Uint8Array): DecodeError | undefined {
  const builder = new NodeBuilder({ name: "frame", range: [0, octets.length] });
  try {
    addFrame(builder, new OctetReader(octets, "hdlc"), () => undefined);
    return undefined;
  } catch (error) {
    if (error instanceof DecodeError) return error;
    throw error;
  }
}

function refuse(field: string, offset: number, problem: string): never {
  throw new DecodeError("hdlc", field, offset, problem);
}

function addFlag(builder: NodeBuilder, reader: OctetReader, field: string): void {
  builder.leaf(
    field.replace(" ", "_"),
    reader,
    () => {
      const at = reader.offset;
      if (reader.uint8(field) !== flag) refuse(field, at, "is not 7E");
    },
    () => ({}),
  );
}

function addFormat(builder: NodeBuilder, reader: OctetReader): number {
  const format = builder.leaf(
    "format",
    reader,
    () => {
      const at = reader.offset;
      const value = reader.uint16("format");
      if (value >>> 12 !== 0xa) refuse("format", at, "is not of frame type 3 (A...)");
      return value;
    },
    (value) => {
      const segmented = (value & 0x800) === 0 ? "" : ", more segments follow";
      return { value: value & 0x7ff, note: `octets between the flags${segmented}` };
    },
  );
  return format & 0x7ff;
}

function addAddress(
  builder: NodeBuilder,
  reader: OctetReader,
  name: "dest" | "src",
  end: number,
): HdlcAddress {
  const field = name === "dest" ? "destination" : "source";
  return builder.leaf(
    name,
    reader,
    () => {
      const size = addressOctets(reader.octets, reader.offset, end);
      if (size === 0) refuse(field, reader.offset, "is no address of 1, 2 or 4 octets");
      const address = decodeAddress(reader.octets, reader.offset, field);
      reader.skip(size, field);
      return address;
    },
    ({ size, upper, lower }) =>
      size === 1 ? { value: upper } : { value: `${upper}/${lower}`, note: "upper/lower" },
  );
}

function leafOfControl({ type, pollFinal, sendSequence, receiveSequence }: HdlcControl): Leaf {
  const numbered = type === "I" || type === "RR" || type === "RNR" || type === "REJ";
  const parts = [
    ...(type === "I" ? [`N(S) ${sendSequence}`] : []),
    ...(numbered ? [`N(R) ${receiveSequence}`] : []),
    ...(pollFinal ? ["P/F"] : []),
  ];
  return { value: type, ...(parts.length === 0 ? {} : { note: parts.join(", ") }) };
}

/** What the check sequence where the reader stands should be, if it is wrong. */
function checkProblem(reader: OctetReader, start: number): string | undefined {
  const at = reader.offset;
  const { octets } = reader;
  const found = octets[at]! | (octets[at + 1]! << 8);
  const right = fcs16(octets, start, at);
  if (found === right) return undefined;
  return `is ${order(found)}, the octets before it give ${order(right)}`;
}

/** As on the wire: the low octet first. */
function order(check: number): string {
  return (((check & 0xff) << 8) | (check >>> 8)).toString(16).padStart(4, "0");
}

function addCheck(builder: NodeBuilder, reader: OctetReader, name: string, start: number): void {
  builder.leaf(
    name,
    reader,
    () => {
      const problem = checkProblem(reader, start);
      if (problem !== undefined) refuse(name.toUpperCase(), reader.offset, problem);
      return reader.take(checkOctets, name);
    },
    hexOf,
  );
}

function addRaw(builder: NodeBuilder, information: OctetReader): void {
  const { remaining } = information;
  builder.leaf("info", information, () => information.take(remaining, "info"), hexOf);
}

function addContents(
  builder: NodeBuilder,
  contents: FrameContents,
  addInformation: InformationAdder,
): void {
  const { control, information } = contents;
  builder.branch("info", information, () => {
    if (control.type === "SNRM" || control.type === "UA") addParameters(builder, information);
    else if (control.type === "FRMR") addRejection(builder, information);
    else addInformation(contents);
  });
}

/** The LLC header where there is one; afterwards the reader stands behind it. */
export function addLlc(builder: NodeBuilder, information: OctetReader): void {
  const direction = llcOf(information.octets.subarray(information.offset, information.end));
  if (direction === undefined) return;
  builder.leaf(
    "llc",
    information,
    () => information.take(llcOctets, "LLC"),
    () => ({ value: direction }),
  );
}

const parameterNames: Readonly<Record<number, string>> = {
  0x05: "max_info_tx",
  0x06: "max_info_rx",
  0x07: "window_tx",
  0x08: "window_rx",
};

const hex = (value: number): string => value.toString(16).padStart(2, "0");
const hexOctet = (value: number): Leaf => ({ value: hex(value) });

/** Groups of parameters, as seen by the sender of the frame. */
function addParameters(builder: NodeBuilder, reader: OctetReader): void {
  const { offset: start, end } = reader;
  atOffset(start, () => decodeStatedParameters(reader.octets.subarray(start, end)));
  builder.leaf("format_identifier", reader, () => reader.uint8("parameters"), hexOctet);
  while (reader.remaining > 0) {
    builder.branch("group", reader, (node) => {
      const group = reader.uint8("parameters");
      node.value = hex(group);
      const stop = reader.uint8("parameters") + reader.offset;
      if (group !== 0x80) {
        reader.skip(stop - reader.offset, "parameters");
        return;
      }
      while (reader.offset < stop) addParameter(builder, reader);
    });
  }
}

function addParameter(builder: NodeBuilder, reader: OctetReader): void {
  const name = parameterNames[reader.peek()] ?? `parameter_${hex(reader.peek())}`;
  builder.leaf(
    name,
    reader,
    () => {
      reader.skip(1, "parameters");
      const octets = reader.take(reader.uint8("parameters"), "parameters");
      return octets.reduce((value, octet) => value * 256 + octet, 0);
    },
    (value) => ({ value }),
  );
}

const rejectionReasons = ["W: control", "X: no information", "Y: too long", "Z: N(R)"] as const;

/** FRMR: the control octet refused, the counters, and why. */
function addRejection(builder: NodeBuilder, reader: OctetReader): void {
  if (reader.remaining < 3) return addRaw(builder, reader);
  builder.leaf("rejected_control", reader, () => reader.uint8("FRMR"), hexOctet);
  builder.leaf(
    "counters",
    reader,
    () => reader.uint8("FRMR"),
    (value) => ({ value, note: `N(S) ${(value >>> 1) & 7}, N(R) ${value >>> 5}` }),
  );
  builder.leaf(
    "reason",
    reader,
    () => reader.uint8("FRMR"),
    (value) => ({
      value,
      note: rejectionReasons.filter((_, bit) => (value & (1 << bit)) !== 0).join(", "),
    }),
  );
  if (reader.remaining > 0) addRaw(builder, reader);
}
