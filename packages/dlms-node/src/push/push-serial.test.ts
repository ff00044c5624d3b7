import { describe, expect, test } from "vitest";
import { buildMbusFrame } from "@lectura/dlms/mbus";
import { concatOctets } from "@lectura/dlms/octets";
import { ManualClock, until } from "@lectura/testkit";
import { fakeSerial } from "../ports/fake-serial.fixture.ts";
import { openTerminals, pseudoTerminals, serialDriver } from "../ports/pseudo-terminal.fixture.ts";
import type { PushDelivery } from "./push-listener-options.ts";
import { listenForPushes } from "./push-listener.ts";
import { dataNotificationApdu } from "./push-sample.fixture.ts";
import type { SerialDriver } from "../ports/serial-driver.ts";
import { openSerialPort } from "../ports/serial-port.ts";

/** A push in wired M-Bus long frames of a few octets each. */
function onMbus(apdu: Uint8Array, dataMax = 16): Uint8Array {
  const frames: Uint8Array[] = [];
  for (let at = 0, sequence = 0; at < apdu.length; at += dataMax, sequence++) {
    const userData = apdu.subarray(at, at + dataMax);
    const final = at + dataMax >= apdu.length;
    const transport = { final, sequence, source: 1, destination: 102 };
    frames.push(buildMbusFrame({ control: 0x53, address: 0xff, transport, userData }));
  }
  return concatOctets(frames);
}

test("wired M-Bus is heard on a serial port at 2400 Bd 8E1, and its end is told", async () => {
  const serial = fakeSerial();
  const deliveries: PushDelivery[] = [];
  const events: string[] = [];
  const listener = await listenForPushes({
    serial: { path: "/dev/ttyS1", driver: serial.driver, baudRate: 2400, parity: "even" },
    clock: new ManualClock(),
    onNotification: (delivery) => void deliveries.push(delivery),
    onEvent: ({ type }) => void events.push(type),
  });
  expect(serial.asked).toEqual(["open 2400 8even"]);
  for (const octet of onMbus(dataNotificationApdu(7))) serial.push(Uint8Array.of(octet));
  await until(() => deliveries.length === 1);
  expect(deliveries[0]).toMatchObject({
    peer: { transport: "port", address: "/dev/ttyS1" },
    message: { origin: { framing: "mbus" } },
    meaning: { kind: "data", content: { values: [{ logicalName: "1.0.1.8.0.255" }] } },
  });
  serial.unplug();
  expect(events).toEqual(["disconnected"]);
  await listener[Symbol.asyncDispose]();
});

describe.skipIf(!pseudoTerminals)("on a pseudo terminal", () => {
  test("wired M-Bus is heard end to end", async () => {
    const driver = serialDriver as SerialDriver;
    await using terminals = await openTerminals();
    const deliveries: PushDelivery[] = [];
    await using _listener = await listenForPushes({
      serial: { path: terminals.near, driver },
      onNotification: (delivery) => void deliveries.push(delivery),
    });
    await using meter = await openSerialPort({ path: terminals.far, driver });
    for (let push = 1; push <= 3; push++) meter.send(onMbus(dataNotificationApdu(push)));
    await until(() => deliveries.length === 3);
    expect(deliveries.map(({ meaning }) => meaning.kind)).toEqual(["data", "data", "data"]);
  });
});
