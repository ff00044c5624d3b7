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
 *                  no answer                the same frames again, or RR; n times hdlc/request-timeout
 *   any            disconnect               DISC; disconnecting
 *   disconnecting  UA, DM                   closed; disconnected
 *
 * The profile is two-way alternate: the client sends up to a frame with P and then waits for one
 * with F. REJ is understood as RR and never sent.
 */
import { DecodeError, InvariantError, ProtocolError, type ProtocolErrorCode } from "../error.ts";
import { transferOctetsMax } from "../limits.ts";
import { encodeClientAddress, encodeServerAddress } from "./address.ts";
import type { HdlcClientLinkOptions } from "./client-link-options.ts";
import {
  controlDisc,
  controlRr,
  controlSnrm,
  type ControlType,
  decodeControl,
  pollFinalBit,
} from "./control.ts";
import { type DeframerSink, type DiscardReason, HdlcDeframer } from "./deframer.ts";
import { flag, locateControl } from "./frame.ts";
import { decodeFrameReject, describeFrameReject } from "./frame-reject.ts";
import { FrameWriter } from "./frame-writer.ts";
import { type LinkCounts, noCounts } from "./link-counts.ts";
import type { ClientLink, LinkCounters, LinkOutput, LinkState } from "./link-output.ts";
import { llcCommand, llcResponse } from "./llc.ts";
import {
  completeParameters,
  decodeParameters,
  defaultHdlcParameters,
  encodeParameters,
  type HdlcParameters,
  negotiateParameters,
} from "./parameters.ts";
import { UnitReceiver } from "./unit-receiver.ts";
import { UnitSender } from "./unit-sender.ts";

/** What an armed deadline is about. */
type Waiting = "nothing" | "ua" | "release" | "answer" | "pause";

/** A UA or DM may be the late answer to an earlier command: what the meter says next decides. */
const refusalGraceMs = 500;
/** Pause before a poll, doubled with each up to the maximum. */
const pollPauseMs = 50;
const pollPauseMsMax = 1000;
/** Polls of a busy meter for one unit; beyond: `hdlc/request-timeout`. */
const pollsMax = 120;
/** Once an answer has begun, its next octets; a frame that is cut off costs no more than this. */
const octetTimeoutMs = 1000;
/** Such waits for one frame: the longest frame at 300 Bd takes 70 s. */
const octetTimeoutsMax = 100;

export class HdlcClientLink implements ClientLink {
  readonly prefix: Uint8Array = llcCommand;
  readonly responsePrefix: Uint8Array = llcResponse;
  readonly #output: LinkOutput;
  readonly #parameters: HdlcParameters;
  readonly #sendParameters: boolean;
  readonly #responseTimeoutMs: number;
  readonly #attemptsMax: number;
  /** Destination and source of what we receive. */
  readonly #inbound: Uint8Array;
  /** Destination and source of what we send, to know an echo by. */
  readonly #outbound: Uint8Array;
  readonly #writer: FrameWriter;
  readonly #sender: UnitSender;
  readonly #receiver: UnitReceiver;
  readonly #deframer: HdlcDeframer = new HdlcDeframer();
  readonly #sink: DeframerSink;
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
  /** Octets of an incomplete frame at the last deadline, and how often it had grown. */
  #partialOctets = 0;
  #partialTimeouts = 0;
  /** A deadline was armed since this was cleared. */
  #armed = false;

