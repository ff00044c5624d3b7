import { createServer, type Server, type Socket } from "node:net";
import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { concatOctets } from "@lectura/dlms/octets";
import { type Clock, systemClock } from "../clock.ts";
import { portContract, type PortFixture } from "./port.contract.ts";
import { PortError } from "./port-error.ts";
import { sharePort } from "./share-port.ts";
import { openTcpPort, portFromSocket } from "./tcp-port.ts";

interface Listener extends AsyncDisposable {
  readonly port: number;
  readonly sockets: Promise<Socket>;
}

async function listen(): Promise<Listener> {
  const server: Server = createServer();
  const sockets: Socket[] = [];
  const accepted = once(server, "connection").then(([socket]) => socket as Socket);
  server.on("connection", (socket) => void sockets.push(socket));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    port,
    sockets: accepted,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function openPair(
  wrap: (socket: Socket) => "near" | "far" = () => "near",
): Promise<PortFixture> {
  const listener = await listen();
  const near = await openTcpPort({
    host: "127.0.0.1",
    port: listener.port,
    connectTimeoutMs: 5000,
  });
  const socket = await listener.sockets;
  const arrived: Uint8Array[] = [];
  if (wrap(socket) === "far") {
    const far = portFromSocket(socket);
    near.listen({
      receive: (octets) => void arrived.push(octets.slice()),
      closed: () => undefined,
    });
    return {
      port: far,
      arrived: () => concatOctets(arrived),
      push: (octets) => near.send(octets),
      end: () => void near[Symbol.asyncDispose](),
      settle: turn,
      [Symbol.asyncDispose]: async () => {
        await near[Symbol.asyncDispose]();
        await listener[Symbol.asyncDispose]();
      },
    };
  }
  socket.on("data", (octets: Uint8Array) => void arrived.push(octets));
  socket.on("error", () => undefined);
  return {
    port: near,
    arrived: () => concatOctets(arrived),
    push: (octets) => void (socket.writable && socket.write(octets.slice())),
    end: () => void socket.end(),
    settle: turn,
    [Symbol.asyncDispose]: async () => {
      await near[Symbol.asyncDispose]();
      await listener[Symbol.asyncDispose]();
    },
  };
}

portContract("a TCP port", () => openPair());
portContract("an accepted TCP port", () => openPair(() => "far"));
portContract("a lease of a shared TCP port", async () => {
  const fixture = await openPair();
  return { ...fixture, port: sharePort(fixture.port).lease(), end: fixture.end };
});

describe("openTcpPort", () => {
  test("says tcp/refused where nobody listens", async () => {
    const listener = await listen();
    await listener[Symbol.asyncDispose]();
    const opening = openTcpPort({ host: "127.0.0.1", port: listener.port, connectTimeoutMs: 5000 });
    await expect(opening).rejects.toMatchObject({
      code: "tcp/refused",
      recovery: "reopen-line",
      label: `127.0.0.1:${listener.port}`,
    });
  });

  test("says tcp/timeout when its clock has run out", async () => {
    await using listener = await listen();
    // Its time is over before the event loop gets a chance to connect.
    const impatient: Clock = {
      ...systemClock,
      timer: (_afterMs, fire) => {
        queueMicrotask(fire);
        return { [Symbol.dispose]: () => undefined };
      },
    };
    const options = { host: "127.0.0.1", port: listener.port, connectTimeoutMs: 3000 };
    const opening = openTcpPort({ ...options, clock: impatient });
    await expect(opening).rejects.toMatchObject({ code: "tcp/timeout" });
  });

  test("waits for the peer's consent to the end for as long as it is told, then cuts", async () => {
    // A peer that never ends its half, as a modem that has lost its meter.
    const server = createServer({ allowHalfOpen: true });
    const sockets: Socket[] = [];
    server.on("connection", (socket) => void sockets.push(socket.on("error", () => undefined)));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const lingers: number[] = [];
    const clock: Clock = {
      ...systemClock,
      timer: (afterMs, fire) => {
        if (afterMs === 5000) return systemClock.timer(afterMs, fire);
        lingers.push(afterMs);
        return systemClock.timer(0, fire);
      },
    };
    const options = { host: "127.0.0.1", port, connectTimeoutMs: 5000, lingerMs: 777 };
    const opened = await openTcpPort({ ...options, clock });
    await opened[Symbol.asyncDispose]();
    expect(lingers).toEqual([777]);
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  test("rejects with the reason of its signal, before and while connecting", async () => {
    await using listener = await listen();
    const options = { host: "127.0.0.1", port: listener.port, connectTimeoutMs: 5000 };
    const reason = new Error("enough");
    await expect(openTcpPort({ ...options, signal: AbortSignal.abort(reason) })).rejects.toBe(
      reason,
    );
    const controller = new AbortController();
    const opening = openTcpPort({ ...options, signal: controller.signal });
    controller.abort(reason);
    await expect(opening).rejects.toBe(reason);
  });

  test("tells a reset by the peer", async () => {
    await using listener = await listen();
    const port = await openTcpPort({
      host: "127.0.0.1",
      port: listener.port,
      connectTimeoutMs: 5000,
    });
    const ended = new Promise((resolve) => {
      port.listen({ receive: () => undefined, closed: resolve });
    });
    const socket = await listener.sockets;
    socket.resetAndDestroy();
    const error = await ended;
    expect(error).toBeInstanceOf(PortError);
    expect(error).toMatchObject({ code: "tcp/reset" });
    await port[Symbol.asyncDispose]();
  });

  test("says tcp/tls-failed where the peer does not speak TLS", async () => {
    await using listener = await listen();
    void listener.sockets.then((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    const opening = openTcpPort({
      host: "127.0.0.1",
      port: listener.port,
      connectTimeoutMs: 5000,
      tls: { rejectUnauthorized: false },
    });
    await expect(opening).rejects.toMatchObject({ code: "tcp/tls-failed", recovery: "operator" });
  });
});
