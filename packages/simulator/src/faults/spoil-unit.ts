/** What becomes of a unit that a fault happens to. */
import {
  controlDm,
  controlFrmr,
  controlRnr,
  encodeFrameReject,
  pollFinalBit,
} from "@lectura/dlms/hdlc";
import { mix } from "../consumption/noise.ts";
import type { FaultName } from "./fault-rule.ts";
import { rebuilt, type SentUnit, withApdu } from "./sent-unit.ts";

/** Faults that change what is sent; the others are about when, or whether, it is sent. */
export type SpoilingFault = Exclude<FaultName, UnspoilingFault>;

type UnspoilingFault = (typeof unspoiling)[number];

const unspoiling = [
  "delay",
  "hang-up",
  "hang-up-in-blocks",
  "echo",
  "counter-jump",
  "counter-repeat",
] as const;

/** Whether the fault changes what is sent. */
export function isSpoiling(fault: FaultName): fault is SpoilingFault {
  return !unspoiling.some((each) => each === fault);
}

const tag = {
  getResponse: 0xc4,
  setResponse: 0xc5,
  actionResponse: 0xc7,
  generalBlock: 0xe0,
} as const;
const withBlock = 0x02;
const lastBlockBit = 0x80;
const blockNumberEnd = 7;
const generalNumberEnd = 3;
const noiseOctetsMax = 16;
const noiseChannel = 140;

/** Answers to services, plain and ciphered: what a client waits for while it is associated. */
function isAnswer(first: number): boolean {
  return (first >= 0xc4 && first <= 0xc7) || (first >= 0xcc && first <= 0xe0);
}

/** Whether the fault can happen to this unit at all. */
export function canSpoil(fault: FaultName, unit: SentUnit): boolean {
  const { apdu } = unit;
  const first = apdu?.[0] ?? 0;
  switch (fault) {
    case "check-sequence":
      return unit.framing === "hdlc";
    case "receive-not-ready":
    case "frame-reject":
    case "disconnected-mode":
      return unit.framing === "hdlc" && unit.frame.control.type === "I";
    case "wrong-invoke-id":
      return [tag.getResponse, tag.setResponse, tag.actionResponse].some((each) => each === first);
    case "wrong-tag":
      return isAnswer(first);
    case "lost-block":
      return first === tag.getResponse && apdu?.[1] === withBlock;
    case "lost-general-block":
      return first === tag.generalBlock;
    case "hang-up-in-blocks":
      return isInBlocks(unit);
    case "counter-jump":
    case "counter-repeat":
    case "echo":
      return false;
    case "drop":
    case "delay":
    case "duplicate":
    case "hang-up":
    case "noise":
      return true;
  }
}

/** More of the same answer is to come. */
function isInBlocks(unit: SentUnit): boolean {
  const [first, second = 0, , last] = unit.apdu ?? [];
  if (unit.framing === "hdlc" && unit.frame.segmented) return true;
  if (first === tag.getResponse && second === withBlock) return last === 0;
  return first === tag.generalBlock && (second & lastBlockBit) === 0;
}

/** What is sent instead; `seed` is that of this one time. */
export function spoil(fault: SpoilingFault, unit: SentUnit, seed: number): readonly Uint8Array[] {
  const { octets } = unit;
  switch (fault) {
    case "drop":
      return [];
    case "duplicate":
      return [octets, octets];
    case "check-sequence":
      return [changed(octets, octets.length - 2)];
    case "receive-not-ready":
    case "frame-reject":
    case "disconnected-mode":
      return [refusal(fault, unit)];
    case "wrong-invoke-id":
      return [withApdu(unit, changed(unit.apdu!, 2))];
    case "wrong-tag":
      return [withApdu(unit, changed(unit.apdu!, 0))];
    case "lost-block":
      return [withApdu(unit, counted(unit.apdu!, blockNumberEnd))];
    case "lost-general-block":
      // On HDLC a unit cannot be lost alone: its number says that one was.
      return unit.framing === "wrapper"
        ? []
        : [withApdu(unit, counted(unit.apdu!, generalNumberEnd))];
    case "noise":
      return [noise(seed), octets];
  }
}

function changed(octets: Uint8Array, at: number): Uint8Array {
  const copy = octets.slice();
  copy[at]! ^= 0x01;
  return copy;
}

function counted(octets: Uint8Array, at: number): Uint8Array {
  const copy = octets.slice();
  copy[at] = (copy[at]! + 1) & 0xff;
  return copy;
}

function refusal(
  fault: "receive-not-ready" | "frame-reject" | "disconnected-mode",
  unit: SentUnit,
): Uint8Array {
  if (unit.framing !== "hdlc") return unit.octets;
  const { frame } = unit;
  const { receiveSequence, sendSequence } = frame.control;
  switch (fault) {
    case "receive-not-ready":
      return rebuilt(frame, { control: controlRnr | pollFinalBit | (receiveSequence << 5) });
    case "disconnected-mode":
      return rebuilt(frame, { control: controlDm | pollFinalBit });
    case "frame-reject":
      return rebuilt(frame, {
        control: controlFrmr | pollFinalBit,
        information: encodeFrameReject({
          rejectedControl: 0x10,
          sendSequence,
          receiveSequence,
          rejectedResponse: false,
          invalidControl: false,
          informationNotPermitted: false,
          informationTooLong: false,
          invalidReceiveSequence: true,
        }),
      });
  }
}

/** Octets of a line that picks something up, 7E among them as it happens. */
function noise(seed: number): Uint8Array {
  const count = 1 + (mix(seed, noiseChannel, 0) % noiseOctetsMax);
  return Uint8Array.from({ length: count }, (_, at) => mix(seed, noiseChannel, at + 1) & 0xff);
}
