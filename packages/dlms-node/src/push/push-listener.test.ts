import { createSocket } from "node:dgram";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { expect, test } from "vitest";
import { concatOctets, fromHex, toHex } from "@lectura/dlms/octets";
import { pushOpener } from "@lectura/dlms/push";
import { ReplayWindows, Secret, sealContent, writeEnvelope } from "@lectura/dlms/security";
import { encodeWrapper } from "@lectura/dlms/wrapper";
import { encodeApdu } from "@lectura/dlms/xdlms";
import { ManualClock, openPipe, until } from "@lectura/testkit";
import { nodeCrypto } from "../crypto/node-crypto.ts";
import { type ListenForPushesOptions, listenForPushes, listenToPort } from "./push-listener.ts";
import type { PushDelivery, PushListenerEvent } from "./push-listener-options.ts";

/** A push with a list of one register value; `id` is its long invoke-id. */
function pushOf(id: number, confirmed = false): Uint8Array {
  return encodeApdu({
    kind: "data-notification",
    invoke: {
      invokeId: id,
      selfDescriptive: false,
      breakOnError: false,
      confirmed,
      highPriority: false,
    },
    dateTime: new Uint8Array(0),
    body: {
      type: "structure",
      value: [
        { type: "octet-string", value: fromHex("0100010800ff") },
        { type: "double-long-unsigned", value: 4711 },
      ],
    },
  });
}

const wrapped = (apdu: Uint8Array): Uint8Array => encodeWrapper(1, 102, apdu);
const confirmation = (id: number): string =>
  toHex(encodeWrapper(102, 1, fromHex(`1040${id.toString(16).padStart(6, "0")}00`)));

interface Heard extends AsyncDisposable {
  readonly tcpPort: number;
  readonly udpPort: number;
  readonly deliveries: PushDelivery[];
  readonly ids: () => readonly number[];
  readonly events: PushListenerEvent[];
  readonly types: () => readonly string[];
  readonly pending: () => number;
}

async function hear(options: Partial<ListenForPushesOptions> = {}): Promise<Heard> {
  const deliveries: PushDelivery[] = [];
  const events: PushListenerEvent[] = [];
  const listener = await listenForPushes({
    tcp: {},
    udp: {},
    clock: new ManualClock(),
    onEvent: (event) => void events.push(event),
    ...options,
    onNotification: async (delivery) => {
      deliveries.push(delivery);
      await options.onNotification?.(delivery);
    },
  });
  return {
    tcpPort: listener.tcp!.port,
    udpPort: listener.udp!.port,
    deliveries,
    ids: () => deliveries.map(idOf),
    events,
    types: () => events.map(({ type }) => type),
    pending: () => listener.pending,
    [Symbol.asyncDispose]: () => listener[Symbol.asyncDispose](),
  };
}

function idOf({ meaning }: PushDelivery): number {
  return meaning.kind === "data" ? meaning.invoke.invokeId : -1;
}

interface Meter extends AsyncDisposable {
  readonly socket: Socket;
  readonly heard: () => string;
}

async function dial(port: number): Promise<Meter> {
  const socket = connect({ host: "127.0.0.1", port, allowHalfOpen: true });
  const chunks: Uint8Array[] = [];
  socket.on("data", (octets: Uint8Array) => void chunks.push(octets));
  socket.on("error", () => undefined);
  await once(socket, "connect");
  return {
    socket,
    heard: () => toHex(concatOctets(chunks)),
    [Symbol.asyncDispose]: () => {
      socket.destroy();
      return Promise.resolve();
    },
  };
}

test("takes pushes over TCP in any pieces, and confirms what asks for it", async () => {
  await using listener = await hear();
  await using meter = await dial(listener.tcpPort);
  meter.socket.setNoDelay(true);
  const stream = concatOctets([wrapped(pushOf(1)), wrapped(pushOf(2, true)), wrapped(pushOf(3))]);
  meter.socket.write(stream.subarray(0, 11));
  meter.socket.write(stream.subarray(11, 50));
  meter.socket.end(stream.subarray(50));
  await until(() => meter.socket.readableEnded || meter.heard().length > 0);
  await until(() => listener.ids().length === 3);
  expect(listener.ids()).toEqual([1, 2, 3]);
  expect(meter.heard()).toBe(confirmation(2));
  expect(listener.deliveries[0]?.peer).toMatchObject({ transport: "tcp", address: "127.0.0.1" });
  expect(listener.deliveries[0]?.meaning).toMatchObject({
    kind: "data",
    content: { form: "pairs", values: [{ logicalName: "1.0.1.8.0.255" }] },
  });
});

