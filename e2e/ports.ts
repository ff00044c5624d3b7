/** Loopback ports held by the test. */
import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";

/** A port somebody else has. `port` 0 takes a free one; one that is taken already stays so. */
export async function takePort(port = 0): Promise<AsyncDisposable & { readonly port: number }> {
  const server = createServer((socket) => socket.destroy());
  server.listen(port, "127.0.0.1");
  // `once` rejects when an error comes first: somebody else has it, which serves as well.
  const taken = await once(server, "listening").then(
    () => true,
    () => false,
  );
  return {
    port: taken ? (server.address() as AddressInfo).port : port,
    async [Symbol.asyncDispose]() {
      if (!taken) return;
      server.close();
      await once(server, "close");
    },
  };
}

/** A port nobody has at this moment: what connects there is refused. */
export async function closedPort(): Promise<number> {
  await using taken = await takePort();
  return taken.port;
}

/** Another client that holds an endpoint and says nothing. */
export async function holdEndpoint(tcp: string): Promise<Disposable> {
  const [host = "", port = ""] = tcp.split(":");
  const socket = connect({ host, port: Number(port) });
  socket.on("error", () => undefined);
  await once(socket, "connect");
  // A converter lets an idle client go after 30 s; a flag is fill between frames and asks nothing.
  const keepAlive = setInterval(() => socket.write(Uint8Array.of(0x7e)), 5000);
  return {
    [Symbol.dispose]() {
      clearInterval(keepAlive);
      socket.destroy();
    },
  };
}
