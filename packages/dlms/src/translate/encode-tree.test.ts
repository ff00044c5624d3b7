import { existsSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeAcse, encodeAcse, isAcseTag } from "../acse/codec.ts";
import { decodeData } from "../axdr/data-decode.ts";
import { encodeData } from "../axdr/data-encode.ts";
import { DecodeError } from "../error.ts";
import { fromHex, toHex } from "../octets.ts";
import { decodeApdu, encodeApdu } from "../xdlms/apdu.ts";
import {
  type EncodableLayer,
  encodableLayers,
  encodeTree,
  isEncodableLayer,
} from "./encode-tree.ts";
import type { Json, JsonObject } from "./json.ts";
import { translate } from "./layers.ts";

const folder = new URL("../../../../../shared/data/vectors/", import.meta.url);
const files =
  "access acse action axdr-data ciphered errors gbt general get hdlc-frames malformed notify " +
  "object-list profile-generic set sn wrapper";

interface Vector {
  readonly id: string;
  readonly layer: string;
  readonly hex: string;
}

function vectors(): readonly (Vector & { readonly layer: EncodableLayer })[] {
  if (!existsSync(folder)) return [];
  return files
    .split(" ")
    .flatMap(
      (file) => JSON.parse(readFileSync(new URL(`${file}.json`, folder), "utf8")) as Vector[],
    )
    .filter((one): one is Vector & { layer: EncodableLayer } => isEncodableLayer(one.layer));
}

const read = (layer: EncodableLayer, octets: Uint8Array): Json =>
  translate(layer, { octets, keys: {}, given: {} });

/** As a person gets it: printed and read again. */
const printed = (tree: Json): Json => JSON.parse(JSON.stringify(tree)) as Json;

function readable(): readonly (Vector & { readonly layer: EncodableLayer; readonly tree: Json })[] {
  return vectors().flatMap((vector) => {
    try {
      return [{ ...vector, tree: printed(read(vector.layer, fromHex(vector.hex))) }];
    } catch (error) {
      if (error instanceof DecodeError) return [];
      throw error;
    }
  });
}

/** The octets the codecs write for what they have read. */
function canonical(layer: EncodableLayer, octets: Uint8Array): Uint8Array {
  if (layer === "axdr-data") return encodeData(decodeData(octets));
  if (layer !== "apdu") return octets;
  return isAcseTag(octets[0]!) ? encodeAcse(decodeAcse(octets)) : encodeApdu(decodeApdu(octets));
}

describe.skipIf(!existsSync(folder))("every public vector", () => {
  test.each(encodableLayers)("of layer %s is encoded to its canonical form", (layer) => {
    const known = readable().filter((vector) => vector.layer === layer);
    expect(known.length).toBeGreaterThan(10);
    for (const { id, hex, tree } of known) {
      const octets = encodeTree(layer, tree);
      expect(toHex(octets), id).toBe(toHex(canonical(layer, fromHex(hex))));
      expect(toHex(encodeTree(layer, printed(read(layer, octets)))), id).toBe(toHex(octets));
    }
  });
});

const getRequest = "c001c100030100010800ff0200";
const readOne = (layer: EncodableLayer, hex: string): JsonObject =>
  printed(read(layer, fromHex(hex))) as JsonObject;

