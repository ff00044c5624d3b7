/**
 * The wrapper as a link, so that sessions treat both framings alike: there is nothing to open. TCP
 * repeats what is lost; over UDP the link does, but only units that may be carried out twice.
 */
import { InvariantError, ProtocolError } from "../error.ts";
import type { ClientLink, LinkCounters, LinkOutput, LinkState } from "../hdlc/link-output.ts";
import { type LinkCounts, noCounts } from "../hdlc/link-counts.ts";
import { apduOctetsMax } from "../limits.ts";
import { WrapperDeframer, type WrapperSink } from "./deframer.ts";
import { wrapperHeaderOctets, writeWrapperHeader } from "./header.ts";

/** wPorts and patience of a wrapper link. */
export interface WrapperLinkOptions {
  readonly output: LinkOutput;
  /** Our wPort, the client SAP. */
  readonly clientSap: number;
  /** The meter's wPort, a logical device: 1 is the management logical device. */
  readonly serverPort: number;
  /** One answer. */
  readonly responseTimeoutMs: number;
  /** How often one repeatable unit is sent at most, 1 or more. Absent: 1, nothing is repeated. */
  readonly attemptsMax?: number;
  /** True for an APDU that does no harm when the meter gets it twice. Absent: none is. */
  readonly repeatable?: (apdu: Uint8Array) => boolean;
  /** Octets of one APDU received; longer ones are passed over. Absent: 65535. */
  readonly unitOctetsMax?: number;
}

const none: Uint8Array = new Uint8Array(0);

/**
 * The client's end of a wrapper connection (IEC 62056-47): nothing to open, one unit an APDU. A
 * machine without I/O.
 */
export class WrapperLink implements ClientLink {
  readonly prefix: Uint8Array = none;
  readonly responsePrefix: Uint8Array = none;
  readonly #output: LinkOutput;
  readonly #client: number;
  readonly #server: number;
  readonly #responseTimeoutMs: number;
  readonly #attemptsMax: number;
  readonly #repeatable: ((apdu: Uint8Array) => boolean) | undefined;
  readonly #deframer: WrapperDeframer;
  readonly #sink: WrapperSink;
  readonly #counts: LinkCounts = noCounts();
  #state: LinkState = "disconnected";
  #unanswered = false;
  #unit: Uint8Array = none;
  /** Times the unit under way may still be sent. */
  #attemptsLeft = 0;

  constructor(options: WrapperLinkOptions) {
    this.#output = options.output;
    this.#client = options.clientSap;
    this.#server = options.serverPort;
    this.#responseTimeoutMs = options.responseTimeoutMs;
    this.#attemptsMax = options.attemptsMax ?? 1;
    this.#repeatable = options.repeatable;
    this.#deframer = new WrapperDeframer(options.unitOctetsMax);
    this.#sink = {
      apdu: (_source, destination, apdu, unit) => this.#onApdu(destination, apdu, unit),
      discarded: (octets) => this.#onDiscarded(octets),
    };
  }

  get state(): LinkState {
    return this.#state;
  }

  get counters(): LinkCounters {
    return this.#counts;
  }

  get busy(): boolean {
    return this.#unanswered;
  }

  connect(): void {
    if (this.#state !== "disconnected") throw new InvariantError(`connect while ${this.#state}`);
    this.#state = "connected";
    this.#output.opened();
  }

  send(unit: Uint8Array, answered = true): void {
    if (this.#state !== "connected") throw new InvariantError(`send while ${this.#state}`);
    if (this.#unanswered) throw new InvariantError("send while a unit is under way");
    this.#unanswered = answered;
    this.#attemptsLeft = this.#repeatable?.(unit) === true ? this.#attemptsMax - 1 : 0;
    if (answered) this.#output.arm(this.#responseTimeoutMs);
    this.#transmit(unit);
    if (!answered) this.#output.acknowledged?.();
  }

  awaitMore(): void {
    if (this.#state !== "connected") throw new InvariantError(`await while ${this.#state}`);
    this.#unanswered = true;
    this.#output.arm(this.#responseTimeoutMs);
  }

  sendUnnumbered(unit: Uint8Array): void {
    this.#transmit(unit);
  }

  disconnect(): void {
    this.#forget();
    this.#output.disarm();
    this.#output.closed();
  }

  receive(chunk: Uint8Array): void {
    this.#deframer.push(chunk, this.#sink);
  }

  deadline(): void {
    if (!this.#unanswered) return;
    if (this.#attemptsLeft > 0) {
      this.#attemptsLeft--;
      this.#counts.retransmissions++;
      this.#counts.framesSent++;
      this.#output.arm(this.#responseTimeoutMs);
      this.#output.transmit(this.#unit);
      return;
    }
    this.#unanswered = false;
    if (this.#output.silent?.() === true) return;
    this.#forget();
    this.#output.failed(new ProtocolError("wrapper/no-answer", "no answer to a request"));
  }

  reset(): void {
    this.#forget();
    this.#deframer.reset();
  }

  #onApdu(destination: number, apdu: Uint8Array, unit: Uint8Array): void {
    this.#output.received?.(unit);
    // Some meters answer with a source of their own; what counts is that it is meant for us.
    if (destination !== this.#client) {
      this.#counts.foreignFrames++;
      return;
    }
    this.#counts.framesReceived++;
    if (this.#state !== "connected") {
      this.#counts.duplicateFrames++;
      return;
    }
    if (!this.#unanswered) {
      this.#output.unnumbered(apdu);
      return;
    }
    this.#unanswered = false;
    this.#output.disarm();
    this.#output.information(apdu);
  }

  #onDiscarded(octets: Uint8Array): void {
    this.#counts.discardedOctets += octets.length;
    this.#output.text(octets);
  }

  #transmit(apdu: Uint8Array): void {
    if (apdu.length > apduOctetsMax) throw new RangeError(`APDU of ${apdu.length} octets`);
    const octets = wrapperHeaderOctets + apdu.length;
    if (this.#unit.length !== octets) this.#unit = new Uint8Array(octets);
    const header = { source: this.#client, destination: this.#server, length: apdu.length };
    writeWrapperHeader(this.#unit, header);
    this.#unit.set(apdu, wrapperHeaderOctets);
    this.#counts.framesSent++;
    this.#output.transmit(this.#unit);
  }

  #forget(): void {
    this.#state = "disconnected";
    this.#unanswered = false;
  }
}
