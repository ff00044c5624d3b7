import { expect, test } from "vitest";
import { type SourceFile, tidy } from "./tidy.ts";

const file = (path: string, text: string): SourceFile => ({ path, text, octets: text.length });
const companion = file("packages/gateway/src/line/clean.test.ts", "");
const rulesOf = (path: string, text: string): readonly string[] =>
  tidy([file(path, text), companion]).map(({ rule }) => rule);
const clean = "packages/gateway/src/line/clean.ts";

test.for<readonly [rule: string, path: string, text: string]>([
  ["no-star-export", clean, 'export * from "./x.ts";'],
  ["no-default-export", clean, "export default 1;"],
  ["erasable-only", clean, "export enum Colour { red }"],
  ["no-only", clean, 'test.only("x", () => undefined);'],
  ["no-unowned-todo", clean, "// TODO later"],
  ["no-silenced-check", clean, "// @ts-ignore"],
  ["resources-are-passed-in", clean, "const now = Date.now();"],
  ["durations-have-units", clean, "readonly timeout: number;"],
  ["ascii-source", clean, "const word = '\u00e1';"],
  ["line-length", clean, "x".repeat(101)],
  ["file-length", clean, "\n".repeat(501)],
  ["file-name", "packages/gateway/src/line/Clean.ts", ""],
  ["folder-name", "packages/gateway/src/line/utils/clean.ts", ""],
  ["untested", "packages/cli/src/lonely.ts", ""],
])("reports %s", ([rule, path, text]) => {
  expect(rulesOf(path, text)).toContain(rule);
});

test("finds nothing in a clean file", () => {
  expect(rulesOf(clean, "export const answerMs = 42;\n")).toEqual([]);
});

test("lets a composition root own the clock", () => {
  expect(rulesOf("packages/gateway/src/main.ts", "const now = Date.now();")).toEqual([]);
});
