import type { ApduProtection, Exchange, ExchangeContext } from "@lectura/dlms/client";
import { buildFrame, HdlcClientLink, type LinkOutput, llcOctets } from "@lectura/dlms/hdlc";
import { OctetWriter } from "@lectura/dlms/octets";

const client = Uint8Array.of(0x21);
const server = Uint8Array.of(0x03);

export const context: ExchangeContext = {
  sendOctetsMax: 0xffff,
  transferOctetsMax: 0xffff,
  invokeIdAlwaysOne: false,
  blockSet: true,
  blockAction: true,
};

/** An answer on client 16's link to server 1, N(S) `sequence` modulo 8 and N(R) one more. */
export function answerFrame(sequence: number, apdu: Iterable<number>): Uint8Array {
  return buildFrame({
    destination: client,
    source: server,
    control: (((sequence + 1) & 7) << 5) | 0x10 | ((sequence & 7) << 1),
    information: Uint8Array.from([0xe6, 0xe7, 0x00, ...apdu]),
  });
}

/** Opens the answers; seals the requests too, where it can. */
export type BenchProtection = Pick<ApduProtection, "unprotect"> &
  Partial<Pick<ApduProtection, "protect">>;

/**
 * What a session does for each request, without its port and its promise: the exchange writes and
 * reads, the link numbers, checks and repeats. One answer is read where it stands, as there.
 */
export class SessionPath implements LinkOutput {
  readonly #link = new HdlcClientLink({
    output: this,
    clientSap: 16,
    server: { size: 1, upper: 1, lower: 0 },
    responseTimeoutMs: 1000,
    attemptsMax: 1,
  });
  readonly #writer = new OctetWriter(512, 512);
  readonly #protection: BenchProtection | undefined;
  #exchange: Exchange<unknown> | undefined;
  /** What a socket takes, and may keep: a copy, made as the TCP port makes it. */
  sent: Uint8Array | undefined;

  constructor(protection?: BenchProtection) {
    this.#protection = protection;
    this.#link.connect();
    this.#link.receive(buildFrame({ destination: client, source: server, control: 0x73 }));
  }

  run(exchange: Exchange<unknown>, answer: Uint8Array): unknown {
    this.#exchange = exchange;
    const writer = this.#writer;
    const protect = this.#protection?.protect;
    writer.reset();
    if (protect === undefined) {
      writer.octets(this.#link.prefix);
      exchange.start(writer);
    } else {
      exchange.start(writer);
      const sealed = protect(writer.view());
      writer.reset();
      writer.octets(this.#link.prefix);
      writer.octets(sealed);
    }
    this.#link.send(writer.view());
    this.#link.receive(answer);
    return exchange.result;
  }

  transmit(octets: Uint8Array): void {
    this.sent = Buffer.from(octets);
  }

  informationAt(octets: Uint8Array, start: number, end: number): void {
    const from = octets[start] === 0xe6 ? start + llcOctets : start;
    const exchange = this.#exchange!;
    const step =
      this.#protection === undefined
        ? exchange.receive(octets, this.#writer, from, end)
        : exchange.receive(this.#protection.unprotect(octets.subarray(from, end)), this.#writer);
    if (step !== "done") throw new Error(step);
  }

  information(unit: Uint8Array): void {
    this.informationAt(unit, 0, unit.length);
  }

  failed(error: Error): void {
    throw error;
  }

  arm(): void {}
  disarm(): void {}
  opened(): void {}
  unnumbered(): void {}
  closed(): void {}
  text(): void {}
}
