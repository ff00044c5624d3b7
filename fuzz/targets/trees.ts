/** Translations with places: every part within the octets, children within their parents. */
import { nodeCrypto } from "@lectura/dlms-node";
import { fromHex } from "@lectura/dlms/octets";
import { type LayerName, translateTree, type TranslationNode } from "@lectura/dlms/translate";
import { aroundError, octetTreeLines, type TreeStyle } from "../../packages/cli/src/octet-tree.ts";
import { apdus, frames, text, vectorOctets } from "../corpus.ts";
import { acseApdus, dateTimes, mbusFrames } from "../own-octets.ts";
import { ownKeys } from "../own-questions.ts";
import { demand, type FuzzTarget } from "../target.ts";

/** Layers whose octets have parts. What others say stands in no particular octets. */
const layers: readonly LayerName[] = [
  "apdu",
  "apdu-lenient",
  "ciphered-apdu",
  "axdr-data",
  "profile-buffer",
  "cosem-datetime",
  "gbt-procedure",
  "hdlc-frame",
  "hdlc-stream",
  "hdlc-exchange",
  "iec62056-21",
  "mbus-wired",
  "push-hdlc",
  "push-mbus",
  "push-raw",
  "raw-push",
  "wrapper",
  "wrapper-lenient",
  "wrapper-stream",
];
const at = (layer: LayerName): number => layers.indexOf(layer);
const keys = { ...ownKeys, sc: undefined };
/** Draws without colours, whatever colour is asked for. */
const colour = new Proxy({}, { get: () => String }) as TreeStyle["colour"];
const style: TreeStyle = { colour, columns: 80, note: (note) => note };
/** Nodes of one tree: what an input of 4096 octets may become. */
const nodesMax = 200_000;

/** Octets its children's places count in, or its own where nothing came out of them. */
function inside(node: TranslationNode, octets: Uint8Array): Uint8Array {
  return node.buffer === undefined ? octets : fromHex(node.buffer.hex);
}

function checkPlaces(node: TranslationNode, octets: Uint8Array, counted: { nodes: number }): void {
  demand(++counted.nodes < nodesMax, "a tree has a bound");
  const [start, end] = node.range;
  demand(Number.isInteger(start) && Number.isInteger(end), "a place is whole octets");
  demand(start >= 0 && start <= end, "a part begins before it ends");
  const within = inside(node, octets);
  const last = node.buffer === undefined ? end : within.length;
  let behind = node.buffer === undefined ? start : 0;
  for (const child of node.children ?? []) {
    const [from, to] = child.range;
    if (child.buffer === undefined) {
      demand(from >= 0 && to <= within.length, "a part is within the octets");
      if (child.error === undefined) {
        demand(to <= last, "a part is within its parent");
        // Two frames of a stream may share the flag between them.
        const sharesFlag = from === behind - 1 && child.name.startsWith("frame[");
        demand(from >= behind || sharesFlag, "a part is behind its elder sister");
        behind = to;
      }
    }
    checkPlaces(child, within, counted);
  }
  const { error } = node;
  if (error !== undefined) {
    demand(error.octet >= 0 && error.octet <= within.length, "an error is within the octets");
  }
}

const places: FuzzTarget = {
  name: "translate/places",
  throws: "never",
  corpus: [
    ...apdus.flatMap((apdu) => [Uint8Array.of(at("apdu"), ...apdu)]),
    ...frames.map((frame) => Uint8Array.of(at("hdlc-frame"), ...frame)),
    ...frames.map((frame) => Uint8Array.of(at("hdlc-stream"), ...frame, ...frame)),
    Uint8Array.of(at("iec62056-21"), ...text("/LCT5\\2METER-1\r\n")),
    ...apdus.flatMap((apdu) => {
      const unit = Uint8Array.of(0, 1, 0, 1, 0, 16, apdu.length >> 8, apdu.length, ...apdu);
      return [
        Uint8Array.of(at("wrapper"), ...unit),
        Uint8Array.of(at("wrapper-stream"), ...unit, ...unit),
        Uint8Array.of(at("push-raw"), ...unit),
      ];
    }),
    ...mbusFrames.flatMap((octets) => [
      Uint8Array.of(at("mbus-wired"), ...octets),
      Uint8Array.of(at("push-raw"), ...octets),
    ]),
    ...acseApdus.map((octets) => Uint8Array.of(at("apdu"), ...octets)),
    ...dateTimes.map((octets) => Uint8Array.of(at("cosem-datetime"), ...octets)),
    ...layers.flatMap((layer) =>
      vectorOctets(layer).map((octets) => Uint8Array.of(at(layer), ...octets)),
    ),
  ],
  run(input) {
    const layer = layers[(input[0] ?? 0) % layers.length]!;
    const octets = input.subarray(1);
    const request = { octets, keys, given: {}, crypto: nodeCrypto };
    const { root, error } = translateTree(layer, request);
    const counted = { nodes: 0 };
    checkPlaces(root, octets, counted);
    demand(octetTreeLines(root, octets, style).length > 0 || counted.nodes === 1, "is drawn");
    aroundError(root, octets, style.colour);
    const kinds = (root.children ?? []).slice(0, 6).map(({ name, type }) => `${name} ${type}`);
    return `${layer} ${error?.code} ${error?.field} ${kinds.join()}`.replaceAll(/\d+/g, "N");
  },
};

export const treeTargets: readonly FuzzTarget[] = [places];
