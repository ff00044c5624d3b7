import { type Clock, type Port, PortError, type PortReceiver } from "@lectura/dlms-node";

/** What happens to octets on their way through a pipe. */
export interface PipeOptions {
  /** Delivers in pieces of at most so many octets. Absent: as sent. */
  readonly chunkOctets?: number;
  /** Time each piece takes; needs `clock`. Absent: the next microtask. */
  readonly delayMs?: number;
  readonly clock?: Clock;
  /**
   * Changes what is sent, each time it is sent: returns what arrives, `undefined` for nothing. The
   * octets are its own to change.
   */
  readonly fault?: (octets: Uint8Array, from: "near" | "far") => Uint8Array | undefined;
}

/** The two ends of a pipe. */
export interface Pipe {
  readonly near: Port;
  readonly far: Port;
  /** Breaks the line: both ends close with `tcp/reset`. */
  break(): void;
}

/** Octets on their way at most, each direction; beyond: both ends close with `tcp/flooded`. */
const travellingOctetsMax = 16 * 1024 * 1024;

/**
 * Two ports connected in memory. What one sends the other receives in order and never within the
 * call of `send`.
 */
export function openPipe(options: PipeOptions = {}): Pipe {
  const near = new PipeEnd("pipe:near", options, "near");
  const far = new PipeEnd("pipe:far", options, "far");
  near.connect(far);
  far.connect(near);
  return {
    near,
    far,
    break: () => {
      near.end(new PortError("tcp/reset", near.label, "broken by the test"));
      far.end(new PortError("tcp/reset", far.label, "broken by the test"));
    },
  };
}

class PipeEnd implements Port {
  readonly label: string;
  readonly #options: PipeOptions;
  readonly #side: "near" | "far";
  #peer: PipeEnd | undefined;
  #receiver: PortReceiver | undefined;
  #ended: PortError | undefined | false = false;
  #told = false;
  /** Pieces on their way to this end, the last `undefined` when the peer has closed. */
  readonly #travelling: (Uint8Array | undefined)[] = [];
  #travellingOctets = 0;
  #delivering = false;

  constructor(label: string, options: PipeOptions, side: "near" | "far") {
    this.label = label;
    this.#options = options;
    this.#side = side;
  }

  connect(peer: PipeEnd): void {
    this.#peer = peer;
  }

  send(octets: Uint8Array): void {
    if (this.#ended !== false) return;
    const copy = octets.slice();
    const { fault, chunkOctets = Infinity } = this.#options;
    const arriving = fault === undefined ? copy : fault(copy, this.#side);
    if (arriving === undefined) return;
    for (let at = 0; at < arriving.length; at += chunkOctets) {
      this.#peer?.enqueue(arriving.subarray(at, Math.min(at + chunkOctets, arriving.length)));
    }
  }

  listen(receiver: PortReceiver): void {
    this.#receiver = receiver;
    this.#tell();
  }

  enqueue(piece: Uint8Array | undefined): void {
    this.#travellingOctets += piece?.length ?? 0;
    if (this.#travellingOctets > travellingOctetsMax) {
      this.end(new PortError("tcp/flooded", this.label, "nobody reads"));
      this.#peer?.end(new PortError("tcp/flooded", this.label, "nobody reads"));
      return;
    }
    this.#travelling.push(piece);
    if (!this.#delivering) this.#schedule();
  }

  end(reason: PortError | undefined): void {
    if (this.#ended !== false) return;
    this.#ended = reason;
    this.#travelling.length = 0;
    this.#tell();
  }

  [Symbol.asyncDispose](): Promise<void> {
    if (this.#ended === false) {
      this.end(undefined);
      this.#peer?.enqueue(undefined);
    }
    return Promise.resolve();
  }

  #schedule(): void {
    this.#delivering = true;
    const { clock, delayMs = 0 } = this.#options;
    if (clock !== undefined && delayMs > 0) clock.timer(delayMs, () => this.#deliver());
    else queueMicrotask(() => this.#deliver());
  }

  #deliver(): void {
    this.#delivering = false;
    if (this.#ended !== false || this.#travelling.length === 0) return;
    const piece = this.#travelling.shift();
    if (piece === undefined) {
      this.end(new PortError("tcp/closed", this.label, "closed by the peer"));
      return;
    }
    this.#travellingOctets -= piece.length;
    if (this.#travelling.length > 0) this.#schedule();
    this.#receiver?.receive(piece);
  }

  #tell(): void {
    if (this.#told || this.#ended === false || this.#receiver === undefined) return;
    this.#told = true;
    this.#receiver.closed(this.#ended);
  }
}
