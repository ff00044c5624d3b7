/** A line that cuts what the meters say into 1 to 127 octets with pauses of up to 120 ms. */
import type { Port, PortReceiver } from "@lectura/dlms-node";
import { mix } from "../consumption/noise.ts";
import { ConverterPort } from "./converter-port.ts";
import type { Converter, ConverterOptions } from "./converter.ts";
import { PacedQueue } from "./paced-queue.ts";

const pieceOctetsMax = 127;
const gapMsMax = 120;
const channel = { octets: 30, gap: 31 } as const;

export function chunkedConverter(options: ConverterOptions): Converter {
  return (port) => new ChunkedPort(port, options);
}

class ChunkedPort extends ConverterPort {
  readonly #queue: PacedQueue;

  constructor(line: Port, { clock, seed }: ConverterOptions) {
    super(line);
    let piece = 0;
    this.#queue = new PacedQueue(clock, line, {
      octets: () => 1 + (mix(seed, channel.octets, piece++) % pieceOctetsMax),
      gapMs: () => mix(seed, channel.gap, piece) % (gapMsMax + 1),
    });
  }

  override send(octets: Uint8Array): void {
    this.#queue.send(octets);
  }

  override closed(error: Parameters<PortReceiver["closed"]>[0]): void {
    this.#queue.close();
    super.closed(error);
  }
}
