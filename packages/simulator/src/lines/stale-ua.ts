import { type HdlcFrame, parseFrame } from "@lectura/dlms/hdlc";
import { DecodeError } from "@lectura/dlms/octets";
import { ConverterPort } from "./converter-port.ts";
import type { Converter } from "./converter.ts";

/** A late answer to an earlier SNRM: the UA comes a second time, right before the AARE. */
export function staleUaConverter(): Converter {
  return (port) => new StaleUaPort(port);
}

class StaleUaPort extends ConverterPort {
  #stale: Uint8Array | undefined;

  override send(octets: Uint8Array): void {
    const type = frameOf(octets)?.control.type;
    if (type === "UA") {
      this.#stale = octets.slice();
    } else if (type === "I" && this.#stale !== undefined) {
      this.line.send(this.#stale);
      this.#stale = undefined;
    }
    super.send(octets);
  }
}

/** A link sends one whole frame at a time, flags included; the wrapper sends none. */
function frameOf(octets: Uint8Array): HdlcFrame | undefined {
  try {
    return parseFrame(octets.subarray(1, -1));
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}
