import fc from "fast-check";
import { expect, test } from "vitest";
import { chunksOf, hostileOctets } from "@lectura/testkit";
import { DecodeError } from "../error.ts";
import { addParity } from "./line.ts";
import { p1Crc, P1Reader, type P1Telegram, parseP1Telegram } from "./p1.ts";

const octetsOf = (text: string): Uint8Array => new TextEncoder().encode(text);

const body = [
  "/LEC5\\253833635_A",
  "",
  "0-0:96.1.1(4C454330303031)",
  "1-0:1.8.1(000671.578*kWh)",
  "1-0:1.7.0(00.318*kW)",
  "0-1:24.2.1(261120120000W)(00024.000*m3)",
  "!",
].join("\r\n");
const check = p1Crc(octetsOf(body)).toString(16).toUpperCase().padStart(4, "0");
const telegram = octetsOf(`${body}${check}\r\n`);

interface Heard {
  readonly reader: P1Reader;
  readonly telegrams: P1Telegram[];
  readonly damaged: string[];
}

function listen(octetsMax?: number): Heard {
  const telegrams: P1Telegram[] = [];
  const damaged: string[] = [];
  const sink = {
    telegram: (one: P1Telegram) => void telegrams.push(one),
    damaged: (error: DecodeError) => void damaged.push(error.code),
  };
  return { reader: new P1Reader(sink, octetsMax), telegrams, damaged };
}

test("the check sequence is CRC-16/ARC", () => {
  expect(p1Crc(octetsOf("123456789"))).toBe(0xbb3d);
});

test("a telegram is read as named values with units", () => {
  expect(parseP1Telegram(telegram)).toEqual({
    identification: "LEC5\\253833635_A",
    checked: true,
    unread: [],
    entries: [
      { address: "0-0:96.1.1", values: [{ value: "4C454330303031" }] },
      { address: "1-0:1.8.1", values: [{ value: "000671.578", unit: "kWh" }] },
      { address: "1-0:1.7.0", values: [{ value: "00.318", unit: "kW" }] },
      {
        address: "0-1:24.2.1",
        values: [{ value: "261120120000W" }, { value: "00024.000", unit: "m3" }],
      },
    ],
  });
});

test("telegrams come out of a stream however it is chunked, with bit 7 set or not", () => {
  const stream = Uint8Array.of(
    ...octetsOf("8(1)\r\n!12"),
    ...telegram.subarray(0, 60),
    ...octetsOf("\r\n"),
    ...telegram,
    ...addParity(telegram),
    ...telegram.map((octet) => octet | 0x80),
  );
  fc.assert(
    fc.property(chunksOf(stream), (chunks) => {
      const { reader, telegrams, damaged } = listen();
      for (const chunk of chunks) reader.push(chunk);
      expect(telegrams).toHaveLength(3);
      expect(damaged).toEqual([]);
      expect(reader.pendingLength).toBe(0);
    }),
  );
});

test("a telegram without a check sequence is read, and said to have none", () => {
  expect(parseP1Telegram(octetsOf(`${body}\r\n`))).toMatchObject({ checked: false });
});

test("a damaged telegram is refused, whichever octet it was", () => {
  for (let at = 1; at < telegram.length - 8; at++) {
    const octets = telegram.slice();
    octets[at] = octets[at]! ^ 0x04;
    expect(() => parseP1Telegram(octets), `octet ${at}`).toThrow(DecodeError);
  }
  const { reader, telegrams, damaged } = listen();
  const octets = telegram.slice();
  octets[40] = 0x39;
  octets[41] = 0x38;
  reader.push(octets);
  expect([telegrams, damaged]).toEqual([[], ["iec62056-21/checksum"]]);
});

test("no more is held than the limit, and arbitrary octets do no harm", () => {
  const { reader, damaged } = listen(100);
  reader.push(telegram);
  expect(damaged).toEqual(["iec62056-21/malformed"]);
  expect(reader.pendingLength).toBe(0);
  fc.assert(
    fc.property(hostileOctets, (octets) => {
      const one = listen();
      one.reader.push(Uint8Array.of(0x2f, ...octets, 0x0a, 0x21, 0x0a));
      one.reader.push(octets);
      one.reader.push(telegram);
    }),
  );
});
