import { HdlcDeframer, parseFrame } from "@lectura/dlms/hdlc";
import { SignOnServer, type SignOnServerOptions } from "@lectura/dlms/iec62056-21";
import { type Clock, systemClock } from "../clock.ts";
import { Deadline } from "../deadline.ts";
import { isLinePort } from "../ports/line-port.ts";
import type { PortError } from "../ports/port-error.ts";
import type { Port, PortReceiver } from "../ports/port.ts";

/** How a meter answers at its optical head. */
export interface ServeSignOnOptions extends Omit<SignOnServerOptions, "output"> {
  /** Without an octet for so long the meter falls back to its sign-on. Absent: 120 s. */
  readonly inactivityMs?: number;
  /** Absent: the machine's. */
  readonly clock?: Clock;
}

const inactivityMsDefault = 120_000;

/**
 * Stands before a meter's HDLC: answers the sign-on and gives the port its HDLC server sees, which
 * hears nothing until a client has signed on. Behind DISC, or a silence, the client has to sign on
 * again. Disposing it disposes the port under it.
 *
 * @throws {RangeError} the identification would be none.
 */
export function serveSignOn(port: Port, options: ServeSignOnOptions): Port {
  return new SignOnPort(port, options);
}

class SignOnPort implements Port, PortReceiver {
  readonly label: string;
  readonly #port: Port;
  readonly #server: SignOnServer;
  readonly #deadline: Deadline;
  readonly #inactivity: Deadline;
  readonly #inactivityMs: number;
  readonly #deframer = new HdlcDeframer();
  #disconnected = false;
  #receiver: PortReceiver | undefined;
  #ended: PortError | undefined | false = false;

  constructor(port: Port, options: ServeSignOnOptions) {
    const { clock = systemClock, inactivityMs = inactivityMsDefault, ...meter } = options;
    this.label = port.label;
    this.#port = port;
    this.#inactivityMs = inactivityMs;
    this.#deadline = new Deadline(clock, () => this.#server.deadline());
    this.#inactivity = new Deadline(clock, () => this.#server.released());
    this.#server = new SignOnServer({
      ...meter,
      output: {
        transmit: (octets) => port.send(octets),
        arm: (afterMs) => this.#deadline.arm(afterMs),
        disarm: () => this.#deadline.disarm(),
        line: ({ baud, dataBits, parity }) => {
          // A line that does not take the rate is as good as a meter that does not answer.
          if (isLinePort(port)) {
            port.configure({ baudRate: baud, dataBits, parity }).catch(() => undefined);
          }
        },
        ready: () => this.#inactivity.arm(inactivityMs),
      },
    });
    port.listen(this);
  }

  send(octets: Uint8Array): void {
    if (this.#server.signedOn) this.#port.send(octets);
  }

  listen(receiver: PortReceiver): void {
    this.#receiver = receiver;
    if (this.#ended !== false) receiver.closed(this.#ended);
  }

  receive(octets: Uint8Array): void {
    if (!this.#server.signedOn) {
      this.#server.receive(octets);
      return;
    }
    this.#inactivity.arm(this.#inactivityMs);
    this.#disconnected = false;
    this.#deframer.push(octets, this);
    this.#receiver?.receive(octets);
    // By now the answer to DISC is on its way, at the rate that held.
    if (this.#disconnected) this.#server.released();
  }

  /** Called by the deframer. */
  frame(octets: Uint8Array): void {
    this.#disconnected ||= parseFrame(octets).control.type === "DISC";
  }

  /** Called by the deframer. */
  discarded(): void {
    // The HDLC server passes over it as well.
  }

  closed(error: PortError | undefined): void {
    this.#ended = error;
    this.#deadline.close();
    this.#inactivity.close();
    this.#receiver?.closed(error);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#port[Symbol.asyncDispose]();
  }
}
