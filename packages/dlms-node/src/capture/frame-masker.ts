import { fcs16, type HdlcFrame, llcOctets, parseFrame } from "@lectura/dlms/hdlc";
import { wrapperHeaderOctets } from "@lectura/dlms/wrapper";
import type { RecordedFrame } from "./recording.ts";
import { type OctetRange, SecretFinder } from "./secret-finder.ts";

/** A frame that is being judged; its octets are a copy of its own. */
interface Draft {
  readonly direction: "tx" | "rx";
  readonly atMs: number;
  readonly octets: Uint8Array;
  readonly masked: OctetRange[];
}

/** The piece of a unit that one frame carries. */
interface Piece {
  readonly draft: Draft;
  /** Index of the piece's first octet in the frame. */
  readonly at: number;
  /** Index of the piece's first octet in its unit. */
  readonly from: number;
  readonly length: number;
  readonly sendSequence: number;
}

/** A unit (LLC and APDU) of one direction, complete once `ranges` are known. */
interface Unit {
  readonly pieces: Piece[];
  /** Frames that were sent again before the unit was complete. */
  readonly repeats: Piece[];
  length: number;
  sensitive: boolean;
  ranges?: readonly OctetRange[];
}

/**
 * Masks the secrets of a session's frames. A secret may lie across segments, so frames are held
 * until their unit is complete; a unit has at most 65535 octets, and so has what is held.
 */
export class FrameMasker {
  readonly #finder = new SecretFinder();
  readonly #units: { tx?: Unit; rx?: Unit } = {};
  #held: Draft[] = [];

  /** Takes a frame (copied), returns the frames that are ready, in order. */
  take(
    direction: "tx" | "rx",
    octets: Uint8Array,
    atMs: number,
    sensitive: boolean,
  ): readonly RecordedFrame[] {
    const draft: Draft = { direction, atMs, octets: octets.slice(), masked: [] };
    this.#held.push(draft);
    if (octets[0] === 0x7e) this.#takeFrame(draft, sensitive);
    else this.#takeUnit(draft, sensitive);
    const open = this.#isOpen(this.#units.tx) || this.#isOpen(this.#units.rx);
    return open ? [] : this.#release();
  }

  /** What is still held: units that never became complete, masked as a whole. */
  finish(): readonly RecordedFrame[] {
    this.#forget();
    return this.#release();
  }

  #forget(): void {
    for (const unit of [this.#units.tx, this.#units.rx]) {
      if (unit !== undefined && unit.ranges === undefined) this.#settle(unit, [[0, unit.length]]);
    }
    delete this.#units.tx;
    delete this.#units.rx;
  }

  #isOpen(unit: Unit | undefined): boolean {
    return unit !== undefined && unit.ranges === undefined;
  }

  #release(): readonly RecordedFrame[] {
    const ready = this.#held;
    this.#held = [];
    return ready;
  }

  #takeUnit(draft: Draft, sensitive: boolean): void {
    if (draft.octets.length < wrapperHeaderOctets) {
      if (sensitive) mask(draft, 0, draft.octets.length);
      return;
    }
    const apdu = draft.octets.subarray(wrapperHeaderOctets);
    for (const [start, end] of this.#finder.find(draft.direction, apdu, sensitive)) {
      mask(draft, wrapperHeaderOctets + start, wrapperHeaderOctets + end);
    }
  }

  #takeFrame(draft: Draft, sensitive: boolean): void {
    let frame: HdlcFrame;
    try {
      frame = parseFrame(draft.octets.subarray(1, -1));
    } catch {
      if (sensitive) mask(draft, 0, draft.octets.length);
      return;
    }
    const { control, information, segmented } = frame;
    if (control.type === "SNRM") {
      // Sequence numbers begin again: nothing after this repeats anything before it.
      this.#forget();
      return;
    }
    if ((control.type !== "I" && control.type !== "UI") || information.length === 0) return;
    const unit = this.#unitFor(draft, frame);
    const repeated = repeatedPiece(unit, frame);
    const piece: Piece = {
      draft,
      at: draft.octets.length - 3 - information.length,
      from: repeated?.from ?? unit.length,
      length: information.length,
      sendSequence: control.type === "I" ? control.sendSequence : -1,
    };
    unit.sensitive ||= sensitive;
    if (repeated !== undefined) {
      if (unit.ranges === undefined) unit.repeats.push(piece);
      else maskPiece(piece, unit.ranges);
      return;
    }
    unit.pieces.push(piece);
    unit.length += information.length;
    if (!segmented) this.#complete(draft.direction, unit);
  }

  /** The unit this frame goes on with, or repeats a piece of; else a new one. */
  #unitFor(draft: Draft, frame: HdlcFrame): Unit {
    const current = this.#units[draft.direction];
    if (current !== undefined) {
      if (current.ranges === undefined) return current;
      if (repeatedPiece(current, frame) !== undefined) return current;
    }
    const unit: Unit = { pieces: [], repeats: [], length: 0, sensitive: false };
    this.#units[draft.direction] = unit;
    return unit;
  }

  #complete(direction: "tx" | "rx", unit: Unit): void {
    const octets = new Uint8Array(unit.length);
    for (const { draft, at, from, length } of unit.pieces) {
      octets.set(draft.octets.subarray(at, at + length), from);
    }
    const skip = octets[0] === 0xe6 && octets.length >= llcOctets ? llcOctets : 0;
    const found = this.#finder.find(direction, octets.subarray(skip), unit.sensitive);
    this.#settle(
      unit,
      found.map(([start, end]): OctetRange => [start + skip, end + skip]),
    );
  }

  #settle(unit: Unit, ranges: readonly OctetRange[]): void {
    for (const piece of [...unit.pieces, ...unit.repeats]) maskPiece(piece, ranges);
    unit.ranges = ranges;
  }
}

/** Frames that may be under way unacknowledged: sequence numbers count to 8. */
const windowMax = 7;

/** The piece this frame sends again: same N(S) and length among the last few. */
function repeatedPiece(unit: Unit, { control, information }: HdlcFrame): Piece | undefined {
  if (control.type !== "I") return undefined;
  return unit.pieces
    .slice(-windowMax)
    .find(
      ({ sendSequence, length }) =>
        sendSequence === control.sendSequence && length === information.length,
    );
}

function maskPiece({ draft, at, from, length }: Piece, ranges: readonly OctetRange[]): void {
  for (const [start, end] of ranges) {
    const first = Math.max(start, from);
    const last = Math.min(end, from + length);
    if (first < last) mask(draft, at + first - from, at + last - from);
  }
  if (draft.masked.length > 0) seal(draft);
}

function mask(draft: Draft, start: number, end: number): void {
  draft.octets.fill(0, start, end);
  draft.masked.push([start, end]);
}

/** Makes the FCS anew: the old one tells what was masked, if little was. */
function seal({ octets, masked }: Draft): void {
  const at = octets.length - 3;
  const check = fcs16(octets, 1, at);
  octets[at] = check;
  octets[at + 1] = check >>> 8;
  masked.push([at, at + 2]);
}
