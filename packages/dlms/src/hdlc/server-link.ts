/**
 * Data link layer, server side (IEC 62056-46 clause 6.4.4). Answers nothing but frames with P, and
 * nobody who calls all stations.
 *
 *   state          received            answer
 *   disconnected   SNRM                UA, opened; DM for a client that is not accepted
 *                  any other           DM
 *   connected      SNRM                UA, opened: everything above starts anew
 *                  DISC                UA, closed
 *                  I in order          more follow: RR; the last: information, then what `send` gives
 *                  I received before   the same answer again; nothing is executed twice
 *                  I behind a gap      RR with the N(S) that is missing
 *                  RR, REJ             the next frames of the answer, or those not acknowledged; RR
 *                  RNR                 RR
 *                  UI                  unnumbered; never answered
 *                  no frame for long   closed
 *   connected, strict: unknown control, information too long, wrong N(R): FRMR, until SNRM or DISC
 */
import { InvariantError, ProtocolError } from "../error.ts";
import { transferOctetsMax } from "../limits.ts";
import { encodeClientAddress, encodeServerAddress, isAllStation } from "./address.ts";
import { controlDm, controlFrmr, controlRr, controlUa, pollFinalBit } from "./control.ts";
import type { HdlcFrame } from "./frame.ts";
import { encodeFrameReject } from "./frame-reject.ts";
import { FrameWriter } from "./frame-writer.ts";
import { type LinkCounts, noCounts } from "./link-counts.ts";
import type { LinkCounters, LinkOutput } from "./link-output.ts";
import {
  completeParameters,
  defaultHdlcParameters,
  encodeParameters,
  type HdlcParameters,
  negotiateParameters,
  tryDecodeParameters,
} from "./parameters.ts";
import type { HdlcServerLinkOptions } from "./server-link-options.ts";
import { UnitReceiver } from "./unit-receiver.ts";
import { UnitSender } from "./unit-sender.ts";

type RejectReason = "invalidControl" | "informationTooLong" | "invalidReceiveSequence";

/** One client's link to one server address; whoever owns the line hands it its frames. */
export class HdlcServerLink {
  readonly #output: LinkOutput;
  readonly #clientSap: number;
  readonly #accepts: (clientSap: number) => boolean;
  readonly #parameters: HdlcParameters;
  readonly #inactivityMs: number;
  readonly #strict: boolean;
  readonly #writer: FrameWriter;
  readonly #sender: UnitSender;
  readonly #receiver: UnitReceiver;
  readonly #counts: LinkCounts = noCounts();
  #connected = false;
  #negotiated: HdlcParameters = defaultHdlcParameters;
  /** The client has polled and waits: we may send up to a frame with F. */
  #turn = false;
  /** FRMR information sent; repeated until the client starts anew. */
  #reject: Uint8Array | undefined;

