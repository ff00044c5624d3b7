/** One core, no I/O: the link with its state checks and typed results against a hand-written codec. */
import { type CaptureObject, obis, decodeProfileColumns } from "@lectura/dlms/cosem";
import { buildFrame, HdlcClientLink, type LinkOutput } from "@lectura/dlms/hdlc";
import { OctetWriter } from "@lectura/dlms/octets";
import {
  type AttributeDescriptor,
  decodeGetResponse,
  encodeGetRequestNormal,
} from "@lectura/dlms/xdlms";
import {
  floorBuildGet,
  floorGetResponse,
  floorProfileColumns,
  floorUnframe,
} from "./floor/hand-written.ts";
import { measure, printMeasured } from "./measure.ts";

const client = Uint8Array.of(0x21);
const server = Uint8Array.of(0x03);
const llc = [0xe6, 0xe7, 0x00];
const u32 = (value: number): number[] => [
  6,
  value >>> 24,
  (value >>> 16) & 255,
  (value >>> 8) & 255,
  value & 255,
];
const u16 = (value: number): number[] => [0x12, value >>> 8, value & 255];

/** Responses with N(S) k and N(R) k+1, as they follow each other on a link. */
function responses(apdu: readonly number[]): readonly Uint8Array[] {
  return Array.from({ length: 8 }, (_, sequence) =>
    buildFrame({
      destination: client,
      source: server,
      control: (((sequence + 1) & 7) << 5) | 0x10 | (sequence << 1),
      information: Uint8Array.from([...llc, ...apdu]),
    }),
  );
}

const single = responses([0xc4, 1, 0xc1, 0, ...u32(123_456_789)]);
const nine = responses([
  0xc4,
  3,
  0xc1,
  9,
  ...Array.from({ length: 9 }, (_, index) => [
    0,
    ...(index >= 2 && index < 5 ? u16(2300 + index) : u32(0x1234_5600 + index)),
  ]).flat(),
]);
const register: AttributeDescriptor = {
  classId: 3,
  logicalName: obis("1.0.1.8.0.255"),
  attributeId: 2,
};
const invoke = { invokeId: 1, confirmed: true, highPriority: true };

/** A link that is open; what comes in is decoded as a GET response. */
class Bench implements LinkOutput {
  value: unknown;
  readonly link = new HdlcClientLink({
    output: this,
    clientSap: 16,
    server: { size: 1, upper: 1, lower: 0 },
    responseTimeoutMs: 1000,
    attemptsMax: 1,
  });
  readonly #writer = new OctetWriter(512);
  sent = 0;

  constructor() {
    this.link.connect();
    this.link.receive(buildFrame({ destination: client, source: server, control: 0x73 }));
  }
  transmit(octets: Uint8Array): void {
    this.sent += octets.slice().length;
  }
  information(unit: Uint8Array): void {
    this.value = decodeGetResponse(unit.subarray(3));
  }
  arm(): void {}
  disarm(): void {}
  opened(): void {}
  unnumbered(): void {}
  closed(): void {}
  text(): void {}
  failed(error: Error): void {
    throw error;
  }
  request(): void {
    const writer = this.#writer;
    writer.reset();
    writer.octets(this.link.prefix);
    encodeGetRequestNormal(writer, invoke, register);
    this.link.send(writer.view());
  }
}

function exchange(frames: readonly Uint8Array[]): () => unknown {
  const bench = new Bench();
  let turn = 0;
  return () => {
    bench.request();
    bench.link.receive(frames[turn++ & 7]!);
    return bench.value;
  };
}

function floorExchange(frames: readonly Uint8Array[]): () => unknown {
  let turn = 0;
  return () => {
    const sequence = turn++ & 7;
    const request = floorBuildGet(sequence, sequence, 0xc1);
    const frame = frames[sequence]!;
    return [request, floorGetResponse(frame, floorUnframe(frame))];
  };
}

const column = (classId: number, logicalName: string): CaptureObject => ({
  classId,
  logicalName: obis(logicalName),
  attributeId: 2,
  dataIndex: 0,
});
const layout = {
  columns: [
    column(8, "0.0.1.0.0.255"),
    column(1, "0.0.96.10.1.255"),
    column(3, "1.0.1.8.0.255"),
    column(3, "1.0.2.8.0.255"),
    column(3, "1.0.3.8.0.255"),
  ],
  capturePeriodSeconds: 900,
};

function profile(): Uint8Array {
  const octets: number[] = [1, 0x82, 0x03, 0xe8];
  for (let row = 0; row < 1000; row++) {
    const time = new Date(Date.UTC(2026, 0, 1) + row * 900_000);
    const year = time.getUTCFullYear();
    octets.push(
      2,
      5,
      9,
      12,
      year >> 8,
      year & 255,
      time.getUTCMonth() + 1,
      time.getUTCDate(),
      ((time.getUTCDay() + 6) % 7) + 1,
      time.getUTCHours(),
      time.getUTCMinutes(),
      0,
      0,
      0,
      0,
      0,
      0x11,
      8,
      ...u32(1_000_000 + row * 7),
      ...u32(200 + row * 3),
      ...u32(row),
    );
  }
  return Uint8Array.from(octets);
}

export function benchCodec(): void {
  const buffer = profile();
  printMeasured([
    measure({
      name: "HDLC GET build + parse, state checks, typed",
      floor: floorExchange(single),
      ours: exchange(single),
      goal: 0.7,
    }),
    measure({
      name: "HDLC GET-with-list of 9, build + parse",
      floor: floorExchange(nine),
      ours: exchange(nine),
      goal: 0.65,
    }),
    measure({
      name: "profile 1000 x 5, columnar with times",
      floor: () => floorProfileColumns(buffer),
      ours: () => decodeProfileColumns(buffer, layout),
      goal: 0.8,
    }),
  ]);
}
