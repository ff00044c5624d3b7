/**
 * Sign-on of mode E (IEC 62056-21 annex E), the way into HDLC at an optical head:
 *
 *   waits for        what comes                what follows
 *   nothing          start                     line 300 Bd 7E1; wake-up if wanted; request
 *   waking           the pause is over         request
 *   identification   our request               an echo: the head repeats what we send
 *                    identification, mode E    option select at 300 Bd
 *                    identification, other     failed iec62056-21/no-mode-e
 *   confirmation     our option select         an echo, where the head repeats; else confirmed:
 *                                              line to its rate 8N1, a pause
 *   switch           the pause is over         ready: SNRM may follow
 *   any of these     no answer, n times        failed iec62056-21/no-answer
 *
 * After a lost line the sign-on starts anew: the meter falls back to 300 Bd by itself.
 */
import { DecodeError, InvariantError, ProtocolError } from "../error.ts";
import { signOnLineOctetsMax } from "../limits.ts";
import { equalOctets } from "../octets.ts";
import {
  addParity,
  baudOf,
  buildModeESelect,
  buildSignOnRequest,
  type Identification,
  parseSignOnLine,
  stripParity,
} from "./line.ts";

/** How the line is to be set. */
export interface LineSettings {
  readonly baud: number;
  readonly dataBits: 7 | 8;
  readonly parity: "even" | "none";
}

/** What the machine asks of its owner; views are valid during the call only. */
export interface SignOnOutput {
  transmit(octets: Uint8Array): void;
  /** Call `deadline` after this time unless disarmed; replaces a deadline armed before. */
  arm(afterMs: number): void;
  disarm(): void;
  /** Set the line once everything transmitted is out. Without effect on a converter. */
  line(settings: LineSettings): void;
  /** The meter speaks HDLC now. */
  ready(identification: Identification): void;
  failed(error: ProtocolError): void;
}

/** Address, rates and patience of a sign-on. */
export interface ModeESignOnOptions {
  readonly output: SignOnOutput;
  /** Device address; absent: whoever is there. */
  readonly address?: string;
  /** One line of the meter; at 300 Bd the longest takes 1.5 s. */
  readonly responseTimeoutMs: number;
  /** How often the sign-on is tried, 1 or more. */
  readonly attemptsMax: number;
  /** The fastest rate to ask for, Bd. Absent: the meter's. */
  readonly baudMax?: number;
  /** Rate of the sign-on, Bd. Absent: 300. */
  readonly startBaud?: number;
  /** Wake a battery-powered meter first (annex B). Absent: false. */
  readonly wakeUp?: boolean;
  /** The line stays at eight bits without parity: put even parity into bit 7. Absent: false. */
  readonly parityInOctets?: boolean;
}

type Waiting = "nothing" | "waking" | "identification" | "confirmation" | "switch";

/** Between the confirmation and the first octet at the new rate (annex E: reaction time). */
const switchPauseMs = 300;
const lineFeed = 0x0a;

/** The client's side of a sign-on in mode E (IEC 62056-21); a machine without I/O. */
export class ModeESignOn {
  readonly #output: SignOnOutput;
  readonly #request: Uint8Array;
  readonly #responseTimeoutMs: number;
  readonly #attemptsMax: number;
  readonly #baudMax: number;
  readonly #start: LineSettings;
  readonly #wakeUp: boolean;
  readonly #parityInOctets: boolean;
  readonly #line: Uint8Array = new Uint8Array(signOnLineOctetsMax);
  #lineLength = 0;
  #waiting: Waiting = "nothing";
  #attempts = 0;
  #select: Uint8Array = new Uint8Array(0);
  #baud = 300;
  #identification: Identification | undefined;
  /** The head has repeated our request: it will repeat the option select too. */
  #echoes = false;
  #echoDue = false;

  /** @throws {RangeError} the address cannot be sent, or `attemptsMax` is less than 1. */
  constructor(options: ModeESignOnOptions) {
    if (!(options.attemptsMax >= 1)) throw new RangeError("attemptsMax is less than 1");
    this.#output = options.output;
    this.#request = buildSignOnRequest(options.address);
    this.#responseTimeoutMs = options.responseTimeoutMs;
    this.#attemptsMax = options.attemptsMax;
    this.#baudMax = options.baudMax ?? Infinity;
    this.#start = startSettings(options.startBaud);
    this.#wakeUp = options.wakeUp ?? false;
    this.#parityInOctets = options.parityInOctets ?? false;
  }