  /** @throws {RangeError} an address, a parameter or `attemptsMax` is out of range. */
  constructor(options: HdlcClientLinkOptions) {
    if (!(options.attemptsMax >= 1)) throw new RangeError("attemptsMax is less than 1");
    const client = encodeClientAddress(options.clientSap);
    const server = encodeServerAddress(options.server);
    this.#output = options.output;
    this.#parameters = completeParameters(options.parameters);
    this.#sendParameters = options.sendParameters ?? !areDefaults(this.#parameters);
    this.#responseTimeoutMs = options.responseTimeoutMs;
    this.#attemptsMax = options.attemptsMax;
    this.#inbound = Uint8Array.of(...client, ...server);
    this.#outbound = Uint8Array.of(...server, ...client);
    this.#writer = new FrameWriter(server, client);
    this.#sender = new UnitSender(this.#writer);
    this.#receiver = new UnitReceiver(options.unitOctetsMax ?? transferOctetsMax);
    this.#sink = {
      frame: (octets) => this.#onFrame(octets),
      discarded: (octets, reason) => this.#onDiscarded(octets, reason),
    };
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
    if (this.#state !== "connected") throw new InvariantError(`send while ${this.#state}`);
    if (this.busy) throw new InvariantError("send while a unit is under way");
    this.#sender.begin(unit, this.#negotiated.transmitOctetsMax);
    this.#receiver.drop();
    this.#unanswered = true;
    this.#answerExpected = answered;
    this.#attempts = 1;
    this.#refusals = 0;
    this.#polls = 0;
    this.#transmitWindow();
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
    const last = chunk.length - 1;
    if (
      this.#deframer.idle &&
      last > 7 &&
      chunk[0] === flag &&
      chunk[last] === flag &&
      (((chunk[1]! & 7) << 8) | chunk[2]!) === last - 1
    ) {
      // The whole chunk looks like one frame, as it does nearly always on TCP.
      if (locateControl(chunk, 1, last) > 0) {
        this.#output.received?.(chunk);
        this.#dispatch(chunk, 1, last);
        return;
      }
    }
    this.#deframer.push(chunk, this.#sink);
  }

  deadline(): void {
    if (this.#waiting === "nothing") return;
    if (this.#waiting === "pause") {
      this.#transmitPoll();
      return;
    }
    if (this.#frameIsComing()) {
      this.#output.arm(octetTimeoutMs);
      return;
    }
    this.#partialOctets = 0;
    this.#armed = false;
    this.#deframer.flush(this.#sink);
    // A frame that stood behind a truncated one may have been the answer.
    if (this.#armed || this.#waitsForNothing()) return;
    if (this.#attempts >= this.#attemptsMax) {
      this.#failSilent();
      return;
    }
    this.#attempts++;
    this.#repeat();
  }

  reset(): void {
    this.#forget();
    this.#deframer.reset();
    this.#state = "disconnected";
  }

  #onFrame(octets: Uint8Array): void {
    if (this.#output.received !== undefined) {
      const framed = new Uint8Array(octets.length + 2).fill(flag);
      framed.set(octets, 1);
      this.#output.received(framed);
    }
    this.#dispatch(octets, 0, octets.length);
  }

  #onDiscarded(octets: Uint8Array, reason: DiscardReason): void {
    this.#counts.discardedOctets += octets.length;
    if (reason !== "noise") this.#counts.damagedFrames++;
    this.#output.text(octets);
  }

