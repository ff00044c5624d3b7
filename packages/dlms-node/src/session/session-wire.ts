import { type ClientLink, type LinkOutput, llcOctets } from "@lectura/dlms/hdlc";
import { type DlmsError, type OctetWriter, ProtocolError } from "@lectura/dlms/octets";
import { beginsGatewayHeader } from "@lectura/dlms/wrapper";
import type { Clock } from "../clock.ts";
import { Deadline } from "../deadline.ts";
import { appendText, classifyText, peerTextMax } from "./line-text.ts";
import type { FrameObserver, SessionPhase } from "../observer.ts";
import { PortError } from "../ports/port-error.ts";
import type { Port, PortReceiver } from "../ports/port.ts";
import { explainFailure } from "./session-failure.ts";

/** Who speaks over a wire. Calls come from inside the link's and the port's own calls. */
export interface WireOwner {
  /** One whole APDU without LLC, `octets[start..end)`; valid during the call only. */
  apdu(octets: Uint8Array, start: number, end: number): void;
  /** An APDU that came unasked, in a UI frame. */
  unasked(apdu: Uint8Array): void;
  /** What `awaitAnswer` bounds has not come. */
  overdue(): void;
  /** A unit nobody answers has arrived: the link is free. */
  acknowledged(): void;
  /** The answer has not come, and the link repeats nothing. False: let it fail. */
  silent(): boolean;
  /** Link or stream are gone, and why. */
  lost(error: DlmsError): void;
}

const lineFeed = 0x0a;

/**
 * Port, link machine and time, put together: carries APDUs until one of them gives up, and then
 * says why. One receive path, synchronous from the port to the owner.
 */
export class SessionWire implements LinkOutput {
  readonly port: Port;
  phase: SessionPhase = "connecting";
  /** The unit under way holds a secret: its frames are marked for the observer. */
  sensitive = false;
  octetsIn = 0;
  octetsOut = 0;
  /** Stands before every APDU of a meter behind a gateway: see `SessionOptions.gateway`. */
  gatewayHeader?: Uint8Array;
  /** Only with an observer that wants frames. */
  received?: (frame: Uint8Array) => void;
  readonly #owner: WireOwner;
  readonly #clock: Clock;
  readonly #observer: FrameObserver | undefined;
  readonly #linkDeadline: Deadline;
  #answerDeadline: Deadline | undefined;
  #link: ClientLink | undefined;
  /** The opening or closing that somebody waits for. */
  #step: PromiseWithResolvers<void> | undefined;
  #text = "";
  #ended = false;

  constructor(port: Port, owner: WireOwner, clock: Clock, observer: FrameObserver | undefined) {
    this.port = port;
    this.#owner = owner;
    this.#clock = clock;
    this.#observer = observer;
    this.#linkDeadline = new Deadline(clock, () => this.#link?.deadline());
    if (observer?.frame !== undefined) {
      this.received = (frame) => observer.frame?.("rx", frame, clock.nowMs(), false);
    }
  }

  get link(): ClientLink | undefined {
    return this.#link;
  }

  /** True while a link is open, and the stream under it. */
  get connected(): boolean {
    return !this.#ended && this.#link?.state === "connected";
  }

  /** True once the stream is gone: nothing can be sent any more. */
  get ended(): boolean {
    return this.#ended;
  }

  enter(phase: SessionPhase): void {
    this.phase = phase;
    this.#observer?.event?.({ type: "phase", phase });
  }

