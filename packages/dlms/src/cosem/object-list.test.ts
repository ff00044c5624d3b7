import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import {
  array,
  decodeData,
  encodeData,
  nullData,
  octetString,
  structure,
  u16,
  u8,
} from "../axdr/index.ts";
import { DecodeError } from "../error.ts";
import { fromHex, toHex } from "../octets.ts";
import { obis } from "./obis.ts";
import {
  attributeAccess,
  decodeObjectList,
  encodeObjectList,
  methodAccess,
  type ObjectListElement,
} from "./object-list.ts";

const file = fileURLToPath(
  new URL("../../../../../shared/data/vectors/object-list.json", import.meta.url),
);
const isThere = existsSync(file);

// Skipped where the public vectors are not beside the repository.
test.skipIf(!isThere)("reads the object lists of real meters and writes the same", () => {
  const vectors = JSON.parse(readFileSync(file, "utf8")) as readonly { readonly hex: string }[];
  for (const { hex } of vectors) {
    const options = { associationVersion: 1 };
    const data = decodeData(fromHex(hex));
    const list = decodeObjectList(data, options);
    expect(list.length).toBeGreaterThan(100);
    expect(list.some(({ classId }) => classId === 15)).toBe(true);
    expect(encodeObjectList(list, options)).toEqual(data);
  }
});

const element = (associationVersion: number): ObjectListElement => ({
  classId: 7,
  version: 1,
  logicalName: obis("1-0:99.1.0"),
  attributes: [
    attributeAccess(1, 1, { associationVersion }),
    attributeAccess(2, 1, { associationVersion }, [1, 2]),
    attributeAccess(4, 3, { associationVersion }),
  ],
  methods: [methodAccess(1, 1, { associationVersion }), methodAccess(2, 0, { associationVersion })],
});

test.for([0, 1, 2, 3])("round trips in association version %i", (associationVersion) => {
  const options = { associationVersion };
  const list = [element(associationVersion)];
  expect(decodeObjectList(encodeObjectList(list, options), options)).toEqual(list);
});

test("writes methods as booleans in version 0 and as enums later", () => {
  const methods = (associationVersion: number) =>
    toHex(encodeData(encodeObjectList([element(associationVersion)], { associationVersion })));
  expect(methods(0)).toContain("0f010301");
  expect(methods(2)).toContain("0f011601");
});

test.for<readonly [version: number, mode: number, read: boolean, write: boolean, auth: boolean]>([
  [2, 0, false, false, false],
  [2, 1, true, false, false],
  [2, 2, false, true, false],
  [2, 3, true, true, false],
  [2, 4, true, false, true],
  [2, 5, false, true, true],
  [2, 6, true, true, true],
  [2, 7, false, false, false],
  [3, 1, true, false, false],
  [3, 3, true, true, false],
  [3, 4, false, false, true],
  [3, 5, true, false, true],
])("resolves version %i mode %i", ([associationVersion, mode, read, write, auth]) => {
  const access = attributeAccess(2, mode, { associationVersion });
  expect(access).toMatchObject({ mode, read, write });
  expect(access.protection.authenticatedRequest).toBe(auth);
});

test("takes a list without access rights", () => {
  const bare = structure([u16(3), u8(0), octetString(fromHex("0100010800ff"))]);
  const list = array([
    bare,
    structure([u16(3), u8(0), octetString(fromHex("0100020800ff")), nullData()]),
  ]);
  expect(decodeObjectList(list, { associationVersion: 2 })).toMatchObject([
    { classId: 3, logicalName: "1.0.1.8.0.255", attributes: [], methods: [] },
    { classId: 3, logicalName: "1.0.2.8.0.255", attributes: [], methods: [] },
  ]);
});

test.for([
  ["a number", u8(1)],
  ["an element too short", array([structure([u16(3)])])],
  [
    "a name of five octets",
    array([structure([u16(3), u8(0), octetString(fromHex("0100010800"))])]),
  ],
  [
    "rights that are no structure",
    array([structure([u16(3), u8(0), octetString(fromHex("0100010800ff")), u8(1)])]),
  ],
] as const)("refuses %s with a typed error", ([, data]) => {
  expect(() => decodeObjectList(data, { associationVersion: 1 })).toThrow(DecodeError);
});
