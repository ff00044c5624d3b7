import { isPushedTag } from "./apdu-extent.ts";
import type { PushFraming } from "./push-origin.ts";

/** Octets that are enough to tell the framing. */
export const detectionOctets = 4;

/**
 * The framing that begins at `at` (R16): 7E and a frame format, 68 L L 68, 00 01, or the tag of a
 * pushed APDU. `short` when more octets are needed to say; undefined when nothing known begins
 * there.
 */
export function detectFraming(
  octets: Uint8Array,
  at: number,
  end: number,
): PushFraming | "short" | undefined {
  const first = octets[at];
  const left = end - at;
  if (left <= 0) return "short";
  if (first === 0x7e) {
    if (left < 2) return "short";
    return octets[at + 1] === 0x7e || (octets[at + 1]! & 0xf0) === 0xa0 ? "hdlc" : undefined;
  }
  if (first === 0x68) {
    if (left >= 3 && octets[at + 1] !== octets[at + 2]) return undefined;
    if (left < detectionOctets) return "short";
    return octets[at + 3] === 0x68 ? "mbus" : undefined;
  }
  if (first === 0x00) {
    if (left < 2) return "short";
    return octets[at + 1] === 0x01 ? "wrapper" : undefined;
  }
  return isPushedTag(first!) ? "apdu" : undefined;
}
