import { createSocket, type RemoteInfo } from "node:dgram";
import { once } from "node:events";
import { expect, test } from "vitest";
import { concatOctets } from "@lectura/dlms/octets";
import { openSession } from "../session/open-session.ts";
import { portContract } from "./port.contract.ts";
import { serveUdp } from "../server/serve-udp.ts";
import { servedMeter, voltage, voltageValue } from "../server/served-meter.fixture.ts";
import { openUdpPort } from "./udp-port.ts";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

portContract("a UDP port", async () => {
  const far = createSocket("udp4");
  far.bind(0, "127.0.0.1");
  await once(far, "listening");
  const port = await openUdpPort({ host: "127.0.0.1", port: far.address().port });
  const arrived: Uint8Array[] = [];
  const introduced = once(far, "message");
  // An empty datagram introduces us, so that the far end knows where to send.
  port.send(new Uint8Array(0));
  const [, from] = (await introduced) as [Uint8Array, RemoteInfo];
  const { port: nearPort, address } = from;
  far.on("message", (octets) => void arrived.push(octets));
  return {
    port,
    arrived: () => concatOctets(arrived),
    push: (octets) => far.send(octets.slice(), nearPort, address),
    end: undefined,
    settle: turn,
    [Symbol.asyncDispose]: async () => {
      await port[Symbol.asyncDispose]();
      await new Promise<void>((resolve) => far.close(resolve));
    },
  };
});

test("rejects with the reason of its signal", async () => {
  const reason = new Error("enough");
  const opening = openUdpPort({ host: "127.0.0.1", port: 4059, signal: AbortSignal.abort(reason) });
  await expect(opening).rejects.toBe(reason);
});

/** Stands between client and meter, and loses what it is told to. */
async function lossyRelay(
  meterPort: number,
  loses: (octets: Uint8Array) => boolean,
): Promise<AsyncDisposable & { readonly port: number }> {
  const outer = createSocket("udp4");
  const inner = createSocket("udp4");
  let client: RemoteInfo | undefined;
  outer.on("message", (octets, from) => {
    client = from;
    if (!loses(octets)) inner.send(octets, meterPort, "127.0.0.1");
  });
  inner.on("message", (octets) => {
    if (client !== undefined) outer.send(octets, client.port, client.address);
  });
  outer.bind(0, "127.0.0.1");
  await once(outer, "listening");
  return {
    port: outer.address().port,
    [Symbol.asyncDispose]: async () => {
      await new Promise<void>((resolve) => inner.close(() => resolve()));
      await new Promise<void>((resolve) => outer.close(() => resolve()));
    },
  };
}

test("a GET whose datagram is lost is sent again, a SET is not", async () => {
  await using meter = await serveUdp({ meters: [servedMeter()] });
  const lost: number[] = [];
  await using relay = await lossyRelay(meter.port, (octets) => {
    const service = octets[8] ?? 0;
    const loses = service === 0xc0 ? !lost.includes(service) : service === 0xc1;
    if (loses) lost.push(service);
    return loses;
  });
  await using session = await openSession({
    udp: `127.0.0.1:${relay.port}`,
    timeouts: { responseMs: 100, releaseMs: 50 },
  });
  expect(await session.get(voltage)).toMatchObject({ value: { value: voltageValue } });
  expect(session.counters.retransmissions).toBe(1);
  const setting = session.set(voltage, { type: "double-long", value: 1 });
  await expect(setting).rejects.toMatchObject({ code: "xdlms/unknown-outcome" });
  expect(lost).toEqual([0xc0, 0xc1]);
});
