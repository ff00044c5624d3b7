import {
  acseApdus,
  apdus,
  dataValues,
  goldenApdus,
  goldenFrames,
  hostileOctets,
  nodeCrypto,
  readVectors,
  vectorsPresent,
} from "@lectura/testkit";
import fc from "fast-check";
import { expect, test } from "vitest";
import { encodeAcse } from "../acse/codec.ts";
import { encodeData } from "../axdr/data-encode.ts";
import { DecodeError } from "../error.ts";
import { fromHex, toHex } from "../octets.ts";
import { encodeApdu } from "../xdlms/apdu.ts";
import { isLayerName, type LayerName, translate } from "./layers.ts";
import type { Json } from "./json.ts";
import type { TranslationNode } from "./node.ts";
import { translateTree, type TranslationTree } from "./tree.ts";

const treeOf = (layer: LayerName, octets: Uint8Array, keys = {}, given = {}): TranslationTree =>
  translateTree(layer, { octets, keys, given, crypto: nodeCrypto });

const text = (value: Json): string =>
  typeof value === "object" ? JSON.stringify(value) : String(value);

/** Every line of a tree as `start-end name: value`. */
function lines(node: TranslationNode, indent = ""): readonly string[] {
  const { name, range, value, children = [] } = node;
  const said = value === undefined ? "" : `: ${text(value)}`;
  return [
    `${indent}${range.join("-")} ${name}${said}`,
    ...children.flatMap((child) => lines(child, `${indent}  `)),
  ];
}

/** Every node stands inside its parent, behind its elder sister, and leaves of octets are there. */
function checkPlaces(node: TranslationNode, octets: Uint8Array): void {
  const [start, end] = node.range;
  expect(start, node.name).toBeGreaterThanOrEqual(0);
  expect(end, node.name).toBeGreaterThanOrEqual(start);
  const within = node.buffer === undefined ? octets : fromHex(node.buffer.hex);
  let behind = node.buffer === undefined ? start : 0;
  for (const child of node.children ?? []) {
    const derived = child.buffer !== undefined;
    const [from, to] = child.range;
    if (!derived && child.error === undefined) {
      expect(from, `${node.name} ${child.name}`).toBeGreaterThanOrEqual(behind);
      expect(to).toBeLessThanOrEqual(node.buffer === undefined ? end : within.length);
      behind = to;
    }
    checkPlaces(child, within);
  }
}

test("gives every part of a request its octets", () => {
  const { root } = treeOf("apdu", fromHex("c001c1000301000108 00ff0200".replace(" ", "")));
  expect(lines(root)).toEqual([
    "0-13 apdu",
    "  0-13 apdu: get-request",
    "    0-1 tag: c0",
    "    1-2 choice: normal",
    "    2-3 invoke_id: 1",
    "    3-13 attribute",
    "      3-5 class_id: 3",
    "      5-11 obis: 1.0.1.8.0.255",
    "      11-12 attribute: 2",
    "      12-13 selection: null",
  ]);
});

test("counts octets from the opening flag through frame, LLC, APDU and value", () => {
  const { root, error } = treeOf("hdlc-frame", fromHex(goldenFrames.snrmWithParameters));
  expect(error).toBeUndefined();
  const told = lines(root).join("\n");
  expect(told).toContain("3-4 dest: 1");
  expect(told).toContain("11-14 max_info_tx: 128");
  expect(told).toContain("29-31 fcs: 533b");
});

test("a frame reaches as far as its parts, also where the unit in it cannot be read", () => {
  const { root, error } = treeOf("mbus-wired", fromHex("680e0e6852ff100166c401c10206000000075d16"));
  expect(error).toMatchObject({ field: "Get-Data-Result" });
  expect(lines(root)).toContain("  0-18 frame[0]");
  checkPlaces(root, fromHex("680e0e6852ff100166c401c10206000000075d16"));
});

