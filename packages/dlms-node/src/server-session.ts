/**
 * The server's end of one stream: frames are taken to the meter they are addressed to, each pair of
 * client and meter has its own link and association. Several meters share a stream as they share an
 * RS-485 line; a frame that calls two of them is answered by neither.
 */
import {
  addressesServer,
  HdlcDeframer,
  type HdlcFrame,
  type HdlcParameters,
  HdlcServerLink,
  isAllStation,
  type LinkOutput,
  llcOctets,
  llcOf,
  llcResponse,
  parseFrame,
  type ServerAddress,
} from "@lectura/dlms/hdlc";
import { apduOctetsMax, type OctetWriter } from "@lectura/dlms/octets";
import { type AssociationView, type LogicalDevice, ServerAssociation } from "@lectura/dlms/server";
import { encodeWrapper, WrapperDeframer } from "@lectura/dlms/wrapper";
import type { Clock } from "./clock.ts";
import { Deadline } from "./deadline.ts";
import type { Port, PortReceiver } from "./port.ts";

/** One meter behind a stream. */
export interface ServedMeter {
  readonly device: LogicalDevice;
  /** Its full address. Shorter forms reach it, too; with the wrapper `upper` is its wPort. */
  readonly address: ServerAddress;
  /** True: only the address's own form reaches it. Absent: false. */
  readonly exactAddress?: boolean;
  /** What its link can do; the rest as in `defaultHdlcParameters`. */
  readonly hdlc?: Partial<HdlcParameters>;
  /** Without a frame for so long its link closes. 0: never. Absent: 120 s. */
  readonly inactivityMs?: number;
  /** Answer by FRMR or silence what the standard says, instead of living with it. Absent: false. */
  readonly strict?: boolean;
}

export type ServedFraming = "auto" | "hdlc" | "wrapper";

export interface ServerSessionOptions {
  readonly port: Port;
  readonly meters: readonly ServedMeter[];
  /** "auto": 00 as the very first octet is a wrapper header, anything else HDLC. Absent: "auto". */
  readonly framing?: ServedFraming;
  readonly clock: Clock;
  /** Where answers are written, with `answerOctetsCeiling`; may be shared by all sessions. */
  readonly writer: OctetWriter;
  /** The stream has ended; told once. */
  readonly closed?: () => void;
}

const inactivityMsDefault = 120_000;
const nothing = new Uint8Array(0);

/** Listens on the port until it closes. Owns nothing but the port, which its caller disposes. */
export function serveSession(options: ServerSessionOptions): void {
  options.port.listen(new ServerSession(options));
}

interface Speaker {
  receive(octets: Uint8Array): void;
  close(): void;
}

class ServerSession implements PortReceiver {
  readonly #options: ServerSessionOptions;
  #speaker: Speaker | undefined;

  constructor(options: ServerSessionOptions) {
    this.#options = options;
  }

  receive(octets: Uint8Array): void {
    if (octets.length === 0) return;
    this.#speaker ??= this.#recognise(octets[0]!);
    this.#speaker.receive(octets);
  }

  closed(): void {
    this.#speaker?.close();
    this.#options.closed?.();
  }

  #recognise(first: number): Speaker {
    const { framing = "auto" } = this.#options;
    const wrapper = framing === "wrapper" || (framing === "auto" && first === 0x00);
    return wrapper ? new WrapperSpeaker(this.#options) : new HdlcSpeaker(this.#options);
  }
}

/** HDLC: dispatches frames by destination and source address. */
class HdlcSpeaker implements Speaker {
  readonly #options: ServerSessionOptions;
  readonly #deframer = new HdlcDeframer();
  readonly #links = new Map<number, MeterLink>();

  constructor(options: ServerSessionOptions) {
    this.#options = options;
  }

  receive(octets: Uint8Array): void {
    this.#deframer.push(octets, this);
  }

