import { createSocket, type RemoteInfo } from "node:dgram";
import { once } from "node:events";
import { expect, test } from "vitest";
import { concatOctets } from "@lectura/dlms/octets";
import { portContract } from "./port.contract.ts";
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
