import {
  buildFrame,
  decodeControl,
  encodeClientAddress,
  encodeServerAddress,
  HdlcClientLink,
  HdlcDeframer,
  HdlcServerLink,
  informationControl,
  type LinkOutput,
  parseFrame,
} from "@lectura/dlms/hdlc";
import { ModeESignOn } from "@lectura/dlms/iec62056-21";
import type { ProtocolError } from "@lectura/dlms/octets";
import { encodeWrapper, WrapperLink } from "@lectura/dlms/wrapper";
import { frames, text, vectorOctets } from "../corpus.ts";
import { wrapperUnits } from "../own-octets.ts";
import { demand, type FuzzTarget, program, Steps } from "../target.ts";

const server = { size: 1, upper: 1, lower: 0 } as const;
const serverAddress = encodeServerAddress(server);
const clientAddress = encodeClientAddress(16);
const unitOctetsMax = 2048;
/** Calls of its owner that one input may cause; more is a machine that runs by itself. */
const callsMax = 20_000;

/** A link's owner that checks what it is told. */
class WatchfulOwner implements LinkOutput {
  armed = false;
  calls = 0;
  lastControl = 0;
  units = 0;
  failure = "";
  readonly #framed: boolean;

  constructor(framed: boolean) {
    this.#framed = framed;
  }

  #count(): void {
    demand(++this.calls < callsMax, "a machine ends");
  }

  transmit(octets: Uint8Array): void {
    this.#count();
    if (this.#framed) this.lastControl = parseFrame(octets.subarray(1, -1)).control.raw;
  }

  arm(afterMs: number): void {
    this.#count();
    demand(afterMs >= 0 && Number.isFinite(afterMs), "a deadline is a time");
    this.armed = true;
  }

  disarm(): void {
    this.armed = false;
  }

  opened(): void {
    this.#count();
  }

  information(unit: Uint8Array): void {
    this.#count();
    this.units++;
    demand(unit.length <= unitOctetsMax, "a unit is within its limit");
  }

  unnumbered(unit: Uint8Array): void {
    this.information(unit);
  }

  closed(): void {
    this.#count();
  }

  failed(error: ProtocolError): void {
    this.#count();
    this.failure = error.code;
  }

  text(): void {
    this.#count();
  }
}

/** What the far end would say next if it were honest, from the control field heard last. */
function honestAnswer(lastControl: number, sendSequence: number, isSegment: boolean): number {
  const heard = decodeControl(lastControl);
  if (heard.type === "SNRM" || heard.type === "DISC") return 0x73;
  const next = heard.type === "I" ? (heard.sendSequence + 1) & 7 : heard.receiveSequence;
  return informationControl(sendSequence, next, !isSegment);
}

const operation = { frame: 0, honest: 1, raw: 2, deadline: 3, send: 4, close: 5, unit: 6 };
const operations = 7;
const segmentedBit = 0x80;

const clientLink: FuzzTarget = {
  name: "hdlc/client-link",
  throws: "never",
  corpus: [
    program(operation.honest, new Uint8Array(0), operation.send, 9, operation.honest, text("abc")),
    program(
      operation.honest,
      new Uint8Array(0),
      operation.send,
      255,
      operation.honest + segmentedBit - (segmentedBit % operations),
      text("segment"),
      operation.honest,
      text("last"),
      operation.close,
      operation.honest,
      new Uint8Array(0),
    ),
    ...frames.map((frame) => program(operation.honest, new Uint8Array(0), operation.raw, frame)),
  ],
  run(input) {
    const owner = new WatchfulOwner(true);
    const link = new HdlcClientLink({
      output: owner,
      server,
      clientSap: 16,
      responseTimeoutMs: 1000,
      attemptsMax: 2,
      unitOctetsMax,
    });
    link.connect();
    const steps = new Steps(input);
    let sent = 0;
    while (!steps.done) {
      const step = steps.next();
      const segmented = (step & segmentedBit) !== 0;
      const control =
        step % operations === operation.frame
          ? steps.next()
          : honestAnswer(owner.lastControl, sent, segmented);
      switch (step % operations) {
        case operation.frame:
        case operation.honest: {
          const information = steps.string();
          if (decodeControl(control).type === "I") sent = (sent + 1) & 7;
          else sent = 0;
          link.receive(
            buildFrame({
              destination: clientAddress,
              source: serverAddress,
              control,
              segmented,
              information,
            }),
          );
          break;
        }
        case operation.raw:
          link.receive(steps.string());
          break;
        case operation.deadline:
          if (owner.armed) {
            owner.armed = false;
            link.deadline();
          }
          break;
        case operation.send:
          if (link.state === "connected" && !link.busy) link.send(new Uint8Array(steps.next() * 4));
          break;
        case operation.close:
          link.disconnect();
          break;
        default:
          if (link.state === "disconnected") link.connect();
          else if (segmented) link.reset();
      }
    }
    const { gaps, foreignFrames, staleUa, retransmissions } = link.counters;
    return `${link.state} ${owner.failure} ${Math.min(3, owner.units)} ${[gaps, foreignFrames, staleUa, retransmissions].map((count) => Math.min(2, count)).join()}`;
  },
};

