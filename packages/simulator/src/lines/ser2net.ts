import type { PortReceiver } from "@lectura/dlms-node";
import { ConverterPort } from "./converter-port.ts";
import type { Converter } from "./converter.ts";
import { asciiOctets } from "./text.ts";

const busy = asciiOctets("Port already in use\r\n");

/** ser2net: one client at a time; a second one is told so and closed. */
export function ser2netConverter(): Converter {
  let served: HeldPort | undefined;
  return (port) => {
    if (served === undefined) {
      served = new HeldPort(port, () => {
        served = undefined;
      });
      return served;
    }
    port.listen({ receive: () => undefined, closed: () => undefined });
    port.send(busy);
    void port[Symbol.asyncDispose]();
    return undefined;
  };
}

/** A port whose end frees the line for the next client. */
class HeldPort extends ConverterPort {
  readonly #freed: () => void;

  constructor(line: ConstructorParameters<typeof ConverterPort>[0], freed: () => void) {
    super(line);
    this.#freed = freed;
  }

  override closed(error: Parameters<PortReceiver["closed"]>[0]): void {
    this.#freed();
    super.closed(error);
  }
}
