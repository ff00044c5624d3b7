import type { Meter } from "../../registry/model.ts";
import type { Reading } from "../../readings/reading.ts";
import type { OutboxRow } from "../../store/store.ts";
import { jsonRawValue, jsonValue } from "../json-value.ts";
import { senmlPayload } from "./senml.ts";

/** What of a meter stands in a payload. */
export type PayloadMeter = Pick<Meter, "name" | "plan">;

/** One row as octets of a PUBLISH. The same row and meter give the same octets, always. */
export type PayloadFormat = (row: OutboxRow, meter: PayloadMeter) => string;

/**
 * The original system's payload: `{"device_id","ts","seq","measurements":{KEY:{...}}}`. A value that
 * could not be read stands there with its error, so that a consumer sees the hole.
 */
const originalPayload: PayloadFormat = ({ record, seq }, meter) => {
  const descriptions = new Map(meter.plan.items.map((item) => [item.key, item.description]));
  const measurements = [
    ...record.readings.map(
      (reading) =>
        `${text(reading.key)}:${originalMeasurement(reading, descriptions.get(reading.key) ?? "")}`,
    ),
    ...record.failures.map(
      ({ key, obis, code }) => `${text(key)}:{"obis":${text(obis)},"error":${text(code)}}`,
    ),
  ];
  return `{"device_id":${text(meter.name)},"ts":${record.measuredAt},"seq":${seq},"measurements":{${measurements.join(",")}}}`;
};

function originalMeasurement(reading: Reading, description: string): string {
  const value = jsonValue(reading.value);
  if (value === undefined) return `{"obis":${text(reading.obis)},"error":"reading/not-a-number"}`;
  const raw = jsonRawValue(reading.value);
  return `{"obis":${text(reading.obis)},"value":${value},"unit_code":${reading.unit},"raw_value":${raw},"description":${text(description)}}`;
}

/** `{"device_id","ts","seq",KEY:value,...}`: what could not be read is absent. */
const flatPayload: PayloadFormat = ({ record, seq }, meter) => {
  const values = record.readings.flatMap(({ key, value }) => {
    const literal = jsonValue(value);
    return literal === undefined ? [] : [`,${text(key)}:${literal}`];
  });
  return `{"device_id":${text(meter.name)},"ts":${record.measuredAt},"seq":${seq}${values.join("")}}`;
};

export const payloadFormats: Readonly<Record<"original" | "flat" | "senml", PayloadFormat>> = {
  original: originalPayload,
  flat: flatPayload,
  senml: ({ record }, meter) => senmlPayload(record, meter.name),
};

function text(value: string): string {
  return JSON.stringify(value);
}
