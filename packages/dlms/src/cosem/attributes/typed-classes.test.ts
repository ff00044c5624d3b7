import { dataValues } from "@lectura/testkit";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeData } from "../../axdr/data-decode.ts";
import { encodeData } from "../../axdr/data-encode.ts";
import { DecodeError } from "../../error.ts";
import { classOf } from "../class-directory.ts";
import { decodeShape } from "./decode-shape.ts";
import { encodeShape } from "./encode-shape.ts";
import { valuesOf } from "./shape.fixture.ts";
import type { Shape } from "./shape.ts";
import { decodeAttribute, encodeAttribute, typedClasses } from "./typed-classes.ts";

interface Member {
  readonly place: string;
  readonly name: string;
  readonly shape: Shape;
}

const versions = typedClasses.flatMap(({ classId, versions }) =>
  Object.entries(versions).map(([version, members]) => ({
    classId,
    version: Number(version),
    members,
  })),
);
const all: readonly Member[] = versions.flatMap(({ classId, version, members }) =>
  [...Object.entries(members.attributes), ...Object.entries(members.methods ?? {})].map(
    ([name, shape]) => ({ place: `${classId} v${version} ${name}`, name, shape }),
  ),
);

/** `xDLMS_context_info` and `xdlmsContextInfo` are the same name. */
const plain = (name: string): string => name.replaceAll(/[^a-z0-9]/gi, "").toLowerCase();

describe("typed classes", () => {
  test.each(versions)("$classId v$version has the table's attributes and methods", (typed) => {
    const table = classOf(typed.classId, typed.version);
    const attributes = table?.attributes.slice(1).map(({ name }) => plain(name));
    expect(Object.keys(typed.members.attributes).map(plain)).toEqual(attributes);
    if (typed.members.methods === undefined) return;
    const methods = table?.methods.map(({ name }) => plain(name));
    expect(Object.keys(typed.members.methods).map(plain)).toEqual(methods);
  });

  test.each(all)("$place decodes what it encodes, over the wire too", ({ name, shape }) => {
    fc.assert(
      fc.property(valuesOf(shape, dataValues), (value) => {
        const data = encodeShape(shape, value, name);
        expect(decodeShape(shape, data, name)).toEqual(value);
        expect(decodeShape(shape, decodeData(encodeData(data)), name)).toEqual(value);
      }),
      { numRuns: 25 },
    );
  });

  test("decode arbitrary Data to a value that encodes and decodes to itself, or say what is wrong", () => {
    fc.assert(
      fc.property(fc.constantFrom(...all), dataValues, ({ name, shape }, data) => {
        try {
          const value = decodeShape(shape, data, name);
          const again = encodeShape(shape, value, name);
          expect(decodeShape(shape, again, name)).toEqual(value);
        } catch (error) {
          if (error instanceof RangeError) {
            expect(error.message).toMatch(/US-ASCII/);
            return;
          }
          expect(error).toBeInstanceOf(DecodeError);
          expect((error as DecodeError).layer).toBe("cosem");
          expect((error as DecodeError).field.startsWith(name)).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test("gives attributes without a type as Data, and takes them as Data", () => {
    const data = { type: "unsigned", value: 7 } as const;
    expect(decodeAttribute(999, 0, 2, data)).toBe(data);
    expect(encodeAttribute(999, 0, 2, data)).toBe(data);
    expect(decodeAttribute(8, 0, 3, { type: "long", value: -60 })).toBe(-60);
    expect(encodeAttribute(8, 0, 3, -60)).toEqual({ type: "long", value: -60 });
    expect(() => encodeAttribute(8, 0, 3, 40_000)).toThrow(RangeError);
  });

  test("takes simple types from the class tables where a class has no notation", () => {
    expect(decodeAttribute(46, 0, 2, { type: "long-unsigned", value: 25 })).toBe(25);
    expect(() => decodeAttribute(46, 0, 2, { type: "boolean", value: true })).toThrow(DecodeError);
    const options = { type: "array", value: [] } as const;
    expect(decodeAttribute(44, 0, 3, options)).toBe(options);
    // A label of one source is no type: class 86 is generic.
    expect(decodeAttribute(86, 0, 3, options)).toBe(options);
  });
});