  /** @throws {InvariantError} a sign-on is under way. */
  start(): void {
    if (this.#waiting !== "nothing") throw new InvariantError(`start while ${this.#waiting}`);
    this.#attempts = 0;
    this.#begin();
  }

  /** Octets of the line, cut anywhere. Never throws on their account. */
  receive(chunk: Uint8Array): void {
    for (const octet of chunk) {
      if (this.#waiting !== "identification" && this.#waiting !== "confirmation") return;
      // A line that does not end is no line: its octets are dropped.
      if (this.#lineLength === this.#line.length) this.#lineLength = 0;
      this.#line[this.#lineLength++] = octet;
      if ((octet & 0x7f) !== lineFeed) continue;
      const line = this.#line.subarray(0, this.#lineLength);
      this.#lineLength = 0;
      this.#onLine(line);
    }
  }

  /** The armed time is over. */
  deadline(): void {
    if (this.#waiting === "nothing") return;
    if (this.#waiting === "switch") {
      this.#waiting = "nothing";
      if (this.#identification !== undefined) this.#output.ready(this.#identification);
      return;
    }
    if (this.#waiting === "waking") {
      this.#ask();
      return;
    }
    if (this.#attempts < this.#attemptsMax) {
      this.#begin();
      return;
    }
    const missing =
      this.#waiting === "identification" ? "the sign-on request" : "the option select";
    this.#fail("iec62056-21/no-answer", `no answer to ${missing}, ${this.#attempts} times`);
  }

  #begin(): void {
    this.#attempts++;
    this.#lineLength = 0;
    this.#echoes = false;
    this.#output.line(this.#start);
    if (!this.#wakeUp) {
      this.#ask();
      return;
    }
    this.#waiting = "waking";
    this.#output.arm(wakeUpMs);
    this.#output.transmit(wakeUpOctets(this.#start.baud));
  }

  #ask(): void {
    this.#waiting = "identification";
    this.#transmit(this.#request);
  }

  #onLine(line: Uint8Array): void {
    // Noise of switching on may stand before the first octet of a line.
    const start = line.findIndex((octet) => (octet & 0x7f) === 0x2f || (octet & 0x7f) === 0x06);
    if (start < 0) return;
    const octets = line.subarray(start);
    if (this.#waiting === "confirmation") {
      if (equalOctets(stripParity(octets), this.#select)) this.#onConfirmed();
      return;
    }
    try {
      const parsed = parseSignOnLine(octets);
      if (parsed.kind === "request") this.#echoes = true;
      else if (parsed.kind === "identification") this.#onIdentification(parsed);
    } catch (error) {
      // What cannot be read is as good as nothing: the deadline decides.
      if (!(error instanceof DecodeError)) throw error;
    }
  }

  #onIdentification(identification: Identification): void {
    if (identification.mode !== "E") {
      const { manufacturer, text, mode } = identification;
      this.#fail("iec62056-21/no-mode-e", `${manufacturer} ${text} offers mode ${mode}, not E`);
      return;
    }
    const character = slowerOf(identification.baudCharacter, this.#baudMax);
    this.#identification = identification;
    this.#baud = baudOf(character) ?? 300;
    this.#select = buildModeESelect(character);
    this.#echoDue = this.#echoes;
    this.#waiting = "confirmation";
    this.#transmit(this.#select);
  }

  #onConfirmed(): void {
    if (this.#echoDue) {
      this.#echoDue = false;
      return;
    }
    this.#waiting = "switch";
    this.#output.line({ baud: this.#baud, dataBits: 8, parity: "none" });
    this.#output.arm(switchPauseMs);
  }

  #transmit(octets: Uint8Array): void {
    this.#output.arm(this.#responseTimeoutMs);
    this.#output.transmit(this.#parityInOctets ? addParity(octets) : octets);
  }

  #fail(code: "iec62056-21/no-answer" | "iec62056-21/no-mode-e", detail: string): void {
    this.#waiting = "nothing";
    this.#output.disarm();
    this.#output.failed(new ProtocolError(code, detail));
  }
}

/** The line of a sign-on: 300 Bd 7E1 where nothing else is said. */
export function startSettings(baud = 300): LineSettings {
  return { baud, dataBits: 7, parity: "even" };
}

/** Annex B: NUL for 2.2 s (2.1 to 2.3), then 1.6 s of silence (1.5 to 1.7) before the request. */
export const wakeUpMs: number = 2200 + 1600;
const wakeUpNulMs = 2200;
const bitsOfCharacter = 10;

/** NUL characters that take 2.2 s at the rate. */
export function wakeUpOctets(baud: number): Uint8Array {
  return new Uint8Array(Math.ceil((wakeUpNulMs * baud) / (1000 * bitsOfCharacter)));
}

/** The meter's baud rate character, or the fastest one up to `baudMax`. */
export function slowerOf(character: string, baudMax: number): string {
  let rate = Number(character);
  while (rate > 0 && (baudOf(String(rate)) ?? 0) > baudMax) rate--;
  return String(rate);
}
