import { DecodeError } from "../error.ts";
import { MbusDeframer } from "../mbus/deframer.ts";
import { type MbusFrame, parseMbusFrame } from "../mbus/frame.ts";
import { MbusReassembler } from "../mbus/reassembler.ts";
import type { UnitSink } from "./hdlc-units.ts";

/** The APDUs in a stream of wired M-Bus long frames. Never throws on account of the octets. */
export class MbusUnits {
  readonly #sink: UnitSink;
  readonly #deframer: MbusDeframer = new MbusDeframer();
  readonly #reassembler: MbusReassembler;
  frames = 0;

  constructor(octetsMax: number, sink: UnitSink) {
    this.#sink = sink;
    this.#reassembler = new MbusReassembler(octetsMax);
  }

  /** Segments held are bounded by the reassembler's own limit and not counted here. */
  get pendingOctets(): number {
    return this.#deframer.pendingLength;
  }

  push(chunk: Uint8Array): void {
    this.#deframer.push(chunk, this);
  }

  /** No frame goes on behind this; a unit may. */
  gap(): void {
    this.#deframer.flush(this);
  }

  /** Nothing goes on behind this. */
  expire(): void {
    this.gap();
    this.#reassembler.reset();
  }

  /** Deframer's sink. */
  frame(octets: Uint8Array): void {
    this.frames++;
    const frame = frameOf(octets);
    const spoiled = this.#reassembler.spoiledUnits;
    const unit = frame && this.#reassembler.accept(frame);
    if (this.#reassembler.spoiledUnits > spoiled) this.#sink.spoiled();
    if (unit === undefined || unit.length === 0 || frame?.transport === undefined) return;
    const { source, destination } = frame.transport;
    this.#sink.unit(unit, { framing: "mbus", source, destination });
  }

  /** Deframer's sink. */
  discarded(octets: Uint8Array): void {
    this.#sink.discarded(octets.length);
  }
}

/** A long frame without room for its transport header is none of ours. */
function frameOf(octets: Uint8Array): MbusFrame | undefined {
  try {
    return parseMbusFrame(octets);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}
