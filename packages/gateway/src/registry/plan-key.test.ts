import { expect, test } from "vitest";
import { editDistance, nearest } from "./nearest.ts";
import { resolvePlanKey } from "./plan-key.ts";

test("the twelve keys of the original system stand for the Blue Book's objects", () => {
  const codes = {
    voltage_l1: "1.0.32.7.0.255",
    voltage_l2: "1.0.52.7.0.255",
    voltage_l3: "1.0.72.7.0.255",
    current_l1: "1.0.31.7.0.255",
    current_l2: "1.0.51.7.0.255",
    current_l3: "1.0.71.7.0.255",
    frequency: "1.0.14.7.0.255",
    active_power: "1.0.1.7.0.255",
    reactive_power: "1.0.3.7.0.255",
    apparent_power: "1.0.9.7.0.255",
    power_factor: "1.0.13.7.0.255",
    active_energy: "1.0.1.8.0.255",
  };
  for (const [key, logicalName] of Object.entries(codes)) {
    expect(resolvePlanKey(key)).toMatchObject({ key, logicalName, classId: 3, attributeId: 2 });
  }
});

test("an alias keeps the name it was asked under", () => {
  expect(resolvePlanKey("active_energy_import")).toMatchObject({
    key: "active_energy_import",
    logicalName: "1.0.1.8.0.255",
  });
});

test("a channel moves the catalogue's electricity objects and nothing else", () => {
  expect(resolvePlanKey("frequency", 1).logicalName).toBe("1.1.14.7.0.255");
  expect(resolvePlanKey("1.0.14.7.0.255", 1).logicalName).toBe("1.0.14.7.0.255");
});

test("[CLASS:]OBIS[:ATTRIBUTE] is taken apart in every notation", () => {
  const parts = (text: string): unknown => {
    const { classId, logicalName, attributeId } = resolvePlanKey(text);
    return [classId, logicalName, attributeId];
  };
  expect(parts("1.0.32.7.0.255")).toEqual([3, "1.0.32.7.0.255", 2]);
  expect(parts("1-0:32.7.0*255")).toEqual([3, "1.0.32.7.0.255", 2]);
  expect(parts("1-1:32.7.0")).toEqual([3, "1.1.32.7.0.255", 2]);
  expect(parts("4:1.0.1.6.0.255")).toEqual([4, "1.0.1.6.0.255", 2]);
  expect(parts("4:1.0.1.6.0.255:5")).toEqual([4, "1.0.1.6.0.255", 5]);
  expect(parts("4:1-0:1.6.0*255:5")).toEqual([4, "1.0.1.6.0.255", 5]);
  expect(parts("1.0.32.7.0.255:3")).toEqual([3, "1.0.32.7.0.255", 3]);
  expect(parts("8:0.0.1.0.0.255:2")).toEqual([8, "0.0.1.0.0.255", 2]);
});

test("what is neither a key nor a code is refused", () => {
  for (const text of ["", "voltage", "1.2.3.4.5.6.7", "70000:1.0.1.8.0.255", "1.0.1.8.0.999"]) {
    expect(() => resolvePlanKey(text)).toThrowError(
      expect.objectContaining({ code: "registry/unknown-key" }),
    );
  }
});

test("the nearest words come first", () => {
  expect(editDistance("kitten", "sitting")).toBe(3);
  expect(nearest("frecuency", ["frequency", "voltage_l1", "voltage_l2"])).toEqual(["frequency"]);
  expect(nearest("prot", ["port", "host"])).toEqual(["port"]);
  expect(nearest("zzz", ["port", "host"])).toEqual([]);
});
