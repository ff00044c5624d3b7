import { DecodeError } from "../error.ts";
import type { Json, JsonObject } from "./json.ts";
import { isLayerName, type LayerName, translate } from "./layers.ts";

/** Order in which layers are tried, by the first octet where one gives it away. */
function candidates(octets: Uint8Array): readonly string[] {
  if (octets[0] === 0x7e) return ["hdlc-frame", "hdlc-stream"];
  if (octets[0] === 0x68) return ["mbus-wired", "apdu", "axdr-data"];
  if (octets[0] === 0 && octets[1] === 1) return ["wrapper", "axdr-data"];
  if (octets[0] === 0x2f) return ["iec62056-21", "apdu"];
  return ["apdu", "axdr-data", "hdlc-stream"];
}

/** What the octets most likely are. @throws {DecodeError} nothing known; the first layer's reason. */
export function translateUnknown(octets: Uint8Array): {
  readonly layer: LayerName;
  readonly value: Json;
} {
  let first: DecodeError | undefined;
  for (const layer of candidates(octets).filter(isLayerName)) {
    try {
      const value = translate(layer, { octets, keys: {}, given: {} });
      if (layer === "hdlc-stream" && !holdsFrames(value)) continue;
      return { layer, value };
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      first ??= error;
    }
  }
  throw first ?? new DecodeError("axdr", "octets", 0, "are nothing known");
}

function holdsFrames(value: Json): boolean {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return false;
  const frames = (value as JsonObject)["frames"];
  return Array.isArray(frames) && frames.length > 0;
}
