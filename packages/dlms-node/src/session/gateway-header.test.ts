import { expect, test } from "vitest";
import { concatOctets, fromHex, toHex } from "@lectura/dlms/octets";
import {
  decodeWrapper,
  encodeGatewayHeader,
  encodeWrapper,
  readGatewayHeader,
} from "@lectura/dlms/wrapper";
import { openPipe } from "@lectura/testkit";
import { systemClock } from "../clock.ts";
import { openSession } from "./open-session.ts";
import type { Port } from "../ports/port.ts";
import { servedMeter, serveOn, voltage, voltageValue } from "../server/served-meter.fixture.ts";

const target = { networkId: 2, physicalDevice: fromHex("0a0b") };

/** Takes the header off before the meter, and puts the response's on behind it. */
function gatewayBefore(meter: Port, seen: string[]): Port {
  const { near, far } = openPipe();
  far.listen({
    receive: (octets) => {
      const { source, destination, apdu } = decodeWrapper(octets);
      const { networkId, physicalDevice, apduStart } = readGatewayHeader(apdu);
      seen.push(`${networkId} ${toHex(physicalDevice)}`);
      meter.send(encodeWrapper(source, destination, apdu.subarray(apduStart)));
    },
    closed: () => undefined,
  });
  meter.listen({
    receive: (octets) => {
      const { source, destination, apdu } = decodeWrapper(octets);
      const answer = (device: typeof target): Uint8Array =>
        encodeWrapper(
          source,
          destination,
          concatOctets([encodeGatewayHeader(device, "response"), apdu]),
        );
      far.send(answer(target));
      // A meter beside it, whose answer is nobody's.
      far.send(answer({ networkId: 2, physicalDevice: fromHex("0a0c") }));
    },
    closed: () => undefined,
  });
  return near;
}

test("a session reads a meter behind a gateway, and no other meter's answer", async () => {
  const { near, far } = openPipe();
  serveOn(far, systemClock, [servedMeter()]);
  const seen: string[] = [];
  const port = gatewayBefore(near, seen);
  const session = await openSession({ port, framing: "wrapper", gateway: target });
  for (let round = 0; round < 3; round++) {
    expect(await session.get(voltage)).toMatchObject({ value: { value: voltageValue } });
  }
  await session[Symbol.asyncDispose]();
  expect(new Set(seen)).toEqual(new Set(["2 0a0b"]));
  expect(seen.length).toBeGreaterThanOrEqual(5);
});
