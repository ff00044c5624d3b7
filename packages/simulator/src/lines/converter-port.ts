import type { Port, PortReceiver } from "@lectura/dlms-node";

type PortEnd = Parameters<PortReceiver["closed"]>[0];

/**
 * A port seen through a converter: octets pass in both directions unless a converter changes that.
 */
export class ConverterPort implements Port, PortReceiver {
  readonly label: string;
  protected readonly line: Port;
  #receiver: PortReceiver | undefined;

  constructor(line: Port) {
    this.label = line.label;
    this.line = line;
  }

  /** From the meters to the client. */
  send(octets: Uint8Array): void {
    this.line.send(octets);
  }

  listen(receiver: PortReceiver): void {
    this.#receiver = receiver;
    this.line.listen(this);
  }

  /** From the client to the meters. */
  receive(octets: Uint8Array): void {
    this.#receiver?.receive(octets);
  }

  closed(error: PortEnd): void {
    this.#receiver?.closed(error);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.line[Symbol.asyncDispose]();
  }
}
