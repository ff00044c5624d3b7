/**
 * Data link layer, client side (IEC 62056-46 clause 6.4.4): SNRM/UA, I, RR, RNR, DISC.
 *
 *   state          what happens             what follows
 *   disconnected   connect                  SNRM; connecting
 *   connecting     UA                       opened; connected
 *                  DM, twice                failed hdlc/refused
 *                  no answer, n times       failed hdlc/no-answer
 *   connected      send                     I frames up to the window, the last with P
 *                  I in order, more follow  with F: RR
 *                  I in order, the last     information
 *                  I out of order           not delivered; in the midst of an answer RR, n times
 *                  RR, N(R) short           the missing I frames again
 *                  RR, all acknowledged     RR as a poll, after a pause
 *                  RNR                      RR as a poll, after a pause
 *                  UA; DM once              dropped, counted
 *                  DM twice                 failed hdlc/disconnected
 *                  FRMR                     failed hdlc/frame-rejected
 *                  no answer                the same again, or RR; n times hdlc/request-timeout
 *   any            disconnect               DISC; disconnecting
 *   disconnecting  UA, DM                   closed; disconnected
 *
 * The profile is two-way alternate: the client sends up to a frame with P and then waits for one
 * with F. REJ is understood as RR and never sent.
 */
import { InvariantError, ProtocolError, type ProtocolErrorCode } from "../error.ts";
import { transferOctetsMax } from "../limits.ts";
import { encodeClientAddress, encodeServerAddress } from "./address.ts";
import type { HdlcClientLinkOptions } from "./client-link-options.ts";
import {
  givenUp,
  octetTimeoutMsDefault,
  pollPauseMs,
  refusal,
  refusalGraceMs,
  type Waiting,
} from "./client-link-waiting.ts";
import { controlDisc, controlRr, controlSnrm, decodeControl, pollFinalBit } from "./control.ts";
import { FrameGate } from "./frame-gate.ts";
import { describeFrameReject } from "./frame-reject.ts";
import { FrameWriter } from "./frame-writer.ts";
import { type LinkCounts, noCounts } from "./link-counts.ts";
import type { ClientLink, LinkCounters, LinkOutput, LinkState } from "./link-output.ts";
import { llcCommand, llcResponse } from "./llc.ts";
import {
  completeParameters,
  defaultHdlcParameters,
  encodeParameters,
  equalParameters,
  type HdlcParameters,
  negotiateParameters,
  tryDecodeParameters,
} from "./parameters.ts";
import { UnitReceiver } from "./unit-receiver.ts";
import { UnitSender } from "./unit-sender.ts";

/**
 * The client's end of an HDLC link (IEC 62056-46): SNRM, numbered segments, DISC. A
 * machine without I/O: time comes in through `deadline`, octets leave through its output.
 */
export class HdlcClientLink implements ClientLink {
  readonly prefix: Uint8Array = llcCommand;
  readonly responsePrefix: Uint8Array = llcResponse;
  readonly #output: LinkOutput;
  readonly #parameters: HdlcParameters;
  readonly #sendParameters: boolean;
  readonly #responseTimeoutMs: number;
  readonly #octetTimeoutMs: number;
  readonly #attemptsMax: number;
  readonly #ignoreReceiveSequence: boolean;
  readonly #writer: FrameWriter;
  readonly #sender: UnitSender;
  readonly #receiver: UnitReceiver;
  readonly #gate: FrameGate;
  readonly #counts: LinkCounts = noCounts();
  #state: LinkState = "disconnected";
  #negotiated: HdlcParameters = defaultHdlcParameters;
  #waiting: Waiting = "nothing";
  /** An answer is due for the unit under way. */
  #unanswered = false;
  #answerExpected = true;
  /** Times the command under way was sent, or the answer under way was asked for. */
  #attempts = 0;
  /** DM received since the last new command. */
  #refusals = 0;
  #polls = 0;
  /** Of the last I frame in order: after one with F the meter sends no more until it is polled. */
  #lastControl: number = pollFinalBit;
  /** A deadline was armed since this was cleared. */
  #armed = false;