  close(): void {
    for (const link of this.#links.values()) link.close();
    this.#links.clear();
  }

  /** Called by the deframer. */
  frame(octets: Uint8Array): void {
    const frame = parseFrame(octets);
    const { destination, source } = frame;
    if (source.size !== 1 || isAllStation(destination)) return;
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
  readonly #options: ServerSessionOptions;
  readonly #link: HdlcServerLink;
  readonly #association: ServerAssociation | undefined;
  readonly #deadline: Deadline;

  constructor(options: ServerSessionOptions, meter: ServedMeter, frame: HdlcFrame) {
    const { size, upper, lower } = frame.destination;
    const view = viewOf(meter, frame.source.upper);
    this.#options = options;
    const { writer } = options;
    // Each unit hands the turn over: general blocks go one by one.
    this.#association =
      view && new ServerAssociation({ view, prefix: llcResponse, writer, streaming: false });
    this.#deadline = new Deadline(options.clock, () => this.#link.deadline());
    this.#link = new HdlcServerLink({
      output: this,
      server: { size, upper, lower },
      clientSap: frame.source.upper,
      accepts: () => this.known,
      parameters: meter.hdlc ?? {},
      inactivityMs: meter.inactivityMs ?? inactivityMsDefault,
      strict: meter.strict ?? false,
      unitOctetsMax: llcOctets + apduOctetsMax,
    });
  }

  /** False: the meter has no view for this client; its frames are answered with DM. */
  get known(): boolean {
    return this.#association !== undefined;
  }

  receive(frame: HdlcFrame): void {
    this.#link.receive(frame);
  }

  close(): void {
    this.#deadline.close();
    this.#association?.reset();
  }

  transmit(octets: Uint8Array): void {
    this.#options.port.send(octets);
  }

  arm(afterMs: number): void {
    this.#deadline.arm(afterMs);
  }

  disarm(): void {
    this.#deadline.disarm();
  }

  opened(): void {
    this.#association?.reset();
  }

  information(unit: Uint8Array): void {
    const apdu = llcOf(unit) === "command" ? unit.subarray(llcOctets) : nothing;
    const answer = this.#association?.receive(apdu, this.#options.clock.nowMs());
    if (answer === undefined) this.#link.acknowledge();
    else this.#link.send(answer);
  }

  unnumbered(): void {
    // Unconfirmed services by UI are not served; the standard wants no answer.
  }

  closed(): void {
    this.#association?.reset();
  }

  failed(): void {
    this.#association?.reset();
  }

  text(): void {
    // The deframer before the link sorts that out.
  }
}

/** Wrapper: dispatches by destination and source wPort; the connection is the link. */
class WrapperSpeaker implements Speaker {
  readonly #options: ServerSessionOptions;
  readonly #deframer = new WrapperDeframer();
  readonly #associations = new Map<number, ServerAssociation>();

  constructor(options: ServerSessionOptions) {
    this.#options = options;
  }

  receive(octets: Uint8Array): void {
    this.#deframer.push(octets, this);
  }

  close(): void {
    this.#associations.clear();
  }

  /** Called by the deframer. */
  apdu(source: number, destination: number, apdu: Uint8Array): void {
    const key = destination * 0x1_0000 + source;
    const association = this.#associations.get(key) ?? this.#open(key, source, destination);
    let answer = association?.receive(apdu, this.#options.clock.nowMs());
    while (answer !== undefined) {
      this.#options.port.send(encodeWrapper(destination, source, answer));
      answer = association?.more();
    }
  }

  /** Called by the deframer: octets that are no wrapper unit are nobody's. */
  discarded(): void {
    // Nothing answers them.
  }

  #open(key: number, source: number, destination: number): ServerAssociation | undefined {
    const called = this.#options.meters.filter(({ address }) => address.upper === destination);
    const view = called.length === 1 ? viewOf(called[0]!, source) : undefined;
    if (view === undefined) return undefined;
    const { writer } = this.#options;
    const association = new ServerAssociation({ view, prefix: nothing, writer });
    this.#associations.set(key, association);
    return association;
  }
}

function viewOf(meter: ServedMeter, clientSap: number): AssociationView | undefined {
  return meter.device.views.find((view) => view.clientSap === clientSap);
}
