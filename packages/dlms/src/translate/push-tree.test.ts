import { describe, expect, test } from "vitest";
import { nodeCrypto, readVectors, vectorsPresent } from "@lectura/testkit";
import { concatOctets, fromHex, toHex } from "../octets.ts";
import { blocksOf, hdlcFrames, mbusFrames, pairsPush } from "../push/push.fixture.ts";
import { sealContent } from "../security/content.ts";
import { writeEnvelope } from "../security/envelope.ts";
import type { JsonObject } from "./json.ts";
import { isLayerName, type LayerName, translate } from "./layers.ts";

const guek = "000102030405060708090a0b0c0d0e0f";
const gak = "d0d1d2d3d4d5d6d7d8d9dadbdcdddedf";
const systemTitle = fromHex("4c45430000000011");

const control = { suite: 0, authenticated: true, encrypted: true } as const;
const keys = { encryption: fromHex(guek), authentication: fromHex(gak) };
const content = sealContent(
  nodeCrypto,
  control,
  keys,
  { systemTitle, invocationCounter: 5 },
  pairsPush,
);
const sealed = writeEnvelope(content, 0x0f, "global", "general", systemTitle).slice();

function tell(layer: LayerName, octets: Uint8Array, named: object = {}): JsonObject {
  const request = { octets, keys: { ...named }, given: {}, crypto: nodeCrypto };
  return translate(layer, request) as JsonObject;
}

const message = (tree: JsonObject): JsonObject => (tree["messages"] as readonly JsonObject[])[0]!;

test("tells the readings of a push in every framing", () => {
  for (const [layer, frames] of [
    ["push-hdlc", hdlcFrames(pairsPush, 40)],
    ["push-mbus", mbusFrames(pairsPush, 40)],
    ["push-raw", blocksOf(pairsPush)],
  ] as const) {
    const tree = tell(layer, concatOctets([...frames]));
    expect(message(tree)["readings"]).toEqual([
      { obis: "0.0.96.1.0.255", type: "octet-string", value: "4c45433030303137" },
      {
        obis: "1.0.1.8.0.255",
        raw: 4711,
        type: "double-long-unsigned",
        scaler: 1,
        unit: 30,
        value: "47110",
      },
      {
        obis: "1.0.32.7.0.255",
        raw: 2304,
        type: "double-long-unsigned",
        scaler: -1,
        unit: 35,
        value: "230.4",
      },
    ]);
  }
});

test("opens a ciphered push with the keys of the question, in blocks, too", () => {
  const frames = [hdlcFrames(sealed, 50), blocksOf(sealed).flatMap((block) => hdlcFrames(block))];
  for (const each of frames) {
    const opened = message(tell("push-hdlc", concatOctets([...each]), { guek, gak }));
    expect(opened["apdu_hex"]).toBe(toHex(sealed));
    expect(opened["plaintext"]).toBe(toHex(pairsPush));
    expect(opened["decoded"]).toMatchObject({ apdu: "data-notification", long_invoke_id: 7 });
  }
  const closed = message(tell("push-raw", sealed));
  expect(closed["decoded"]).toMatchObject({ apdu: "general-glo-ciphering", invocation_counter: 5 });
  expect(closed["plaintext"]).toBeUndefined();
});

test("refuses a push with a wrong key, one damaged on the line, and nothing at all", () => {
  const wrong = { guek: gak, gak };
  expect(() => tell("push-raw", sealed, wrong)).toThrow("security");
  const [frame] = hdlcFrames(pairsPush, 127);
  expect(tell("push-hdlc", frame!.with(20, 0xff))["valid"]).toBe(false);
  expect(tell("push-raw", new Uint8Array(0))["valid"]).toBe(false);
});

// Skipped where the public vectors are not beside the repository.
describe.skipIf(!vectorsPresent)("public vectors: pushes, blocks, sign-on, quirks", () => {
  const vectors = vectorsPresent
    ? ["gbt", "push", "mbus-wired", "mode-e", "quirks"].flatMap((file) => readVectors(file))
    : [];
  for (const { id, layer, hex, keys: named, given, expect: expected } of vectors) {
    test(`${id} ${layer}`, () => {
      if (!isLayerName(layer)) throw new Error(`no layer ${layer}`);
      const request = {
        octets: fromHex(hex),
        keys: { ...(named as object) },
        given: { ...(given as object) },
        crypto: nodeCrypto,
      };
      expect(translate(layer, request)).toMatchObject(expected as object);
    });
  }
});
