import fc from "fast-check";
import { expect, test } from "vitest";
import { dataValues } from "@lectura/testkit";
import type { Data } from "../axdr/data.ts";
import { encodeCaptureObject } from "../cosem/capture-object.ts";
import { obis, obisToOctets } from "../cosem/obis.ts";
import { toHex } from "../octets.ts";
import { ascii, pairsBody } from "./push.fixture.ts";
import { decodePushObjectList } from "./push-object-list.ts";
import { pushTemplates } from "./push-template.ts";
import { readPushBody } from "./push-values.ts";

const name = (code: string): Data => ({ type: "octet-string", value: obisToOctets(obis(code)) });
const u16 = (value: number): Data => ({ type: "long-unsigned", value });
const text = (value: string): Data => ({ type: "octet-string", value: ascii(value) });
const list = (...value: readonly Data[]): Data => ({ type: "structure", value });
const array = (...value: readonly Data[]): Data => ({ type: "array", value });
const unit = list({ type: "integer", value: -1 }, { type: "enum", value: 33 });
const entry = (classId: number, code: string, attributeId = 2): Data =>
  encodeCaptureObject({ classId, logicalName: obis(code), attributeId, dataIndex: 0 });

const named = (body: Data, naming?: Parameters<typeof readPushBody>[1]): readonly string[] => {
  const { form, values } = readPushBody(body, naming);
  return [
    form,
    ...values.map(({ logicalName, scalerUnit, value }) =>
      [logicalName, value.type, scalerUnit?.scaler ?? "-"].join(" "),
    ),
  ];
};

test("names pairs of code and value, with scaler and unit where they stand", () => {
  expect(named(pairsBody)).toEqual([
    "pairs",
    "0.0.96.1.0.255 octet-string -",
    "1.0.1.8.0.255 double-long-unsigned 1",
    "1.0.32.7.0.255 double-long-unsigned -1",
  ]);
});

test.for<readonly [form: string, body: Data]>([
  [
    "flat",
    list(text("LEC_V1"), name("1.0.1.7.0.255"), u16(5), name("1.0.31.7.0.255"), u16(7), unit),
  ],
  ["mixed", list(name("1.0.1.7.0.255"), u16(5), list(name("1.0.31.7.0.255"), u16(7), unit))],
  [
    "nested",
    list(
      text("LEC_V1"),
      array(list(name("1.0.1.7.0.255"), u16(5)), list(name("1.0.31.7.0.255"), u16(7), unit)),
    ),
  ],
  [
    "behind the push setup's own name",
    list(
      name("0.0.25.9.0.255"),
      name("1.0.1.7.0.255"),
      u16(5),
      name("1.0.31.7.0.255"),
      u16(7),
      unit,
    ),
  ],
])("names %s pairs", ([, body]) => {
  expect(named(body)).toEqual([
    "pairs",
    "1.0.1.7.0.255 long-unsigned -",
    "1.0.31.7.0.255 long-unsigned -1",
  ]);
});

test("names a value described by class, code and attribute", () => {
  const row = list(u16(3), name("1.0.1.7.0.255"), { type: "integer", value: 2 }, u16(5));
  const [value] = readPushBody(list({ type: "enum", value: 1 }, array(row))).values;
  expect(value).toMatchObject({ classId: 3, attributeId: 2, logicalName: "1.0.1.7.0.255" });
});

test("names values by the push object list inside, which is no value itself", () => {
  const objects = array(
    entry(40, "0.4.25.9.0.255"),
    entry(1, "0.0.42.0.0.255"),
    entry(3, "1.0.1.8.0.255"),
  );
  expect(named(list(objects, text("LECTURA"), u16(5)))).toEqual([
    "object-list",
    "0.0.42.0.0.255 octet-string -",
    "1.0.1.8.0.255 long-unsigned -",
  ]);
  const apart = array(entry(1, "0.0.42.0.0.255"), entry(3, "1.0.1.8.0.255"));
  expect(named(list(apart, text("LECTURA"), u16(5)))).toEqual([
    "object-list",
    "0.0.42.0.0.255 octet-string -",
    "1.0.1.8.0.255 long-unsigned -",
  ]);
});

test("names values by the push object list given, when there are as many", () => {
  const objectList = decodePushObjectList(
    array(entry(40, "0.0.25.9.0.255", 1), entry(3, "1.0.1.8.0.255")),
  );
  expect(named(list(name("0.0.25.9.0.255"), u16(5)), { objectList })).toEqual([
    "object-list",
    "0.0.25.9.0.255 octet-string -",
    "1.0.1.8.0.255 long-unsigned -",
  ]);
  expect(named(list(u16(5)), { objectList })).toEqual(["unnamed"]);
});

test("names a known list by position, and only with its count and beginning", () => {
  const list13 = (id: string): Data =>
    list(text(id), text("6970"), text("MA3"), ...Array.from({ length: 10 }, (_, at) => u16(at)));
  const naming = { templates: pushTemplates };
  const { form, template, values } = readPushBody(list13("KFM_001"), naming);
  expect([form, template, values.length]).toEqual(["template", "kaifa-13", 13]);
  expect(values[7]).toMatchObject({
    logicalName: "1.0.31.7.0.255",
    scalerUnit: { scaler: -3, unit: 33 },
  });
  expect(readPushBody(list13("KFN_001"), naming).form).toBe("unnamed");
  expect(readPushBody(list13("KFM_001")).form).toBe("unnamed");
});

test("takes the tag for what it is: a negative current stays negative", () => {
  const [value] = readPushBody(
    list(name("1.0.31.7.0.255"), { type: "long", value: -5 }, unit),
  ).values;
  expect(value?.value).toEqual({ type: "long", value: -5 });
});

test("names something or nothing of any value, and loses no leaf of a list without names", () => {
  fc.assert(
    fc.property(dataValues, (body) => {
      const { form, values } = readPushBody(body, { templates: pushTemplates });
      expect(form === "unnamed").toBe(values.length === 0);
    }),
  );
  const body = list(u16(1), text("abc"), array(u16(2)));
  const { unnamed } = readPushBody(body);
  expect(unnamed.map(({ value }) => (value instanceof Uint8Array ? toHex(value) : value))).toEqual([
    1,
    "616263",
    2,
  ]);
});

test("refuses an object list that is none", () => {
  expect(() => decodePushObjectList(array())).toThrow("push_object_list");
  expect(() => decodePushObjectList(array(u16(1)))).toThrow("push_object_list");
});
