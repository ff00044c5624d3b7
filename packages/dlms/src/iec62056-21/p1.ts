/**
 * Telegrams of a P1 customer port (DSMR 4 and 5, eMUCS): data lines of IEC 62056-21, mode D, sent
 * every second or ten without being asked:
 *
 *   /XXX5 identification CR LF  CR LF  line CR LF ...  !CRC CR LF
 *
 * CRC is CRC-16 (polynomial 8005 reflected, beginning with 0) over all octets from `/` to `!`, four
 * hexadecimal digits; DSMR 2 and 3 have none.
 */
import { DecodeError } from "../error.ts";
import { readoutOctetsMax } from "../limits.ts";
import { parseReadoutLines, type ReadoutLines, readoutTextOf } from "./data-block.ts";
import { P1Cutter } from "./p1-cutter.ts";

/** One telegram. */
export interface P1Telegram extends ReadoutLines {
  /** What stands behind the slash: three letters, rate character, type. */
  readonly identification: string;
  /** False: it has no check sequence (DSMR 2 and 3). */
  readonly checked: boolean;
}

/** Takes what a reader finds; it must not push. */
export interface P1Sink {
  telegram(telegram: P1Telegram): void;
  /** Something that began like a telegram and was none, or came damaged. */
  damaged(error: DecodeError): void;
}

/**
 * Cuts telegrams out of a stream and reads them, whatever way it is chunked: octets before `/` are
 * passed over, parity or a stop bit in bit 7 is dropped (R67). Holds at most `octetsMax` octets.
 */
export class P1Reader {
  readonly #sink: P1Sink;
  readonly #cutter: P1Cutter;

  constructor(sink: P1Sink, octetsMax: number = readoutOctetsMax) {
    this.#sink = sink;
    this.#cutter = new P1Cutter(
      {
        telegram: (octets) => this.#read(octets),
        tooLong: (octets) => {
          const problem = `is longer than ${octetsMax} octets`;
          sink.damaged(new DecodeError("iec62056-21", "telegram", octets, problem));
        },
      },
      octetsMax,
    );
  }

  /** Octets held back of a telegram that is not complete. */
  get pendingLength(): number {
    return this.#cutter.pendingLength;
  }

  /** Never throws on account of the octets. */
  push(chunk: Uint8Array): void {
    this.#cutter.push(chunk);
  }

  reset(): void {
    this.#cutter.reset();
  }

  #read(octets: Uint8Array): void {
    let telegram: P1Telegram;
    try {
      telegram = parseP1Telegram(octets);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.#sink.damaged(error);
      return;
    }
    this.#sink.telegram(telegram);
  }
}

/**
 * One telegram, from its slash to the end of its last line.
 *
 * @throws {DecodeError} iec62056-21/malformed: none; iec62056-21/checksum: damaged on its way
 */
export function parseP1Telegram(octets: Uint8Array): P1Telegram {
  const plain = octets.map((octet) => octet & 0x7f);
  const text = readoutTextOf(plain);
  const match = /^\/([ -~]*)\r?\n/.exec(text);
  const end = text.lastIndexOf("\n!") + 1;
  if (match === null || end === 0) {
    throw new DecodeError("iec62056-21", "telegram", 0, "does not go from / to a line with !");
  }
  const [header, identification = ""] = match;
  const check = /^!([0-9A-Fa-f]{4})?\s*$/.exec(text.slice(end));
  if (check === null) {
    throw new DecodeError("iec62056-21", "check sequence", end + 1, "is not four digits");
  }
  const [, digits] = check;
  const computed = p1Crc(plain.subarray(0, end + 1));
  if (digits !== undefined && Number.parseInt(digits, 16) !== computed) {
    const wanted = computed.toString(16).toUpperCase().padStart(4, "0");
    const problem = `is ${digits.toUpperCase()}, not ${wanted}`;
    throw new DecodeError("iec62056-21", "check sequence", end + 1, problem, "checksum");
  }
  return {
    identification,
    ...parseReadoutLines(text.slice(header.length, end)),
    checked: digits !== undefined,
  };
}

/** CRC-16 of a telegram: polynomial 8005, reflected, from 0, nothing inverted. 0..65535. */
export function p1Crc(octets: Uint8Array): number {
  let crc = 0;
  for (let at = 0; at < octets.length; at++) {
    crc ^= octets[at]!;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 0 ? crc >>> 1 : (crc >>> 1) ^ 0xa001;
  }
  return crc;
}
