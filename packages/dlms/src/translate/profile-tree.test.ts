import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { DecodeError } from "../error.ts";
import { translateProfileBuffer } from "./profile-tree.ts";

interface Vector {
  readonly id: string;
  readonly layer: string;
  readonly hex: string;
  readonly given: unknown;
  readonly expect: { readonly rows: readonly object[] };
}

const file = fileURLToPath(
  new URL("../../../../../shared/data/vectors/profile-generic.json", import.meta.url),
);
const isThere = existsSync(file);

// Skipped where the public vectors are not beside the repository.
test.skipIf(!isThere)("gives the rows of every public profile buffer", () => {
  const vectors = (JSON.parse(readFileSync(file, "utf8")) as readonly Vector[]).filter(
    ({ layer }) => layer === "profile-buffer",
  );
  expect(vectors.length).toBeGreaterThan(0);
  for (const { id, hex, given, expect: expected } of vectors) {
    const { rows } = translateProfileBuffer(hex, given);
    expect([id, rows.length]).toEqual([id, expected.rows.length]);
    for (const [index, row] of expected.rows.entries()) expect(rows[index]).toMatchObject(row);
  }
});

const clock = { class_id: 8, obis: "0.0.1.0.0.255", attribute: 2 };
const energy = { class_id: 3, obis: "1.0.1.8.0.255", attribute: 2 };

test("fills in times and values that are null-data", () => {
  const hex = "01030202090c07e90b1e07173b0000800000060000000702020000020200060000000a";
  expect(translateProfileBuffer(hex, { columns: [clock, energy], capture_period: 60 })).toEqual({
    rows: [
      { time_local: "2025-11-30T23:59:00", deviation: null, status: null, values: [7] },
      { time_local: "2025-12-01T00:00:00", deviation: null, status: null, values: [7] },
      { time_local: "2025-12-01T00:01:00", deviation: null, status: null, values: [10] },
    ],
  });
});

test.for<readonly [problem: string, hex: string, given: unknown]>([
  ["a row of another width", "0101020111ff", { columns: [clock, energy], capture_period: 60 }],
  ["a clock that is no time", "0101020211ff1100", { columns: [clock, energy] }],
  ["no columns", "0100", {}],
  ["a column without name", "0100", { columns: [{ class_id: 3, attribute: 2 }] }],
  ["a value that is no list", "1101", { columns: [clock] }],
])("refuses %s with a typed error", ([, hex, given]) => {
  expect(() => translateProfileBuffer(hex, given)).toThrow(DecodeError);
});