const serverLink: FuzzTarget = {
  name: "hdlc/server-link",
  throws: "never",
  corpus: [
    program(0, 0x93, new Uint8Array(0), 0, 0x10, text("abc"), 4, 100, 0, 0x31, new Uint8Array(0)),
    program(0, 0x93, new Uint8Array(0), 0x80, 0x00, text("abc"), 0, 0x12, text("end"), 0, 0x53),
    ...frames.map((frame) => program(0, 0x93, new Uint8Array(0), 2, frame)),
  ],
  run(input) {
    const owner = new WatchfulOwner(true);
    const link = new HdlcServerLink({
      output: owner,
      server,
      clientSap: 16,
      inactivityMs: 60_000,
      unitOctetsMax,
    });
    const deframer = new HdlcDeframer();
    const sink = {
      frame: (octets: Uint8Array) => link.receive(parseFrame(octets)),
      discarded: () => {},
    };
    const steps = new Steps(input);
    while (!steps.done) {
      const step = steps.next();
      const segmented = (step & segmentedBit) !== 0;
      switch (step % 6) {
        case 0:
        case 1: {
          const control = steps.next();
          const frame = buildFrame({
            destination: serverAddress,
            source: clientAddress,
            control,
            segmented,
            information: steps.string(),
          });
          link.receive(parseFrame(frame.subarray(1, -1)));
          break;
        }
        case 2:
          deframer.push(steps.string(), sink);
          break;
        case 3:
          if (owner.armed) link.deadline();
          break;
        case 4: {
          const unit = new Uint8Array(steps.next() * 4);
          try {
            link.send(unit);
          } catch (error) {
            // The owner's fault: nothing is open, or something is under way.
            if ((error as Error).name !== "InvariantError") throw error;
          }
          break;
        }
        default:
          link.reset();
      }
    }
    return `${owner.failure} ${Math.min(3, owner.units)} ${decodeControl(owner.lastControl).type}`;
  },
};

const wrapperLink: FuzzTarget = {
  name: "wrapper/link",
  throws: "never",
  corpus: [...wrapperUnits, ...vectorOctets("wrapper")].map((octets) =>
    program(0, octets, 1, octets),
  ),
  run(input) {
    const owner = new WatchfulOwner(false);
    const link = new WrapperLink({
      output: owner,
      clientSap: 16,
      serverPort: 1,
      responseTimeoutMs: 1000,
      unitOctetsMax,
    });
    link.connect();
    const steps = new Steps(input);
    while (!steps.done) {
      switch (steps.next() % 5) {
        case 0:
          link.receive(steps.string());
          break;
        case 1:
          link.receive(encodeWrapper(1, 16, steps.string()));
          break;
        case 2:
          if (owner.armed) link.deadline();
          break;
        case 3:
          if (link.state === "connected" && !link.busy) link.send(steps.string());
          break;
        default:
          if (link.state === "disconnected") link.connect();
          else link.disconnect();
      }
    }
    return `${link.state} ${owner.failure} ${Math.min(3, owner.units)}`;
  },
};

const signOn: FuzzTarget = {
  name: "iec62056-21/sign-on",
  throws: "never",
  corpus: [
    program(0, text("/?!\r\n"), 0, text("/LCT5\\2METER-1\r\n"), 1, 0, text("\u00062\u003522\r\n")),
    program(0, text("/LCT5METER\r\n"), 1, 1, 1, 1),
    ...vectorOctets("iec62056-21").map((octets) => program(0, octets, 1)),
  ],
  run(input) {
    let calls = 0;
    let armed = false;
    let ended = "";
    const count = (): void => demand(++calls < callsMax, "a machine ends");
    const machine = new ModeESignOn({
      responseTimeoutMs: 1500,
      attemptsMax: 2,
      parityInOctets: (input[0] ?? 0) > 127,
      output: {
        transmit: count,
        line: count,
        arm: () => void (armed = true),
        disarm: () => void (armed = false),
        ready: ({ mode }) => void (ended = mode),
        failed: ({ code }) => void (ended = code),
      },
    });
    machine.start();
    const steps = new Steps(input);
    while (!steps.done) {
      if (steps.next() % 2 === 0) machine.receive(steps.string());
      else if (armed) {
        armed = false;
        machine.deadline();
      }
    }
    return `${ended} ${Math.min(8, calls)}`;
  },
};

export const linkTargets: readonly FuzzTarget[] = [clientLink, serverLink, wrapperLink, signOn];
