/** Meters made of files: an export of objects, and a recorded session. */
import { readObjectList, SessionRecorder } from "@lectura/dlms-node";
import { decodeData, encodeData } from "@lectura/dlms/axdr";
import { byEntry, clockColumn, obis, obisToOctets } from "@lectura/dlms/cosem";
import { toHex } from "@lectura/dlms/octets";
import { translate } from "@lectura/dlms/translate";
import { dataValues, ManualClock } from "@lectura/testkit";
import fc from "fast-check";
import { expect, test } from "vitest";
import { openMeter } from "../fleet-client.fixture.ts";
import { startFleet } from "../start-fleet.ts";
import { dataOfJson } from "./data-of-json.ts";
import { parseMeterFile } from "./meter-source.ts";

const noon = Date.UTC(2026, 6, 14, 12, 0, 5);
const octets = (code: string): object => ({
  t: "octet-string",
  v: toHex(obisToOctets(obis(code))),
});
const column = (classId: number, code: string): object => ({
  t: "structure",
  v: [
    { t: "long-unsigned", v: classId },
    octets(code),
    { t: "integer", v: 2 },
    { t: "long-unsigned", v: 0 },
  ],
});
const row = (hour: number, energy: number): object => ({
  t: "structure",
  v: [
    { t: "octet-string", v: `07ea0701030${hour}000000ffc480`.padEnd(24, "0") },
    { t: "double-long-unsigned", v: energy },
  ],
});

const register = {
  classId: 3,
  version: 0,
  logicalName: "1.0.1.8.0.255",
  attributes: {
    2: { t: "double-long-unsigned", v: 123 },
    3: {
      t: "structure",
      v: [
        { t: "integer", v: 1 },
        { t: "enum", v: 30 },
      ],
    },
  },
  access: { attributes: { 1: "read", 2: "read", 3: "read" }, methods: { 1: true } },
};
const serial = {
  classId: 1,
  version: 0,
  logicalName: "0.0.96.1.0.255",
  attributes: { 2: { t: "visible-string", v: "REAL-0815" } },
  access: { attributes: { 2: "read-write" } },
};
const profile = {
  classId: 7,
  version: 1,
  logicalName: "1.0.99.1.0.255",
  attributes: {
    2: { t: "array", v: [row(1, 10), row(2, 20), row(3, 30)] },
    3: { t: "array", v: [column(8, clockColumn.logicalName), column(3, "1.0.1.8.0.255")] },
  },
};

function file(...objects: readonly unknown[]): string {
  return JSON.stringify({ format: "lectura-meter-1", objects });
}

const at = (classId: number, code: string, attributeId = 2) => ({
  classId,
  logicalName: obis(code),
  attributeId,
});

test("a meter of a file answers what the file says, and no more", async () => {
  const from = parseMeterFile(file(register, serial, profile));
  await using fleet = await startFleet({ meters: 1, from, clock: new ManualClock(noon) });
  const meter = fleet.meters[0]!;
  expect(meter.serial).toBe("REAL-0815");
  expect(meter.truth("active_energy", noon)).toBe(123n);
  expect(meter.scaler("active_energy")).toBe(1);
  expect(() => meter.truth("frequency", noon)).toThrow(RangeError);
  await using session = await openMeter(meter);
  const list = await readObjectList(session);
  expect(list.ok && list.objects.map(({ logicalName }) => logicalName)).toEqual([
    "0.0.40.0.0.255",
    "1.0.1.8.0.255",
    "0.0.96.1.0.255",
    "1.0.99.1.0.255",
  ]);
  expect(await session.get(at(3, "1.0.1.8.0.255"))).toEqual({
    ok: true,
    value: { type: "double-long-unsigned", value: 123 },
  });
  expect(await session.get(at(3, "1.0.32.7.0.255"))).toEqual({
    ok: false,
    reason: "object-undefined",
  });
  const entries = await session.get({
    ...at(7, "1.0.99.1.0.255"),
    selection: byEntry({ fromEntry: 2, toEntry: 3, fromColumn: 2 }),
  });
  expect(entries).toMatchObject({
    value: { value: [{ value: [{ value: 20 }] }, { value: [{ value: 30 }] }] },
  });
  const text = { type: "visible-string", value: new TextEncoder().encode("X") } as const;
  expect(await session.set(at(1, "0.0.96.1.0.255"), text)).toBe("success");
  expect(await session.get(at(1, "0.0.96.1.0.255"))).toMatchObject({ value: text });
  expect(await session.set(at(3, "1.0.1.8.0.255"), text)).toBe("read-write-denied");
});

