import { describe, expect, test } from "vitest";
import { ManualClock, openPipe } from "@lectura/testkit";
import { toHex } from "@lectura/dlms/octets";
import { type Clock, systemClock } from "../clock.ts";
import { fakeSerial } from "../ports/fake-serial.fixture.ts";
import { openSession } from "../session/open-session.ts";
import { openTerminals, pseudoTerminals, serialDriver } from "../ports/pseudo-terminal.fixture.ts";
import type { Port } from "../ports/port.ts";
import type { SerialDriver, SerialDriverOptions } from "../ports/serial-driver.ts";
import { openSerialPort } from "../ports/serial-port.ts";
import { serveOn, voltage, voltageValue } from "../server/served-meter.fixture.ts";
import { serveSignOn, type ServeSignOnOptions } from "./serve-sign-on.ts";
import { readModeC, signOnModeE } from "./sign-on.ts";
import { serveTcp } from "../server/serve-tcp.ts";
import { servedMeter } from "../server/served-meter.fixture.ts";

const head: ServeSignOnOptions = {
  manufacturer: "LEC",
  text: "METER01",
  baudCharacter: "5",
  modeE: true,
  address: "12345678",
  readout: () => ["1-1:1.8.0(001234.5*kWh)", "F.F(00)"],
};

/** The machine's clock, but for the pause behind the change of rate. */
const hurried: Clock = {
  ...systemClock,
  timer: (afterMs, fire) => systemClock.timer(afterMs === 300 ? 0 : afterMs, fire),
};

describe("a session behind mode E", () => {
  test("signs on, reads, and signs on again for the next", async () => {
    const { near, far } = openPipe({ chunkOctets: 3 });
    serveOn(serveSignOn(far, { ...head, clock: hurried }), hurried);
    for (let round = 0; round < 2; round++) {
      const lines: string[] = [];
      const session = await openSession({
        port: near,
        clock: hurried,
        modeE: { address: "12345678" },
        server: { size: 1 },
        observer: { frame: (direction, octets) => void lines.push(direction + toHex(octets)) },
      });
      expect(await session.get(voltage)).toMatchObject({ value: { value: voltageValue } });
      await session[Symbol.asyncDispose]();
      // With parity in bit 7: the stream stays at eight bits.
      expect(lines[0]).toBe("txaf3fb1b233b43536b7b8218d0a");
    }
    await near[Symbol.asyncDispose]();
  });

  test("closes the port it opened when nobody signs it on", async () => {
    const clock = new ManualClock();
    const serial = fakeSerial();
    const opening = openSession({
      serial: { path: "/dev/ttyS9", driver: serial.driver },
      clock,
      modeE: { attemptsMax: 1, wakeUp: true },
    });
    const failed = expect(opening).rejects.toMatchObject({ code: "iec62056-21/no-answer" });
    await clock.advance(60_000);
    await failed;
    expect(serial.asked.filter((asked) => asked.startsWith("open"))).toEqual([
      "open 9600 8none",
      "open 300 7even",
    ]);
    expect(serial.asked.find((asked) => asked.startsWith("write"))).toBe(
      `write ${"00".repeat(66)}`,
    );
    expect(serial.asked.at(-1)).toBe("close");
  });

  test("fails typed when the stream ends or its caller has enough", async () => {
    const { near, far } = openPipe();
    const ended = signOnModeE(near, {});
    await far[Symbol.asyncDispose]();
    await expect(ended).rejects.toMatchObject({ code: "tcp/closed" });
    const other = openPipe();
    const aborting = new AbortController();
    const aborted = signOnModeE(other.near, {}, { signal: aborting.signal });
    aborting.abort(new Error("enough"));
    await expect(aborted).rejects.toThrow("enough");
  });

  test("is not offered over UDP or before the wrapper", async () => {
    await expect(openSession({ udp: "127.0.0.1:4059", modeE: {} })).rejects.toThrow(RangeError);
    const wrapped = openSession({ tcp: "127.0.0.1:4059", framing: "wrapper", modeE: {} });
    await expect(wrapped).rejects.toThrow(RangeError);
  });
});

describe("readModeC", () => {
  test("reads what a meter lists by itself, behind a converter that keeps its rate", async () => {
    await using line = await serveTcp({
      meters: [servedMeter()],
      interpose: (port) => serveSignOn(port, head),
    });
    const { near, far } = openPipe();
    serveSignOn(far, head);
    const readout = await readModeC(near);
    expect(readout).toMatchObject({
      checked: true,
      identification: { manufacturer: "LEC", text: "METER01" },
      entries: [
        { address: "1-1:1.8.0", values: [{ value: "001234.5", unit: "kWh" }] },
        { address: "F.F", values: [{ value: "00" }] },
      ],
    });
    await near[Symbol.asyncDispose]();
    await using session = await openSession({
      tcp: `127.0.0.1:${line.port}`,
      clock: hurried,
      modeE: { signOff: true },
      server: { size: 1 },
    });
    expect(await session.get(voltage)).toMatchObject({ ok: true });
  });
});

describe.skipIf(!pseudoTerminals)("on a pseudo terminal", () => {
  const driver = serialDriver as SerialDriver;

  test("mode E, HDLC and mode C go over serial ports, the rate changed on the way", async () => {
    await using terminals = await openTerminals();
    // The meter keeps its format: a pseudo terminal drops what was not read when it is closed.
    await using meter = await openSerialPort({ path: terminals.far, driver });
    const far: Port = {
      label: meter.label,
      send: (octets) => meter.send(octets),
      listen: (receiver) => meter.listen(receiver),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
    serveOn(serveSignOn(far, { ...head, clock: hurried }), hurried);
    const settings: string[] = [];
    const spied: SerialDriver = {
      SerialPort: class extends driver.SerialPort {
        constructor(options: SerialDriverOptions) {
          super(options);
          settings.push(`${options.baudRate} ${options.dataBits}${options.parity}`);
        }
      },
    };
    const session = await openSession({
      serial: { path: terminals.near, driver: spied },
      clock: hurried,
      modeE: {},
      server: { size: 1 },
    });
    expect(settings).toEqual(["9600 8none", "300 7even", "9600 8none"]);
    expect(await session.get(voltage)).toMatchObject({ value: { value: voltageValue } });
    await session[Symbol.asyncDispose]();
    await using port = await openSerialPort({ path: terminals.near, driver });
    const { entries } = await readModeC(port);
    expect(entries).toHaveLength(2);
    expect(port.settings).toMatchObject({ baudRate: 9600, dataBits: 7, parity: "even" });
  });
});
