import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chunksOf, hostileOctets } from "@lectura/testkit";
import { DecodeError, InvariantError } from "../error.ts";
import { blockCheck, buildDataBlock, parseDataBlock, parseReadoutLines } from "./data-block.ts";
import { addParity, stripParity } from "./line.ts";
import { ModeCReadout, type ModeCReadoutOptions, type Readout } from "./readout.ts";
import { ModeESignOn, type ModeESignOnOptions } from "./sign-on.ts";
import { SignOnServer, type SignOnServerOptions } from "./sign-on-server.ts";

const octetsOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (octets: Uint8Array): string => new TextDecoder().decode(stripParity(octets));
const lines = ["F.F(00)", "1-0:1.8.0*255(001234.567*kWh)", "0.9.1(120000)0.9.2(261120)"];

describe("a data block", () => {
  test("is read as entries with values and units, its check character verified", () => {
    const block = buildDataBlock(lines);
    expect(textOf(block.subarray(0, 12))).toBe("\u0002F.F(00)\r\n1-");
    expect(block.at(-1)).toBe(blockCheck(block.subarray(1, -1)));
    expect(parseDataBlock(block)).toEqual({
      entries: [
        { address: "F.F", values: [{ value: "00" }] },
        { address: "1-0:1.8.0*255", values: [{ value: "001234.567", unit: "kWh" }] },
        { address: "0.9.1", values: [{ value: "120000" }] },
        { address: "0.9.2", values: [{ value: "261120" }] },
      ],
      unread: [],
    });
    expect(parseDataBlock(addParity(block)).entries).toHaveLength(4);
  });

  test("has the check character of the standard: exclusive-or from behind STX to ETX", () => {
    expect(blockCheck(Uint8Array.of(0x42, 0x30, 0x03))).toBe(0x71);
  });

  test("is refused with any one octet changed", () => {
    const block = buildDataBlock(lines);
    for (let at = 0; at < block.length; at++) {
      const damaged = block.slice();
      damaged[at] = damaged[at]! ^ 0x01;
      expect(() => parseDataBlock(damaged)).toThrow(DecodeError);
    }
  });

  test("keeps several values of one address together, and lines that are no data apart", () => {
    const text =
      "P.01(1211300015)(00)(15)\r\n(0000.12)(5)\r\nhello\r\n1.8.0(1\r\n!\r\n2.8.0(9)\r\n";
    expect(parseReadoutLines(text)).toEqual({
      entries: [
        { address: "P.01", values: [{ value: "1211300015" }, { value: "00" }, { value: "15" }] },
        { address: "", values: [{ value: "0000.12" }, { value: "5" }] },
      ],
      unread: ["hello", "1.8.0(1"],
    });
  });

  test("is built of printable lines alone, and reads back", () => {
    expect(() => buildDataBlock(["1.8.0(\u0003)"])).toThrow(RangeError);
    const part = fc.stringMatching(/^[0-9A-Za-z.:-]{1,8}$/);
    fc.assert(
      fc.property(fc.array(fc.tuple(part, part, part)), (entries) => {
        const block = buildDataBlock(entries.map(([a, v, u]) => `${a}(${v}*${u})`));
        expect(parseDataBlock(block).entries).toEqual(
          entries.map(([address, value, unit]) => ({ address, values: [{ value, unit }] })),
        );
      }),
    );
  });

  test("reads anything or refuses it typed", () => {
    fc.assert(
      fc.property(hostileOctets, (octets) => {
        try {
          parseDataBlock(octets);
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError);
        }
      }),
    );
  });
});

interface Reading {
  readonly machine: ModeCReadout;
  readonly sent: string[];
  readonly readouts: Readout[];
  readonly failures: string[];
}

function begin(options: Partial<ModeCReadoutOptions> = {}): Reading {
  const sent: string[] = [];
  const readouts: Readout[] = [];
  const failures: string[] = [];
  const machine = new ModeCReadout({
    output: {
      transmit: (octets) => void sent.push(JSON.stringify(textOf(octets))),
      arm: () => undefined,
      disarm: () => undefined,
      line: ({ baud, dataBits }) => void sent.push(`line ${baud} ${dataBits}`),
      read: (readout) => void readouts.push(readout),
      failed: (error) => void failures.push(error.code),
    },
    responseTimeoutMs: 1500,
    attemptsMax: 2,
    ...options,
  });
  machine.start();
  return { machine, sent, readouts, failures };
}

