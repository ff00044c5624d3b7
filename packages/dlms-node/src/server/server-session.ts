/**
 * The server's end of one stream: frames are taken to the meter they are addressed to, each pair of
 * client and meter has its own link and association. Several meters share a stream as they share an
 * RS-485 line; a frame that calls two of them is answered by neither.
 */
import type { OctetWriter } from "@lectura/dlms/octets";
import type { Clock } from "../clock.ts";
import type { Port, PortReceiver } from "../ports/port.ts";
import { HdlcSpeaker } from "./serve-hdlc.ts";
import { WrapperSpeaker } from "./serve-wrapper.ts";
import type { ServedMeter, Speaker, SpeakerOptions } from "./served-meter.ts";

/** What a served line speaks; `auto` goes by the first octets. */
export type ServedFraming = "auto" | "hdlc" | "wrapper";

/** The meters behind one connection, and how the connection is watched. */
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

/** Listens on the port until it closes. Owns nothing but the port, which its caller disposes. */
export function serveSession(options: ServerSessionOptions): void {
  options.port.listen(new ServerSession(options));
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
    const { port, meters, clock, writer } = this.#options;
    const send = (octets: Uint8Array): void => port.send(octets);
    const options: SpeakerOptions = { send, meters, clock, writer };
    return wrapper ? new WrapperSpeaker(options) : new HdlcSpeaker(options);
  }
}
