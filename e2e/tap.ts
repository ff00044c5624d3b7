/** A TCP tap between a client and a meter: every octet passes, and the test reads what did. */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** One connection that came through, with what passed so far. */
export class TappedConnection {
  readonly #sent: Uint8Array[] = [];
  readonly #received: Uint8Array[] = [];

  /** Octets of the client. */
  get sent(): Buffer {
    return Buffer.concat(this.#sent);
  }

  /** Octets of the meter. */
  get received(): Buffer {
    return Buffer.concat(this.#received);
  }

  keep(direction: "sent" | "received", octets: Uint8Array): void {
    (direction === "sent" ? this.#sent : this.#received).push(octets);
  }
}

/** Listens on a free loopback port and passes everything to a `host:port` and back. */
export class Tap implements AsyncDisposable {
  readonly connections: TappedConnection[] = [];
  readonly #server: Server;
  readonly #sockets: Set<Socket> = new Set();

  private constructor(target: string) {
    const [host = "", port = ""] = target.split(":");
    this.#server = createServer((client) => {
      const meter = connect({ host, port: Number(port), noDelay: true });
      client.setNoDelay(true);
      const connection = new TappedConnection();
      this.connections.push(connection);
      this.#join(client, meter, (octets) => connection.keep("sent", octets));
      this.#join(meter, client, (octets) => connection.keep("received", octets));
    });
  }

  static async open(target: string): Promise<Tap> {
    const tap = new Tap(target);
    tap.#server.listen(0, "127.0.0.1");
    await once(tap.#server, "listening");
    return tap;
  }

  get tcp(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** How often a sequence of octets was sent by clients, in all connections. */
  sent(octets: Uint8Array): number {
    return this.connections.reduce((sum, { sent }) => sum + countOf(sent, octets), 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }

  #join(from: Socket, to: Socket, keep: (octets: Uint8Array) => void): void {
    this.#sockets.add(from);
    from.on("data", (octets: Uint8Array) => {
      keep(octets);
      to.write(octets);
    });
    from.on("end", () => to.end());
    from.on("error", () => to.destroy());
    from.on("close", () => {
      this.#sockets.delete(from);
      to.destroy();
    });
  }
}

function countOf(octets: Buffer, wanted: Uint8Array): number {
  let count = 0;
  for (let at = octets.indexOf(wanted); at !== -1; at = octets.indexOf(wanted, at + 1)) count += 1;
  return count;
}
