import { createServer, type Server } from "node:net";
import { Aedes } from "aedes";
import { CliError } from "./problem.ts";

/** The demo's embedded MQTT broker, loopback only. */
export interface Broker extends AsyncDisposable {
  readonly port: number;
}

function listen(server: Server, port: number): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  server.once("error", reject);
  server.listen(port, "127.0.0.1", () => {
    server.off("error", reject);
    const address = server.address();
    resolve(typeof address === "object" && address !== null ? address.port : port);
  });
  return promise;
}

/**
 * `fallBack`: a taken default port falls back to a free one; an explicit one fails.
 * @throws {CliError} mqtt/port-taken
 */
export async function startBroker(options: {
  readonly port: number;
  readonly fallBack: boolean;
}): Promise<Broker> {
  const aedes = await Aedes.createBroker();
  const server = createServer(aedes.handle);
  let port: number;
  try {
    port = await listen(server, options.port);
  } catch (error) {
    const taken = (error as NodeJS.ErrnoException).code === "EADDRINUSE";
    if (!taken || !options.fallBack) {
      // Its timers would keep the process alive.
      await new Promise<void>((resolve) => aedes.close(resolve));
      throw new CliError("mqtt/port-taken", { port: options.port }, { cause: error });
    }
    port = await listen(server, 0);
  }
  return {
    port,
    async [Symbol.asyncDispose]() {
      const closed = Promise.withResolvers<void>();
      aedes.close(() => server.close(() => closed.resolve()));
      await closed.promise;
    },
  };
}