const identification = octetsOf("/ABC5METER01\r\n");

describe("ModeCReadout", () => {
  test("asks, selects the readout at the meter's rate and reads the block", () => {
    const { machine, sent, readouts } = begin();
    machine.receive(identification);
    expect(sent).toEqual(["line 300 7", '"/?!\\r\\n"', '"\\u0006050\\r\\n"', "line 9600 7"]);
    machine.receive(buildDataBlock(lines));
    expect(readouts).toHaveLength(1);
    expect(readouts[0]).toMatchObject({ checked: true, identification: { text: "METER01" } });
    expect(readouts[0]?.entries).toHaveLength(4);
  });

  test("comes to the same however the stream is cut, echoes and noise before it", () => {
    const stream = Uint8Array.of(
      0,
      0xff,
      ...octetsOf("/?!\r\n"),
      ...addParity(identification),
      ...octetsOf("\u0006050\r\n"),
      ...addParity(buildDataBlock(lines)),
    );
    fc.assert(
      fc.property(chunksOf(stream), (chunks) => {
        const { machine, readouts } = begin({ parityInOctets: true });
        for (const chunk of chunks) machine.receive(chunk);
        expect(readouts[0]?.entries).toHaveLength(4);
      }),
    );
  });

  test("asks for a damaged block again, and gives up in the end", () => {
    const { machine, sent, readouts, failures } = begin();
    const damaged = buildDataBlock(lines);
    damaged[5] = damaged[5]! ^ 2;
    machine.receive(identification);
    machine.receive(damaged);
    expect(sent.at(-1)).toBe('"\\u0015"');
    machine.receive(damaged);
    expect([readouts, failures]).toEqual([[], ["iec62056-21/checksum"]]);
  });

  test("switches without an option select for mode B, and does not switch for mode A", () => {
    const b = begin();
    b.machine.receive(octetsOf("/ABCBMETER\r\n"));
    expect(b.sent.slice(2)).toEqual(["line 1200 7"]);
    const a = begin();
    a.machine.receive(octetsOf("/ABC METER\r\n"));
    expect(a.sent.slice(2)).toEqual([]);
    a.machine.receive(octetsOf("1.8.0(12*kWh)\r\n!\r\n"));
    a.machine.deadline();
    expect(a.readouts[0]).toMatchObject({ checked: false, entries: [{ address: "1.8.0" }] });
  });

  test("wakes a battery-powered meter first, and starts anew at silence until it gives up", () => {
    const { machine, sent, failures } = begin({ wakeUp: true });
    expect(sent).toEqual(["line 300 7", JSON.stringify("\0".repeat(66))]);
    machine.deadline();
    expect(sent.at(-1)).toBe('"/?!\\r\\n"');
    machine.deadline();
    machine.deadline();
    machine.deadline();
    expect(failures).toEqual(["iec62056-21/no-answer"]);
  });

  test("holds no more than its limit", () => {
    const { machine, failures } = begin({ blockOctetsMax: 100 });
    machine.receive(identification);
    machine.receive(Uint8Array.of(2, ...new Uint8Array(200).fill(0x41)));
    expect(failures).toEqual(["iec62056-21/limit"]);
  });

  test("survives arbitrary octets, and refuses to be misused", () => {
    fc.assert(
      fc.property(hostileOctets, hostileOctets, (first, second) => {
        const { machine } = begin();
        machine.receive(first);
        machine.receive(identification);
        machine.receive(second);
        machine.deadline();
        machine.receive(first);
      }),
    );
    const { machine } = begin();
    expect(() => machine.start()).toThrow(InvariantError);
    expect(() => begin({ attemptsMax: 0 })).toThrow(RangeError);
  });
});

interface Both {
  readonly done: string[];
  readonly settings: string[];
  readonly server: SignOnServer;
}

