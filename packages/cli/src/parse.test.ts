import { describe, expect, test } from "vitest";
import {
  parseCount,
  parseDurationMs,
  parseEndpoint,
  parseInstantMs,
  parseReadTarget,
} from "./parse.ts";

describe("parseDurationMs", () => {
  test.for<readonly [text: string, ms: number]>([
    ["500ms", 500],
    ["2s", 2000],
    ["2", 2000],
    ["1.5s", 1500],
    ["15m", 900_000],
    ["1h", 3_600_000],
  ])("reads %s", ([text, ms]) => {
    expect(parseDurationMs(text)).toBe(ms);
  });
  test.for(["", "s", "-1s", "2 weeks", "0s", "1e9"])("refuses %j", (text) => {
    expect(() => parseDurationMs(text)).toThrow(
      expect.objectContaining({ code: "usage/duration" }),
    );
  });
});

describe("parseEndpoint", () => {
  test("reads host and port", () => {
    expect(parseEndpoint("meter.example:4059")).toEqual({ host: "meter.example", port: 4059 });
    expect(parseEndpoint("[::1]:4059")).toEqual({ host: "::1", port: 4059 });
  });
  test.for([
    "localhost",
    "localhost:0",
    "localhost:70000",
    ":4059",
    "::1:4059",
    "a b:1",
    "http://x:1",
  ])("refuses %j", (text) => {
    expect(() => parseEndpoint(text)).toThrow(expect.objectContaining({ code: "usage/endpoint" }));
  });
});

describe("parseReadTarget", () => {
  test("knows the catalogue's keys", () => {
    expect(parseReadTarget("voltage_l1")).toMatchObject({
      key: "voltage_l1",
      classId: 3,
      logicalName: "1.0.32.7.0.255",
      attributeId: 2,
    });
  });
  test.for<readonly [text: string, classId: number, logicalName: string, attributeId: number]>([
    ["1-0:1.8.0", 3, "1.0.1.8.0.255", 2],
    ["1.0.1.8.0.255", 3, "1.0.1.8.0.255", 2],
    ["8:0.0.1.0.0.255", 8, "0.0.1.0.0.255", 2],
    ["8:0-0:1.0.0", 8, "0.0.1.0.0.255", 2],
    ["1:0-0:96.1.0*255:2", 1, "0.0.96.1.0.255", 2],
    ["7:1.0.99.1.0.255:4", 7, "1.0.99.1.0.255", 4],
  ])("reads %s", ([text, classId, logicalName, attributeId]) => {
    expect(parseReadTarget(text)).toEqual({ key: text, classId, logicalName, attributeId });
  });
  test.for(["", "nonsense", "1.2", "1-0:1.8.0:x", "1.0.1.8.0.256"])("refuses %j", (text) => {
    expect(() => parseReadTarget(text)).toThrow(expect.objectContaining({ code: "usage/key" }));
  });
});

test("parseCount keeps to its range", () => {
  expect(parseCount("--n", "7", 0, 9)).toBe(7);
  for (const text of ["-1", "10", "1.5", "x", ""]) {
    expect(() => parseCount("--n", text, 0, 9)).toThrow(
      expect.objectContaining({ code: "usage/number" }),
    );
  }
});

test("parseInstantMs reads ISO 8601 and milliseconds", () => {
  expect(parseInstantMs("2026-01-31T00:00:00Z")).toBe(Date.UTC(2026, 0, 31));
  expect(parseInstantMs("1767225600000")).toBe(1_767_225_600_000);
  expect(() => parseInstantMs("soon")).toThrow(expect.objectContaining({ code: "usage/time" }));
});
