import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { DecodeError } from "../error.ts";
import { fromHex } from "../octets.ts";
import { translateDateTime } from "./date-time-tree.ts";

interface Vector {
  readonly id: string;
  readonly hex: string;
  readonly expect: object;
}

const file = fileURLToPath(
  new URL("../../../../../shared/data/vectors/datetime.json", import.meta.url),
);
const isThere = existsSync(file);

// Skipped where the public vectors are not beside the repository.
test.skipIf(!isThere)("says of every public date-time what its vector says", () => {
  const vectors = JSON.parse(readFileSync(file, "utf8")) as readonly Vector[];
  expect(vectors.length).toBeGreaterThan(0);
  for (const vector of vectors) {
    expect({ id: vector.id, ...translateDateTime(fromHex(vector.hex)) }).toMatchObject({
      id: vector.id,
      ...vector.expect,
    });
  }
});

test("keeps wildcards as numbers and says what is not determined", () => {
  expect(translateDateTime(fromHex("ffff03fe07020000ff800000"))).toEqual({
    fields: {
      year: null,
      month: 3,
      day: 254,
      dow: 7,
      hour: 2,
      minute: 0,
      second: 0,
      hundredths: 255,
      deviation: null,
      status: 0,
    },
    local: null,
    utc: null,
    status: {
      raw: 0,
      invalid: false,
      doubtful: false,
      different_base: false,
      invalid_clock_status: false,
      dst: false,
    },
    invalid: false,
    raw: "ffff03fe07020000ff800000",
  });
});

test("refuses another length with a typed error", () => {
  expect(() => translateDateTime(fromHex("07e9"))).toThrow(DecodeError);
});
