import { expect, test } from "vitest";
import type { ReadingValue } from "../../readings/reading.ts";
import { decimal, MemoryOutbox, pollRecord, startMs } from "../sink.contract.ts";
import { testMeter } from "../meter.fixture.ts";
import { payloadFormats } from "./payload.ts";
import { topicTemplate } from "./topic-template.ts";

const meter = testMeter(1, 'patio "A"');

function rowOf(values: Readonly<Record<string, ReadingValue>>) {
  const record = pollRecord(1, startMs + 123, values);
  const failures = record.readings
    .slice(0, 1)
    .map(({ obis }) => ({ key: "current_l1", obis, code: "object-undefined" }));
  return new MemoryOutbox().append({ ...record, failures });
}

const nan: ReadingValue = { kind: "float", width: 32, bits: 0x7fc0_0000n, scaler: 0 };
const row = rowOf({
  voltage_l1: decimal(23_019, -2),
  active_energy: decimal(123_456_789_012_345_678n, -3),
  power: { kind: "float", width: 32, bits: 0x3f8c_cccdn, scaler: 0 },
  broken: nan,
  serial: { kind: "text", text: "00123" },
  raw: { kind: "octets", octets: Uint8Array.of(0, 255) },
  clock: { kind: "datetime", local: "2026-01-01T01:00:00", utcMs: startMs },
  relay: { kind: "boolean", value: true },
});

test("writes the original payload with exact literals, units, raw values and errors", () => {
  const payload = payloadFormats.original(row, meter);
  expect(payload).toContain(
    '"voltage_l1":{"obis":"1.0.32.7.0.255","value":230.19,"unit_code":35,"raw_value":23019,"description":"Voltage L1"}',
  );
  expect(payload).toContain(
    '"value":123456789012345.678,"unit_code":35,"raw_value":123456789012345678',
  );
  const parsed = JSON.parse(payload) as {
    device_id: string;
    ts: number;
    seq: number;
    measurements: Record<string, Record<string, unknown>>;
  };
  expect(parsed).toMatchObject({ device_id: 'patio "A"', ts: startMs + 123, seq: 1 });
  expect(parsed.measurements["power"]).toMatchObject({ value: 1.1, raw_value: 1.1 });
  expect(parsed.measurements["broken"]).toEqual({
    obis: "1.0.35.7.0.255",
    error: "reading/not-a-number",
  });
  expect(parsed.measurements["current_l1"]).toEqual({
    obis: "1.0.32.7.0.255",
    error: "object-undefined",
  });
  expect(parsed.measurements["serial"]).toMatchObject({ value: "00123" });
  expect(parsed.measurements["raw"]).toMatchObject({ value: "00ff" });
  expect(parsed.measurements["clock"]).toMatchObject({ value: "2026-01-01T00:00:00.000Z" });
  expect(parsed.measurements["relay"]).toMatchObject({ value: true, raw_value: true });
});

test("writes the flat payload without what could not be read", () => {
  expect(payloadFormats.flat(row, meter)).toBe(
    '{"device_id":"patio \\"A\\"","ts":1767225600123,"seq":1,"voltage_l1":230.19,' +
      '"active_energy":123456789012345.678,"power":1.1,"serial":"00123","raw":"00ff",' +
      '"clock":"2026-01-01T00:00:00.000Z","relay":true}',
  );
});

test("writes a SenML pack with registered units and base fields once", () => {
  expect(JSON.parse(payloadFormats.senml(row, meter))).toEqual([
    { bn: "patio_20__22_A_22_:", bt: 1_767_225_600.123, n: "voltage_l1", u: "V", v: 230.19 },
    { n: "active_energy", u: "V", v: Number("123456789012345.678") },
    { n: "power", u: "V", v: 1.1 },
    { n: "serial", u: "V", vs: "00123" },
    { n: "raw", u: "V", vd: "AP8" },
    { n: "clock", u: "V", vs: "2026-01-01T00:00:00.000Z" },
    { n: "relay", u: "V", vb: true },
  ]);
});

test("gives the same octets for the same row, whatever the format", () => {
  for (const format of Object.values(payloadFormats)) {
    expect(format(row, meter)).toBe(format(structuredClone(row), meter));
  }
});

test("puts name and number of a meter into a topic", () => {
  const topic = topicTemplate("site/{meterId}/{meter}/telemetry");
  expect(topic({ id: 7, name: "medidor 1.a_b-c" })).toBe("site/7/medidor 1.a_b-c/telemetry");
});

test("makes names safe for one topic level without mixing them up", () => {
  const topic = topicTemplate("{meter}");
  const names = ["a/b", "a%2Fb", "a+b", "#", "a\0b", "$SYS", "a%b", "\u0085", "{meterId}"];
  const topics = names.map((name) => topic({ id: 1, name }));
  expect(topics).toEqual([
    "a%2Fb",
    "a%252Fb",
    "a%2Bb",
    "%23",
    "a%00b",
    "%24SYS",
    "a%25b",
    "%85",
    "{meterId}",
  ]);
  expect(topics.slice(0, 7).map((level) => decodeURIComponent(level))).toEqual(names.slice(0, 7));
});

test("refuses templates with wildcards, unknown placeholders or nothing in them", () => {
  for (const template of ["", "a/#", "a/+/b", "a\0", "meters/{device}/t", "x".repeat(65_536)]) {
    expect(() => topicTemplate(template)).toThrow(RangeError);
  }
});