test("reads a TCP meter on only when the handler has taken what came before", async () => {
  let release: (() => void) | undefined;
  const held: number[] = [];
  const handling = (delivery: PushDelivery): Promise<void> =>
    new Promise((resolve) => {
      held.push(idOf(delivery));
      release = resolve;
    });
  await using listener = await hear({ onNotification: handling });
  await using meter = await dial(listener.tcpPort);
  const many = Array.from({ length: 300 }, (_, at) => wrapped(pushOf(at)));
  meter.socket.write(concatOctets(many));
  await until(() => held.length === 1);
  // What waits is what one slice of a read can hold, not what the meter has sent.
  expect(listener.pending()).toBeLessThanOrEqual(147);
  for (let taken = 1; taken <= 300; taken++) {
    await until(() => held.length === taken);
    release?.();
  }
  expect(held).toEqual(Array.from({ length: 300 }, (_, at) => at));
  expect(listener.types()).not.toContain("dropped");
});

test("does not confirm what the handler refuses, and goes on", async () => {
  const refuse = ({ meaning }: PushDelivery): void => {
    if (meaning.kind === "data" && meaning.invoke.invokeId === 1) throw new Error("disk full");
  };
  await using listener = await hear({ onNotification: refuse });
  await using meter = await dial(listener.tcpPort);
  meter.socket.write(concatOctets([wrapped(pushOf(1, true)), wrapped(pushOf(2, true))]));
  await until(() => meter.heard().length > 0);
  expect(meter.heard()).toBe(confirmation(2));
  expect(listener.types()).toContain("rejected");
});

test("refuses connections beyond its limits, of all peers and of one address", async () => {
  await using listener = await hear({ limits: { connectionsPerAddressMax: 1 } });
  await using first = await dial(listener.tcpPort);
  await using second = await dial(listener.tcpPort);
  await until(() => listener.types().includes("refused"));
  first.socket.write(wrapped(pushOf(5)));
  await until(() => listener.ids().length === 1);
  expect(second.heard()).toBe("");
});

test("closes an idle connection, and drops a message that does not go on", async () => {
  const clock = new ManualClock();
  const limits = { silenceMs: 100, messageMs: 1000, idleMs: 5000 };
  await using listener = await hear({ clock, limits });
  await using meter = await dial(listener.tcpPort);
  const closed = once(meter.socket, "close");
  const push = pushOf(9);
  meter.socket.write(push.subarray(0, 10));
  await until(() => listener.types().includes("connected"));
  meter.socket.write(push.subarray(10, 12));
  await until(() => meter.socket.bytesWritten === 12);
  await clock.advance(10_000);
  await clock.advance(10_000);
  meter.socket.destroy();
  await closed;
  expect(listener.ids()).toEqual([]);
});

test("takes an alarm that is no DLMS, after a silence or at the end", async () => {
  await using listener = await hear();
  await using meter = await dial(listener.tcpPort);
  meter.socket.end(fromHex("4c45433030303137303030303030303041302c00000102"));
  await until(() => listener.deliveries.length === 1);
  expect(listener.deliveries[0]?.meaning).toMatchObject({
    kind: "alarm",
    alarm: { alarmRegister: 0x102 },
  });
});

interface UdpMeter extends AsyncDisposable {
  readonly send: (octets: Uint8Array) => void;
  readonly heard: string[];
}