  /** Opens `link` on the port; one tried before is forgotten. */
  connect(link: ClientLink): Promise<void> {
    const first = this.#link === undefined;
    this.#linkDeadline.disarm();
    this.#link = link;
    this.#step = Promise.withResolvers();
    const opening = this.#step.promise;
    if (first) this.port.listen(new WireReceiver(this));
    // The port may have told, just now, that it is closed.
    if (!this.#ended) link.connect();
    return opening;
  }

  /** Sends one unit, prefix included; copied before this returns. `answered`: as the link's. */
  send(unit: Uint8Array, answered = true): void {
    this.#answerDeadline?.disarm();
    this.#link!.send(unit, answered);
  }

  /** Octets of what stands before every APDU. */
  get prefixOctets(): number {
    return this.#link!.prefix.length + (this.gatewayHeader?.length ?? 0);
  }

  /** Writes what stands before every APDU. */
  writePrefix(writer: OctetWriter): void {
    const { prefix } = this.#link!;
    for (let at = 0; at < prefix.length; at++) writer.uint8(prefix[at]!);
    if (this.gatewayHeader !== undefined) writer.octets(this.gatewayHeader);
  }

  /**
   * Something came, but no answer, and the link waits for nothing more: bounds the wait for the
   * answer. Armed once, however much else comes.
   */
  awaitAnswer(afterMs: number): void {
    this.#answerDeadline ??= new Deadline(this.#clock, () => this.#owner.overdue());
    if (!this.#answerDeadline.armed) this.#answerDeadline.arm(afterMs);
  }

  answered(): void {
    this.#answerDeadline?.disarm();
  }

  /** Ends the `connect` under way as if the link had failed. */
  giveUp(error: ProtocolError): void {
    this.#linkDeadline.disarm();
    this.#lose(error);
  }

  /** Ends the `connect` under way: nobody waits for it any more. */
  abort(reason: unknown): void {
    this.#settle(reason);
  }

  /** Sends DISC, from any state; waits `budgetMs` at most for its answer, and never throws. */
  async disconnect(budgetMs: number): Promise<void> {
    if (this.#link === undefined || this.#ended) return;
    this.#step = Promise.withResolvers();
    const closing = this.#step.promise.catch(() => undefined);
    const bound = this.#clock.timer(budgetMs, () => this.#settle());
    this.#link.disconnect();
    await closing;
    bound[Symbol.dispose]();
  }

  /** Sends DISC without waiting: nobody is there to answer. */
  disconnectBlindly(): void {
    if (!this.#ended) this.#link?.disconnect();
  }

  /** Lets go of the port and of all timers. */
  detach(): void {
    if (!this.#ended && this.#link !== undefined) this.port.listen(deaf);
    this.#ended = true;
    this.#linkDeadline.close();
    this.#answerDeadline?.close();
  }

  /** Octets of the port. */
  take(octets: Uint8Array): void {
    this.octetsIn += octets.length;
    this.#link!.receive(octets);
  }

  /** The stream has ended. */
  streamEnded(error: PortError | undefined): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#linkDeadline.close();
    this.#lose(error ?? new PortError("tcp/closed", this.port.label, "closed on this side"));
  }

  // What the link asks for.

  transmit(octets: Uint8Array): void {
    this.octetsOut += octets.length;
    this.#observer?.frame?.("tx", octets, this.#clock.nowMs(), this.sensitive);
    this.port.send(octets);
  }

  arm(afterMs: number): void {
    this.#linkDeadline.arm(afterMs);
  }

  disarm(): void {
    this.#linkDeadline.disarm();
  }

  opened(): void {
    this.#text = "";
    this.#settle();
  }

  information(unit: Uint8Array): void {
    this.informationAt(unit, 0, unit.length);
  }

  acknowledged(): void {
    this.#owner.acknowledged();
  }

  silent(): boolean {
    return this.#owner.silent();
  }

  informationAt(octets: Uint8Array, start: number, end: number): void {
    if (this.#text !== "") this.#text = "";
    const at = this.#behindHeaders(octets, start, end);
    if (at === undefined) this.#owner.unasked(octets.subarray(start, end));
    else this.#owner.apdu(octets, at, end);
  }

  unnumbered(unit: Uint8Array): void {
    const start = behindLlc(unit, 0, unit.length);
    if (this.#link!.busy) this.#owner.unasked(unit.subarray(start));
    else this.#owner.apdu(unit, start, unit.length);
  }

  closed(): void {
    if (this.phase === "releasing") this.#settle();
    else this.#lose(new ProtocolError("hdlc/disconnected", "the meter closed the link"));
  }

  failed(error: ProtocolError): void {
    this.#lose(error);
  }

  text(octets: Uint8Array): void {
    this.#observer?.event?.({ type: "discarded", octets, reason: "no-frame" });
    this.#text = appendText(this.#text, octets);
    const opening = this.phase === "linking" || this.phase === "associating";
    const complete = octets.includes(lineFeed) || this.#text.length >= peerTextMax;
    if (opening && complete && classifyText(this.#text) !== undefined) {
      this.#lose(new ProtocolError("hdlc/no-answer", "text instead of frames"));
    }
  }

  /** Where the APDU begins; `undefined` when it is another meter's behind the same gateway. */
  #behindHeaders(octets: Uint8Array, start: number, end: number): number | undefined {
    const at = behindLlc(octets, start, end);
    const { gatewayHeader } = this;
    // A gateway answers for itself without a header.
    if (gatewayHeader === undefined || !beginsGatewayHeader(octets, at, "response")) return at;
    for (let offset = 1; offset < gatewayHeader.length; offset++) {
      if (octets[at + offset] !== gatewayHeader[offset]) return undefined;
    }
    return Math.min(at + gatewayHeader.length, end);
  }

  #lose(error: DlmsError): void {
    const { phase, octetsIn } = this;
    const explained = explainFailure(error, { phase, octetsIn, text: this.#text });
    if (this.#step !== undefined) this.#settle(explained);
    else this.#owner.lost(explained);
  }

  #settle(reason?: unknown): void {
    const step = this.#step;
    this.#step = undefined;
    if (reason === undefined) step?.resolve();
    else step?.reject(reason);
  }
}

/** Port and link each have a `closed` of their own: this is the port's. */
class WireReceiver implements PortReceiver {
  readonly #wire: SessionWire;

  constructor(wire: SessionWire) {
    this.#wire = wire;
  }

  receive(octets: Uint8Array): void {
    this.#wire.take(octets);
  }

  closed(error: PortError | undefined): void {
    this.#wire.streamEnded(error);
  }
}

const deaf: PortReceiver = { receive: () => {}, closed: () => {} };

/** LLC stands before the first octet of an APDU, and no APDU begins with E6 (IEC 62056-46). */
function behindLlc(octets: Uint8Array, start: number, end: number): number {
  return octets[start] === 0xe6 && end - start >= llcOctets ? start + llcOctets : start;
}
