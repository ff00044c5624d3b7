import { describe, expect, test } from "vitest";
import { ManualClock, until } from "@lectura/testkit";
import { toHex } from "@lectura/dlms/octets";
import { fakeSerial, type FakeSerial } from "./fake-serial.fixture.ts";
import { isLinePort, type LinePort } from "./line-port.ts";
import { portContract } from "./port.contract.ts";
import { openTerminals, pseudoTerminals, serialDriver } from "./pseudo-terminal.fixture.ts";
import type { SerialDriver } from "./serial-driver.ts";
import { parseSerialEndpoint } from "./serial-endpoint.ts";
import { openSerialPort, type SerialPortOptions } from "./serial-port.ts";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function openFake(
  options: Partial<SerialPortOptions> = {},
): Promise<{ readonly serial: FakeSerial; readonly port: LinePort }> {
  const serial = fakeSerial();
  const port = await openSerialPort({ path: "/dev/tty0", driver: serial.driver, ...options });
  return { serial, port };
}

portContract("a serial port", async () => {
  const { serial, port } = await openFake();
  return {
    port,
    arrived: () => serial.written(),
    push: (octets) => serial.push(octets),
    end: () => serial.unplug(),
    endCode: "serial/closed",
    settle: turn,
    [Symbol.asyncDispose]: () => port[Symbol.asyncDispose](),
  };
});

describe("a serial port", () => {
  test("changes its rate when what was sent is out, and keeps later octets until then", async () => {
    const { serial, port } = await openFake({ baudRate: 300 });
    serial.hold(true);
    port.send(Uint8Array.of(1));
    const changed = port.configure({ baudRate: 9600 });
    port.send(Uint8Array.of(2));
    await turn();
    expect(serial.asked).toEqual(["open 300 8none", "write 01"]);
    serial.hold(false);
    await changed;
    await turn();
    expect(serial.asked.slice(2)).toEqual(["drain", "update 9600", "write 02"]);
    expect(port.settings.baudRate).toBe(9600);
    await port[Symbol.asyncDispose]();
  });

  test("opens the line anew for another character format, without dropping it", async () => {
    const { serial, port } = await openFake({ baudRate: 300, dataBits: 7, parity: "even" });
    const ends: unknown[] = [];
    const octets: number[] = [];
    port.listen({
      receive: (view) => void octets.push(...view),
      closed: (error) => void ends.push(error),
    });
    await port.configure({ baudRate: 9600, dataBits: 8, parity: "none" });
    serial.push(Uint8Array.of(0x7e));
    expect(serial.asked).toEqual(["open 300 7even", "drain", "close", "open 9600 8none"]);
    expect([octets, ends]).toEqual([[0x7e], []]);
    await port.configure({ baudRate: 9600 });
    expect(serial.asked).toHaveLength(4);
    await port[Symbol.asyncDispose]();
    expect(serial.asked.slice(4)).toEqual(["drain", "rts off", "close"]);
  });

  test("goes back to what held before when the line does not take a format", async () => {
    const { serial, port } = await openFake();
    serial.failNext("open", "Error: Invalid argument, cannot open");
    await expect(port.configure({ dataBits: 7 })).rejects.toMatchObject({
      code: "serial/settings-refused",
    });
    expect(port.settings.dataBits).toBe(8);
    port.send(Uint8Array.of(5));
    expect(serial.asked.at(-1)).toBe("write 05");
    serial.failNext("update", "whatever");
    await expect(port.configure({ baudRate: 12_345 })).rejects.toMatchObject({
      code: "serial/settings-refused",
      recovery: "operator",
    });
    await port[Symbol.asyncDispose]();
  });

  test("holds RTS for as long as octets leave a two-wire line", async () => {
    const { serial, port } = await openFake({ rs485: "rts" });
    port.send(Uint8Array.of(1));
    port.send(Uint8Array.of(2));
    await port.drain();
    expect(serial.asked.slice(1)).toEqual([
      "rts off",
      "rts on",
      "write 01",
      "drain",
      "rts off",
      "rts on",
      "write 02",
      "drain",
      "rts off",
      "drain",
    ]);
    await port[Symbol.asyncDispose]();
    const inverted = await openFake({ rs485: "rts-inverted" });
    inverted.port.send(Uint8Array.of(1));
    await inverted.port.drain();
    expect(inverted.serial.asked.slice(1, 4)).toEqual(["rts on", "rts off", "write 01"]);
    await inverted.port[Symbol.asyncDispose]();
  });

  test("gives up a line that takes nothing: serial/flooded", async () => {
    const { serial, port } = await openFake();
    const ends: unknown[] = [];
    port.listen({ receive: () => undefined, closed: (error) => void ends.push(error?.code) });
    serial.hold(true);
    void port.drain().catch(() => undefined);
    for (let at = 0; at < 5; at++) port.send(new Uint8Array(65_536));
    expect(ends).toEqual(["serial/flooded"]);
    serial.hold(false);
    await port[Symbol.asyncDispose]();
  });

  test("closes in bounded time when the line holds its octets", async () => {
    const clock = new ManualClock();
    const { serial, port } = await openFake({ clock });
    serial.hold(true);
    port.send(Uint8Array.of(1));
    const closing = port[Symbol.asyncDispose]();
    await clock.advance(5000);
    await closing;
    expect(serial.asked.at(-1)).toBe("close");
  });

  test.each([
    ["Error: No such file or directory, cannot open /dev/tty0", "serial/not-found"],
    ["Error: Permission denied, cannot open /dev/tty0", "serial/not-permitted"],
    ["Error Resource temporarily unavailable Cannot lock port", "serial/busy"],
    ["Opening COM3: Access denied", "serial/busy"],
    ["Error: Inappropriate ioctl for device setting custom baud rate", "serial/settings-refused"],
    ["something else", "serial/failed"],
  ])("opens with a typed error for %j", async (words, code) => {
    const serial = fakeSerial();
    serial.failNext("open", words);
    const opening = openSerialPort({ path: "/dev/tty0", driver: serial.driver });
    await expect(opening).rejects.toMatchObject({ code, label: "/dev/tty0" });
  });

  test("needs its package where no driver is given, and says so", async () => {
    const opening = openSerialPort({ path: "/dev/not-there" });
    // Where the package is installed beside this one, the port is what is missing.
    await expect(opening).rejects.toMatchObject({
      code: expect.stringMatching(/^serial\/(module-missing|not-found)$/) as string,
    });
  });

  test("is told from a port whose rate is set elsewhere", async () => {
    const { port } = await openFake();
    expect(isLinePort(port)).toBe(true);
    await port[Symbol.asyncDispose]();
    await expect(port.configure({ baudRate: 300 })).rejects.toMatchObject({
      code: "serial/closed",
    });
  });
});