  /** A valid frame, `octets[start..end)` without flags. */
  #dispatch(octets: Uint8Array, start: number, end: number): void {
    const addresses = start + 2;
    const inbound = this.#inbound;
    for (let at = 0; at < inbound.length; at++) {
      if (octets[addresses + at] !== inbound[at]) {
        this.#onForeign(octets, addresses);
        return;
      }
    }
    this.#counts.framesReceived++;
    const at = addresses + inbound.length;
    const control = octets[at]!;
    const stop = end - 2;
    const information = at + 1 === stop ? stop : at + 3;
    if ((control & 1) === 0) {
      const segmented = (octets[start]! & 0x08) !== 0;
      this.#onInformation(control, segmented, octets.subarray(information, stop));
    } else {
      this.#onOther(control, octets.subarray(information, stop));
    }
  }

  #onForeign(octets: Uint8Array, addresses: number): void {
    const outbound = this.#outbound;
    const echo = outbound.every((octet, at) => octet === octets[addresses + at]);
    if (echo) this.#counts.echoedFrames++;
    else this.#counts.foreignFrames++;
  }

  #onInformation(control: number, segmented: boolean, information: Uint8Array): void {
    const sendSequence = (control >>> 1) & 7;
    const receiveSequence = control >>> 5;
    const final = (control & pollFinalBit) !== 0;
    if (this.#state !== "connected") {
      this.#counts.duplicateFrames++;
      return;
    }
    if (sendSequence !== this.#receiver.sequence) {
      this.#onOutOfOrder(sendSequence, receiveSequence, final);
      return;
    }
    if (!this.#sender.acknowledge(receiveSequence) || !this.#sender.idle) {
      this.#fail("hdlc/sequence", `answer with N(R) ${receiveSequence}, expected ${this.#sender.sendSequence}`);
      return;
    }
    this.#receiver.advance();
    this.#attempts = 1;
    if (segmented) {
      if (!this.#receiver.append(information)) this.#failTooLong();
      else if (final) this.#transmitReady();
      else this.#arm();
      return;
    }
    this.#onComplete(information);
  }

  /** The last or only segment of a unit. */
  #onComplete(information: Uint8Array): void {
    let unit = information;
    if (this.#receiver.collecting) {
      if (!this.#receiver.append(information)) {
        this.#failTooLong();
        return;
      }
      unit = this.#receiver.take();
    }
    this.#unanswered = false;
    this.#waiting = "nothing";
    this.#output.disarm();
    this.#output.information(unit);
  }

  /**
   * A duplicate, or a frame behind a lost one. Not delivered; in the midst of an answer the meter is
   * told where to go on. A late copy of the answer before needs nothing: our request acknowledges it.
   */
  #onOutOfOrder(sendSequence: number, receiveSequence: number, final: boolean): void {
    const ahead = (sendSequence - this.#receiver.sequence) & 7;
    if (ahead < 4) this.#counts.gaps++;
    else this.#counts.duplicateFrames++;
    if (this.#waiting !== "answer") return;
    const { sendSequence: expected } = this.#sender;
    if (!this.#sender.idle && receiveSequence === expected) this.#sender.acknowledge(expected);
    if (!this.#sender.idle || !final) return;
    if (this.#attempts >= this.#attemptsMax) {
      const wanted = this.#receiver.sequence;
      this.#fail("hdlc/sequence", `N(S) ${sendSequence} came again where ${wanted} is missing`);
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
        this.#onSupervisory(type, receiveSequence, pollFinal);
        return;
      case "UA":
        this.#onAcknowledged(information);
        return;
      case "DM":
        this.#onRefused();
        return;
      case "FRMR":
        this.#onFrameReject(information);
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

  #onSupervisory(type: ControlType, receiveSequence: number, final: boolean): void {
    if (this.#waiting !== "answer") return;
    const before = this.#sender.outstanding;
    if (!this.#sender.acknowledge(receiveSequence)) return;
    if (this.#sender.outstanding < before) this.#attempts = 1;
    if (!final) {
      this.#arm();
    } else if (type === "RNR" || (this.#sender.idle && this.#answerExpected)) {
      this.#pause();
    } else if (this.#sender.idle) {
      this.#unanswered = false;
      this.#waiting = "nothing";
      this.#output.disarm();
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
      this.#negotiated = negotiateParameters(this.#parameters, parametersOf(information));
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
      this.#failRefused();
    }
  }

  #onFrameReject(information: Uint8Array): void {
    if (this.#state !== "connected") {
      this.#counts.staleUa++;
      return;
    }
    const detail =
      information.length === 3
        ? describeFrameReject(decodeFrameReject(information))
        : "the meter gave no reasons";
    this.#fail("hdlc/frame-rejected", detail);
  }

  #transmitConnect(): void {
    this.#waiting = "ua";
    this.#arm();
    const control = controlSnrm | pollFinalBit;
    this.#transmit(
      this.#sendParameters
        ? this.#writer.unnumbered(control, encodeParameters(this.#parameters))
        : this.#writer.bare(control),
    );
  }

  #transmitDisconnect(): void {
    this.#waiting = "release";
    this.#arm();
    this.#transmit(this.#writer.bare(controlDisc | pollFinalBit));
  }

  /** I frames up to the window; the last hands the turn over. */
  #transmitWindow(): void {
    this.#waiting = "answer";
    this.#arm();
    const { transmitWindow } = this.#negotiated;
    for (;;) {
      const frame = this.#sender.next(this.#receiver.sequence, this.#isLastOfWindow(transmitWindow));
      const last = !this.#sender.hasNext || this.#sender.outstanding >= transmitWindow;
      // The last is sent at the very end: the answer may be here before `transmit` returns.
      this.#transmit(frame);
      if (last) return;
    }
  }

  #isLastOfWindow(window: number): boolean {
    return this.#sender.isLastSegment || this.#sender.outstanding + 1 >= window;
  }

  #transmitReady(): void {
    this.#waiting = "answer";
    this.#arm();
    this.#transmit(
      this.#writer.bare(controlRr | pollFinalBit | (this.#receiver.sequence << 5)),
    );
  }

  #transmitPoll(): void {
    this.#attempts = 1;
    this.#transmitReady();
  }

  /** The meter needs time: poll after a pause. */
  #pause(): void {
    if (this.#polls >= pollsMax) {
      this.#fail("hdlc/request-timeout", `busy after ${this.#polls} polls`);
      return;
    }
    const pauseMs = Math.min(pollPauseMs << Math.min(this.#polls, 10), pollPauseMsMax);
    this.#polls++;
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
    this.#partialTimeouts = 0;
    this.#output.arm(afterMs);
  }

  /** A frame has begun and still grows: wait for its end, not for nothing. */
  #frameIsComing(): boolean {
    const held = this.#deframer.pendingLength;
    if (held <= this.#partialOctets || this.#partialTimeouts >= octetTimeoutsMax) return false;
    this.#partialOctets = held;
    this.#partialTimeouts++;
    return true;
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
    this.#partialOctets = 0;
    this.#sender.reset();
    this.#receiver.reset();
    this.#negotiated = defaultHdlcParameters;
  }

  #failSilent(): void {
    if (this.#refusals > 0) {
      this.#failRefused();
      return;
    }
    const code = this.#waiting === "answer" ? "hdlc/request-timeout" : "hdlc/no-answer";
    const command = { ua: "SNRM", release: "DISC", answer: "request", pause: "", nothing: "" };
    const detail = `no answer to ${command[this.#waiting]}, sent ${this.#attempts} times`;
    this.#fail(code, detail);
  }

  #failRefused(): void {
    if (this.#state === "connecting") this.#fail("hdlc/refused", "the meter answers SNRM with DM");
    else this.#fail("hdlc/disconnected", "the meter has closed the link: it answers DM");
  }

  #failTooLong(): void {
    this.#fail("hdlc/limit", "a segmented unit is too long");
  }

  #fail(code: ProtocolErrorCode, detail: string): void {
    this.#forget();
    this.#state = "disconnected";
    this.#output.disarm();
    this.#output.failed(new ProtocolError(code, detail));
  }
}

/**
 * Parameters a meter states in its UA. What cannot be read counts as not stated: the defaults are
 * the smallest every meter must take.
 */
function parametersOf(information: Uint8Array): HdlcParameters {
  try {
    return decodeParameters(information);
  } catch (error) {
    if (error instanceof DecodeError) return defaultHdlcParameters;
    throw error;
  }
}

function areDefaults(parameters: HdlcParameters): boolean {
  return (
    parameters.transmitOctetsMax === defaultHdlcParameters.transmitOctetsMax &&
    parameters.receiveOctetsMax === defaultHdlcParameters.receiveOctetsMax &&
    parameters.transmitWindow === defaultHdlcParameters.transmitWindow &&
    parameters.receiveWindow === defaultHdlcParameters.receiveWindow
  );
}