/** Reader and meter against each other; what one sends the other hears when the other is done. */
function meet(
  read: "E" | "C",
  meterOptions: Partial<SignOnServerOptions> = {},
  readerOptions: Partial<ModeESignOnOptions & ModeCReadoutOptions> = {},
): Both {
  const done: string[] = [];
  const settings: string[] = [];
  const queue: (() => void)[] = [];
  const server = new SignOnServer({
    manufacturer: "LEC",
    text: "METER01",
    baudCharacter: "5",
    modeE: true,
    readout: () => lines,
    ...meterOptions,
    output: {
      transmit: (octets) => {
        const copy = octets.slice();
        queue.push(() => reader.receive(copy));
      },
      arm: () => undefined,
      disarm: () => undefined,
      line: ({ baud, dataBits }) => void settings.push(`meter ${baud} ${dataBits}`),
      ready: () => void done.push("meter ready"),
    },
  });
  const common = {
    transmit: (octets: Uint8Array) => {
      const copy = octets.slice();
      queue.push(() => server.receive(copy));
    },
    arm: () => undefined,
    disarm: () => undefined,
    line: ({ baud, dataBits }: { readonly baud: number; readonly dataBits: number }) =>
      void settings.push(`reader ${baud} ${dataBits}`),
    failed: (error: { readonly code: string }) => void done.push(error.code),
  };
  const waits = { responseTimeoutMs: 1500, attemptsMax: 1, ...readerOptions };
  const reader: ModeESignOn | ModeCReadout =
    read === "E"
      ? new ModeESignOn({
          ...waits,
          output: { ...common, ready: ({ text }) => void done.push(`ready ${text}`) },
        })
      : new ModeCReadout({
          ...waits,
          output: { ...common, read: (all) => void done.push(`read ${all.entries.length}`) },
        });
  reader.start();
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) next();
  reader.deadline();
  return { done, settings, server };
}

describe("SignOnServer", () => {
  test("leads a reader of mode E into HDLC, at one rate", () => {
    const { done, settings, server } = meet("E");
    expect(done).toEqual(["meter ready", "ready METER01"]);
    expect(settings).toEqual(["reader 300 7", "meter 9600 8", "reader 9600 8"]);
    expect(server.signedOn).toBe(true);
    server.released();
    expect(server.signedOn).toBe(false);
  });

  test("speaks with parity in the octets to who does", () => {
    expect(meet("E", {}, { parityInOctets: true, baudMax: 300 }).settings.at(-1)).toBe(
      "reader 300 8",
    );
  });

  test("gives a reader of mode C its data block", () => {
    const { done, settings } = meet("C", { modeE: false });
    expect(done).toEqual(["read 4"]);
    expect(settings).toEqual(["reader 300 7", "reader 9600 7", "meter 9600 7"]);
  });

  test("answers its own address, with or without leading zeros, and no other", () => {
    const address = "00012345";
    expect(meet("E", { address }, { address: "12345" }).done).toContain("meter ready");
    expect(meet("E", { address }).done).toContain("meter ready");
    expect(meet("E", { address }, { address: "99" }).done).toEqual(["iec62056-21/no-answer"]);
  });

  test("sends its data at the first rate to who does not select, and again on NAK", () => {
    const sent: string[] = [];
    const server = new SignOnServer({
      manufacturer: "LEC",
      text: "M",
      baudCharacter: "5",
      modeE: false,
      readout: () => ["1.8.0(1)"],
      output: {
        transmit: (octets) => void sent.push(textOf(octets)),
        arm: () => undefined,
        disarm: () => undefined,
        line: () => undefined,
        ready: () => undefined,
      },
    });
    server.receive(octetsOf("\0\0/?!\r\n"));
    server.deadline();
    server.receive(Uint8Array.of(0x15));
    const block = textOf(buildDataBlock(["1.8.0(1)"]));
    expect(sent).toEqual(["/LEC5M\r\n", block, block]);
  });

  test("survives arbitrary octets, and is made of a right identification alone", () => {
    fc.assert(
      fc.property(hostileOctets, (octets) => {
        const { server } = meet("C", {}, { address: "7" });
        server.receive(octets);
        server.deadline();
      }),
    );
    expect(() => meet("E", { manufacturer: "L1" })).toThrow(RangeError);
    expect(() => meet("E", { text: "a/b" })).toThrow(RangeError);
  });
});
