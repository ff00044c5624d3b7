/** Meters on a stream of HDLC frames, as they share an RS-485 line. */
import {
  addressesServer,
  HdlcDeframer,
  type HdlcFrame,
  HdlcServerLink,
  isAllStation,
  type LinkOutput,
  llcOctets,
  llcOf,
  llcResponse,
  parseFrame,
} from "@lectura/dlms/hdlc";
import { apduOctetsMax } from "@lectura/dlms/octets";
import type { ServerAssociation, Unasked } from "@lectura/dlms/server";
import { Deadline } from "../deadline.ts";
import type { UnaskedTime } from "./meter-outlet.ts";
import { ServedAssociations } from "./served-associations.ts";
import { type ServedMeter, type Speaker, type SpeakerOptions, viewOf } from "./served-meter.ts";
import { StandingAssociations } from "./standing-associations.ts";

const inactivityMsDefault = 120_000;
/**
 * Pause behind which no frame goes on (IEC 62056-46, inter-octet timeout of class 23: up to 6 s).
 * Shorter than clients wait for an answer: their repeat is not taken for the rest of a lost frame.
 */
const octetPauseMs = 2000;
const nothing = new Uint8Array(0);
/** Unasked units that wait for a client's poll; what is more is refused to its sender. */
const waitingUnitsMax = 16;

/** HDLC: dispatches frames by destination and source address. */
export class HdlcSpeaker implements Speaker {
  readonly #options: SpeakerOptions;
  readonly #deframer = new HdlcDeframer();
  readonly #links = new Map<number, MeterLink>();
  readonly #pause: Deadline;
  readonly #standing: StandingAssociations;

  constructor(options: SpeakerOptions) {
    this.#options = options;
    this.#standing = new StandingAssociations(options.writer);
    this.#pause = new Deadline(options.clock, () => this.#deframer.flush(this));
  }

  receive(octets: Uint8Array): void {
    this.#deframer.push(octets, this);
    if (!this.#deframer.idle) this.#pause.arm(octetPauseMs);
    else if (this.#pause.armed) this.#pause.disarm();
  }

  close(): void {
    this.#pause.close();
    for (const link of this.#links.values()) link.close();
    this.#links.clear();
  }

  /** Called by the deframer. */
  frame(octets: Uint8Array): void {
    const frame = parseFrame(octets);
    const { destination, source } = frame;
    if (source.size !== 1) return;
    if (isAllStation(destination)) {
      this.#hearForAll(frame);
      return;
    }
    const key =
      ((destination.upper * 0x4000 + destination.lower) * 8 + destination.size) * 128 +
      source.upper;
    let link = this.#links.get(key);
    if (link === undefined) {
      link = this.#open(frame);
      if (link === undefined) return;
      if (link.known) this.#links.set(key, link);
    }
    link.receive(frame);
  }

  /** Called by the deframer: noise on the line is nobody's. */
  discarded(): void {
    // Nothing answers octets that are no frame.
  }

  /**
   * A UI frame for all stations (IEC 62056-46 clause 6.4.2.4): every meter it may mean hears it
   * within its association with the client, with or without a link, and none answers.
   */
  #hearForAll({ control, segmented, information, destination, source }: HdlcFrame): void {
    if (control.type !== "UI" || segmented || llcOf(information) !== "command") return;
    const apdu = information.subarray(llcOctets);
    const nowMs = this.#options.clock.nowMs();
    for (const meter of this.#options.meters) {
      if (!addressesServer(destination, meter.address)) continue;
      const association =
        this.#openAssociation(meter, source.upper) ??
        this.#standing.of(viewOf(meter, source.upper));
      association?.receiveUnanswered(apdu, nowMs);
    }
  }

  /** The client may have links to one meter by several forms of its address. */
  #openAssociation(meter: ServedMeter, clientSap: number): ServerAssociation | undefined {
    for (const link of this.#links.values()) {
      const own = link.meter === meter && link.clientSap === clientSap ? link.own : undefined;
      if (own?.facts !== undefined) return own;
    }
    return undefined;
  }

  #open(frame: HdlcFrame): MeterLink | undefined {
    const called = this.#options.meters.filter((meter) => isCalled(meter, frame));
    const meter = called[0];
    if (meter === undefined || called.length > 1) return undefined;
    return new MeterLink(this.#options, meter, frame);
  }
}

function isCalled(meter: ServedMeter, frame: HdlcFrame): boolean {
  const { address, exactAddress = false } = meter;
  if (exactAddress && frame.destination.size !== address.size) return false;
  return addressesServer(frame.destination, address);
}

/** One client's link to one meter with the association above it. */
class MeterLink implements LinkOutput {
  readonly meter: ServedMeter;
  readonly clientSap: number;
  readonly #options: SpeakerOptions;
  readonly #link: HdlcServerLink;
  readonly #associations: ServedAssociations;
  readonly #deadline: Deadline;
  readonly #attached: Disposable | undefined;
  /** Unasked units that wait for the client to poll. */
  #waiting: Uint8Array[] | undefined;

