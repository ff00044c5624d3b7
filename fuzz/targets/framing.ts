import { deframerOctetsMax, HdlcDeframer, parseFrame } from "@lectura/dlms/hdlc";
import { buildFrame, decodeParameters } from "@lectura/dlms/hdlc";
import { parseSignOnLine } from "@lectura/dlms/iec62056-21";
import {
  MbusDeframer,
  MbusReassembler,
  mbusFrameOctetsMax,
  parseMbusFrame,
} from "@lectura/dlms/mbus";
import { decodeWrapper, WrapperDeframer, wrapperHeaderOctets } from "@lectura/dlms/wrapper";
import { frames, text, vectorOctets } from "../corpus.ts";
import { mbusFrames, wrapperUnits } from "../own-octets.ts";
import { demand, type FuzzTarget, Steps } from "../target.ts";

/** Chunks as the first octet says: whole, or pieces of 1 to 15 octets. */
function inChunks(input: Uint8Array, push: (chunk: Uint8Array) => void): void {
  const steps = new Steps(input);
  const size = steps.next() & 0x0f;
  const octets = steps.rest();
  const chunk = size === 0 ? Math.max(1, octets.length) : size;
  for (let at = 0; at < octets.length; at += chunk) push(octets.subarray(at, at + chunk));
}

const chunked = (octets: Uint8Array): Uint8Array => Uint8Array.of(0, ...octets);

const hdlcStream: FuzzTarget = {
  name: "hdlc/deframer",
  throws: "never",
  corpus: [...frames, ...vectorOctets("hdlc-stream", "push-hdlc", "hdlc-frame")].map(chunked),
  run(input) {
    const deframer = new HdlcDeframer();
    let framesSeen = 0;
    let octetsSeen = 0;
    const reasons = new Set<string>();
    inChunks(input, (chunk) => {
      deframer.push(chunk, {
        frame(octets) {
          framesSeen++;
          octetsSeen += octets.length;
          parseFrame(octets);
        },
        discarded(octets, reason) {
          octetsSeen += octets.length;
          reasons.add(reason);
        },
      });
      demand(deframer.pendingLength <= deframerOctetsMax, "pendingLength is within its limit");
    });
    demand(octetsSeen <= input.length, "no octet is told twice");
    return `${Math.min(framesSeen, 4)} ${[...reasons].sort().join()}`;
  },
};

const hdlcFrame: FuzzTarget = {
  name: "hdlc/frame",
  throws: "typed",
  corpus: [...frames, ...vectorOctets("hdlc-frame")].map((frame) => frame.subarray(1, -1)),
  run(input) {
    const { control, information, destination } = parseFrame(input);
    return `${control.type} ${destination.size} ${Math.min(3, information.length)}`;
  },
};

/** Frames that are right but for what they carry. */
const hdlcContent: FuzzTarget = {
  name: "hdlc/content",
  throws: "typed",
  corpus: frames.map((frame) => {
    const { control, information } = parseFrame(frame.subarray(1, -1));
    return Uint8Array.of(control.raw, 0x03, 0, ...information);
  }),
  run(input) {
    const steps = new Steps(input);
    const control = steps.next();
    const source = Uint8Array.of(steps.next() | 1);
    const destination = [1, 2, 4].includes(source[0]! & 7)
      ? Uint8Array.of(steps.next() & 0xfe, steps.next() | 1)
      : Uint8Array.of(steps.next() | 1);
    const octets = buildFrame({ control, source, destination, information: steps.take(2000) });
    const frame = parseFrame(octets.subarray(1, -1));
    decodeParameters(frame.information);
    return frame.control.type;
  },
};

const wrapperStream: FuzzTarget = {
  name: "wrapper/deframer",
  throws: "never",
  corpus: [...wrapperUnits, ...vectorOctets("wrapper", "session-wrapper", "wrapper-lenient")].map(
    chunked,
  ),
  run(input) {
    const octetsMax = 1024;
    const deframer = new WrapperDeframer(octetsMax);
    let apdus = 0;
    const reasons = new Set<string>();
    inChunks(input, (chunk) => {
      deframer.push(chunk, {
        apdu(_source, _destination, apdu) {
          apdus++;
          demand(apdu.length <= octetsMax, "an APDU is within its limit");
        },
        discarded(_octets, reason) {
          reasons.add(reason);
        },
      });
      demand(
        deframer.pendingLength <= octetsMax + wrapperHeaderOctets,
        "pendingLength is within its limit",
      );
    });
    return `${Math.min(apdus, 4)} ${[...reasons].sort().join()}`;
  },
};

const wrapperDatagram: FuzzTarget = {
  name: "wrapper/datagram",
  throws: "typed",
  corpus: [...wrapperUnits, ...vectorOctets("wrapper")],
  run: (input) => String(Math.min(4, decodeWrapper(input).apdu.length)),
};

const mbus: FuzzTarget = {
  name: "mbus",
  throws: "never",
  corpus: [...mbusFrames, ...vectorOctets("mbus-wired", "push-mbus")].map(chunked),
  run(input) {
    const deframer = new MbusDeframer();
    const octetsMax = 2048;
    const reassembler = new MbusReassembler(octetsMax);
    let units = 0;
    inChunks(input, (chunk) => {
      deframer.push(chunk, {
        frame(octets) {
          const unit = reassembler.accept(parseMbusFrame(octets));
          if (unit !== undefined) units++;
          demand((unit?.length ?? 0) <= octetsMax, "a unit is within its limit");
        },
        discarded() {},
      });
      demand(deframer.pendingLength <= mbusFrameOctetsMax, "pendingLength is within its limit");
    });
    return `${Math.min(4, units)} ${Math.min(4, reassembler.spoiledUnits)}`;
  },
};

const mbusFrame: FuzzTarget = {
  name: "mbus/frame",
  throws: "typed",
  corpus: [...mbusFrames, ...vectorOctets("mbus-wired")],
  run: (input) => String(parseMbusFrame(input).transport?.final),
};

const signOn: FuzzTarget = {
  name: "iec62056-21",
  throws: "typed",
  corpus: [
    ...vectorOctets("iec62056-21"),
    text("/?!\r\n"),
    text("/LCT5\\2METER-1\r\n"),
    Uint8Array.of(0x06, 0x32, 0x35, 0x32, 0x0d, 0x0a),
  ],
  run(input) {
    const line = parseSignOnLine(input);
    return `${line.kind} ${line.parityStripped}`;
  },
};

export const framingTargets: readonly FuzzTarget[] = [
  hdlcStream,
  hdlcFrame,
  hdlcContent,
  wrapperStream,
  wrapperDatagram,
  mbus,
  mbusFrame,
  signOn,
];
