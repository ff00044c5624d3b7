import { type HdlcFrame, parseFrame } from "../hdlc/frame.ts";
import { concatOctets, equalOctets, toHex } from "../octets.ts";
import { apduOf, controlTree, parametersTree, withoutFlags } from "./frame-tree.ts";
import type { Json, JsonObject } from "./json.ts";
import type { SessionReader } from "./session-ciphering.ts";
import { parseWrapperUnit } from "./wrapper-tree.ts";

/** One step of a recorded dialogue; `tx` is what the client sent. */
export interface SessionStep {
  readonly direction: "tx" | "rx";
  /** One frame with flags, or one wrapper unit. */
  readonly octets: Uint8Array;
}

function member(tree: Json | undefined, name: string): Json | undefined {
  return tree !== null && typeof tree === "object" && !Array.isArray(tree)
    ? (tree as JsonObject)[name]
    : undefined;
}

/** Octets of a value that came in blocks, as one hex text; undefined where none did. */
function reassembledOf(steps: readonly JsonObject[]): string | undefined {
  const blocks = steps
    .map(({ decoded }) => decoded)
    .filter((decoded) => member(decoded, "apdu") === "get-response")
    .filter((decoded) => member(decoded, "type") === "with-datablock")
    .map((decoded) => member(decoded, "raw_data"))
    .filter((raw) => typeof raw === "string");
  return blocks.length === 0 ? undefined : blocks.join("");
}

/** The segments of the unit one side is sending; a segment sent again counts once. */
class UnitSegments {
  #segments: Uint8Array[] = [];
  #last: HdlcFrame | undefined;
  /** The unit told last had several segments. */
  #joined = false;

  /** The whole unit with its last segment; undefined before, and for a copy of a segment. */
  take(frame: HdlcFrame): Uint8Array | undefined {
    const { control, information, segmented } = frame;
    const last = this.#last;
    const again =
      last?.control.type === "I" &&
      control.type === "I" &&
      last.control.sendSequence === control.sendSequence &&
      equalOctets(last.information, information);
    // A whole unit sent again is told again; a part of one would spoil the unit.
    if (again && (segmented || this.#joined)) return undefined;
    this.#last = frame;
    this.#segments.push(information);
    if (segmented) return undefined;
    this.#joined = this.#segments.length > 1;
    const unit = concatOctets(this.#segments);
    this.#segments = [];
    return unit;
  }
}

/** Layer `session-hdlc`: every frame, and the APDU with the last segment of its unit. */
export function translateHdlcSession(
  steps: readonly SessionStep[],
  reader: SessionReader,
): JsonObject {
  const segments = { tx: new UnitSegments(), rx: new UnitSegments() };
  const translated = steps.map(({ direction, octets }): JsonObject => {
    const frame = parseFrame(withoutFlags(octets));
    const step = { dir: direction, hex: toHex(octets), frame: controlTree(frame.control) };
    const params = parametersTree(frame);
    if (frame.control.type !== "I" && frame.control.type !== "UI") return { ...step, params };
    const unit = segments[direction].take(frame);
    if (unit === undefined) return step;
    return { ...step, ...reader.read(direction, apduOf(unit)) };
  });
  return { steps: translated, reassembled: reassembledOf(translated), ...reader.revealed };
}

/** Layer `session-wrapper`. */
export function translateWrapperSession(
  steps: readonly SessionStep[],
  reader: SessionReader,
): JsonObject {
  const translated = steps.map(({ direction, octets }): JsonObject => {
    const { source, destination, apdu } = parseWrapperUnit(octets);
    const head = { dir: direction, hex: toHex(octets), source, destination };
    return { ...head, ...reader.read(direction, apdu) };
  });
  return { steps: translated, reassembled: reassembledOf(translated), ...reader.revealed };
}
