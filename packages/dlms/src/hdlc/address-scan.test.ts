import { expect, test } from "vitest";
import { encodeServerAddress } from "./address.ts";
import { scanAddresses, scanAddressesMax } from "./address-scan.ts";

test("a scan tries each form with its lower addresses in order", () => {
  const addresses = scanAddresses({ lower: { first: 16, last: 17 } });
  expect(addresses).toEqual([
    { size: 1, upper: 1, lower: 0 },
    { size: 4, upper: 1, lower: 16 },
    { size: 4, upper: 1, lower: 17 },
    { size: 2, upper: 1, lower: 16 },
    { size: 2, upper: 1, lower: 17 },
  ]);
  expect(scanAddresses()).toHaveLength(201);
});

test("a scan leaves out what a form cannot hold, and is bounded", () => {
  const wide = scanAddresses({ sizes: [2, 4], lower: { first: 120, last: 130 } });
  expect(wide.findLast(({ size }) => size === 2)).toMatchObject({ lower: 127 });
  expect(wide.findLast(({ size }) => size === 4)).toMatchObject({ lower: 130 });
  for (const address of wide) expect(encodeServerAddress(address)).toHaveLength(address.size);
  const all = { first: 0, last: 0x3fff };
  expect(scanAddresses({ sizes: [4], lower: all })).toHaveLength(0x4000);
  expect(() => scanAddresses({ sizes: [4], lower: all, upper: all })).toThrow(
    String(scanAddressesMax),
  );
  expect(() => scanAddresses({ lower: { first: 5, last: 4 } })).toThrow(RangeError);
});