describe("a tree somebody has changed", () => {
  test("is encoded as it now says, inside a wrapper too, with lengths to match", () => {
    const wrapper = readOne("wrapper", `000100100001000d${getRequest}`);
    expect(toHex(encodeTree("wrapper", wrapper))).toBe(`000100100001000d${getRequest}`);
    const decoded = { ...(wrapper["decoded"] as JsonObject), obis: "1-0:2.8.0*255", selector: 2 };
    const selection = { t: "structure", v: [{ t: "unsigned", v: 1 }] };
    const changed = { ...wrapper, decoded: { ...decoded, access_parameters: selection } };
    expect(toHex(encodeTree("wrapper", changed))).toBe(
      "0001001000010012c001c100030100020800ff02010202011101",
    );
  });

  test("is encoded into a frame with its check sequences", () => {
    const tree = {
      segmented: false,
      dest: { size: 1, value: 1 },
      src: { size: 1, value: 16 },
      control: { type: "I", pf: true, ns: 0, nr: 0 },
      llc: "command",
      apdu: readOne("apdu", getRequest),
    };
    const frame = encodeTree("hdlc-frame", tree);
    const back = readOne("hdlc-frame", toHex(frame));
    expect(back).toMatchObject({ ...tree, info: `e6e600${getRequest}`, valid: true });
    const shorter = { ...back, apdu: { ...tree.apdu, type: "next", block_number: 7 } };
    expect(readOne("hdlc-frame", toHex(encodeTree("hdlc-frame", shorter)))).toMatchObject({
      info: "e6e600c002c100000007",
    });
    const params = { max_info_tx: 256, max_info_rx: 128, window_tx: 1, window_rx: 2 };
    const control = { type: "SNRM", pf: true };
    const snrm = { dest: tree.dest, src: tree.src, control, params };
    expect(readOne("hdlc-frame", toHex(encodeTree("hdlc-frame", snrm)))).toMatchObject(snrm);
  });

  test("of an association is encoded with what its user-information now says", () => {
    const aarq = "601da109060760857405080101be10040e01000000065f1f0400007e1f04b0";
    const tree = readOne("apdu", aarq);
    expect(toHex(encodeTree("apdu", tree))).toBe(aarq);
    const { conformance_hex: _, ...initiate } = tree["user_information"] as JsonObject;
    const changed = { ...tree, user_information: { ...initiate, conformance: ["get"] } };
    expect(toHex(encodeTree("apdu", changed))).toBe(aarq.replace("007e1f", "000010"));
    const torn = { ...tree, user_information: { ...initiate, conformance_hex: "000001" } };
    expect(() => encodeTree("apdu", torn)).toThrow(/user_information.conformance.*differ/);
  });
});

describe("a tree that says nothing", () => {
  test.each<[EncodableLayer, Json, RegExp]>([
    ["axdr-data", 5, /^the tree is something else/],
    ["axdr-data", { t: "unsigned" }, /^v is missing: a whole number/],
    ["axdr-data", { t: "unsigned", v: 1.5 }, /^v is something else/],
    ["axdr-data", { t: "unsigned", v: 300 }, /not in 0..255/],
    ["axdr-data", { t: "byte", v: 3 }, /^t is something else: a type of Data/],
    ["axdr-data", { t: "array", v: [{ t: "null-data" }, { t: "long", v: "x" }] }, /^v\[1\]\.v/],
    ["axdr-data", { t: "octet-string", v: "xy" }, /^v is not hexadecimal/],
    ["axdr-data", { t: "long64", v: "1e3" }, /^v is something else/],
    ["apdu", { apdu: "get" }, /^apdu is something else: the name of an APDU/],
    ["apdu", { apdu: "get-request", type: "soon", invoke_id: 1 }, /^confirmed is missing/],
    ["wrapper", { source: 1, destination: 16 }, /^decoded is missing/],
    ["hdlc-frame", { dest: { size: 3 } }, /^dest.size is something else: 1, 2 or 4/],
  ])("%s %j is refused by its path", (layer, tree, problem) => {
    expect(() => encodeTree(layer, tree)).toThrow(RangeError);
    expect(() => encodeTree(layer, tree)).toThrow(problem);
  });

  test("whatever it is, is a RangeError", () => {
    const words = ["t", "v", "apdu", "type", "array", "structure", "get-request", "normal", "size"];
    const tree = fc.letrec<{ tree: Json }>((tie) => ({
      tree: fc.oneof(
        fc.constantFrom<Json>(null, 0, 1, -1, "00", ...words),
        fc.array(tie("tree"), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom(...words), tie("tree"), { maxKeys: 4 }),
      ),
    })).tree;
    fc.assert(
      fc.property(fc.constantFrom(...encodableLayers), tree, (layer, value) => {
        try {
          encodeTree(layer, value);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
    );
  });
});

test("text keeps its characters, and octets that are none keep their hex", () => {
  const both = (tree: Json): string => toHex(encodeTree("axdr-data", tree));
  expect(both({ t: "utf8-string", v: "a\u00e9\u20ac\u{1f600}" })).toBe("0c0a61c3a9e282acf09f9880");
  expect(both({ t: "visible-string", v: "AB" })).toBe("0a024142");
  expect(both({ t: "visible-string", v: "?", hex: "ff00" })).toBe("0a02ff00");
  expect(both({ t: "float32", v: null, hex: "7f800000" })).toBe("177f800000");
  expect(both({ t: "float64", v: 1.5 })).toBe("183ff8000000000000");
  expect(both({ t: "long64", v: "-1" })).toBe("14ffffffffffffffff");
});
