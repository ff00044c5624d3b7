import { encodeData } from "../axdr/data-encode.ts";
import { apduFromTree } from "./apdu-from-tree.ts";
import { dataFromTree } from "./data-from-tree.ts";
import { frameFromTree, wrapperFromTree } from "./frame-from-tree.ts";
import type { Json } from "./json.ts";

/** Layers whose trees can be encoded. */
export type EncodableLayer = "apdu" | "axdr-data" | "hdlc-frame" | "wrapper";

const encoders: Readonly<Record<EncodableLayer, (tree: Json) => Uint8Array>> = {
  apdu: (tree: Json) => apduFromTree(tree),
  "axdr-data": (tree: Json) => encodeData(dataFromTree(tree)),
  "hdlc-frame": frameFromTree,
  wrapper: wrapperFromTree,
};

/** Every one of them by name. */
export const encodableLayers: readonly EncodableLayer[] = Object.keys(encoders) as EncodableLayer[];

/** Whether trees of a layer can be encoded. */
export function isEncodableLayer(name: string): name is EncodableLayer {
  return Object.hasOwn(encoders, name);
}

/**
 * The inverse of `translate`: octets in their canonical form from a tree in its words. Lengths
 * and check sequences are computed, whatever the tree says of them; names unknown here are passed
 * over. An APDU that stands there twice, in octets and as a tree, is taken from the tree where the
 * two differ.
 * @throws {RangeError} the tree says nothing that has octets; the message begins with the path
 */
export function encodeTree(layer: EncodableLayer, tree: Json): Uint8Array {
  return encoders[layer](tree);
}
