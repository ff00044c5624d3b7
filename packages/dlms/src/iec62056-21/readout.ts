/**
 * Readout of modes A, B and C (IEC 62056-21 clause 6.4), the reader's side:
 *
 *   waits for        what comes                what follows
 *   nothing          start                     line 300 Bd 7E1; wake-up if wanted; request
 *   waking           the pause is over         request
 *   identification   modes C, E                06 0 Z 0 at 300 Bd; line to Z 7E1
 *                    mode B                    line to its rate
 *                    mode A                    nothing: it sends by itself
 *   data             STX ... ETX BCC, right    read
 *                    the same, BCC wrong       NAK, n times; failed iec62056-21/checksum
 *                    ... ! CR LF, no STX       read when nothing more comes
 *   any of these     no answer, n times        failed iec62056-21/no-answer
 */
import { DecodeError, InvariantError, ProtocolError, type ProtocolErrorCode } from "../error.ts";
import { readoutOctetsMax, signOnLineOctetsMax } from "../limits.ts";
import {
  parseDataBlock,
  parseReadoutLines,
  type ReadoutLines,
  readoutTextOf,
} from "./data-block.ts";
import {
  addParity,
  baudOf,
  buildOptionSelect,
  buildSignOnRequest,
  type Identification,
  parseSignOnLine,
} from "./line.ts";
import { type LineSettings, slowerOf, startSettings, wakeUpMs, wakeUpOctets } from "./sign-on.ts";

/** What a meter said of itself, and its data. */
export interface Readout extends ReadoutLines {
  readonly identification: Identification;
  /** False: the meter sends no block check character. */
  readonly checked: boolean;
}

/** What the machine asks of its owner; views are valid during the call only. */
export interface ReadoutOutput {
  transmit(octets: Uint8Array): void;
  /** Call `deadline` after this time unless disarmed; replaces a deadline armed before. */
  arm(afterMs: number): void;
  disarm(): void;
  /** Set the line once everything transmitted is out. Without effect on a converter. */
  line(settings: LineSettings): void;
  read(readout: Readout): void;
  failed(error: ProtocolError): void;
}

/** Address, patience and limits of a readout. */
export interface ModeCReadoutOptions {
  readonly output: ReadoutOutput;
  /** Device address; absent: whoever is there. */
  readonly address?: string;
  /** One line of the meter, and a pause inside its data (clause 6.3.13: 1500 ms). */
  readonly responseTimeoutMs: number;
  /** How often the sign-on is tried, and how often a damaged block is asked for, 1 or more. */
  readonly attemptsMax: number;
  /** The fastest rate to ask for, Bd. Absent: the meter's. */
  readonly baudMax?: number;
  /** Rate of the sign-on, Bd. Absent: 300. */
  readonly startBaud?: number;
  /** Wake a battery-powered meter first (annex B). Absent: false. */
  readonly wakeUp?: boolean;
  /** The line stays at eight bits without parity: put even parity into bit 7. Absent: false. */
  readonly parityInOctets?: boolean;
  /** Octets of one data block; beyond: iec62056-21/limit. Absent: `readoutOctetsMax`. */
  readonly blockOctetsMax?: number;
}

type Waiting = "nothing" | "waking" | "identification" | "data";

const lineFeed = 0x0a;
const startOfText = 0x02;
const endOfText = 0x03;
const acknowledge = 0x06;
const exclamation = 0x21;
const repeat = Uint8Array.of(0x15);

/** Reads the data set of a meter in mode C (IEC 62056-21); a machine without I/O. */
export class ModeCReadout {
  readonly #options: ModeCReadoutOptions;
  readonly #request: Uint8Array;
  readonly #start: LineSettings;
  readonly #blockOctetsMax: number;
  #octets: Uint8Array = new Uint8Array(signOnLineOctetsMax);
  #length = 0;
  #waiting: Waiting = "nothing";
  #attempts = 0;
  #repeats = 0;
  #identification: Identification | undefined;
  /** ETX has come: the next octet is the block check character. */
  #ended = false;

  /** @throws {RangeError} the address cannot be sent, or `attemptsMax` is less than 1. */
  constructor(options: ModeCReadoutOptions) {
    if (!(options.attemptsMax >= 1)) throw new RangeError("attemptsMax is less than 1");
    this.#options = options;
    this.#request = buildSignOnRequest(options.address);
    this.#start = startSettings(options.startBaud);
    this.#blockOctetsMax = options.blockOctetsMax ?? readoutOctetsMax;
  }