describe("an endpoint of a serial port", () => {
  test("reads as a path with what differs from 9600 8N1", () => {
    expect(parseSerialEndpoint("serial:/dev/ttyUSB0")).toEqual({
      path: "/dev/ttyUSB0",
      baudRate: 9600,
      dataBits: 8,
      parity: "none",
      stopBits: 1,
    });
    expect(parseSerialEndpoint("COM3?baud=300&data=7&parity=even&rs485=rts")).toMatchObject({
      path: "COM3",
      baudRate: 300,
      dataBits: 7,
      parity: "even",
      rs485: "rts",
    });
  });

  test.each(["", "serial:", "/dev/x?baud=1", "/dev/x?data=9", "/dev/x?speed=9600"])(
    "is refused where it is none: %j",
    (text) => {
      expect(() => parseSerialEndpoint(text)).toThrow(RangeError);
    },
  );
});

describe.skipIf(!pseudoTerminals)("on a pseudo terminal", () => {
  const driver = serialDriver as SerialDriver;

  portContract("the port of the package serialport", async () => {
    const terminals = await openTerminals();
    const near = await openSerialPort({ path: terminals.near, driver });
    const far = await openSerialPort({ path: terminals.far, driver });
    const arrived: number[] = [];
    far.listen({ receive: (octets) => void arrived.push(...octets), closed: () => undefined });
    return {
      port: near,
      arrived: () => Uint8Array.from(arrived),
      push: (octets) => far.send(octets),
      // A driver that is reading at that moment notices with the next octet it is to send.
      end: undefined,
      settle: turn,
      [Symbol.asyncDispose]: async () => {
        await near[Symbol.asyncDispose]();
        await far[Symbol.asyncDispose]();
        await terminals[Symbol.asyncDispose]();
      },
    };
  });

  test("changes rate and format while it is open", async () => {
    await using terminals = await openTerminals();
    await using near = await openSerialPort({ path: terminals.near, driver, baudRate: 300 });
    await using far = await openSerialPort({ path: terminals.far, driver });
    const heard: string[] = [];
    far.listen({ receive: (octets) => void heard.push(toHex(octets)), closed: () => undefined });
    // A pseudo terminal has no line that drains: it drops what was not read when it is closed.
    const arrived = (count: number): Promise<void> =>
      until(() => heard.join("").length === 2 * count);
    near.send(Uint8Array.of(1));
    await arrived(1);
    await near.configure({ baudRate: 9600, dataBits: 7, parity: "even" });
    near.send(Uint8Array.of(2));
    await arrived(2);
    await near.configure({ baudRate: 19_200, dataBits: 8, parity: "none" });
    near.send(Uint8Array.of(3));
    await arrived(3);
    expect(heard.join("")).toBe("010203");
  });

  test("notices with the next octet it sends, if not before, that its adapter was pulled", async () => {
    await using terminals = await openTerminals();
    await using near = await openSerialPort({ path: terminals.near, driver });
    const ends: unknown[] = [];
    near.listen({ receive: () => undefined, closed: (error) => void ends.push(error?.recovery) });
    terminals.unplug();
    await until(() => {
      near.send(Uint8Array.of(1));
      return ends.length > 0;
    });
    expect(ends).toEqual(["reopen-line"]);
  });

  test("belongs to one program, and is not there when it is not there", async () => {
    await using terminals = await openTerminals();
    await using _held = await openSerialPort({ path: terminals.near, driver });
    await expect(openSerialPort({ path: terminals.near, driver })).rejects.toMatchObject({
      code: "serial/busy",
    });
    await expect(openSerialPort({ path: `${terminals.near}-not`, driver })).rejects.toMatchObject({
      code: "serial/not-found",
    });
  });
});
