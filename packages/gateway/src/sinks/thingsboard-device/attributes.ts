import { unitSymbol } from "@lectura/dlms/cosem";
import type { Meter } from "../../registry/model.ts";
import type { PollRecord } from "../../readings/reading.ts";
import { guardedText } from "./telemetry.ts";

/** Logical name of "device ID 1, manufacturing number" (Blue Book 6.2.1, object 0.0.96.1.0.255). */
const serialNumberObis = "0.0.96.1.0.255";

/** What a meter has said about itself, beyond its values. */
export class MeterFacts {
  readonly #units: Map<string, number> = new Map();
  #serial: string | undefined;

  /** True when a poll told something new. */
  learn(record: PollRecord): boolean {
    let isNew = false;
    for (const { key, obis, unit, value } of record.readings) {
      if (this.#units.get(key) !== unit) {
        this.#units.set(key, unit);
        isNew = true;
      }
      if (obis === serialNumberObis && value.kind === "text" && value.text !== this.#serial) {
        this.#serial = value.text;
        isNew = true;
      }
    }
    return isNew;
  }

  get serial(): string | undefined {
    return this.#serial;
  }

  unitOf(key: string): number | undefined {
    return this.#units.get(key);
  }
}

/**
 * Client attributes of a meter: `{"gateway":"lectura","gateway_version","serial"?,"measurements":
 * {KEY:{"obis","unit","unit_code","description"}}}`. One nested value instead of one per key, because
 * ThingsBoard counts attributes in the telemetry rate limits.
 */
export function attributesPayload(
  meter: Pick<Meter, "plan">,
  facts: MeterFacts,
  gatewayVersion: string,
): string {
  const measurements = meter.plan.items.map(({ key, logicalName, expectedUnit, description }) => {
    const unit = facts.unitOf(key) ?? expectedUnit;
    const unitFields =
      unit === undefined ? "" : `"unit":${JSON.stringify(unitSymbol(unit))},"unit_code":${unit},`;
    return `${JSON.stringify(key)}:{"obis":"${logicalName}",${unitFields}"description":${JSON.stringify(description)}}`;
  });
  const serial = facts.serial === undefined ? "" : `"serial":${guardedText(facts.serial)},`;
  return `{"gateway":"lectura","gateway_version":${JSON.stringify(gatewayVersion)},${serial}"measurements":{${measurements.join(",")}}}`;
}
