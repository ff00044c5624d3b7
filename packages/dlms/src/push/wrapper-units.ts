import { WrapperDeframer } from "../wrapper/deframer.ts";
import type { UnitSink } from "./hdlc-units.ts";

/** The APDUs in a stream of wrapper units. Never throws on account of the octets. */
export class WrapperUnits {
  readonly #sink: UnitSink;
  readonly #deframer: WrapperDeframer;

  constructor(octetsMax: number, sink: UnitSink) {
    this.#sink = sink;
    this.#deframer = new WrapperDeframer(octetsMax);
  }

  get pendingOctets(): number {
    return this.#deframer.pendingLength;
  }

  push(chunk: Uint8Array): void {
    this.#deframer.push(chunk, this);
  }

  /** A unit may go on behind a pause: TCP makes pauses of its own. */
  gap(): void {
    // Nothing to give up: the length field says what is missing.
  }

  /** Nothing goes on behind this. */
  expire(): void {
    this.#deframer.reset();
  }

  /** Deframer's sink. */
  apdu(source: number, destination: number, apdu: Uint8Array): void {
    this.#sink.unit(apdu, { framing: "wrapper", source, destination });
  }

  /** Deframer's sink. */
  discarded(octets: Uint8Array): void {
    this.#sink.discarded(octets.length);
  }
}
