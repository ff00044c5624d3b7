import { ConverterPort } from "./converter-port.ts";
import type { Converter } from "./converter.ts";

/** A two-wire line without echo suppression: the client hears itself before the meter answers. */
export function echoConverter(): Converter {
  return (port) => new EchoPort(port);
}

class EchoPort extends ConverterPort {
  override receive(octets: Uint8Array): void {
    this.line.send(octets);
    super.receive(octets);
  }
}
