/**
 * Sign-on, the meter's side (IEC 62056-21 clauses 6.3 and 6.4, annex E):
 *
 *   waits for   what comes                  what follows
 *   request     /?! or /?address!           identification
 *   select      06 2 Z 2, mode E offered    the same back; line to Z 8N1; ready: HDLC follows
 *               06 0 Z 0, data offered      line to Z 7E1; data block; line to 300 Bd; request
 *               nothing, data offered       data block at 300 Bd; request
 *               anything else, nothing      request
 *   repeat      NAK                         data block again
 *
 * A request that carries its parity in bit 7 is answered the same way.
 */
import { DecodeError } from "../error.ts";
import { signOnLineOctetsMax } from "../limits.ts";
import { buildDataBlock } from "./data-block.ts";
import {
  addParity,
  ascii,
  baudOf,
  buildModeESelect,
  type OptionSelect,
  parseSignOnLine,
  type SignOnRequest,
} from "./line.ts";
import { type LineSettings, startSettings } from "./sign-on.ts";

/** What the machine asks of its owner; views are valid during the call only. */
export interface SignOnServerOutput {
  transmit(octets: Uint8Array): void;
  /** Call `deadline` after this time unless disarmed; replaces a deadline armed before. */
  arm(afterMs: number): void;
  disarm(): void;
  /** Set the line once everything transmitted is out. Without effect on a converter. */
  line(settings: LineSettings): void;
  /** The client has chosen HDLC: what comes now is its. */
  ready(): void;
}

/** What the meter says of itself, and how fast it can. */
export interface SignOnServerOptions {
  readonly output: SignOnServerOutput;
  /** Device address, digits mostly: answered beside the empty one. Absent: only the empty one. */
  readonly address?: string;
  /** Three letters (FLAG association). */
  readonly manufacturer: string;
  /** What the meter says of itself, up to 16 characters. */
  readonly text: string;
  /** Its fastest rate, "0" to "6" (300 to 19,200 Bd). */
  readonly baudCharacter: string;
  /** HDLC is behind the sign-on. */
  readonly modeE: boolean;
  /** Lines of its readout, made anew for each. Absent: it has none. */
  readonly readout?: () => readonly string[];
  /** Rate of the sign-on, Bd. Absent: 300. */
  readonly startBaud?: number;
}

type Waiting = "request" | "select" | "hdlc";

const lineFeed = 0x0a;
const negative = 0x15;
/** Clause 6.3.12: the option select comes within 1.5 s. */
const selectMs = 1500;

/** The meter's side of a sign-on (IEC 62056-21); a machine without I/O. */
export class SignOnServer {
  readonly #options: SignOnServerOptions;
  readonly #identification: Uint8Array;
  readonly #start: LineSettings;
  readonly #line: Uint8Array = new Uint8Array(signOnLineOctetsMax);
  #length = 0;
  #waiting: Waiting = "request";
  #parityInOctets = false;
  #block: Uint8Array | undefined;

  /** @throws {RangeError} the identification would be none. */
  constructor(options: SignOnServerOptions) {
    this.#options = options;
    this.#start = startSettings(options.startBaud);
    this.#identification = identificationOf(options);
  }

  /** True while what comes is HDLC. */
  get signedOn(): boolean {
    return this.#waiting === "hdlc";
  }

  /** Octets of the line before `ready`, cut anywhere. Never throws on their account. */
  receive(chunk: Uint8Array): void {
    for (const octet of chunk) {
      if (this.#waiting === "hdlc") return;
      const plain = octet & 0x7f;
      if (plain === negative && this.#block !== undefined && this.#length === 0) {
        this.#transmit(this.#block);
        continue;
      }
      // NUL wakes up; a line that does not end is no line.
      if (plain === 0 && this.#length === 0) continue;
      if (this.#length === this.#line.length) this.#length = 0;
      this.#line[this.#length++] = octet;
      if (plain === lineFeed) this.#onLine();
    }
  }

  /** The armed time is over. */
  deadline(): void {
    if (this.#waiting !== "select") return;
    this.#waiting = "request";
    if (this.#options.readout !== undefined) this.#sendBlock(this.#start);
  }

  /** The HDLC link is gone: the meter falls back to its sign-on. */
  released(): void {
    this.#waiting = "request";
    this.#length = 0;
    this.#block = undefined;
    this.#options.output.line(this.#start);
  }

  #onLine(): void {
    const line = this.#line.subarray(0, this.#length);
    this.#length = 0;
    const start = line.findIndex((octet) => (octet & 0x7f) === 0x2f || (octet & 0x7f) === 0x06);
    if (start < 0) return;
    try {
      const parsed = parseSignOnLine(line.subarray(start));
      if (parsed.kind === "request") this.#onRequest(parsed);
      else if (parsed.kind === "option-select") this.#onSelect(parsed);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
    }
  }

  #onRequest({ address, parityStripped }: SignOnRequest): void {
    const own = this.#options.address ?? "";
    if (address !== "" && withoutZeros(address) !== withoutZeros(own)) return;
    this.#parityInOctets = parityStripped;
    this.#block = undefined;
    this.#waiting = "select";
    this.#options.output.arm(selectMs);
    this.#transmit(this.#identification);
  }

  #onSelect({ protocol, mode, baudCharacter, baud }: OptionSelect): void {
    if (this.#waiting !== "select") return;
    const { output, modeE, readout, baudCharacter: fastest } = this.#options;
    const known = baud !== undefined && baud <= (baudOf(fastest) ?? 0);
    output.disarm();
    this.#waiting = "request";
    if (known && modeE && protocol === "2" && mode === "2") {
      this.#transmit(buildModeESelect(baudCharacter));
      this.#waiting = "hdlc";
      output.line({ baud, dataBits: 8, parity: "none" });
      output.ready();
    } else if (known && readout !== undefined && mode === "0") {
      this.#sendBlock({ ...this.#start, baud });
    }
  }

  #sendBlock(settings: LineSettings): void {
    const { output, readout } = this.#options;
    this.#block = buildDataBlock(readout?.() ?? []);
    output.line(settings);
    this.#transmit(this.#block);
  }

  #transmit(octets: Uint8Array): void {
    this.#options.output.transmit(this.#parityInOctets ? addParity(octets) : octets);
  }
}

function identificationOf(options: SignOnServerOptions): Uint8Array {
  const { manufacturer, baudCharacter, modeE, text } = options;
  const line = `/${manufacturer}${baudCharacter}${modeE ? "\\2" : ""}${text}\r\n`;
  const readable =
    /^[A-Za-z]{3}$/.test(manufacturer) && /^[0-6]$/.test(baudCharacter) && /^[ -~]*$/.test(text);
  if (!readable || text.length > 16 || /[/!]/.test(text)) {
    throw new RangeError(`"${line.trimEnd()}" is no identification`);
  }
  return ascii(line);
}

/** Leading zeros of an address may be left out (clause 6.3.2). */
function withoutZeros(address: string): string {
  return address.replace(/^0+(?=.)/, "");
}
