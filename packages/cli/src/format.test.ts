import { expect, test } from "vitest";
import { agoText, durationText, rateText, unitSymbol } from "./format.ts";
import { textsFor } from "./texts/texts.ts";

test.for<readonly [ms: number, text: string]>([
  [0, "0s"],
  [-5, "0s"],
  [4000, "4s"],
  [3_200_000, "53m 20s"],
  [7_200_000, "2h"],
  [183_600_000, "2d 3h"],
])("%i ms is %s", ([ms, text]) => {
  expect(durationText(ms)).toBe(text);
});

test("a rate is a bar and a percentage, and a dash before anything was due", () => {
  expect(rateText(19, 20)).toBe("\u2588".repeat(10) + " 95.0 %");
  expect(rateText(1, 2)).toContain("50.0 %");
  expect(rateText(0, 0)).toBe("----------");
});

test("an age is told in the person's language", () => {
  expect(agoText(textsFor("es"), 5000, 3000)).toBe("hace 2s");
  expect(agoText(textsFor("en"), 5000, undefined)).toBe("never");
});

test("a unit of 255 has no symbol", () => {
  expect([unitSymbol(35), unitSymbol(255)]).toEqual(["V", ""]);
});