  /** @throws {RangeError} an address, a parameter or `attemptsMax` is out of range. */
  constructor(options: HdlcClientLinkOptions) {
    if (!(options.attemptsMax >= 1)) throw new RangeError("attemptsMax is less than 1");
    const client = encodeClientAddress(options.clientSap);
    const server = encodeServerAddress(options.server);
    this.#output = options.output;
    this.#parameters = completeParameters(options.parameters);
    this.#sendParameters =
      options.sendParameters ?? !equalParameters(this.#parameters, defaultHdlcParameters);
    this.#responseTimeoutMs = options.responseTimeoutMs;
    this.#octetTimeoutMs = options.octetTimeoutMs ?? octetTimeoutMsDefault;
    this.#attemptsMax = options.attemptsMax;
    this.#ignoreReceiveSequence = options.quirks?.ignoreReceiveSequence ?? false;
    const addresses = Uint8Array.of(...client, ...server, ...client);
    this.#writer = new FrameWriter(addresses, client.length);
    this.#sender = new UnitSender(this.#writer);
    this.#receiver = new UnitReceiver(options.unitOctetsMax ?? transferOctetsMax);
    this.#gate = new FrameGate(addresses, client.length, this.#counts, this.#output, {
      frame: (control, segmented, octets, start, end) => {
        if ((control & 1) === 0) this.#onInformation(control, segmented, octets, start, end);
        else this.#onOther(control, octets.subarray(start, end));
      },
    });
  }

  get state(): LinkState {
    return this.#state;
  }

  /** What holds on the open link; the defaults before. */
  get negotiated(): HdlcParameters {
    return this.#negotiated;
  }

  get counters(): LinkCounters {
    return this.#counts;
  }

  get busy(): boolean {
    return this.#unanswered || !this.#sender.idle;
  }

  connect(): void {
    if (this.#state !== "disconnected") throw new InvariantError(`connect while ${this.#state}`);
    this.#forget();
    this.#state = "connecting";
    this.#attempts = 1;
    this.#transmitConnect();
  }

  /** `answered: false`: an unconfirmed service; the unit is done with when it is acknowledged. */
  send(unit: Uint8Array, answered = true): void {
    this.#begin(answered);
    this.#sender.begin(unit, this.#negotiated.transmitOctetsMax);
    this.#receiver.drop();
    this.#transmitWindow();
  }

  awaitMore(): void {
    this.#begin(true);
    if ((this.#lastControl & pollFinalBit) !== 0) this.#transmitReady();
    else this.#await();
  }

  sendUnnumbered(unit: Uint8Array): void {
    this.#transmit(this.#writer.unconfirmed(unit, false));
  }

  disconnect(): void {
    if (this.#state === "disconnecting") return;
    this.#forget();
    this.#state = "disconnecting";
    this.#attempts = 1;
    this.#transmitDisconnect();
  }

  receive(chunk: Uint8Array): void {
    this.#gate.receive(chunk);
  }

  deadline(): void {
    if (this.#waiting === "nothing") return;
    if (this.#waiting === "pause") {
      this.#attempts = 1;
      this.#transmitReady();
      return;
    }
    if (this.#gate.isGrowing()) {
      this.#output.arm(this.#octetTimeoutMs);
      return;
    }
    this.#armed = false;
    this.#gate.flush();
    // A frame that stood behind a truncated one may have been the answer.
    if (this.#armed || this.#waitsForNothing()) return;
    if (this.#attempts >= this.#attemptsMax) {
      this.#failWith(givenUp(this.#state, this.#waiting, this.#attempts, this.#refusals));
      return;
    }
    this.#attempts++;
    this.#repeat();
  }

  reset(): void {
    this.#forget();
    this.#gate.reset();
    this.#state = "disconnected";
  }

  #begin(answered: boolean): void {
    if (this.#state !== "connected") throw new InvariantError(`send while ${this.#state}`);
    if (this.busy) throw new InvariantError("send while a unit is under way");
    this.#unanswered = true;
    this.#answerExpected = answered;
    this.#attempts = 1;
    this.#refusals = 0;
    this.#polls = 0;
  }

  /** I frame with the information `octets[start..end)`. */
  #onInformation(
    control: number,
    segmented: boolean,
    octets: Uint8Array,
    start: number,
    end: number,
  ): void {
    const receiver = this.#receiver;
    const receiveSequence = control >>> 5;
    if (this.#state !== "connected") {
      this.#counts.duplicateFrames++;
      return;
    }
    if (((control >>> 1) & 7) !== receiver.sequence) {
      this.#onOutOfOrder(control);
      return;
    }
    const acknowledged = this.#sender.acknowledge(receiveSequence) && this.#sender.idle;
    if (!acknowledged && !this.#takesUnacknowledged(receiveSequence)) return;
    receiver.advance();
    this.#lastControl = control;
    this.#attempts = 1;
    if (segmented || receiver.collecting) {
      this.#onSegment(segmented, octets.subarray(start, end), (control & pollFinalBit) !== 0);
      return;
    }
    this.#complete();
    this.#deliver(octets, start, end);
  }

  #takesUnacknowledged(receiveSequence: number): boolean {
    if (!this.#ignoreReceiveSequence) {
      const wanted = this.#sender.sendSequence;
      this.#fail("hdlc/sequence", `answer with N(R) ${receiveSequence}, expected ${wanted}`);
      return false;
    }
    this.#sender.acknowledgeAll();
    this.#counts.unacknowledgedAnswers++;
    return true;
  }

  /** A segment in order, of a unit of several; more follow unless it is the last. */
  #onSegment(more: boolean, information: Uint8Array, final: boolean): void {
    if (!this.#receiver.append(information)) {
      this.#fail("hdlc/limit", "a segmented unit is too long");
    } else if (!more) {
      this.#complete();
      const unit = this.#receiver.take();
      this.#deliver(unit, 0, unit.length);
    } else if (final) {
      this.#transmitReady();
    } else {
      this.#arm();
    }
  }

  #deliver(octets: Uint8Array, start: number, end: number): void {
    const output = this.#output;
    if (output.informationAt === undefined) output.information(octets.subarray(start, end));
    else output.informationAt(octets, start, end);
  }

  #complete(): void {
    this.#unanswered = false;
    this.#waiting = "nothing";
    this.#output.disarm();
  }

  /**
   * A duplicate, or a frame behind a lost one. Not delivered; in the midst of an answer the meter
   * is told where to go on. A late copy of the answer before needs nothing: our request
   * acknowledges it.
   */
  #onOutOfOrder(control: number): void {
    const sendSequence = (control >>> 1) & 7;
    const ahead = (sendSequence - this.#receiver.sequence) & 7;
    if (ahead < 4) this.#counts.gaps++;
    else this.#counts.duplicateFrames++;
    if (this.#waiting !== "answer") return;
    const { sendSequence: expected } = this.#sender;
    if (!this.#sender.idle && control >>> 5 === expected) this.#sender.acknowledge(expected);
    if (!this.#sender.idle || (control & pollFinalBit) === 0) return;
    if (this.#attempts >= this.#attemptsMax) {
      this.#fail("hdlc/sequence", `N(S) ${sendSequence} came again, another one is missing`);
      return;
    }
    this.#attempts++;
    this.#transmitReady();
  }

  #onOther(raw: number, information: Uint8Array): void {
    const { type, pollFinal, receiveSequence } = decodeControl(raw);
    switch (type) {
      case "RR":
      case "REJ":
      case "RNR":
        this.#onSupervisory(type === "RNR", receiveSequence, pollFinal);
        return;
      case "UA":
        this.#onAcknowledged(information);
        return;
      case "DM":
        this.#onRefused();
        return;
      case "FRMR":
        if (this.#state !== "connected") this.#counts.staleUa++;
        else this.#fail("hdlc/frame-rejected", describeFrameReject(information));
        return;
      case "UI":
        this.#output.unnumbered(information);
        return;
      case "I":
      case "SNRM":
      case "DISC":
      case "unknown":
    }
  }

  #onSupervisory(isBusy: boolean, receiveSequence: number, final: boolean): void {
    if (this.#waiting !== "answer") return;
    const before = this.#sender.outstanding;
    if (this.#ignoreReceiveSequence) this.#sender.acknowledgeAll();
    else if (!this.#sender.acknowledge(receiveSequence)) return;
    if (this.#sender.outstanding < before) this.#attempts = 1;
    if (!final) {
      this.#arm();
    } else if (isBusy || (this.#sender.idle && this.#answerExpected)) {
      this.#pause();
    } else if (this.#sender.idle) {
      this.#complete();
      this.#output.acknowledged?.();
    } else {
      this.#continue(this.#sender.outstanding);
    }
  }

  /** RR: send what is left of the unit, from the first frame the meter does not have. */
  #continue(lost: number): void {
    if (lost > 0) {
      if (this.#attempts >= this.#attemptsMax) {
        this.#fail("hdlc/sequence", "the meter does not take a segment");
        return;
      }
      this.#attempts++;
      this.#counts.retransmissions += lost;
      this.#sender.rewind();
    }
    this.#transmitWindow();
  }

  #onAcknowledged(information: Uint8Array): void {
    if (this.#state === "connecting") {
      this.#negotiated = negotiateParameters(
        this.#parameters,
        // What cannot be read counts as not stated: the defaults are the least a meter must take.
        tryDecodeParameters(information) ?? defaultHdlcParameters,
      );
      this.#state = "connected";
      this.#waiting = "nothing";
      this.#output.disarm();
      this.#output.opened();
    } else if (this.#state === "disconnecting") {
      this.#close();
    } else {
      this.#counts.staleUa++;
    }
  }

  #onRefused(): void {
    if (this.#state === "disconnecting") {
      this.#close();
      return;
    }
    this.#refusals++;
    if (this.#waitsForNothing() || this.#refusals === 1) {
      this.#counts.staleUa++;
      if (!this.#waitsForNothing()) {
        this.#arm(Math.min(this.#responseTimeoutMs, refusalGraceMs));
      }
    } else {
      this.#failWith(refusal(this.#state));
    }
  }

  #transmitConnect(): void {
    this.#waiting = "ua";
    this.#arm();
    const stated = this.#sendParameters ? encodeParameters(this.#parameters) : new Uint8Array(0);
    this.#transmit(this.#writer.unnumbered(controlSnrm | pollFinalBit, stated));
  }

  #transmitDisconnect(): void {
    this.#waiting = "release";
    this.#arm();
    this.#transmit(this.#writer.bare(controlDisc | pollFinalBit));
  }

  /** I frames up to the window; the last hands the turn over. */
  #transmitWindow(): void {
    this.#await();
    const { transmitWindow } = this.#negotiated;
    for (;;) {
      const last = this.#sender.isLastSegment || this.#sender.outstanding + 1 >= transmitWindow;
      // The last is sent at the very end: the answer may be here before `transmit` returns.
      this.#transmit(this.#sender.next(this.#receiver.sequence, last));
      if (last) return;
    }
  }

  #await(): void {
    this.#waiting = "answer";
    this.#arm();
  }

  #transmitReady(): void {
    this.#await();
    this.#transmit(this.#writer.bare(controlRr | pollFinalBit | (this.#receiver.sequence << 5)));
  }

  /** The meter needs time: poll after a pause. At last the owner may go on: the link is alive. */
  #pause(): void {
    const pauseMs = pollPauseMs(this.#polls++);
    if (pauseMs === undefined) {
      this.#complete();
      if (this.#sender.idle && this.#output.silent?.() === true) return;
      this.#fail("hdlc/request-timeout", `busy after ${this.#polls} polls`);
      return;
    }
    this.#waiting = "pause";
    this.#arm(pauseMs);
  }

  #repeat(): void {
    this.#counts.retransmissions++;
    if (this.#waiting === "ua") {
      this.#transmitConnect();
    } else if (this.#waiting === "release") {
      this.#transmitDisconnect();
    } else if (this.#sender.idle) {
      this.#transmitReady();
    } else {
      this.#sender.rewind();
      this.#transmitWindow();
    }
  }

  #transmit(octets: Uint8Array): void {
    this.#counts.framesSent++;
    this.#output.transmit(octets);
  }

  #arm(afterMs: number = this.#responseTimeoutMs): void {
    this.#armed = true;
    this.#output.arm(afterMs);
  }

  #waitsForNothing(): boolean {
    return this.#waiting === "nothing";
  }

  #close(): void {
    this.#forget();
    this.#state = "disconnected";
    this.#output.disarm();
    this.#output.closed();
  }

  #forget(): void {
    this.#waiting = "nothing";
    this.#unanswered = false;
    this.#attempts = 0;
    this.#refusals = 0;
    this.#polls = 0;
    this.#sender.reset();
    this.#receiver.reset();
    this.#negotiated = defaultHdlcParameters;
  }

  #fail(code: ProtocolErrorCode, detail: string): void {
    this.#failWith(new ProtocolError(code, detail));
  }

  #failWith(error: ProtocolError): void {
    this.#forget();
    this.#state = "disconnected";
    this.#output.disarm();
    this.#output.failed(error);
  }
}