function udpMeter(port: number): UdpMeter {
  const socket = createSocket("udp4");
  const heard: string[] = [];
  socket.on("message", (octets) => void heard.push(toHex(octets)));
  return {
    send: (octets) => socket.send(octets, port, "127.0.0.1"),
    heard,
    [Symbol.asyncDispose]: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

test("takes datagrams, each once, and confirms a repeated one again", async () => {
  await using listener = await hear();
  await using meter = udpMeter(listener.udpPort);
  meter.send(wrapped(pushOf(1, true)));
  await until(() => meter.heard.length === 1);
  meter.send(wrapped(pushOf(1, true)));
  await until(() => meter.heard.length === 2);
  meter.send(wrapped(pushOf(2)));
  await until(() => listener.ids().length === 2);
  expect(listener.ids()).toEqual([1, 2]);
  expect(meter.heard).toEqual([confirmation(1), confirmation(1)]);
  expect(listener.types()).toEqual(["duplicate"]);
});

test("survives datagrams that were cut, and tells them", async () => {
  await using listener = await hear();
  await using meter = udpMeter(listener.udpPort);
  meter.send(pushOf(1).subarray(0, 12));
  await until(() => listener.types().includes("failed"));
  meter.send(pushOf(2));
  await until(() => listener.ids().length === 1);
  expect(listener.ids()).toEqual([2]);
});

test("drops what is beyond the limit of one UDP peer, and tells it", async () => {
  let release: (() => void) | undefined;
  const handling = (): Promise<void> =>
    new Promise((resolve) => {
      release = resolve;
    });
  const limits = { pendingPerPeerMax: 2 };
  await using listener = await hear({ onNotification: handling, limits });
  await using meter = udpMeter(listener.udpPort);
  const many = Array.from({ length: 6 }, (_, at) => wrapped(pushOf(at)));
  meter.send(concatOctets(many));
  await until(() => listener.types().includes("dropped"));
  expect(listener.pending()).toBeLessThanOrEqual(3);
  for (let taken = 1; taken <= 3 && listener.pending() > 0; taken++) {
    const before = listener.pending();
    release?.();
    await until(() => listener.pending() < before);
  }
  expect(listener.ids().length).toBeLessThan(6);
});

test("forgets the UDP peer silent for longest beyond the limit", async () => {
  await using listener = await hear({ limits: { udpPeersMax: 1 } });
  await using one = udpMeter(listener.udpPort);
  await using two = udpMeter(listener.udpPort);
  one.send(pushOf(1));
  await until(() => listener.ids().length === 1);
  two.send(pushOf(2));
  await until(() => listener.ids().length === 2);
  expect(listener.types()).toEqual(["forgotten"]);
});

const systemTitle = fromHex("4c45430000000011");
const guek = fromHex("000102030405060708090a0b0c0d0e0f");
const gak = fromHex("d0d1d2d3d4d5d6d7d8d9dadbdcdddedf");

function sealed(apdu: Uint8Array, invocationCounter: number): Uint8Array {
  const control = { suite: 0, authenticated: true, encrypted: true } as const;
  const keys = { encryption: guek, authentication: gak };
  const origin = { systemTitle, invocationCounter };
  const content = sealContent(nodeCrypto, control, keys, origin, apdu);
  return writeEnvelope(content, apdu[0]!, "global", "general", systemTitle).slice();
}

test("opens pushes by system title, refuses a replay, and does not confirm in plain text", async () => {
  const windows = new ReplayWindows();
  const keys = { unicast: new Secret(guek), authentication: new Secret(gak) };
  const required = "authenticated-encrypted";
  const open = pushOpener(nodeCrypto, (title) =>
    title !== undefined && toHex(title) === toHex(systemTitle)
      ? { systemTitle, keys, required, windows }
      : undefined,
  );
  await using listener = await hear({ reading: { open } });
  await using meter = await dial(listener.tcpPort);
  meter.socket.write(wrapped(sealed(pushOf(1, true), 5)));
  meter.socket.write(wrapped(sealed(pushOf(2), 6)));
  meter.socket.write(wrapped(sealed(pushOf(3), 6)));
  meter.socket.write(wrapped(pushOf(4)));
  await until(() => listener.ids().length === 3);
  expect(listener.ids()).toEqual([1, 2, 4]);
  const failures = listener.events.flatMap((event) =>
    event.type === "failed" ? [event.error.code] : [],
  );
  expect(failures).toEqual(["security/replay"]);
  expect(listener.deliveries[0]?.message?.opened).toMatchObject({
    invocationCounter: 5,
    verified: true,
  });
  expect(meter.heard()).toBe("");
});

test("listens to a port that is open, such as a serial line", async () => {
  const clock = new ManualClock();
  const { near, far } = openPipe({ chunkOctets: 7 });
  const ids: number[] = [];
  const heard: string[] = [];
  far.listen({
    receive: (octets) => void heard.push(toHex(octets)),
    closed: () => undefined,
  });
  const listening = listenToPort(near, {
    clock,
    onNotification: (delivery) => void ids.push(idOf(delivery)),
  });
  far.send(wrapped(pushOf(1)));
  far.send(wrapped(pushOf(2, true)));
  await clock.settle();
  expect(ids).toEqual([1, 2]);
  expect(heard.join("")).toBe(confirmation(2));
  await listening[Symbol.asyncDispose]();
  far.send(wrapped(pushOf(3)));
  await clock.settle();
  expect(ids).toEqual([1, 2]);
  expect(clock.pending).toBe(0);
  await near[Symbol.asyncDispose]();
});

test("fails typed where the port is taken, and leaves nothing open", async () => {
  await using first = await hear();
  const opening = hear({ tcp: { port: first.tcpPort }, udp: {} });
  await expect(opening).rejects.toMatchObject({ code: "tcp/address-in-use" });
  const second = hear({ udp: { port: first.udpPort } });
  await expect(second).rejects.toMatchObject({ code: "tcp/address-in-use" });
});
