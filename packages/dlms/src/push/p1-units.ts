import { P1Cutter } from "../iec62056-21/p1-cutter.ts";
import type { UnitSink } from "./hdlc-units.ts";

const slash = 0x2f;
const carriageReturn = 0x0d;
const lineFeed = 0x0a;
/** `/`, three letters, rate character and up to 16 others (IEC 62056-21 clause 6.3.2); makers add. */
const headerOctetsMax = 64;

/**
 * True where a P1 telegram begins: at a line's beginning `/`, three letters, the rest of the line,
 * an empty line or none, and then the first digit of a code. Bit 7 may be parity. A meter that puts
 * this first line before a ciphered APDU (R17) sends no digit behind it.
 */
export function beginsTelegram(octets: Uint8Array, start: number): boolean {
  if (plainAt(octets, start) !== slash) return false;
  if (start > 0 && plainAt(octets, start - 1) !== lineFeed) return false;
  for (let at = start + 1; at <= start + 3; at++) {
    const letter = plainAt(octets, at) | 0x20;
    if (letter < 0x61 || letter > 0x7a) return false;
  }
  let at = start + 4;
  while (plainAt(octets, at) !== lineFeed) {
    if (at >= octets.length || at - start > headerOctetsMax) return false;
    at++;
  }
  at++;
  if (plainAt(octets, at) === carriageReturn) at++;
  if (plainAt(octets, at) === lineFeed) at++;
  const first = plainAt(octets, at);
  return first >= 0x30 && first <= 0x39;
}

/** Without bit 7; beyond the end an octet that is nothing. */
function plainAt(octets: Uint8Array, at: number): number {
  const octet = octets[at];
  return octet === undefined ? 0 : octet & 0x7f;
}

/** The telegrams in a stream of text, each one unit; what is damaged its reader tells. */
export class P1Units {
  readonly #cutter: P1Cutter;
  readonly #sink: UnitSink;

  constructor(octetsMax: number, sink: UnitSink) {
    this.#sink = sink;
    const telegram = (octets: Uint8Array): void => sink.unit(octets, { framing: "p1" });
    this.#cutter = new P1Cutter({ telegram, tooLong: () => sink.spoiled() }, octetsMax);
  }

  get pendingOctets(): number {
    return this.#cutter.pendingLength;
  }

  push(chunk: Uint8Array): void {
    this.#cutter.push(chunk);
  }

  /** A telegram may pause. */
  gap(): void {}

  expire(): void {
    if (this.pendingOctets > 0) this.#sink.spoiled();
    this.#cutter.reset();
  }
}
