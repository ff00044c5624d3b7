import { expect, test } from "vitest";
import { fromHex, toHex } from "@lectura/dlms/octets";
import { Secret } from "@lectura/dlms/security";
import { encodeWrapper } from "@lectura/dlms/wrapper";
import { ManualClock, until } from "@lectura/testkit";
import { systemClock } from "../clock.ts";
import {
  type DialledMeter,
  listenForMeters,
  type ListenForMetersOptions,
  type MeterListener,
  type MeterListenerEvent,
} from "./listen-for-meters.ts";
import {
  identifyByAddress,
  identifyByDeviceName,
  identifyByFirstOctets,
  identifyByFirstUnit,
} from "./meter-identity.ts";
import { openSession } from "../session/open-session.ts";
import type { Port } from "../ports/port.ts";
import {
  meterPassword,
  servedMeter,
  serveOn,
  voltage,
  voltageValue,
} from "../server/served-meter.fixture.ts";
import { openTcpPort } from "../ports/tcp-port.ts";

interface Hall {
  readonly listener: MeterListener;
  readonly events: MeterListenerEvent[];
  readonly types: () => readonly string[];
}

async function open(
  options: Partial<ListenForMetersOptions> & Pick<ListenForMetersOptions, "identify">,
): Promise<Hall> {
  const events: MeterListenerEvent[] = [];
  const listener = await listenForMeters({
    onEvent: (event) => void events.push(event),
    ...options,
  });
  return { listener, events, types: () => events.map(({ type }) => type) };
}

/** A meter dials in. */
function dial({ listener }: Hall): Promise<Port> {
  return openTcpPort({ host: "127.0.0.1", port: listener.port, connectTimeoutMs: 5000 });
}

async function take({ listener }: Hall): Promise<DialledMeter> {
  const { value } = (await listener[Symbol.asyncIterator]().next()) as { value: DialledMeter };
  return value;
}

test("a meter that dials in is known by its logical device name, and read", async () => {
  const hall = await open({ identify: identifyByDeviceName() });
  for (const name of ["LEC0000000000007", "LEC0000000000008"]) {
    const far = await dial(hall);
    serveOn(far, systemClock, [servedMeter(name)]);
    const meter = await take(hall);
    expect(meter).toMatchObject({ identity: name, peer: { address: "127.0.0.1" } });
    const session = await openSession({
      port: meter.port,
      framing: "wrapper",
      clientSap: 1,
      authentication: { mechanism: "lls", password: Secret.fromText(meterPassword) },
    });
    expect(await session.get(voltage)).toMatchObject({ value: { value: voltageValue } });
    await session[Symbol.asyncDispose]();
    await meter[Symbol.asyncDispose]();
    await far[Symbol.asyncDispose]();
  }
  await until(() => hall.listener.connections === 0);
  expect(hall.types().filter((type) => type === "identified")).toHaveLength(2);
  await hall.listener[Symbol.asyncDispose]();
});

test("a meter that says who it is in a heartbeat is answered and known by it", async () => {
  const identify = identifyByFirstUnit((apdu, source, destination) =>
    apdu[0] === 0xdd
      ? {
          identity: toHex(apdu.subarray(1)),
          reply: encodeWrapper(destination, source, fromHex("da")),
        }
      : {},
  );
  const hall = await open({ identify });
  const far = await dial(hall);
  const heard: number[] = [];
  far.listen({ receive: (octets) => void heard.push(...octets), closed: () => undefined });
  far.send(fromHex("ffff00"));
  far.send(encodeWrapper(1, 16, fromHex("0f00")));
  const heartbeat = encodeWrapper(1, 16, fromHex("dd010203"));
  far.send(heartbeat.subarray(0, 5));
  far.send(heartbeat.subarray(5));
  const meter = await take(hall);
  expect(meter.identity).toBe("010203");
  await until(() => heard.length === 9);
  expect(toHex(Uint8Array.from(heard))).toBe("0001001000010001da");
  await hall.listener[Symbol.asyncDispose]();
  await far[Symbol.asyncDispose]();
});

test("a meter is known by its first octets, or by where it comes from", async () => {
  const text = (octets: Uint8Array): string => new TextDecoder().decode(octets);
  const byText = await open({
    identify: identifyByFirstOctets((octets) =>
      text(octets).endsWith("\n") ? { identity: text(octets).trim() } : {},
    ),
  });
  const far = await dial(byText);
  far.send(new TextEncoder().encode("METER "));
  far.send(new TextEncoder().encode("12\n"));
  expect(await take(byText)).toMatchObject({ identity: "METER 12" });
  await byText.listener[Symbol.asyncDispose]();
  const byAddress = await open({ identify: identifyByAddress() });
  const other = await dial(byAddress);
  expect(await take(byAddress)).toMatchObject({ identity: "127.0.0.1" });
  await byAddress.listener[Symbol.asyncDispose]();
  for (const port of [far, other]) await port[Symbol.asyncDispose]();
});

test("who is not identified in time, sends too much, or hangs up is closed and told", async () => {
  const clock = new ManualClock();
  const identify = identifyByFirstUnit(() => ({}));
  const hall = await open({ clock, identify });
  const silent = await dial(hall);
  await until(() => hall.listener.connections === 1);
  await clock.advance(15_000);
  await until(() => hall.types().includes("unidentified"));
  expect(hall.events.find(({ type }) => type === "unidentified")).toMatchObject({
    error: { code: "tcp/timeout" },
  });
  const flooding = await dial(hall);
  flooding.send(new Uint8Array(5000));
  await until(() => hall.types().filter((type) => type === "unidentified").length === 2);
  const leaving = await dial(hall);
  await until(() => hall.listener.connections >= 1);
  await leaving[Symbol.asyncDispose]();
  await until(() => hall.types().filter((type) => type === "unidentified").length === 3);
  for (const port of [silent, flooding]) await port[Symbol.asyncDispose]();
  await hall.listener[Symbol.asyncDispose]();
});

test("connections beyond the limits are refused, meters beyond those that may wait are hung up on", async () => {
  const limits = { connectionsPerAddressMax: 3, waitingMax: 1 };
  const hall = await open({ identify: identifyByAddress(), limits });
  const ports = [await dial(hall), await dial(hall)];
  await until(() => hall.types().includes("overflow"));
  expect(hall.listener.waiting).toBe(1);
  await until(() => hall.listener.connections === 1);
  const first = await take(hall);
  ports.push(await dial(hall), await dial(hall));
  await take(hall);
  ports.push(await dial(hall), await dial(hall), await dial(hall));
  await until(() => hall.types().includes("refused"));
  await first[Symbol.asyncDispose]();
  await hall.listener[Symbol.asyncDispose]();
  for (const port of ports) await port[Symbol.asyncDispose]();
});

test("iterating ends when it is disposed, and a meter that has gone is not handed out", async () => {
  const hall = await open({ identify: identifyByAddress() });
  const gone = await dial(hall);
  await until(() => hall.listener.waiting === 1);
  await gone[Symbol.asyncDispose]();
  await until(() => hall.listener.waiting === 0);
  const taken: string[] = [];
  const all = (async () => {
    for await (const meter of hall.listener) taken.push(meter.identity);
  })();
  await hall.listener[Symbol.asyncDispose]();
  await all;
  expect(taken).toEqual([]);
});