test("names classes, attributes, objects, times and units beside the values", () => {
  const scalerUnit = treeOf("apdu", fromHex("c401c10002020ffd161e")).root;
  expect(JSON.stringify(scalerUnit)).toContain("x 10^-3 Wh");
  const request = treeOf("apdu", fromHex("c001c100080000010000ff0200")).root;
  expect(JSON.stringify(request)).toContain('"note":"Clock"');
  expect(JSON.stringify(request)).toContain('"note":"time"');
  const time = treeOf("axdr-data", fromHex("090c07e90916010a1e00ffffc400")).root;
  expect(JSON.stringify(time)).toContain("2025-09-22T10:30:00 UTC+01:00");
});

test("shows the tree up to what cannot be read, with layer, field and octet", () => {
  const { root, error } = treeOf("apdu", fromHex("c403c1020011010509"));
  expect(error).toMatchObject({ code: "xdlms/malformed", layer: "xdlms", octet: 7 });
  expect(lines(root).join("\n")).toContain("[0]");
  const flagged = lines(root).filter((line) => line.includes("Get-Data-Result"));
  expect(flagged).toHaveLength(1);
});

test("says which part of a frame is wrong", () => {
  const good = fromHex(goldenFrames.snrmWithParameters);
  const spoiled = (at: number, octet: number): TranslationTree => {
    const octets = good.slice();
    octets[at] = octet;
    return treeOf("hdlc-frame", octets);
  };
  expect(spoiled(6, 0).error).toMatchObject({ field: "HCS", octet: 6 });
  expect(spoiled(20, 9).error).toMatchObject({ field: "FCS", octet: 29 });
  expect(spoiled(1, 0xb0).error).toMatchObject({ field: "format", octet: 1 });
  expect(spoiled(2, 0x1d).error).toMatchObject({ field: "length", octet: 1 });
  expect(spoiled(31, 0).error).toMatchObject({ field: "closing flag", octet: 31 });
});

test("opens what keys open, and counts in the plaintext below it", () => {
  const keys = {
    guek: "000102030405060708090a0b0c0d0e0f",
    gak: "d0d1d2d3d4d5d6d7d8d9dadbdcdddedf",
    system_title: "4d4d4d0000bc614e",
  };
  // The Green Book's glo-get-request of the clock's time.
  const octets = fromHex("c81e3001234567411312ff935a47566827c467bc7d825c3be4a77c3fcc056b6b");
  const { root, error } = treeOf("apdu", octets, keys);
  expect(error).toBeUndefined();
  const told = lines(root);
  expect(told).toContain("    0-13 plaintext");
  expect(told).toContain("        5-11 obis: 0.0.1.0.0.255".replace("        ", "          "));
  const wrong = treeOf("apdu", octets, { ...keys, gak: keys.guek });
  expect(wrong.error).toMatchObject({ code: "security/tag" });
  expect(treeOf("apdu", octets).error).toBeUndefined();
});

test("puts segments and blocks together beside the frames that carried them", () => {
  for (const name of ["push", "hdlc-segmentation"]) {
    for (const { layer, hex } of readVectors(name)) {
      if (layer !== "push-hdlc" && layer !== "hdlc-exchange") continue;
      const { root } = treeOf(layer, fromHex(hex));
      const frames = (root.children ?? []).filter((child) => child.name.startsWith("frame"));
      expect(frames.length).toBeGreaterThan(0);
    }
  }
  const blocks = treeOf("gbt-procedure", fromHex("e00000010000020f00e080000200000300000000"));
  expect(blocks.error).toBeDefined();
});

test("tells what stands between the frames of a stream", () => {
  const snrm = fromHex(goldenFrames.snrmSap1);
  const stream = fromHex(`0d0a${toHex(snrm)}${toHex(snrm).slice(2)}4f4b`);
  const { root, error } = treeOf("hdlc-stream", stream);
  expect(error).toBeUndefined();
  expect(root.children?.map(({ name, range }) => [name, ...range])).toEqual([
    ["no_frame", 0, 2],
    ["frame[0]", 2, 11],
    ["frame[1]", 10, 19],
    ["no_frame", 19, 21],
  ]);
});

