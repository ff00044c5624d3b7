/** One core, no I/O: link, state checks and typed results against a hand-written codec. */
import { GetExchange, GetListExchange } from "@lectura/dlms/client";
import { type CaptureObject, decodeProfileColumns, obis, obisToOctets } from "@lectura/dlms/cosem";
import type { AttributeDescriptor } from "@lectura/dlms/xdlms";
import {
  floorBuildGet,
  floorBuildGetList,
  floorGetResponse,
  floorProfileColumns,
  floorUnframe,
} from "./floor/hand-written.ts";
import { measure, printMeasured } from "./measure.ts";
import { answerFrame, context, SessionPath } from "./session-path.ts";

const u32 = (value: number): number[] => [
  6,
  value >>> 24,
  (value >>> 16) & 255,
  (value >>> 8) & 255,
  value & 255,
];
const u16 = (value: number): number[] => [0x12, value >>> 8, value & 255];

/** Responses as they follow each other on a link. */
function responses(apdu: readonly number[]): readonly Uint8Array[] {
  return Array.from({ length: 8 }, (_, sequence) => answerFrame(sequence, apdu));
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
const register = (logicalName: string): AttributeDescriptor => ({
  classId: 3,
  logicalName: obis(logicalName),
  attributeId: 2,
});
const energy = register("1.0.1.8.0.255");
const list = ["1.8", "2.8", "32.7", "52.7", "72.7", "31.7", "51.7", "71.7", "1.7"].map((name) =>
  register(`1.0.${name}.0.255`),
);
const listOctets = list.map((attribute) => obisToOctets(attribute.logicalName));

function get(): () => unknown {
  const path = new SessionPath();
  let turn = 0;
  return () => path.run(new GetExchange(energy, 0xc1, context), single[turn++ & 7]!);
}

function getList(): () => unknown {
  const path = new SessionPath();
  let turn = 0;
  return () => path.run(new GetListExchange(list, 0xc1, context), nine[turn++ & 7]!);
}

function floorGet(): () => unknown {
  let turn = 0;
  return () => {
    const sequence = turn++ & 7;
    const request = floorBuildGet(sequence, sequence, 0xc1);
    const frame = single[sequence]!;
    return [request, floorGetResponse(frame, floorUnframe(frame))];
  };
}

function floorGetList(): () => unknown {
  let turn = 0;
  return () => {
    const sequence = turn++ & 7;
    const request = floorBuildGetList(sequence, sequence, 0xc1, listOctets);
    const frame = nine[sequence]!;
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
      floor: floorGet(),
      ours: get(),
      goal: 0.7,
    }),
    measure({
      name: "HDLC GET-with-list of 9, build + parse",
      floor: floorGetList(),
      ours: getList(),
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
