import { u32 } from "@lectura/dlms/axdr";
import { fromHex, toHex } from "@lectura/dlms/octets";
import { pushOpener } from "@lectura/dlms/push";
import { ApduCiphering, InvocationCounter, ReplayWindows, Secret } from "@lectura/dlms/security";
import { type PushLink, pushDelayMs, type Unasked } from "@lectura/dlms/server";
import { ManualClock, openPipe, until } from "@lectura/testkit";
import { describe, expect, test } from "vitest";
import { nodeCrypto } from "../crypto/node-crypto.ts";
import { type ListenForPushesOptions, listenForPushes } from "./push-listener.ts";
import type { PushDelivery, PushListenerEvent } from "./push-listener-options.ts";
import { openPushSender } from "./push-sender.ts";
import type { PushSenderOptions } from "./push-sender-options.ts";

function push(invokeId: number, options: { confirmed?: boolean; values?: number } = {}): Unasked {
  const { confirmed = false, values = 2 } = options;
  return {
    kind: "data-notification",
    invoke: {
      invokeId,
      selfDescriptive: false,
      breakOnError: false,
      confirmed,
      highPriority: false,
    },
    dateTime: new Uint8Array(0),
    body: { type: "structure", value: Array.from({ length: values }, (_, at) => u32(at)) },
  };
}

interface Heard extends AsyncDisposable {
  readonly tcpPort: number;
  readonly udpPort: number;
  readonly deliveries: PushDelivery[];
  readonly events: PushListenerEvent[];
  readonly ids: () => readonly number[];
}

async function hear(options: Partial<ListenForPushesOptions> = {}): Promise<Heard> {
  const deliveries: PushDelivery[] = [];
  const events: PushListenerEvent[] = [];
  const listener = await listenForPushes({
    tcp: {},
    udp: {},
    onEvent: (event) => void events.push(event),
    onNotification: (delivery) => void deliveries.push(delivery),
    ...options,
  });
  return {
    tcpPort: listener.tcp!.port,
    udpPort: listener.udp!.port,
    deliveries,
    events,
    ids: () =>
      deliveries.map(({ meaning }) => (meaning.kind === "data" ? meaning.invoke.invokeId : -1)),
    [Symbol.asyncDispose]: () => listener[Symbol.asyncDispose](),
  };
}

const wrapper: PushLink = { framing: "wrapper", source: 1, destination: 102 };
const hdlc: PushLink = {
  framing: "hdlc",
  server: { size: 4, upper: 1, lower: 17 },
  clientSap: 102,
};

type Transport = "tcp" | "udp";

const sender = (
  listener: Heard,
  transport: Transport,
  options: Partial<PushSenderOptions> = {},
): ReturnType<typeof openPushSender> =>
  openPushSender({
    to: {
      transport,
      host: "127.0.0.1",
      portNumber: transport === "tcp" ? listener.tcpPort : listener.udpPort,
    },
    link: wrapper,
    ...options,
  });

describe("a push by a connection of its own", () => {
  const links: readonly (readonly [string, PushLink])[] = [
    ["the wrapper", wrapper],
    ["HDLC frames", hdlc],
    ["nothing", { framing: "apdu" }],
  ];
  const cases = links.flatMap(([name, link]) =>
    (["tcp", "udp"] as const).map((transport) => [name, transport, link] as const),
  );

  test.each(cases)("in %s over %s arrives and is confirmed", async (_name, transport, link) => {
    await using listener = await hear();
    await using pushes = sender(listener, transport, { link });
    expect(await pushes.send(push(7))).toEqual({ result: "sent", attempts: 1 });
    const confirmed = pushes.send(push(8, { confirmed: true }));
    expect(await confirmed).toEqual({ result: "confirmed", attempts: 1 });
    await until(() => listener.ids().length === 2);
    expect(listener.ids()).toEqual([7, 8]);
  });

  test.each(cases)(
    "in %s over %s goes in blocks when it is long",
    async (_name, transport, link) => {
      await using listener = await hear();
      await using pushes = sender(listener, transport, { link, apduOctetsMax: 100 });
      await pushes.send(push(9, { values: 200 }));
      await until(() => listener.ids().length === 1);
      const [{ meaning, message }] = listener.deliveries as [PushDelivery];
      expect(message?.blocks).toBeGreaterThan(9);
      expect(meaning).toMatchObject({ kind: "data", invoke: { invokeId: 9 } });
    },
  );

  test("is segmented where it is longer than one UI frame", async () => {
    await using listener = await hear();
    await using pushes = sender(listener, "tcp", { link: hdlc });
    await pushes.send(push(10, { values: 300 }));
    await until(() => listener.ids().length === 1);
    expect(listener.deliveries[0]!.message).toMatchObject({ blocks: 0 });
  });

  test("is ciphered under the meter's key, and so is what confirms it", async () => {
    const keys = {
      unicast: new Secret(new Uint8Array(16).fill(1)),
      authentication: new Secret(new Uint8Array(16).fill(2)),
    };
    const titles = { meter: fromHex("4c43540000000002"), client: fromHex("4c43540000000001") };
    const ciphering = (own: Uint8Array, peer: Uint8Array): ApduCiphering =>
      new ApduCiphering({
        crypto: nodeCrypto,
        suite: 0,
        keys,
        protection: "authenticated-encrypted",
        form: "general",
        ownSystemTitle: own,
        peerSystemTitle: peer,
        counter: new InvocationCounter({ next: 1 }),
      });
    const client = ciphering(titles.client, titles.meter);
    await using listener = await hear({
      reading: {
        open: pushOpener(nodeCrypto, () => ({
          systemTitle: titles.meter,
          keys,
          required: "authenticated-encrypted",
          windows: new ReplayWindows(),
        })),
      },
      seal: (apdu) => client.protect(apdu),
    });
    await using pushes = sender(listener, "tcp", {
      ciphering: ciphering(titles.meter, titles.client),
    });
    const outcome = await pushes.send(push(11, { confirmed: true }));
    expect(outcome).toEqual({ result: "confirmed", attempts: 1 });
    expect(listener.deliveries[0]!.message?.opened).toMatchObject({ verified: true });
    expect(toHex(listener.deliveries[0]!.message!.apdu.subarray(0, 10))).toBe(
      "db084c43540000000002",
    );
  });
});

