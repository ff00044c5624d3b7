/** A meter for tests: a server's link of its own, an answer for each APDU as the test says. */
import {
  HdlcDeframer,
  type HdlcParameters,
  HdlcServerLink,
  llcResponse,
  type LinkOutput,
  parseFrame,
  type ServerAddress,
} from "@lectura/dlms/hdlc";
import { concatOctets, fromHex, toHex } from "@lectura/dlms/octets";
import { encodeWrapper, WrapperDeframer } from "@lectura/dlms/wrapper";
import { openPipe, type PipeOptions } from "@lectura/testkit";
import type { Port } from "../ports/port.ts";

/**
 * Answers one APDU (hexadecimal) by another; `undefined`: by nothing; the empty text: it takes it,
 * and has no answer.
 */
export type Answer = (apdu: string, meter: ScriptedMeter) => string | undefined;

export interface ScriptedMeterOptions {
  readonly answer?: Answer;
  readonly framing?: "hdlc" | "wrapper";
  readonly clientSap?: number;
  readonly server?: ServerAddress;
  readonly hdlc?: Partial<HdlcParameters>;
  readonly pipe?: PipeOptions;
}

/** AARE that accepts: conformance 007E1F, max PDU 400 octets. */
export const acceptingAare =
  "6129a109060760857405080101a203020100a305a103020100be10040e0800065f1f0400007e1f01900007";

/** Opens, releases, and answers the rest with `answer`. */
export const associated =
  (answer: Answer = () => undefined): Answer =>
  (apdu, meter) => {
    if (apdu.startsWith("60")) return acceptingAare;
    if (apdu.startsWith("62")) return "6303800100";
    return answer(apdu, meter);
  };

export class ScriptedMeter {
  /** The gateway's end. */
  readonly port: Port;
  /** The meter's end, for octets that come from no link. */
  readonly line: Port;
  /** Every APDU received, hexadecimal. */
  readonly apdus: string[] = [];
  /** Names of what the link saw: "opened", "closed". */
  readonly events: string[] = [];
  answer: Answer;
  readonly #wrapper: boolean;
  readonly #clientSap: number;
  readonly #server: ServerAddress;
  readonly #link: HdlcServerLink;

  constructor(options: ScriptedMeterOptions = {}) {
    const { near, far } = openPipe(options.pipe);
    this.port = near;
    this.line = far;
    this.answer = options.answer ?? associated();
    this.#wrapper = options.framing === "wrapper";
    this.#clientSap = options.clientSap ?? 16;
    this.#server = options.server ?? { size: 1, upper: 1, lower: 0 };
    this.#link = new HdlcServerLink({
      output: this.#output(),
      server: this.#server,
      clientSap: this.#clientSap,
      parameters: options.hdlc ?? {},
      inactivityMs: 0,
    });
    const deframer = this.#wrapper ? new WrapperDeframer() : new HdlcDeframer();
    const sink = {
      frame: (octets: Uint8Array): void => this.#onFrame(octets),
      apdu: (_from: number, _to: number, apdu: Uint8Array): void => this.#onApdu(apdu),
      discarded: (): void => {},
    };
    far.listen({
      receive: (octets) => deframer.push(octets, sink),
      closed: (error) => void this.events.push(error === undefined ? "ended" : error.code),
    });
  }

  /** Sends an APDU in the framing of this meter, asked or not. */
  send(apdu: string): void {
    const octets = fromHex(apdu);
    if (this.#wrapper) {
      this.line.send(encodeWrapper(this.#server.upper, this.#clientSap, octets));
    } else {
      this.#link.send(concatOctets([llcResponse, octets]));
    }
  }

  /** Sends an APDU in a UI frame. */
  push(apdu: string): void {
    this.#link.sendUnnumbered(concatOctets([llcResponse, fromHex(apdu)]));
  }

  #onFrame(octets: Uint8Array): void {
    const frame = parseFrame(octets);
    const { size, upper, lower } = frame.destination;
    const mine = this.#server;
    if (size !== mine.size || upper !== mine.upper || lower !== mine.lower) return;
    this.#link.receive(frame);
  }

  #onApdu(octets: Uint8Array): void {
    const apdu = toHex(octets);
    this.apdus.push(apdu);
    const answer = this.answer(apdu, this);
    if (answer === "") {
      if (!this.#wrapper) this.#link.acknowledge();
    } else if (answer !== undefined) {
      this.send(answer);
    }
  }

  #output(): LinkOutput {
    return {
      transmit: (octets) => this.line.send(octets),
      arm: () => {},
      disarm: () => {},
      opened: () => void this.events.push("opened"),
      information: (unit) => this.#onApdu(unit.subarray(llcResponse.length)),
      unnumbered: () => {},
      closed: () => void this.events.push("closed"),
      failed: () => {},
      text: () => {},
    };
  }
}
