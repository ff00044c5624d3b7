import { expect, test } from "vitest";
import {
  attributeOf,
  className,
  classOf,
  interfaceClasses,
  methodOf,
  versionsOf,
} from "./class-directory.ts";
import { parseClasses } from "./interface-class.ts";

/** The classes that the requirements name (Blue Book editions 14 to 16). */
const wanted = [
  1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 15, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30,
  40, 41, 42, 43, 44, 45, 46, 47, 48, 50, 51, 52, 53, 55, 56, 57, 58, 59, 61, 62, 63, 64, 65, 67,
  68, 70, 71, 72, 73, 74, 76, 77, 80, 81, 82, 83, 84, 85, 86, 90, 91, 92, 95, 96, 97, 98, 100, 101,
  102, 103, 104, 105, 111, 112, 113, 115, 116, 122, 123, 124, 126, 127, 128, 129, 140, 141, 142,
  143, 151, 152, 153, 160, 161, 162,
];

test("names every class of the Blue Book's list", () => {
  for (const classId of wanted) {
    expect(versionsOf(classId).length, `class ${classId}`).toBeGreaterThan(0);
    expect(className(classId)).not.toMatch(/^class-/);
  }
});

test("has each class and version once, attributes numbered from logical_name on", () => {
  const keys = interfaceClasses.map(({ classId, version }) => `${classId}/${version}`);
  expect(new Set(keys).size).toBe(keys.length);
  for (const { attributes, methods, name } of interfaceClasses) {
    expect(attributes[0], name).toMatchObject({ attributeId: 1, name: "logical_name" });
    expect(attributes.map(({ attributeId }) => attributeId)).toEqual(
      attributes.map((_, at) => at + 1),
    );
    expect(attributes.map(({ shortNameOffset }) => shortNameOffset)).toEqual(
      attributes.map((_, at) => at * 8),
    );
    const names = [...attributes, ...methods].map((member) => member.name);
    expect(new Set(names).size, name).toBe(names.length);
  }
});

test("puts every method's short name behind the attributes, eight apart and rising", () => {
  for (const { attributes, methods, name } of interfaceClasses) {
    const offsets = methods.flatMap(({ shortNameOffset, methodId }) =>
      shortNameOffset === undefined ? [] : [shortNameOffset - 8 * methodId],
    );
    expect(new Set(offsets).size, name).toBeLessThan(2);
    for (const { shortNameOffset } of methods) {
      if (shortNameOffset !== undefined) {
        expect(shortNameOffset % 8, name).toBe(0);
        expect(shortNameOffset, name).toBeGreaterThanOrEqual(attributes.length * 8);
      }
    }
  }
});

test.for<readonly [classId: number, version: number, attributes: number, methods: number]>([
  [1, 0, 2, 0],
  [3, 0, 3, 1],
  [4, 0, 5, 1],
  [5, 0, 9, 2],
  [7, 0, 8, 4],
  [7, 1, 8, 2],
  [8, 0, 9, 6],
  [15, 0, 8, 4],
  [15, 1, 9, 4],
  [15, 2, 11, 6],
  [15, 3, 11, 6],
  [40, 0, 7, 1],
  [40, 1, 10, 1],
  [40, 2, 13, 2],
  [64, 0, 5, 2],
  [64, 1, 6, 8],
  [72, 0, 12, 8],
  [72, 1, 14, 8],
  [111, 0, 19, 3],
])("knows class %i version %i", ([classId, version, attributes, methods]) => {
  const found = classOf(classId, version);
  expect(found?.access).toBe("table");
  expect(found?.attributes).toHaveLength(attributes);
  expect(found?.methods).toHaveLength(methods);
});

test("finds attributes and methods by number and by name, in the newest version unless told", () => {
  expect(attributeOf(3, 3)?.name).toBe("scaler_unit");
  expect(attributeOf(5, "scaler_unit")?.attributeId).toBe(4);
  expect(attributeOf(40, 13)?.name).toBe("last_confirmation_date_time");
  expect(attributeOf(40, 13, 0)).toBeUndefined();
  expect(methodOf(3, "reset")).toEqual({ methodId: 1, name: "reset", shortNameOffset: 0x28 });
  expect(methodOf(12, "reply_to_HLS_authentication", 2)?.methodId).toBe(8);
  expect(methodOf(12, 1, 2)).toBeUndefined();
});

test("treats an unknown class or version as one to be read by number", () => {
  expect(classOf(8192)).toBeUndefined();
  expect(classOf(3, 9)).toBeUndefined();
  expect(className(8192)).toBe("class-8192");
  expect(attributeOf(8192, 2)).toBeUndefined();
});

test.for(["x v0 Name", "  value: CHOICE", "1 v0 Data\n  what is this"])(
  "refuses the notation %s",
  (notation) => {
    expect(() => parseClasses(notation)).toThrow(RangeError);
  },
);
