import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chunksOf, hostileOctets, readVectors, vectorsPresent } from "@lectura/testkit";
import { DecodeError, InvariantError } from "../error.ts";
import { fromHex } from "../octets.ts";
import {
  addParity,
  baudOf,
  buildModeESelect,
  buildOptionSelect,
  buildSignOnRequest,
  hasParityBits,
  parseSignOnLine,
  type SignOnLine,
  stripParity,
} from "./line.ts";
import { ModeESignOn, type ModeESignOnOptions, type SignOnOutput } from "./sign-on.ts";

const octetsOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (octets: Uint8Array): string => new TextDecoder().decode(octets);
const identification = octetsOf("/ABC5\\2METER01\r\n");

describe("a sign-on line", () => {
  test("is built as the standard draws it", () => {
    expect(textOf(buildSignOnRequest())).toBe("/?!\r\n");
    expect(textOf(buildSignOnRequest("12345678"))).toBe("/?12345678!\r\n");
    expect(textOf(buildModeESelect("5"))).toBe("\u0006252\r\n");
    expect(textOf(buildOptionSelect("0", "0", "1"))).toBe("\u0006001\r\n");
    expect(() => buildSignOnRequest("1!")).toThrow(RangeError);
    expect(() => buildSignOnRequest("1".repeat(33))).toThrow(RangeError);
    expect(() => buildOptionSelect("22", "5", "2")).toThrow(RangeError);
  });

  test("tells the modes by rate character and mark", () => {
    const modeOf = (text: string): unknown => {
      const line = parseSignOnLine(octetsOf(`${text}\r\n`));
      return line.kind === "identification" ? [line.mode, line.baudMax, line.text] : line.kind;
    };
    expect(modeOf("/ABC5\\2METER")).toEqual(["E", 9600, "METER"]);
    expect(modeOf("/ABC5\\@\\2METER")).toEqual(["E", 9600, "METER"]);
    expect(modeOf("/ABc4METER")).toEqual(["C", 4800, "METER"]);
    expect(modeOf("/ABCBMETER")).toEqual(["B", 1200, "METER"]);
    expect(modeOf("/ABC METER")).toEqual(["A", undefined, "METER"]);
  });

  test("is refused when it is none", () => {
    for (const text of ["", "\r\n", "/?!", "/?!\n", "hello\r\n", "\u000622\r\n", "/AB\r\n"]) {
      expect(() => parseSignOnLine(octetsOf(text))).toThrow(DecodeError);
    }
    expect(() => parseSignOnLine(octetsOf(`/ABC5${"x".repeat(70)}\r\n`))).toThrow(DecodeError);
  });

  test("is recognised with its parity in bit 7", () => {
    const coded = addParity(identification);
    expect(hasParityBits(coded)).toBe(true);
    expect(hasParityBits(identification)).toBe(false);
    expect(stripParity(coded)).toEqual(identification);
    expect(parseSignOnLine(coded)).toMatchObject({ manufacturer: "ABC", parityStripped: true });
  });

  test("parses or is refused with a DecodeError, whatever it is", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (octets) => {
        try {
          parseSignOnLine(Uint8Array.of(...octets, 0x0d, 0x0a));
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError);
        }
      }),
    );
  });
});

class Recorder implements SignOnOutput {
  readonly lines: string[] = [];
  transmit(octets: Uint8Array): void {
    this.lines.push(`tx ${JSON.stringify(textOf(stripParity(octets)))}`);
  }
  arm(afterMs: number): void {
    this.lines.push(`arm ${afterMs}`);
  }
  disarm(): void {
    this.lines.push("disarm");
  }
  line(settings: { readonly baud: number; readonly dataBits: number }): void {
    this.lines.push(`line ${settings.baud} ${settings.dataBits}`);
  }
  ready(meter: { readonly text: string }): void {
    this.lines.push(`ready ${meter.text}`);
  }
  failed(error: { readonly code: string }): void {
    this.lines.push(`failed ${error.code}`);
  }
  take(): readonly string[] {
    return this.lines.splice(0);
  }
}

function begin(options: Partial<ModeESignOnOptions> = {}): {
  readonly machine: ModeESignOn;
  readonly out: Recorder;
} {
  const out = new Recorder();
  const machine = new ModeESignOn({
    output: out,
    responseTimeoutMs: 2000,
    attemptsMax: 2,
    ...options,
  });
  machine.start();
  return { machine, out };
}

