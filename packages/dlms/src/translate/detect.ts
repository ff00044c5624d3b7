import { DecodeError } from "../error.ts";
import { flag } from "../hdlc/frame.ts";
import type { Json, JsonObject } from "./json.ts";
import { type LayerName, translate } from "./layers.ts";
import type { TranslationRequest } from "./request.ts";

/** What octets turned out to be. */
export interface UnknownTranslation {
  readonly layer: LayerName;
  readonly value: Json;
  /** What was translated: the octets given, with flags around a frame that came without. */
  readonly octets: Uint8Array;
}

/** Where nothing fits: the layer that read furthest, and why it stopped. */
export interface FailedTranslation {
  readonly layer: LayerName;
  readonly error: DecodeError;
  readonly octets: Uint8Array;
}

interface Candidate {
  readonly layer: LayerName;
  readonly octets: Uint8Array;
}

/** Order in which layers are tried, by the first octet where one gives it away. */
function candidates(octets: Uint8Array): readonly Candidate[] {
  const as = (...layers: readonly LayerName[]): readonly Candidate[] =>
    layers.map((layer) => ({ layer, octets }));
  const [first = -1, second] = octets;
  if (first === flag) return as("hdlc-frame", "hdlc-stream");
  if (first === 0x68) return as("mbus-wired", "push-mbus", "apdu", "axdr-data");
  if (first === 0 && second === 1) return as("wrapper", "wrapper-stream", "axdr-data");
  if (first === 0x2f || first === 0xaf) return as("iec62056-21", "apdu", "hdlc-stream");
  if (first === 0x06) return as("axdr-data", "iec62056-21", "apdu");
  if (first >>> 4 === 0xa) return [{ layer: "hdlc-frame", octets: flagged(octets) }];
  const rest = ["axdr-data", "cosem-datetime", "raw-push", "push-raw", "hdlc-stream"] as const;
  return as("apdu", "apdu-lenient", ...rest);
}

/** Logs often print frames without their flags. */
function flagged(octets: Uint8Array): Uint8Array {
  const whole = new Uint8Array(octets.length + 2).fill(flag);
  whole.set(octets, 1);
  return whole;
}

/**
 * What the octets most likely are, with the keys that open them where there are any.
 * @throws {DecodeError} nothing known: why the layer that read furthest stopped.
 */
export function translateUnknown(
  octets: Uint8Array,
  question: Partial<Omit<TranslationRequest, "octets">> = {},
): UnknownTranslation {
  const found = guess(octets, question);
  if ("error" in found) throw found.error;
  return found;
}

/** The same without throwing: what they are, or how far the best guess came. */
export function guess(
  octets: Uint8Array,
  question: Partial<Omit<TranslationRequest, "octets">>,
): UnknownTranslation | FailedTranslation {
  let best: FailedTranslation | undefined;
  for (const candidate of candidates(octets)) {
    const { layer } = candidate;
    try {
      const request = { keys: {}, given: {}, ...question, octets: candidate.octets };
      const value = translate(layer, request);
      if (isNothing(layer, value)) continue;
      return { ...candidate, value };
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      if (best === undefined || error.offset > best.error.offset) best = { ...candidate, error };
    }
  }
  const unknown = new DecodeError("xdlms", "octets", 0, "are nothing known");
  return best ?? { layer: "apdu", error: unknown, octets };
}

/** Readings that take any octets, or nearly: they count only where they found something. */
function isNothing(layer: LayerName, value: Json): boolean {
  const tree = value as JsonObject;
  if (layer === "hdlc-stream") return isEmpty(tree["frames"]);
  if (layer === "push-raw") return isEmpty(tree["messages"]);
  if (layer === "apdu-lenient") {
    return (tree["lenient"] as JsonObject | undefined)?.["valid"] === false;
  }
  return layer === "cosem-datetime" && tree["invalid"] === true;
}

function isEmpty(list: Json | undefined): boolean {
  return !Array.isArray(list) || list.length === 0;
}
