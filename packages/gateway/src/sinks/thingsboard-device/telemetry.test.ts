import { FakeThingsBoard, ManualClock, until } from "@lectura/testkit";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { ReadingValue } from "../../readings/reading.ts";
import { decimal, pollRecord, startMs } from "../sink.contract.ts";
import { MqttConnection } from "../connection/mqtt-connection.ts";
import { Secret } from "@lectura/dlms/security";
import {
  guardedText,
  splitValues,
  telemetryPayload,
  telemetryValues,
  thingsBoardLiteral,
} from "./telemetry.ts";

function float64(value: number): ReadingValue {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  return { kind: "float", width: 64, bits: view.getBigUint64(0), scaler: 0 };
}

test.each([
  [decimal(23_000, -2), "230.0"],
  [decimal(23_019, -2), "230.19"],
  [decimal(-5, -3), "-0.005"],
  [decimal(0, -2), "0.0"],
  [decimal(12, 3), "12000"],
  [decimal(9_223_372_036_854_775_807n, 0), "9223372036854775807"],
  [decimal(9_223_372_036_854_775_808n, 0), '"9223372036854775808"'],
  [decimal(-9_223_372_036_854_775_808n, 0), "-9223372036854775808"],
  [decimal(123_456_789_012_345n, -3), "123456789012.345"],
  [decimal(1_234_567_890_123_456n, -3), '"1234567890123.456"'],
  [decimal(1, -17), '"0.00000000000000001"'],
  [float64(0.1 + 0.2), "0.3"],
  [float64(72 * 0.001), "0.072"],
  [float64(5), "5.0"],
  [float64(1e30), "1000000000000000019884624838656.0"],
  [float64(Number.NaN), undefined],
  [float64(Number.NEGATIVE_INFINITY), undefined],
  [float64(1.25e-7), "0.000000125"],
  [{ kind: "text", text: "0012345678" }, '"#0012345678"'],
  [{ kind: "text", text: "ELS-0012" }, '"ELS-0012"'],
  [{ kind: "octets", octets: Uint8Array.of(0x12, 0x34) }, '"#1234"'],
  [{ kind: "boolean", value: false }, "false"],
] as const)("writes %o for ThingsBoard as %s", (value, literal) => {
  expect(thingsBoardLiteral(value)).toBe(literal);
});

test("guards exactly the texts ThingsBoard would turn into numbers", () => {
  expect(["1", "-1.5", ".5", "007"].map(guardedText)).toEqual([
    '"#1"',
    '"#-1.5"',
    '"#.5"',
    '"#007"',
  ]);
  expect(["1.", "1e5", "+1", "", "1.2.3", "0x10"].map(guardedText)).toEqual(
    ["1.", "1e5", "+1", "", "1.2.3", "0x10"].map((text) => JSON.stringify(text)),
  );
});

test("stores numbers as the number they are, whatever mantissa and scaler", async () => {
  const clock = new ManualClock(startMs);
  await using server = new FakeThingsBoard({ clock });
  await server.listen();
  server.createDevice({ name: "M", token: "t" });
  const connection = new MqttConnection({
    url: server.url,
    tls: undefined,
    identity: { clientId: "c", username: Secret.fromText("t"), password: undefined },
    clock,
    random: () => 0,
    onChange: () => {},
  });
  connection.start();
  await until(() => connection.isConnected);
  let ts = startMs;
  await fc.assert(
    fc.asyncProperty(
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }),
      fc.integer({ min: -12, max: 4 }),
      async (raw, scaler) => {
        ts += 1;
        const values = telemetryValues(pollRecord(1, ts, { k: { kind: "decimal", raw, scaler } }));
        await connection.publish("v1/devices/me/telemetry", telemetryPayload(ts, values));
        const stored = server.storedValues("M", "k").at(-1)!;
        expect(stored.ts).toBe(ts);
        expect(agrees(raw, scaler, stored.value)).toBe(true);
      },
    ),
    { numRuns: 200 },
  );
  await connection.stop();
});

/**
 * LONG and STRING to the last digit. DOUBLE is the nearest double: for up to 15 digits because they
 * fit, for more because ThingsBoard turns the text, which is exact on the wire, into one.
 */
function agrees(raw: bigint, scaler: number, stored: { type: string; value: unknown }): boolean {
  if (stored.type === "LONG") return stored.value === raw * 10n ** BigInt(scaler);
  if (stored.type === "DOUBLE") return stored.value === Number(`${raw}e${scaler}`);
  return stored.type === "STRING" && BigInt(String(stored.value)) === raw * 10n ** BigInt(scaler);
}

test("splits a long poll by octets and keeps every value once", () => {
  const values = Array.from({ length: 100 }, (_, index) => ({
    key: `key_${index}`,
    literal: JSON.stringify("x".repeat(index * 7)),
  }));
  const parts = splitValues(values, 2000);
  expect(parts.length).toBeGreaterThan(10);
  expect(parts.flat()).toEqual(values);
  for (const part of parts) {
    expect(Buffer.byteLength(telemetryPayload(startMs, part))).toBeLessThanOrEqual(2040);
  }
  expect(splitValues([], 2000)).toEqual([]);
});
