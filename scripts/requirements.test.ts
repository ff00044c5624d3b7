import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");
const page = readFileSync(join(root, "docs", "requirements.md"), "utf8");

/** `file.test.ts`: *name*, *name* */
const references = [...page.matchAll(/`([\w./-]+\.test\.ts)`: ((?:\*[^*]+\*(?:, )?)+)/g)].flatMap(
  ([, file = "", names = ""]) =>
    [...names.matchAll(/\*([^*]+)\*/g)].map(([, name = ""]) => ({ file, name })),
);

test("every test that docs/requirements.md names exists", () => {
  expect(references.length).toBeGreaterThan(80);
  const missing = references.filter(({ file, name }) => {
    const path = join(root, "packages", file);
    return !existsSync(path) || !readFileSync(path, "utf8").includes(name);
  });
  expect(missing).toEqual([]);
});

test("every requirement from R1 to R77 has a row with an answer", () => {
  const rows = [...page.matchAll(/^\| (R\d+b?) \| ([^|]+) \| (Met|Open|Gateway)/gm)];
  const wanted = Array.from({ length: 77 }, (_, at) => `R${at + 1}`);
  expect(wanted.filter((id) => !rows.some(([, name]) => name === id))).toEqual([]);
});
