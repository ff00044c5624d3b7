/**
 * The original's bridge, an ESP32 between Wi-Fi and RS-485: one client at a time, a second is
 * accepted and never served, replies come in pieces, and 30 s without octets from the client end
 * it with a text.
 */
import type { Clock, Port, PortReceiver } from "@lectura/dlms-node";
import { ConverterPort } from "./converter-port.ts";
import type { Converter } from "./converter.ts";
import { PacedQueue } from "./paced-queue.ts";
import { asciiOctets } from "./text.ts";

const idleMs = 30_000;
const goodbyeMs = 100;
const idleText = asciiOctets("Closing socket due to inactivity (30 sec)\n");
const closeText = asciiOctets("CLOSE");
const pieceOctetsMax = 127;
/** Between two pieces of one reply; the bridge itself takes up to 100 ms. */
const pieceGapMs = 10;

export function esp32Converter(clock: Clock): Converter {
  let served: Esp32Port | undefined;
  return (port) => {
    if (served === undefined) {
      served = new Esp32Port(port, clock, () => {
        served = undefined;
      });
      return served;
    }
    port.listen({ receive: () => undefined, closed: () => undefined });
    return undefined;
  };
}

class Esp32Port extends ConverterPort {
  readonly #clock: Clock;
  readonly #freed: () => void;
  readonly #queue: PacedQueue;
  #lastMs: number;
  #timer: Disposable;

  constructor(line: Port, clock: Clock, freed: () => void) {
    super(line);
    this.#clock = clock;
    this.#freed = freed;
    this.#queue = new PacedQueue(clock, line, {
      octets: () => pieceOctetsMax,
      gapMs: () => pieceGapMs,
    });
    this.#lastMs = clock.monotonicMs();
    this.#timer = clock.timer(idleMs, () => this.#tick());
  }

  override send(octets: Uint8Array): void {
    this.#queue.send(octets);
  }

  override receive(octets: Uint8Array): void {
    this.#lastMs = this.#clock.monotonicMs();
    super.receive(octets);
  }

  override closed(error: Parameters<PortReceiver["closed"]>[0]): void {
    this.#timer[Symbol.dispose]();
    this.#queue.close();
    this.#freed();
    super.closed(error);
  }

  #tick(): void {
    const restMs = this.#lastMs + idleMs - this.#clock.monotonicMs();
    if (restMs > 0) {
      this.#timer = this.#clock.timer(restMs, () => this.#tick());
      return;
    }
    this.line.send(idleText);
    this.#timer = this.#clock.timer(goodbyeMs, () => {
      this.line.send(closeText);
      void this.line[Symbol.asyncDispose]();
    });
  }
}