test("every part of every APDU stands inside its whole, in order", () => {
  for (const [, , hex] of goldenApdus) {
    const octets = fromHex(hex);
    const { root, error } = treeOf("apdu", octets);
    // Some hold content that is too short to be ciphered.
    if (error?.layer !== "security") expect(error, hex).toBeUndefined();
    checkPlaces(root, octets);
  }
  const encoded = fc.oneof(apdus.map(encodeApdu), acseApdus.map(encodeAcse));
  fc.assert(
    fc.property(encoded, (octets) => {
      const { root, error } = treeOf("apdu", octets);
      // What an ACSE APDU carries is any octets here.
      if (octets[0]! >> 4 !== 6 && error?.layer !== "security") expect(error).toBeUndefined();
      checkPlaces(root, octets);
    }),
    { numRuns: 300 },
  );
});

test("every element of a value stands inside its whole, in order", () => {
  fc.assert(
    fc.property(dataValues, (data) => {
      const octets = encodeData(data);
      const { root, error } = treeOf("axdr-data", octets);
      expect(error).toBeUndefined();
      checkPlaces(root, octets);
      expect(root.children?.[0]?.range).toEqual([0, octets.length]);
    }),
  );
});

const layers = [
  "apdu",
  "axdr-data",
  "hdlc-frame",
  "hdlc-stream",
  "wrapper",
  "wrapper-stream",
  "mbus-wired",
  "push-raw",
  "push-mbus",
  "iec62056-21",
  "raw-push",
  "cosem-datetime",
] as const satisfies readonly LayerName[];

test("never throws, whatever the octets are", () => {
  fc.assert(
    fc.property(hostileOctets, fc.constantFrom(...layers), (octets, layer) => {
      checkPlaces(treeOf(layer, octets).root, octets);
    }),
    { numRuns: 500 },
  );
});

test("fails where the translation fails", () => {
  const spoilt = fc
    .tuple(apdus.map(encodeApdu), fc.nat(), fc.nat(255))
    .map(([octets, at, octet]) => {
      const copy = octets.slice(0, at % 3 === 0 ? (at % octets.length) + 1 : octets.length);
      copy[at % copy.length] = octet;
      return copy;
    });
  fc.assert(
    fc.property(spoilt, (octets) => {
      const { error } = treeOf("apdu", octets);
      let failure: DecodeError | undefined;
      try {
        translate("apdu", { octets, keys: {}, given: {} });
      } catch (thrown) {
        if (!(thrown instanceof DecodeError)) throw thrown;
        failure = thrown;
      }
      if (error === undefined || octets[0]! >> 4 === 6 || failure?.layer === "security") return;
      expect(error).toMatchObject({ code: failure?.code, octet: failure?.offset });
    }),
    { numRuns: 500 },
  );
});

test.skipIf(!vectorsPresent)("reads every public vector the translation reads", () => {
  const files = ["get", "set", "action", "access", "acse", "sn", "notify", "errors", "gbt"];
  const others = ["axdr-data", "hdlc-frames", "wrapper", "mode-e", "mbus-wired", "datetime"];
  for (const file of [...files, ...others, "ciphered", "general", "malformed", "push", "quirks"]) {
    for (const { id, layer, hex, keys, given, expect: answer } of readVectors(file)) {
      if (!isLayerName(layer)) throw new Error(layer);
      const octets = fromHex(hex);
      const tree = treeOf(layer, octets, keys ?? {}, given ?? {});
      checkPlaces(tree.root, octets);
      const { valid } = answer as { readonly valid?: unknown };
      const refused = valid === false;
      if (valid !== null && (layer !== "hdlc-frame" || refused)) {
        const problem = JSON.stringify(tree.error);
        if (refused) expect(tree.error, id).toBeDefined();
        else expect(problem, id).toBeUndefined();
      }
    }
  }
});
