/**
 * Lines of the sign-on of IEC 62056-21 clause 6.3, CR LF at the end of each:
 *
 *   request          / ? address !
 *   identification   / MMM Z \2 text     manufacturer, baud rate character, mode E mark
 *   option select    06 V Z Y            protocol, baud rate character, mode
 *
 * They are sent with seven bits and even parity. Read as eight bits without parity, the parity
 * stands in bit 7: the line is recognised all the same.
 */
import { DecodeError } from "../error.ts";
import { signOnLineOctetsMax } from "../limits.ts";

/** Any line of a sign-on, told apart by `kind`. */
export type SignOnLine = SignOnRequest | Identification | OptionSelect;

/** The client's opening: to one meter, or to whoever is there. */
export interface SignOnRequest {
  readonly kind: "request";
  /** Device address, up to 32 characters; empty: whoever is there. */
  readonly address: string;
  /** The octets carried their parity in bit 7. */
  readonly parityStripped: boolean;
}

/** The meter's answer to a request: who made it, how fast it can, what it speaks. */
export interface Identification {
  readonly kind: "identification";
  /** Three letters (FLAG association), as sent; a small third letter means a quick meter. */
  readonly manufacturer: string;
  /** `"5"`: the fastest rate in its mode. */
  readonly baudCharacter: string;
  /** Bd; `undefined` when the character names none (mode A). */
  readonly baudMax: number | undefined;
  /** "E" is HDLC after the sign-on; the others speak plain readout protocols. */
  readonly mode: "A" | "B" | "C" | "E";
  /** What the meter says of itself, up to 16 characters. */
  readonly text: string;
  readonly parityStripped: boolean;
}

/** The client's choice of protocol, rate and mode. */
export interface OptionSelect {
  readonly kind: "option-select";
  /** Protocol control character; "2" is HDLC. */
  readonly protocol: string;
  readonly baudCharacter: string;
  /** Bd; `undefined` when the character names none. */
  readonly baud: number | undefined;
  /** Mode control character; "0" readout, "1" programming, "2" binary, that is HDLC. */
  readonly mode: string;
  readonly parityStripped: boolean;
}

/** First octet of an option select: ACK. */
const acknowledge = 0x06;
const addressCharactersMax = 32;
/** Baud rates of modes C and E by character. */
const rates: readonly number[] = [300, 600, 1200, 2400, 4800, 9600, 19_200];
/** Mode B counts from "A" with the rate of "1". */
const rateOffsetOfB = 1;

/** Bd of a baud rate character 0..6 (modes C, E) or A..F (mode B). */
export function baudOf(character: string): number | undefined {
  if (/^[A-F]$/.test(character)) return rates[character.charCodeAt(0) - 0x41 + rateOffsetOfB];
  return /^[0-6]$/.test(character) ? rates[Number(character)] : undefined;
}

/** True when every octet has even parity over eight bits and one at least needed bit 7 for it. */
export function hasParityBits(octets: Uint8Array): boolean {
  return (
    octets.every((octet) => evenParity(octet & 0x7f) === octet) &&
    octets.some((octet) => octet > 0x7f)
  );
}

/** A copy with bit 7 cleared. */
export function stripParity(octets: Uint8Array): Uint8Array {
  return octets.map((octet) => octet & 0x7f);
}

/** A copy with even parity in bit 7, for lines that cannot leave eight bits without parity. */
export function addParity(octets: Uint8Array): Uint8Array {
  return octets.map((octet) => evenParity(octet & 0x7f));
}

/**
 * A request message with its CR LF; without an address it is for whoever is there.
 * @throws {RangeError} an address that is too long or has other than letters, digits and blanks.
 */
export function buildSignOnRequest(address = ""): Uint8Array {
  if (address.length > addressCharactersMax || !/^[0-9A-Za-z ]*$/.test(address)) {
    throw new RangeError(`"${address}" is no device address`);
  }
  return ascii(`/?${address}!\r\n`);
}

/** Option select of mode E: HDLC at the rate the character names. */
export function buildModeESelect(baudCharacter: string): Uint8Array {
  return buildOptionSelect("2", baudCharacter, "2");
}

/** An option select with its CR LF. @throws {RangeError} a part is not one character. */
export function buildOptionSelect(
  protocol: string,
  baudCharacter: string,
  mode: string,
): Uint8Array {
  const characters = `${protocol}${baudCharacter}${mode}`;
  if (!/^[0-9A-Z]{3}$/.test(characters)) throw new RangeError(`"${characters}" selects nothing`);
  return ascii(`\u0006${characters}\r\n`);
}

/**
 * One line, with its CR LF.
 *
 * @throws {DecodeError} iec62056-21/malformed: none of the three, or not ended by CR LF.
 */
export function parseSignOnLine(octets: Uint8Array): SignOnLine {
  const parityStripped = hasParityBits(octets);
  const plain = parityStripped ? stripParity(octets) : octets;
  if (plain.length > signOnLineOctetsMax) malformed(`is ${plain.length} octets long`);
  if (plain.at(-2) !== 0x0d || plain.at(-1) !== 0x0a) malformed("does not end with CR LF");
  const body = textOf(plain.subarray(0, -2));
  if (plain[0] === acknowledge) return optionSelectOf(body, parityStripped);
  const request = /^\/\?([^!]{0,32})!$/.exec(body);
  if (request !== null) return { kind: "request", address: request[1] ?? "", parityStripped };
  return identificationOf(body, parityStripped);
}

function optionSelectOf(body: string, parityStripped: boolean): OptionSelect {
  if (body.length !== 4) malformed("option select has not three characters");
  const [, protocol = "", baudCharacter = "", mode = ""] = body;
  const baud = baudOf(baudCharacter);
  return { kind: "option-select", protocol, baudCharacter, baud, mode, parityStripped };
}

function identificationOf(body: string, parityStripped: boolean): Identification {
  // Enhanced identification: one or more backslash pairs between rate and text.
  const match = /^\/([A-Za-z]{3})([ -~])((?:\\[ -~])*)([^/!]{0,32})$/.exec(body);
  if (match === null) return malformed("is no request, identification or option select");
  const [, manufacturer = "", baudCharacter = "", marks = "", text = ""] = match;
  const baudMax = baudOf(baudCharacter);
  return {
    kind: "identification",
    manufacturer,
    baudCharacter,
    baudMax,
    mode: modeOf(baudCharacter, marks),
    text,
    parityStripped,
  };
}

function modeOf(baudCharacter: string, marks: string): Identification["mode"] {
  if (!/^[0-9A-I]$/.test(baudCharacter)) return "A";
  if (/^[A-I]$/.test(baudCharacter)) return "B";
  return marks.includes("\\2") ? "E" : "C";
}

function evenParity(seven: number): number {
  let ones = seven;
  ones ^= ones >>> 4;
  ones ^= ones >>> 2;
  ones ^= ones >>> 1;
  return seven | ((ones & 1) << 7);
}

/** Break of IEC 62056-21 clause 6.3.6, `SOH B0 ETX BCC`: the end of a dialogue at its own layer. */
export function buildBreak(): Uint8Array {
  return Uint8Array.of(0x01, 0x42, 0x30, 0x03, 0x71);
}

/** Text of seven-bit characters as octets. */
export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function textOf(octets: Uint8Array): string {
  return String.fromCharCode(...octets);
}

function malformed(problem: string): never {
  throw new DecodeError("iec62056-21", "line", 0, problem);
}
