import fc from "fast-check";
import { expect, test } from "vitest";
import { octetsInFile, octetsInText } from "./octet-text.ts";

const found = (text: string): readonly string[] =>
  octetsInText(text).map((octets) => octets.toHex());

const snrm = "7ea0070321930f017e";

test("takes hex in any dress", () => {
  for (const text of [
    snrm,
    snrm.toUpperCase(),
    "7E A0 07 03 21 93 0F 01 7E\n",
    "7e:a0:07:03:21:93:0f:01:7e",
    "0x7e, 0xa0, 0x07, 0x03, 0x21, 0x93, 0x0f, 0x01, 0x7e",
    "{ 0x7e,0xa0,0x07,0x03,\n  0x21,0x93,0x0f,0x01,0x7e };",
    String.raw`\x7e\xa0\x07\x03\x21\x93\x0f\x01\x7e`,
    "7e-a0-07-03-21-93-0f-01-7e",
  ]) {
    expect(found(text), text).toEqual([snrm]);
  }
});

test("takes hex dumps without their offsets and their text", () => {
  expect(found("00000000: 7ea0 0703 2193 0f01 7e                   ~...!...~")).toEqual([snrm]);
  expect(found("00000000  7e a0 07 03 21 93 0f 01  7e  |~...!...~|\n00000009")).toEqual([snrm]);
  const long = "00".repeat(16);
  expect(found(`0000  ${long.replaceAll("00", "00 ")}\n0010  ff`)).toEqual([`${long}ff`]);
});

test("takes the octets of log lines and leaves times and words", () => {
  expect(found("2026-11-20 10:00:00 TX: 7E A0 07 03 21 93 0F 01 7E")).toEqual([snrm]);
  expect(found("[10:00:00.123] <- 7ea0070321930f017e (9 octets)")).toEqual([snrm]);
  expect(found("12:00:01 7E A0 07 03 21 93 0F 01 7E")).toEqual([snrm]);
  expect(found("send c001c1\nrecv c401c1")).toEqual(["c001c1", "c401c1"]);
  expect(found(`TX ${snrm}\nRX ${snrm}`)).toEqual([snrm + snrm]);
});

test("takes base64, and files of octets or text", () => {
  expect(found("fqAHAyGTDwF+")).toEqual([snrm]);
  expect(octetsInFile(Uint8Array.fromHex(snrm))[0]?.toHex()).toBe(snrm);
  expect(octetsInFile(new TextEncoder().encode(`${snrm}\n`))[0]?.toHex()).toBe(snrm);
  const signOn = new TextEncoder().encode("/?!\r\n");
  expect(octetsInFile(signOn)).toEqual([signOn]);
});

test("finds nothing in half octets and in words", () => {
  for (const text of ["", "   ", "7ea", "xyz", "hello there", "7e a0 0"]) {
    expect(found(text), text).not.toContain("7ea00");
  }
  expect(found("7ea")).toEqual([]);
});

test("never throws, and gives back any octets", () => {
  fc.assert(fc.property(fc.string(), (text) => void octetsInText(text)));
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1 }), (octets) => {
      const spaced = Array.from(octets, (octet) => octet.toString(16).padStart(2, "0")).join(" ");
      expect(found(`${spaced}\n`)).toEqual([octets.toHex()]);
    }),
  );
});
