import { nodeCrypto, readVectors, type Vector, vectorsPresent } from "@lectura/testkit";
import { describe, expect, test } from "vitest";
import { DlmsError } from "../error.ts";
import { fromHex } from "../octets.ts";
import { isLayerName, translate } from "./layers.ts";

const files = [
  "ciphered",
  "ciphered-negative",
  "general",
  "hls",
  "asymmetric",
  "keywrap",
  "sessions",
] as const;

interface Expectation {
  readonly valid?: boolean | null;
}

function answer({ layer, hex, keys, given }: Vector): unknown {
  if (!isLayerName(layer)) throw new Error(`no layer ${layer}`);
  const request = {
    octets: fromHex(hex ?? ""),
    keys: (keys ?? {}) as Readonly<Record<string, unknown>>,
    given: (given ?? {}) as Readonly<Record<string, unknown>>,
    crypto: nodeCrypto,
  };
  try {
    return translate(layer, request);
  } catch (error) {
    if (error instanceof DlmsError) return { valid: false };
    throw error;
  }
}

describe.skipIf(!vectorsPresent)("public vectors (skipped where they are absent)", () => {
  test.each(files)("of %s are answered as expected", (file) => {
    for (const vector of readVectors(file)) {
      const { valid } = vector.expect as Expectation;
      const found = JSON.parse(JSON.stringify(answer(vector))) as object;
      if (valid === false) expect(found, vector.id).toMatchObject({ valid: false });
      else expect(found, vector.id).toMatchObject(vector.expect as object);
    }
  });
});
