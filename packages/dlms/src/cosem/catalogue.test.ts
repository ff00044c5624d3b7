import { expect, test } from "vitest";
import { catalogue } from "./catalogue.ts";
import { obis, obisGroups } from "./obis.ts";

test.for<readonly [key: string, logicalName: string, unit: number]>([
  ["voltage_l1", "1.0.32.7.0.255", 35],
  ["voltage_l2", "1.0.52.7.0.255", 35],
  ["voltage_l3", "1.0.72.7.0.255", 35],
  ["current_l1", "1.0.31.7.0.255", 33],
  ["current_l2", "1.0.51.7.0.255", 33],
  ["current_l3", "1.0.71.7.0.255", 33],
  ["frequency", "1.0.14.7.0.255", 44],
  ["active_power", "1.0.1.7.0.255", 27],
  ["reactive_power", "1.0.3.7.0.255", 29],
  ["apparent_power", "1.0.9.7.0.255", 28],
  ["power_factor", "1.0.13.7.0.255", 255],
  ["active_energy", "1.0.1.8.0.255", 30],
])("keeps the promised key %s", ([key, logicalName, unit]) => {
  const entry = catalogue.byKey(key);
  expect(entry).toMatchObject({ key, logicalName, unit, classId: 3, attributeId: 2 });
  expect(entry?.description.en).toMatch(/\w{5}/);
  expect(entry?.description.es).toMatch(/\w{5}/);
  expect(entry?.description.en).not.toBe(entry?.description.es);
  expect(catalogue.byObis(obis(logicalName))).toBe(entry);
});

test("knows the import names as aliases of the promised keys", () => {
  for (const key of ["active_power", "reactive_power", "apparent_power", "active_energy"]) {
    expect(catalogue.byKey(`${key}_import`)).toBe(catalogue.byKey(key));
    expect(catalogue.byKey(key)?.aliases).toContain(`${key}_import`);
  }
});

test("finds an object under another B, as Microstar meters have it", () => {
  expect(catalogue.byObis(obis("1-1:32.7.0"))?.key).toBe("voltage_l1");
  expect(catalogue.byObis(obis("1-1:1.8.0"))?.key).toBe("active_energy");
});

test("finds nothing for codes and keys it does not hold", () => {
  expect(catalogue.byObis(obis("7-0:3.0.0"))).toBeUndefined();
  expect(catalogue.byKey("constructor")).toBeUndefined();
  expect(catalogue.search("zzz", "en")).toEqual([]);
  expect(catalogue.search("   ", "en")).toEqual([]);
});

test("has unique keys, aliases and logical names, and both languages everywhere", () => {
  const { entries } = catalogue;
  const keys = entries.flatMap(({ key, aliases }) => [key, ...aliases]);
  expect(new Set(keys).size).toBe(keys.length);
  expect(new Set(entries.map(({ logicalName }) => logicalName)).size).toBe(entries.length);
  expect(entries.length).toBeGreaterThan(200);
  for (const { key, classId, attributeId, unit, description } of entries) {
    expect(key).toMatch(/^[a-z][a-z0-9_]*$/);
    expect(Number.isInteger(classId) && Number.isInteger(attributeId)).toBe(true);
    expect(unit === undefined || (unit >= 1 && unit <= 255)).toBe(true);
    expect(description.en).not.toBe("");
    expect(description.es).not.toBe("");
  }
});

test("searches in both languages without regard to accents and case", () => {
  const english = catalogue.search("Voltage l1", "en").map(({ key }) => key);
  expect(english[0]).toBe("voltage_l1");
  const spanish = catalogue.search("energia activa importada", "es").map(({ key }) => key);
  expect(spanish).toContain("active_energy");
  expect(catalogue.search("potencia", "es").length).toBeGreaterThan(3);
});

test("puts the object of a code or key first", () => {
  expect(catalogue.search("1-0:32.7.0", "en")[0]?.key).toBe("voltage_l1");
  expect(catalogue.search("active_energy_import", "en")[0]?.key).toBe("active_energy");
});

test("expects the unit and kind that the code's quantity has", () => {
  const energies = [8, 9, 10, 29, 58];
  for (const { key, logicalName, unit, valueKind } of catalogue.entries) {
    const { a, c, d, e } = obisGroups(logicalName);
    const isEnergy = energies.includes(d);
    // Groups C 1 to 80 are the sum and three phases of the same twenty quantities.
    if (a !== 1 || c < 1 || c > 80 || (d !== 7 && !isEnergy) || e === 124) continue;
    const expected = unitOfQuantity(c % 20, isEnergy);
    expect([key, unit, valueKind]).toEqual([key, expected, isEnergy ? "counter" : "gauge"]);
  }
});

/** Blue Book unit of quantity C modulo 20 (Blue Book part 1, value group C). */
function unitOfQuantity(quantity: number, isEnergy: boolean): number {
  if (quantity >= 3 && quantity <= 8) return isEnergy ? 32 : 29;
  if (quantity === 9 || quantity === 10) return isEnergy ? 31 : 28;
  if (quantity === 11) return 33;
  if (quantity === 12) return 35;
  if (quantity === 13) return 255;
  if (quantity === 14) return 44;
  return isEnergy ? 30 : 27;
}
