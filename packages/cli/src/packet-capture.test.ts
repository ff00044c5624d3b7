/**
 * Captures made here: the same packets in both file formats and byte orders, over several links.
 */
import { concatOctets, fromHex, toHex } from "@lectura/dlms/octets";
import fc from "fast-check";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { turnsIn } from "./captured-turns.ts";
import { runAs } from "./environment.fixture.ts";
import { type CapturedPacket, packetsIn } from "./packet-capture.ts";
import { openScratchDirectory } from "./scratch-directory.ts";

const u16 = (value: number, little = false): number[] =>
  little ? [value & 0xff, value >>> 8] : [value >>> 8, value & 0xff];
const u32 = (value: number, little = false): number[] =>
  little
    ? [...u16(value & 0xffff, true), ...u16(value >>> 16, true)]
    : [...u16(value >>> 16), ...u16(value & 0xffff)];

interface Part {
  readonly up?: boolean;
  readonly sequence?: number;
  readonly syn?: boolean;
  readonly udp?: boolean;
  readonly port?: number;
  readonly v6?: boolean;
  readonly vlan?: boolean;
  readonly hex: string;
}

/** One Ethernet frame; `up`: from the client to the meter. */
function ethernet(part: Part): Uint8Array {
  const { up = true, sequence = 1, port = 4059, v6 = false } = part;
  const payload = [...fromHex(part.hex)];
  const ports = up ? [...u16(50_000), ...u16(port)] : [...u16(port), ...u16(50_000)];
  const transport =
    part.udp === true
      ? [...ports, ...u16(8 + payload.length), 0, 0, ...payload]
      : [...ports, ...u32(sequence), ...u32(0), 0x50, part.syn === true ? 2 : 0x10, 0, 0, 0, 0]
          .concat([0, 0])
          .concat(payload);
  const protocol = part.udp === true ? 17 : 6;
  const ends = up ? [1, 2] : [2, 1];
  const ip = v6
    ? [0x60, 0, 0, 0, ...u16(transport.length), protocol, 64].concat(
        ends.flatMap((end) => [...Array<number>(15).fill(0), end]),
      )
    : [0x45, 0, ...u16(20 + transport.length), 0, 0, 0x40, 0, 64, protocol, 0, 0].concat(
        ends.flatMap((end) => [10, 0, 0, end]),
      );
  const type = [...(part.vlan === true ? [0x81, 0, 0, 5] : []), ...u16(v6 ? 0x86dd : 0x0800)];
  // Short frames are filled up: what stands behind the IP packet is none of it.
  const filler = Array<number>(Math.max(0, 46 - ip.length - transport.length)).fill(0xee);
  return Uint8Array.from([...Array<number>(12).fill(0), ...type, ...ip, ...transport, ...filler]);
}

function pcap(frames: readonly Uint8Array[], little: boolean, linkType = 1): Uint8Array {
  const head = [0xa1b2_c3d4, 0x0002_0004, 0, 0, 65_535, linkType].flatMap((word) =>
    u32(word, little),
  );
  return concatOctets([
    Uint8Array.from(head),
    ...frames.flatMap((frame) => [
      Uint8Array.from([0, 0, frame.length, frame.length].flatMap((word) => u32(word, little))),
      frame,
    ]),
  ]);
}

function pcapng(frames: readonly Uint8Array[], little: boolean): Uint8Array {
  const block = (type: number, body: readonly number[]): Uint8Array => {
    const filled = [...body, ...Array<number>((4 - (body.length % 4)) % 4).fill(0)];
    const length = u32(filled.length + 12, little);
    return Uint8Array.from([...u32(type, little), ...length, ...filled, ...length]);
  };
  const words = (...values: number[]): number[] => values.flatMap((word) => u32(word, little));
  return concatOctets([
    block(0x0a0d_0d0a, [...words(0x1a2b_3c4d), ...u16(1, little), 0, 0, ...words(0, 0)]),
    block(1, [...u16(1, little), 0, 0, ...words(65_535)]),
    block(5, words(0, 0, 0)),
    ...frames.map((frame, at) =>
      at === 0
        ? block(3, [...words(frame.length), ...frame])
        : block(6, [...words(0, 0, 0, frame.length, frame.length), ...frame]),
    ),
  ]);
}

const turns = (packets: readonly CapturedPacket[] | undefined, port = 4059): readonly string[] =>
  turnsIn(packets ?? [], port).map(toHex);