describe("attempts", () => {
  const timing = { randomisationMs: 10_000, retries: 2, repetitionDelay: { minMs: 60_000 } };

  test("wait for a random time, are repeated after the delay, and end in a failure", async () => {
    const clock = new ManualClock();
    const { near, far } = openPipe();
    const heard: string[] = [];
    far.listen({ receive: (octets) => void heard.push(toHex(octets)), closed: () => undefined });
    const failures: string[] = [];
    await using pushes = openPushSender({
      to: { port: near },
      link: wrapper,
      clock,
      timing,
      random: () => 0.5,
      confirmTimeoutMs: 1000,
      onFailure: ({ code }, attempt) => void failures.push(`${attempt} ${code}`),
    });
    const outcome = pushes.send(push(1, { confirmed: true }));
    await clock.advance(4999);
    expect(heard).toHaveLength(0);
    await clock.advance(1);
    expect(heard).toHaveLength(1);
    await clock.advance(1000 + 59_999);
    expect(heard).toHaveLength(1);
    await clock.advance(1);
    expect(heard).toHaveLength(2);
    await clock.advance(200_000);
    expect(await outcome).toMatchObject({
      result: "failed",
      attempts: 3,
      error: { code: "xdlms/no-answer" },
    });
    expect(failures).toEqual([1, 2, 3].map((attempt) => `${attempt} xdlms/no-answer`));
    expect(new Set(heard).size).toBe(1);
  });

  test("fail typed where nobody listens", async () => {
    const listener = await hear();
    await using pushes = sender(listener, "tcp");
    await listener[Symbol.asyncDispose]();
    expect(await pushes.send(push(1))).toMatchObject({
      result: "failed",
      attempts: 1,
      error: { code: "tcp/refused" },
    });
  });

  test("fail on a given port that has closed", async () => {
    const { near, far } = openPipe();
    await using pushes = openPushSender({ to: { port: near }, link: wrapper });
    expect(await pushes.send(push(1))).toEqual({ result: "sent", attempts: 1 });
    const waiting = pushes.send(push(2, { confirmed: true }));
    await far[Symbol.asyncDispose]();
    expect(await waiting).toMatchObject({ result: "failed" });
    expect(await pushes.send(push(3))).toMatchObject({ result: "failed" });
  });

  test("are given up when the sender is disposed, and beyond the limit none is made", async () => {
    const { near } = openPipe();
    const clock = new ManualClock();
    const pushes = openPushSender({
      to: { port: near },
      link: wrapper,
      clock,
      timing,
      pendingMax: 2,
    });
    const outcomes = [1, 2, 3].map((id) => pushes.send(push(id)));
    expect(pushes.pending).toBe(2);
    expect(await outcomes[2]).toEqual({ result: "dropped", attempts: 0 });
    await pushes[Symbol.asyncDispose]();
    expect(await Promise.all(outcomes.slice(0, 2))).toEqual([
      { result: "cancelled", attempts: 0 },
      { result: "cancelled", attempts: 0 },
    ]);
    expect(await pushes.send(push(4))).toEqual({ result: "cancelled", attempts: 0 });
  });

  test("wait longer each time where the push setup says so", () => {
    const growing = {
      repetitionDelay: { minMs: 1000, exponentPercent: 200, maxMs: 5000 },
    };
    expect([1, 2, 3, 4, 90].map((attempt) => pushDelayMs(growing, attempt, 0))).toEqual([
      1000, 2000, 4000, 5000, 5000,
    ]);
  });
});
