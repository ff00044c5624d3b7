/** Frames around APDUs from their trees: the wrapper's and HDLC's. Lengths and checks are computed. */
import { encodeServerAddress } from "../hdlc/address.ts";
import {
  controlDisc,
  controlDm,
  controlFrmr,
  controlRej,
  controlRnr,
  controlRr,
  controlSnrm,
  controlUa,
  controlUi,
  informationControl,
  pollFinalBit,
} from "../hdlc/control.ts";
import { buildFrame } from "../hdlc/frame.ts";
import { completeParameters, encodeParameters } from "../hdlc/parameters.ts";
import { concatOctets } from "../octets.ts";
import { encodeWrapper } from "../wrapper/header.ts";
import { carriedOf } from "./acse-from-tree.ts";
import { apduFromTree } from "./apdu-from-tree.ts";
import { translateApdu } from "./apdu-tree.ts";
import { translateFrame } from "./frame-tree.ts";
import type { Json } from "./json.ts";
import { isSameTree, refuse, TreeObject } from "./tree-object.ts";

const noOctets = new Uint8Array(0);
const llcHeaders: Readonly<Record<string, Uint8Array>> = {
  command: Uint8Array.of(0xe6, 0xe6, 0),
  response: Uint8Array.of(0xe6, 0xe7, 0),
};
const supervisoryControls: Readonly<Record<string, number>> = {
  RR: controlRr,
  RNR: controlRnr,
  REJ: controlRej,
};
const unnumberedControls: Readonly<Record<string, number>> = {
  SNRM: controlSnrm,
  DISC: controlDisc,
  UA: controlUa,
  DM: controlDm,
  FRMR: controlFrmr,
  UI: controlUi,
};

/** One wrapper unit (IEC 62056-47). @throws {RangeError} */
export function wrapperFromTree(json: Json): Uint8Array {
  const tree = new TreeObject(json, "");
  const apdu = carriedOf(tree, "apdu", "decoded", apduFromTree);
  if (apdu === undefined) return refuse("decoded", undefined, "an APDU");
  return encodeWrapper(tree.integer("source"), tree.integer("destination"), apdu);
}

/**
 * One HDLC frame with both flags. Its information is the one in `info` where that says what `apdu`,
 * `llc` and `params` say, else these encoded. @throws {RangeError}
 */
export function frameFromTree(json: Json): Uint8Array {
  const tree = new TreeObject(json, "");
  const frame = (information: Uint8Array): Uint8Array =>
    buildFrame({
      destination: addressOf(tree.object("dest")),
      source: addressOf(tree.object("src")),
      control: controlOf(tree.object("control")),
      segmented: tree.has("segmented") && tree.boolean("segmented"),
      information,
    });
  const info = tree.has("info") ? tree.octets("info") : undefined;
  const hasParts = tree.has("apdu") || tree.has("params");
  if (info !== undefined) {
    const octets = frame(info);
    if (!hasParts || saysTheSame(octets, tree)) return octets;
  }
  return frame(hasParts ? informationOf(tree) : noOctets);
}

function saysTheSame(frame: Uint8Array, tree: TreeObject): boolean {
  const said = translateFrame(frame, (apdu) => translateApdu(apdu));
  return ["apdu", "llc", "params"].every((name) => isSameTree(said[name], tree.get(name)));
}

function informationOf(tree: TreeObject): Uint8Array {
  if (tree.has("params")) {
    const params = tree.object("params");
    return encodeParameters(
      completeParameters({
        transmitOctetsMax: params.integer("max_info_tx"),
        receiveOctetsMax: params.integer("max_info_rx"),
        transmitWindow: params.integer("window_tx"),
        receiveWindow: params.integer("window_rx"),
      }),
    );
  }
  const apdu = apduFromTree(tree.get("apdu") ?? null, "apdu");
  if (!tree.has("llc")) return apdu;
  const llc = llcHeaders[tree.text("llc")];
  return concatOctets([llc ?? refuse("llc", tree.get("llc"), "command or response"), apdu]);
}

function addressOf(tree: TreeObject): Uint8Array {
  if (!tree.has("size")) return tree.octets("raw");
  const size = tree.integer("size");
  if (size === 1) return encodeServerAddress({ size, upper: tree.integer("value"), lower: 0 });
  if (size !== 2 && size !== 4) return refuse(tree.pathOf("size"), size, "1, 2 or 4");
  return encodeServerAddress({ size, upper: tree.integer("upper"), lower: tree.integer("lower") });
}

function controlOf(tree: TreeObject): number {
  const type = tree.has("type") ? tree.text("type") : "unknown";
  if (type === "unknown") return tree.hexNumber("raw") & 0xff;
  const pollFinal = tree.boolean("pf");
  if (type === "I") {
    return informationControl(sequenceOf(tree, "ns"), sequenceOf(tree, "nr"), pollFinal);
  }
  const flag = pollFinal ? pollFinalBit : 0;
  const supervisory = supervisoryControls[type];
  if (supervisory !== undefined) return supervisory | flag | (sequenceOf(tree, "nr") << 5);
  const unnumbered = unnumberedControls[type];
  return (unnumbered ?? refuse(tree.pathOf("type"), type, "a type of frame")) | flag;
}

function sequenceOf(tree: TreeObject, name: string): number {
  const value = tree.integer(name);
  return value >= 0 && value <= 7 ? value : refuse(tree.pathOf(name), value, "0 to 7");
}
