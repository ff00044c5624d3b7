import {
  array,
  bitString,
  bool,
  nullData,
  octetString,
  structure,
  u32,
  visibleString,
} from "@lectura/dlms/axdr";
import { fromHex } from "@lectura/dlms/octets";
import { expect, test } from "vitest";
import { dataJson } from "./data-json.ts";
import { dataText } from "./data-text.ts";

test("Data is one line that a person reads", () => {
  const time = octetString(fromHex("07ea011f060f1e00ffffc400"));
  expect(dataText(time)).toBe("2026-01-31 15:30:00");
  const fraction = octetString(fromHex("07ea011f060f1e002bffc400"));
  expect(dataText(fraction)).toBe("2026-01-31 15:30:00.43");
  expect(dataText(octetString(fromHex("0100010800ff")))).toBe("1.0.1.8.0.255");
  expect(dataText(octetString(fromHex("4c4543")))).toBe('"LEC"');
  expect(dataText(octetString(fromHex("00ff")))).toBe("00ff");
  expect(dataText(structure([u32(7), bool(true), nullData(), bitString("01")]))).toBe(
    "{7, true, -, 01}",
  );
  expect(dataText(visibleString('a"b'))).toBe(String.raw`"a\"b"`);
  expect(dataText(array(Array.from({ length: 20 }, (_, at) => u32(at))))).toMatch(/\u2026 \+8\]$/);
});

test("Data as JSON is the translator's", () => {
  expect(dataJson(structure([u32(1)]))).toEqual({
    t: "structure",
    v: [{ t: "double-long-unsigned", v: 1 }],
  });
});