  constructor(options: SpeakerOptions, meter: ServedMeter, frame: HdlcFrame) {
    const { size, upper, lower } = frame.destination;
    const clientSap = frame.source.upper;
    this.meter = meter;
    this.clientSap = clientSap;
    this.#options = options;
    const { writer } = options;
    // Each unit hands the turn over: general blocks go one by one.
    const answers = { writer, prefix: llcResponse, streaming: false };
    this.#associations = new ServedAssociations({ meter, clientSap, ...answers });
    this.#deadline = new Deadline(options.clock, () => this.#link.deadline());
    this.#link = new HdlcServerLink({
      output: this,
      server: { size, upper, lower },
      clientSap,
      accepts: () => this.known,
      parameters: meter.hdlc ?? {},
      inactivityMs: meter.inactivityMs ?? inactivityMsDefault,
      strict: meter.strict ?? false,
      unitOctetsMax: llcOctets + apduOctetsMax,
    });
    this.#attached =
      this.own &&
      meter.outlet?.attach({ clientSap, send: (apdu, when) => this.#sendUnasked(apdu, when) });
  }

  /** False: the meter has no view for this client; its frames are answered with DM. */
  get known(): boolean {
    return this.#associations.known;
  }

  /** With the meter itself. */
  get own(): ServerAssociation | undefined {
    return this.#associations.own;
  }

  receive(frame: HdlcFrame): void {
    this.#link.receive(frame);
  }

  close(): void {
    this.#deadline.close();
    this.#attached?.[Symbol.dispose]();
    this.#reset();
  }

  /** UI frames, now or before the next answer: on a shared line no meter speaks out of turn. */
  #sendUnasked(apdu: Unasked, when: UnaskedTime): boolean {
    const room = this.#link.negotiated.transmitOctetsMax;
    const units = this.own?.unasked(apdu, room) ?? [];
    if (units.length === 0) return false;
    if (when === "now") {
      for (const unit of units) this.#link.sendUnnumbered(unit);
      return true;
    }
    const waiting = (this.#waiting ??= []);
    if (waiting.length + units.length > waitingUnitsMax) return false;
    waiting.push(...units);
    return true;
  }

  #sendWaiting(units: readonly Uint8Array[]): void {
    this.#waiting = undefined;
    for (const unit of units) this.#link.sendUnnumbered(unit);
  }

  #reset(): void {
    this.#associations.reset();
    this.#waiting = undefined;
  }

  transmit(octets: Uint8Array): void {
    this.#options.send(octets);
  }

  arm(afterMs: number): void {
    this.#deadline.arm(afterMs);
  }

  disarm(): void {
    this.#deadline.disarm();
  }

  opened(): void {
    this.#reset();
  }

  information(unit: Uint8Array): void {
    const apdu = llcOf(unit) === "command" ? unit.subarray(llcOctets) : nothing;
    const answer = this.#associations.receive(apdu, this.#options.clock.nowMs());
    if (this.#waiting !== undefined) this.#sendWaiting(this.#waiting);
    if (answer === undefined) this.#link.acknowledge();
    else this.#link.send(answer);
  }

  /** Services nobody answers; the standard wants no answer by the link either. */
  unnumbered(unit: Uint8Array): void {
    if (llcOf(unit) !== "command") return;
    this.#associations.receiveUnanswered(unit.subarray(llcOctets), this.#options.clock.nowMs());
  }

  closed(): void {
    this.#reset();
  }

  failed(): void {
    this.#reset();
  }

  text(): void {
    // The deframer before the link sorts that out.
  }
}
