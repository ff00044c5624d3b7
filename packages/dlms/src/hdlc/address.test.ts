import fc from "fast-check";
import { expect, test } from "vitest";
import { serverAddresses } from "@lectura/testkit";
import { fromHex, toHex } from "../octets.ts";
import {
  addressesServer,
  addressOctets,
  decodeAddress,
  encodeClientAddress,
  encodeServerAddress,
  isAllStation,
  type ServerAddress,
} from "./address.ts";

const encoded: Readonly<Record<string, ServerAddress>> = {
  "03": { size: 1, upper: 1, lower: 0 },
  "0203": { size: 2, upper: 1, lower: 1 },
  "0223": { size: 2, upper: 1, lower: 17 },
  "02ff": { size: 2, upper: 1, lower: 0x7f },
  "00020023": { size: 4, upper: 1, lower: 17 },
  "000212a5": { size: 4, upper: 1, lower: 1234 },
  "00023659": { size: 4, upper: 1, lower: 3500 },
  "0002feff": { size: 4, upper: 1, lower: 0x3fff },
};

for (const [hex, address] of Object.entries(encoded)) {
  test(`writes and reads ${hex}`, () => {
    expect(toHex(encodeServerAddress(address))).toBe(hex);
    expect(decodeAddress(fromHex(hex), 0, "destination")).toMatchObject(address);
  });
}

test("writes the client addresses of the original's meters", () => {
  expect([1, 16, 17, 32].map((sap) => toHex(encodeClientAddress(sap)))).toEqual([
    "03",
    "21",
    "23",
    "41",
  ]);
});

test("refuses parts that do not fit", () => {
  const wrong: readonly ServerAddress[] = [
    { size: 1, upper: 128, lower: 0 },
    { size: 1, upper: 1, lower: 1 },
    { size: 2, upper: 1, lower: 128 },
    { size: 4, upper: 0x4000, lower: 1 },
    { size: 4, upper: 1, lower: -1 },
    { size: 4, upper: 1.5, lower: 1 },
  ];
  for (const address of wrong) expect(() => encodeServerAddress(address)).toThrow(RangeError);
  expect(() => encodeClientAddress(128)).toThrow(RangeError);
});

test("takes no address of three or five octets, and none that is cut off", () => {
  for (const hex of ["020203", "0002002221", "00", "0002", "000200", ""]) {
    expect(addressOctets(fromHex(hex), 0, hex.length / 2)).toBe(0);
  }
});

test("reads back every address it writes", () => {
  fc.assert(
    fc.property(serverAddresses, (address) => {
      const octets = encodeServerAddress(address);
      expect(octets).toHaveLength(address.size);
      expect(decodeAddress(octets, 0, "source")).toMatchObject(address);
    }),
  );
});

test("knows the all-station forms", () => {
  const all = ["ff", "02ff", "ff03", "0002feff", "feff0003"];
  const none = ["03", "0203", "02fd", "000200ff", "0002fcff"];
  for (const hex of all) expect(isAllStation(decodeAddress(fromHex(hex), 0, ""))).toBe(true);
  for (const hex of none) expect(isAllStation(decodeAddress(fromHex(hex), 0, ""))).toBe(false);
});

test("lets a client use a shorter form than the server's own", () => {
  const server: ServerAddress = { size: 4, upper: 1, lower: 1234 };
  const means = (hex: string): boolean =>
    addressesServer(decodeAddress(fromHex(hex), 0, "destination"), server);
  expect(means("000212a5")).toBe(true);
  expect(means("03")).toBe(true);
  expect(means("0002feff")).toBe(true);
  expect(means("0203")).toBe(false);
  expect(means("05")).toBe(false);
  expect(means("000212a7")).toBe(false);
  expect(means("01")).toBe(false);
});