  /** @throws {RangeError} an address or a parameter is out of range. */
  constructor(options: HdlcServerLinkOptions) {
    const client = encodeClientAddress(options.clientSap);
    this.#output = options.output;
    this.#clientSap = options.clientSap;
    this.#accepts = options.accepts ?? (() => true);
    this.#parameters = completeParameters(options.parameters);
    this.#inactivityMs = options.inactivityMs;
    this.#strict = options.strict ?? false;
    this.#writer = new FrameWriter(
      Uint8Array.of(...client, ...encodeServerAddress(options.server)),
    );
    this.#sender = new UnitSender(this.#writer);
    this.#receiver = new UnitReceiver(options.unitOctetsMax ?? transferOctetsMax);
  }

  get state(): "disconnected" | "connected" {
    return this.#connected ? "connected" : "disconnected";
  }

  /** What holds on the open link; the defaults before. */
  get negotiated(): HdlcParameters {
    return this.#negotiated;
  }

  get counters(): LinkCounters {
    return this.#counts;
  }

  /** True while the unit sent last is not acknowledged by the client. */
  get busy(): boolean {
    return !this.#sender.idle;
  }

  /** A frame addressed to this server (`addressesServer`) by this client. Never throws. */
  receive(frame: HdlcFrame): void {
    this.#counts.framesReceived++;
    if (isAllStation(frame.destination)) {
      if (frame.control.type === "UI") this.#output.unnumbered(frame.information);
      return;
    }
    if (this.#connected) this.#armInactivity();
    switch (frame.control.type) {
      case "SNRM":
        if (frame.control.pollFinal) this.#onConnect(frame.information);
        return;
      case "DISC":
        if (frame.control.pollFinal) this.#onDisconnect();
        return;
      case "UI":
        this.#output.unnumbered(frame.information);
        return;
      case "I":
      case "RR":
      case "RNR":
      case "REJ":
      case "FRMR":
      case "UA":
      case "DM":
      case "unknown":
        this.#onConnectedOnly(frame);
    }
  }

  /**
   * Answers with one whole unit, copied before this returns, or keeps it until the client polls.
   *
   * @throws {InvariantError} not connected, or the unit before is not acknowledged (`busy`).
   */
  send(unit: Uint8Array): void {
    if (!this.#connected) throw new InvariantError("send while disconnected");
    if (!this.#sender.idle) throw new InvariantError("send while a unit is under way");
    this.#sender.begin(unit, this.#negotiated.transmitOctetsMax);
    if (this.#turn) this.#transmitWindow();
  }

  /** UI frame, a push; goes out at once, connected or not. @throws {RangeError} too long. */
  sendUnnumbered(unit: Uint8Array): void {
    this.#transmit(this.#writer.unconfirmed(unit, false));
  }

  /** There is no answer to the unit received: hands the turn back with RR. */
  acknowledge(): void {
    if (this.#turn) this.#transmitReady();
  }

  /** The armed time is over: the client is gone. */
  deadline(): void {
    if (this.#connected) this.#close();
  }

  /** Forgets everything but the counters; says nothing. */
  reset(): void {
    this.#forget();
    this.#connected = false;
  }

  #onConnect(information: Uint8Array): void {
    const proposed = this.#proposed(information);
    if (proposed === undefined) return;
    if (!this.#accepts(this.#clientSap)) {
      this.#refuse();
      return;
    }
    this.#forget();
    this.#connected = true;
    this.#negotiated = negotiateParameters(this.#parameters, proposed);
    this.#armInactivity();
    const parameters = encodeParameters(this.#negotiated);
    // Opened first: what the client sends on UA may be here before `transmit` returns.
    this.#output.opened();
    this.#transmit(this.#writer.unnumbered(controlUa | pollFinalBit, parameters));
  }

  /** Parameters of an SNRM; a malformed field is not answered by a strict server. */
  #proposed(information: Uint8Array): HdlcParameters | undefined {
    const proposed = tryDecodeParameters(information);
    if (proposed !== undefined) return proposed;
    this.#counts.damagedFrames++;
    return this.#strict ? undefined : defaultHdlcParameters;
  }

  #onDisconnect(): void {
    if (!this.#connected) {
      this.#refuse();
      return;
    }
    this.#close();
    this.#transmit(this.#writer.bare(controlUa | pollFinalBit));
  }

  #onConnectedOnly(frame: HdlcFrame): void {
    const { type, pollFinal } = frame.control;
    if (!this.#connected) {
      if (pollFinal) this.#refuse();
    } else if (this.#reject !== undefined) {
      if (pollFinal) this.#transmitReject(this.#reject);
    } else if (type === "I") {
      this.#onInformation(frame);
    } else if (type === "RR" || type === "REJ" || type === "RNR") {
      this.#onSupervisory(frame);
    } else if (this.#strict && type === "unknown") {
      this.#rejectFrame(frame, "invalidControl");
    }
  }

  #onInformation(frame: HdlcFrame): void {
    const { sendSequence, receiveSequence, pollFinal } = frame.control;
    if (frame.information.length > this.#negotiated.receiveOctetsMax && this.#strict) {
      this.#rejectFrame(frame, "informationTooLong");
      return;
    }
    if (sendSequence !== this.#receiver.sequence) {
      this.#onOutOfOrder(sendSequence, pollFinal);
      return;
    }
    // A new request acknowledges all of the answer before: the client has read it.
    if (!this.#sender.acknowledge(receiveSequence) || !this.#sender.idle) {
      if (this.#strict) {
        this.#rejectFrame(frame, "invalidReceiveSequence");
        return;
      }
      this.#sender.acknowledgeAll();
    }
    this.#receiver.advance();
    if (pollFinal) this.#turn = true;
    if (frame.segmented || this.#receiver.collecting) {
      if (!this.#receiver.append(frame.information)) {
        this.#output.failed(new ProtocolError("hdlc/limit", "a segmented unit is too long"));
        this.#close();
        return;
      }
      if (frame.segmented) {
        if (pollFinal) this.#transmitReady();
        return;
      }
      this.#output.information(this.#receiver.take());
      return;
    }
    this.#output.information(frame.information);
  }

  /** Sent before, or behind a lost frame. Nothing is executed; the client is told where we are. */
  #onOutOfOrder(sendSequence: number, pollFinal: boolean): void {
    const ahead = (sendSequence - this.#receiver.sequence) & 7;
    if (ahead < 4) this.#counts.gaps++;
    else this.#counts.duplicateFrames++;
    if (!pollFinal) return;
    // A repeated request while its answer is being worked out waits for that.
    const pending = this.#turn;
    this.#turn = true;
    if (!this.#sender.idle) this.#repeatWindow();
    else if (!pending) this.#transmitReady();
  }

  #onSupervisory(frame: HdlcFrame): void {
    const { type, receiveSequence, pollFinal } = frame.control;
    if (!this.#sender.acknowledge(receiveSequence) && this.#strict) {
      this.#rejectFrame(frame, "invalidReceiveSequence");
      return;
    }
    if (!pollFinal) return;
    this.#turn = true;
    if (type === "RNR" || this.#sender.idle) this.#transmitReady();
    else if (this.#sender.outstanding > 0) this.#repeatWindow();
    else this.#transmitWindow();
  }

  /** Sends again what is not acknowledged: the same octets, with the same N(S). */
  #repeatWindow(): void {
    this.#counts.retransmissions += this.#sender.outstanding;
    this.#sender.rewind();
    this.#transmitWindow();
  }

  /** I frames up to the window; the last hands the turn back. */
  #transmitWindow(): void {
    const { transmitWindow } = this.#negotiated;
    for (;;) {
      const last = this.#sender.isLastSegment || this.#sender.outstanding + 1 >= transmitWindow;
      if (last) this.#turn = false;
      this.#transmit(this.#sender.next(this.#receiver.sequence, last));
      if (last) return;
    }
  }

  #transmitReady(): void {
    this.#turn = false;
    const control = controlRr | pollFinalBit | (this.#receiver.sequence << 5);
    this.#transmit(this.#writer.bare(control));
  }

  #rejectFrame(frame: HdlcFrame, reason: RejectReason): void {
    this.#reject = encodeFrameReject({
      rejectedControl: frame.control.raw,
      sendSequence: this.#sender.sendSequence,
      receiveSequence: this.#receiver.sequence,
      rejectedResponse: false,
      invalidControl: reason === "invalidControl",
      informationNotPermitted: false,
      informationTooLong: reason === "informationTooLong",
      invalidReceiveSequence: reason === "invalidReceiveSequence",
    });
    if (frame.control.pollFinal) this.#transmitReject(this.#reject);
  }

  #transmitReject(information: Uint8Array): void {
    this.#transmit(this.#writer.unnumbered(controlFrmr | pollFinalBit, information));
  }

  #refuse(): void {
    this.#transmit(this.#writer.bare(controlDm | pollFinalBit));
  }

  #transmit(octets: Uint8Array): void {
    this.#counts.framesSent++;
    this.#output.transmit(octets);
  }

  #armInactivity(): void {
    if (this.#inactivityMs > 0) this.#output.arm(this.#inactivityMs);
  }

  #close(): void {
    this.#forget();
    this.#connected = false;
    this.#output.disarm();
    this.#output.closed();
  }

  #forget(): void {
    this.#sender.reset();
    this.#receiver.reset();
    this.#turn = false;
    this.#reject = undefined;
    this.#negotiated = defaultHdlcParameters;
  }
}
