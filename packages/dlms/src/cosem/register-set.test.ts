import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { obis } from "./obis.ts";
import { effectiveScalerUnit, registerSetFromJson } from "./register-set.ts";

const energy = { classId: 3, logicalName: obis("1-0:1.8.0"), attributeId: 2 };
const demand = { classId: 5, logicalName: obis("1-0:1.4.0"), attributeId: 3 };
const read = { scaler: 0, unit: 27 };

describe("register set", () => {
  test("leaves what the meter says where nothing is overridden", () => {
    expect(effectiveScalerUnit(energy, read)).toEqual(read);
    expect(effectiveScalerUnit(energy, undefined)).toEqual({ scaler: 0, unit: 255 });
    const other = [{ classId: 3, logicalName: obis("1-0:2.8.0"), scaler: 3 }];
    expect(effectiveScalerUnit(energy, read, other)).toEqual(read);
  });

  test("corrects scaler, unit or both, for the object or for one attribute", () => {
    const overrides = [
      { ...demand, attributeId: 2, scaler: 1 },
      { classId: 5, logicalName: demand.logicalName, scaler: -1, unit: 27 },
      { classId: 3, logicalName: energy.logicalName, unit: 30 },
    ];
    expect(effectiveScalerUnit(energy, read, overrides)).toEqual({ scaler: 0, unit: 30 });
    expect(effectiveScalerUnit(demand, undefined, overrides)).toEqual({ scaler: -1, unit: 27 });
    expect(effectiveScalerUnit({ ...demand, attributeId: 2 }, read, overrides)).toEqual({
      scaler: 1,
      unit: 27,
    });
  });

  test("is read from JSON, with the usual class and attribute where left out", () => {
    const set = registerSetFromJson({
      registers: [{ object: "1-0:1.8.0" }, { class: 5, object: "1-0:1.4.0", attribute: 3 }],
      overrides: [{ object: "1.8.0", scaler: -3 }],
    });
    expect(set.registers).toEqual([energy, demand]);
    expect(set.overrides).toEqual([{ classId: 3, logicalName: energy.logicalName, scaler: -3 }]);
    expect(registerSetFromJson({})).toEqual({ registers: [], overrides: [] });
  });

  test.each([
    [[], /the register set is no object/],
    [{ registers: 3 }, /registers is no list/],
    [{ registers: [{ object: 5 }] }, /registers\[0\]\.object is no OBIS code/],
    [{ overrides: [{ object: "1.8.0", scaler: 200 }] }, /overrides\[0\]\.scaler/],
    [{ overrides: [null] }, /overrides\[0\] is no object/],
  ])("says which entry of %j is wrong", (json, message) => {
    expect(() => registerSetFromJson(json)).toThrow(message);
  });

  test("is a register set or a RangeError for any JSON", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        try {
          registerSetFromJson(json);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
    );
  });
});