  /** @throws {InvariantError} a readout is under way. */
  start(): void {
    if (this.#waiting !== "nothing") throw new InvariantError(`start while ${this.#waiting}`);
    this.#attempts = 0;
    this.#begin();
  }

  /** Octets of the line, cut anywhere. Never throws on their account. */
  receive(chunk: Uint8Array): void {
    for (const octet of chunk) {
      if (this.#waiting === "identification") this.#onSignOnOctet(octet & 0x7f);
      else if (this.#waiting === "data") this.#onDataOctet(octet & 0x7f);
      else return;
    }
    if (this.#waiting === "data" && chunk.length > 0) this.#arm();
  }

  /** The armed time is over. */
  deadline(): void {
    if (this.#waiting === "waking") {
      this.#ask();
    } else if (this.#waiting === "data" && this.#endsWithoutCheck()) {
      this.#finish(parseReadoutLines(readoutTextOf(this.#collected())), false);
    } else if (this.#waiting !== "nothing") {
      if (this.#attempts < this.#options.attemptsMax) this.#begin();
      else this.#fail("iec62056-21/no-answer", this.#missing());
    }
  }

  #begin(): void {
    const { output, wakeUp = false } = this.#options;
    this.#attempts++;
    this.#repeats = 0;
    this.#length = 0;
    output.line(this.#start);
    if (!wakeUp) {
      this.#ask();
      return;
    }
    this.#waiting = "waking";
    output.arm(wakeUpMs);
    output.transmit(wakeUpOctets(this.#start.baud));
  }

  #ask(): void {
    this.#waiting = "identification";
    this.#length = 0;
    this.#transmit(this.#request);
  }

  #onSignOnOctet(octet: number): void {
    // A line that does not end is no line: its octets are dropped.
    if (this.#length >= signOnLineOctetsMax) this.#length = 0;
    this.#octets[this.#length++] = octet;
    if (octet !== lineFeed) return;
    const line = this.#collected();
    this.#length = 0;
    // Noise of switching on may stand before the first octet of a line.
    const start = line.indexOf(0x2f);
    if (start < 0) return;
    try {
      const parsed = parseSignOnLine(line.subarray(start));
      // A request is the echo of an optical head.
      if (parsed.kind === "identification") this.#onIdentification(parsed);
    } catch (error) {
      // What cannot be read is as good as nothing: the deadline decides.
      if (!(error instanceof DecodeError)) throw error;
    }
  }

  #onIdentification(identification: Identification): void {
    const { output, baudMax = Infinity } = this.#options;
    this.#identification = identification;
    this.#waiting = "data";
    this.#ended = false;
    const { mode } = identification;
    if (mode === "C" || mode === "E") {
      const character = slowerOf(identification.baudCharacter, baudMax);
      this.#transmit(buildOptionSelect("0", character, "0"));
      output.line({ ...this.#start, baud: baudOf(character) ?? this.#start.baud });
    } else {
      this.#arm();
      if (mode === "B") {
        output.line({ ...this.#start, baud: identification.baudMax ?? this.#start.baud });
      }
    }
  }

  #onDataOctet(octet: number): void {
    // What stands before STX is the echo of our option select, or the text of a meter without STX.
    if (octet === startOfText && !this.#ended) this.#length = 0;
    if (this.#length >= this.#blockOctetsMax) {
      this.#fail("iec62056-21/limit", `a data block beyond ${this.#blockOctetsMax} octets`);
      return;
    }
    if (this.#length === this.#octets.length) this.#grow();
    this.#octets[this.#length++] = octet;
    if (this.#octets[0] === acknowledge && octet === lineFeed) this.#length = 0;
    else if (this.#ended) this.#onBlock();
    else this.#ended = octet === endOfText && this.#octets[0] === startOfText;
  }

  #onBlock(): void {
    try {
      this.#finish(parseDataBlock(this.#collected()), true);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.#length = 0;
      this.#ended = false;
      this.#repeats++;
      if (this.#repeats < this.#options.attemptsMax) this.#transmit(repeat);
      else this.#fail("iec62056-21/checksum", `${error.field} ${error.problem}`);
    }
  }

  #endsWithoutCheck(): boolean {
    const octets = this.#collected();
    if (octets[0] === startOfText) return false;
    const mark = octets.lastIndexOf(exclamation);
    return mark >= 0 && octets.subarray(mark + 1).every((octet) => octet < 0x20);
  }

  #finish(lines: ReadoutLines, checked: boolean): void {
    const { output } = this.#options;
    this.#waiting = "nothing";
    output.disarm();
    if (this.#identification === undefined) return;
    output.read({ identification: this.#identification, ...lines, checked });
  }

  #collected(): Uint8Array {
    return this.#octets.subarray(0, this.#length);
  }

  #grow(): void {
    const grown = new Uint8Array(Math.min(this.#octets.length * 2, this.#blockOctetsMax));
    grown.set(this.#octets);
    this.#octets = grown;
  }

  #arm(): void {
    this.#options.output.arm(this.#options.responseTimeoutMs);
  }

  #transmit(octets: Uint8Array): void {
    const { output, parityInOctets = false } = this.#options;
    this.#arm();
    output.transmit(parityInOctets ? addParity(octets) : octets);
  }

  #missing(): string {
    const what = this.#waiting === "data" ? "whole data block" : "answer to the sign-on request";
    return `no ${what}, ${this.#attempts} times`;
  }

  #fail(code: ProtocolErrorCode, detail: string): void {
    this.#waiting = "nothing";
    this.#options.output.disarm();
    this.#options.output.failed(new ProtocolError(code, detail));
  }
}