const asked = ["line 300 7", "arm 2000", 'tx "/?!\\r\\n"'];
const selected = ["arm 2000", 'tx "\\u0006252\\r\\n"'];
const switched = ["line 9600 8", "arm 300"];

describe("ModeESignOn", () => {
  test("asks, selects HDLC, switches the line and is ready after a pause", () => {
    const { machine, out } = begin();
    expect(out.take()).toEqual(asked);
    machine.receive(identification);
    expect(out.take()).toEqual(selected);
    machine.receive(buildModeESelect("5"));
    expect(out.take()).toEqual(switched);
    machine.deadline();
    expect(out.take()).toEqual(["ready METER01"]);
    machine.deadline();
    expect(out.take()).toEqual([]);
  });

  test("comes to the same however the lines are cut, with noise before them and parity inside", () => {
    const stream = Uint8Array.of(0x00, 0xff, ...addParity(identification));
    fc.assert(
      fc.property(chunksOf(stream), (chunks) => {
        const { machine, out } = begin({ parityInOctets: true });
        for (const chunk of chunks) machine.receive(chunk);
        machine.receive(addParity(buildModeESelect("5")));
        expect(out.take()).toEqual([...asked, ...selected, ...switched]);
      }),
    );
  });

  test("does not take the echo of an optical head for the meter's confirmation", () => {
    const { machine, out } = begin();
    machine.receive(buildSignOnRequest());
    machine.receive(identification);
    out.take();
    machine.receive(buildModeESelect("5"));
    expect(out.take()).toEqual([]);
    machine.receive(buildModeESelect("5"));
    expect(out.take()).toEqual(switched);
  });

  test("asks for no faster rate than it may", () => {
    const { machine, out } = begin({ baudMax: 2400 });
    machine.receive(identification);
    expect(out.take().at(-1)).toBe('tx "\\u0006232\\r\\n"');
    machine.receive(buildModeESelect("3"));
    expect(out.take()[0]).toBe("line 2400 8");
  });

  test("starts anew when an answer is missing, and gives up in the end", () => {
    const { machine, out } = begin();
    machine.receive(identification);
    out.take();
    machine.deadline();
    expect(out.take()).toEqual(asked);
    machine.deadline();
    expect(out.take()).toEqual(["disarm", "failed iec62056-21/no-answer"]);
  });

  test("fails on a meter without mode E", () => {
    const { machine, out } = begin();
    machine.receive(octetsOf("/ABC4METER01\r\n"));
    expect(out.take().at(-1)).toBe("failed iec62056-21/no-mode-e");
  });

  test("survives arbitrary octets", () => {
    fc.assert(
      fc.property(hostileOctets, (octets) => {
        const { machine } = begin();
        machine.receive(octets);
        machine.deadline();
        machine.receive(octets);
      }),
    );
  });

  test("refuses to be misused", () => {
    const { machine } = begin();
    expect(() => machine.start()).toThrow(InvariantError);
    expect(() => begin({ attemptsMax: 0 })).toThrow(RangeError);
  });
});

test("names the rates", () => {
  expect(["0", "5", "6", "A", "F", "7", "x"].map(baudOf)).toEqual([
    300,
    9600,
    19_200,
    600,
    19_200,
    undefined,
    undefined,
  ]);
});

/** A line in the words of the public vectors. */
function inVectorWords(line: SignOnLine): object {
  const parity = line.parityStripped ? { strip_parity: true } : {};
  if (line.kind === "request") return { type: "request", address: line.address, ...parity };
  const { baudCharacter: baud_char } = line;
  if (line.kind === "option-select") {
    const { protocol, mode, baud } = line;
    return { type: "ack", protocol, baud_char, mode, baud, ...parity };
  }
  const { manufacturer, baudMax: max_baud, mode, text } = line;
  return {
    type: "identification",
    manufacturer,
    baud_char,
    max_baud,
    mode,
    identification: text,
    ...parity,
  };
}

describe.skipIf(!vectorsPresent)("public vectors: mode E", () => {
  for (const vector of readVectors("mode-e")) {
    test(`${vector.id} ${vector.title}`, () => {
      expect(inVectorWords(parseSignOnLine(fromHex(vector.hex)))).toEqual(vector.expect);
    });
  }
});