const dialogue: readonly Part[] = [
  { syn: true, sequence: 99, hex: "" },
  { up: false, syn: true, sequence: 199, hex: "" },
  { sequence: 100, hex: "0001" },
  { sequence: 102, hex: "0203" },
  { up: false, sequence: 200, hex: "aa" },
  { port: 80, sequence: 5, hex: "474554" },
  { sequence: 104, hex: "04" },
];

test.each([
  ["pcap", pcap, true],
  ["pcap, big endian", pcap, false],
  ["pcapng", pcapng, true],
  ["pcapng, big endian", pcapng, false],
] as const)("a conversation is found in a file of %s, turn by turn", (_, make, little) => {
  const file = make(dialogue.map(ethernet), little);
  expect(turns(packetsIn(file))).toEqual(["00010203", "aa", "04"]);
  expect(turns(packetsIn(file), 80)).toEqual(["474554"]);
  const cut = packetsIn(file.subarray(0, file.length - 3));
  expect(turns(cut)).toEqual(["00010203", "aa"]);
});

test("segments are put into order and taken once, over the end of the sequence numbers too", () => {
  const last = 0xffff_fffe;
  const parts: readonly Part[] = [
    { sequence: last, hex: "0102" },
    { sequence: 2, hex: "0506" },
    { sequence: last, hex: "0102" },
    { sequence: 0, hex: "0304" },
    { sequence: 1, hex: "0405060708" },
  ];
  expect(turns(packetsIn(pcap(parts.map(ethernet), true)))).toEqual(["0102030405060708"]);
});

test("a segment that was not captured is passed over in the end", () => {
  const parts = Array.from({ length: 70 }, (_, at) => ({ sequence: at * 2 + 10, hex: "0102" }));
  const file = pcap([{ sequence: 1, hex: "ff" }, ...parts].map(ethernet), true);
  expect(turns(packetsIn(file))).toEqual([`ff${"0102".repeat(70)}`]);
});

test("datagrams stand for themselves; IPv6, VLAN and other links are read", () => {
  const parts: readonly Part[] = [
    { udp: true, hex: "01" },
    { udp: true, v6: true, vlan: true, hex: "0203" },
    { v6: true, hex: "04" },
  ];
  expect(turns(packetsIn(pcap(parts.map(ethernet), true)))).toEqual(["01", "0203", "04"]);
  const bare = ethernet({ hex: "0506" }).subarray(14);
  const sll = concatOctets([new Uint8Array(16), bare]);
  const loop = concatOctets([Uint8Array.of(2, 0, 0, 0), bare]);
  expect(turns(packetsIn(pcap([bare], true, 101)))).toEqual(["0506"]);
  expect(turns(packetsIn(pcap([sll], true, 113)))).toEqual(["0506"]);
  expect(turns(packetsIn(pcap([loop], true, 0)))).toEqual(["0506"]);
  expect(turns(packetsIn(pcap([bare], true, 147)))).toEqual([]);
});

test("decode takes a capture for a file, and says where nothing is on the port", async () => {
  await using folder = await openScratchDirectory("lectura-capture-");
  const file = join(folder.path, "meter.pcap");
  const request = "000100100001000dc001c100030100010800ff0200";
  const frame = "7ea0070321930f017e";
  const parts: readonly Part[] = [
    { sequence: 1, hex: request.slice(0, 20) },
    { sequence: 11, hex: request.slice(20) },
    { port: 8000, sequence: 1, hex: frame },
  ];
  await writeFile(file, pcap(parts.map(ethernet), true));
  const { stdout } = await runAs(["decode", "--json", "--file", file]);
  expect(JSON.parse(stdout)).toMatchObject({ layer: "wrapper", octets: request });
  const other = await runAs(["decode", "--json", "--file", file, "--port", "8000"]);
  expect(JSON.parse(other.stdout)).toMatchObject({ layer: "hdlc-frame", octets: frame });
  const none = await runAs(["decode", "--file", file, "--port", "81"]);
  expect(none.stderr).toContain("decode/no-packets");
  expect((await runAs(["decode", "--file", file, "--port", "0"])).exitCode).not.toBe(0);
});

test("whatever a file holds, nothing is thrown", () => {
  expect(packetsIn(fromHex("7ea0070321930f017e"))).toBeUndefined();
  const good = [pcap(dialogue.map(ethernet), true), pcapng(dialogue.map(ethernet), true)];
  fc.assert(
    fc.property(
      fc.constantFrom(...good),
      fc.array(fc.tuple(fc.nat({ max: 700 }), fc.nat({ max: 255 })), { maxLength: 6 }),
      (file, changes) => {
        const octets = file.slice();
        for (const [at, octet] of changes) octets[at] = octet;
        turns(packetsIn(octets));
      },
    ),
  );
});