test("a file of any personality is served ciphered, too", async () => {
  const from = parseMeterFile(file(register));
  await using fleet = await startFleet({ meters: 1, from, personality: "secured" });
  await using session = await openMeter(fleet.meters[0]!);
  expect(await session.get(at(3, "1.0.1.8.0.255"))).toMatchObject({ ok: true });
});

test("what the translator writes of any Data is that Data again", () => {
  fc.assert(
    fc.property(dataValues, (data) => {
      const octetsOf = encodeData(data);
      const json: unknown = translate("axdr-data", { octets: octetsOf, keys: {}, given: {} });
      const again = dataOfJson(JSON.parse(JSON.stringify(json)), "data");
      expect(encodeData(again)).toEqual(encodeData(decodeData(octetsOf)));
    }),
  );
});

test("a file that is none is refused with its place", () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ["no json", "simulator/file-format", "the file"],
    ['{"format":"other","objects":[]}', "simulator/file-format", "format"],
    [file(register, register), "simulator/file-invalid", "objects[1].logicalName"],
    [file({ ...register, classId: 70_000 }), "simulator/file-invalid", "objects[0].classId"],
    [
      file({ ...register, attributes: { 2: { t: "unsigned", v: 300 } } }),
      "simulator/file-invalid",
      "objects[0].attributes.2.v",
    ],
    [
      file({ ...register, access: { attributes: { 2: "maybe" } } }),
      "simulator/file-invalid",
      "objects[0].access.attributes.2",
    ],
    [
      file({
        classId: 15,
        version: 1,
        logicalName: "0.0.40.0.1.255",
        attributes: { 7: { t: "octet-string", v: "3232" } },
      }),
      "simulator/file-secret",
      "objects[0].attributes.7",
    ],
    [
      '{"recording":1,"framing":"hdlc","secrets":"present","startedAt":"2026-01-02T03:04:05.000Z"}',
      "simulator/file-secret",
      "line 1",
    ],
    ['{"recording":2}', "simulator/file-invalid", "the recording"],
  ];
  for (const [text, code, where] of cases) {
    const read = (): unknown => parseMeterFile(text);
    expect(read, text).toThrow(
      expect.objectContaining({
        code,
        params: { where, problem: expect.any(String) as unknown },
      }) as Error,
    );
  }
});

test("any text is read or refused by code", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json(),
        fc.json().map((json) => file(json)),
      ),
      (text) => {
        try {
          parseMeterFile(text);
        } catch (error) {
          expect((error as { code?: string }).code).toMatch(/^simulator\/file-/);
        }
      },
    ),
  );
});

test("a recorded session is a meter again, and asked something else it hangs up", async () => {
  let text = "";
  {
    await using fleet = await startFleet({ meters: 1, clock: new ManualClock(noon) });
    using recorder = new SessionRecorder({ write: (lines) => void (text += lines) });
    await using session = await openMeter(fleet.meters[0]!, { observer: recorder });
    await session.get(at(3, "1.0.32.7.0.255"));
  }
  const from = parseMeterFile(text);
  await using fleet = await startFleet({ meters: 1, from });
  const meter = fleet.meters[0]!;
  {
    await using session = await openMeter(meter);
    expect(await session.get(at(3, "1.0.32.7.0.255"))).toMatchObject({ ok: true });
  }
  await using session = await openMeter(meter);
  await expect(session.get(at(3, "1.0.52.7.0.255"))).rejects.toMatchObject({
    code: expect.stringMatching(/^(tcp|line)\//) as unknown,
  });
});
