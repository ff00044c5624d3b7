import { expect, test } from "vitest";
import type { Data } from "@lectura/dlms/axdr";
import { obis } from "@lectura/dlms/cosem";
import { normalize, type Normalized } from "./normalize.ts";
import type { ReadingValue } from "./reading.ts";
import { valueNumber, valueText } from "./value-text.ts";

interface Given {
  readonly classId?: number;
  readonly scalerUnit?: { readonly scaler: number; readonly unit: number };
  readonly expectedUnit?: number;
}

function normalized(data: Data, given: Given = {}): Normalized {
  const { classId = 3, scalerUnit, expectedUnit } = given;
  return normalize({
    meterId: 1,
    item: {
      key: "k",
      classId,
      logicalName: obis("1.0.1.8.0.255"),
      attributeId: 2,
      expectedUnit,
      description: "",
    },
    data,
    scalerUnit,
    measuredAt: 1,
    receivedAt: 2,
    origin: "poll",
  });
}

function valueOf(data: Data, given: Given = {}): ReadingValue {
  const result = normalized(data, given);
  if (!result.ok) throw new Error(result.failure.code);
  return result.reading.value;
}

test("a 64-bit register keeps every digit", () => {
  const value = valueOf(
    { type: "long64-unsigned", value: 18_446_744_073_709_551_615n },
    { scalerUnit: { scaler: -3, unit: 30 } },
  );
  expect(value).toEqual({ kind: "decimal", raw: 18_446_744_073_709_551_615n, scaler: -3 });
  expect(valueText(value)).toBe("18446744073709551.615");
});

test("trailing zeros the meter measured stay", () => {
  const scalerUnit = { scaler: -2, unit: 35 };
  expect(valueText(valueOf({ type: "long-unsigned", value: 23_000 }, { scalerUnit }))).toBe(
    "230.00",
  );
});

test("a float prints its shortest text and keeps its pattern", () => {
  const value = valueOf({ type: "float32", value: Uint8Array.of(0x43, 0x66, 0x33, 0x33) });
  expect(value).toEqual({ kind: "float", width: 32, bits: 0x43663333n, scaler: 0 });
  expect(valueText(value)).toBe("230.2");
  expect(valueNumber(value)).toBeCloseTo(230.2, 4);
});

test("a clock's octets are a date-time, a serial number's are text, others are octets", () => {
  const time = Uint8Array.fromHex("07ea01010411223300ffc480".slice(0, 24));
  expect(valueOf({ type: "octet-string", value: time }, { classId: 8 })).toMatchObject({
    kind: "datetime",
  });
  const serial = new TextEncoder().encode("43267136");
  expect(valueOf({ type: "octet-string", value: serial }, { classId: 1 })).toEqual({
    kind: "text",
    text: "43267136",
  });
  const octets = Uint8Array.of(0x00, 0x7e);
  expect(valueText(valueOf({ type: "octet-string", value: octets }, { classId: 1 }))).toBe("007e");
});

test("a unit that is not the expected one is flagged, not corrected", () => {
  const given = { scalerUnit: { scaler: 0, unit: 27 }, expectedUnit: 35 };
  expect(normalized({ type: "unsigned", value: 7 }, given)).toMatchObject({
    ok: true,
    reading: { unit: 27, quality: ["unit-mismatch"] },
  });
});

test("what is no single value is a failure with its name", () => {
  expect(normalized({ type: "null-data", value: null })).toMatchObject({
    ok: false,
    failure: { code: "reading/no-value" },
  });
  expect(normalized({ type: "array", value: [] })).toMatchObject({
    ok: false,
    failure: { code: "reading/not-a-single-value" },
  });
});
