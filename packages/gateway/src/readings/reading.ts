import type { ObisCode } from "@lectura/dlms/cosem";

/** Exact value of a Reading. Nothing here is rounded; `decimal` means `raw * 10^scaler`. */
export type ReadingValue =
  | { readonly kind: "decimal"; readonly raw: bigint; readonly scaler: number }
  /** IEEE 754 as the meter sent it; `bits` is the 32- or 64-bit pattern. `scaler` still applies. */
  | {
      readonly kind: "float";
      readonly width: 32 | 64;
      readonly bits: bigint;
      readonly scaler: number;
    }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "octets"; readonly octets: Uint8Array }
  /** `utcMs` is undefined where the meter's clock or deviation does not determine it. */
  | { readonly kind: "datetime"; readonly local: string; readonly utcMs: number | undefined }
  | { readonly kind: "boolean"; readonly value: boolean };

export type ReadingOrigin = "poll" | "push" | "backfill";

/** Empty list = good. */
export type QualityFlag =
  | "estimated"
  | "late"
  | "clock-suspect"
  | "unit-mismatch"
  | "rollover"
  | "substituted"
  | "meter-invalid"
  /** Scaler or unit is not the meter's but a correction of its type. */
  | "scaler-corrected";

/** One value of one meter at one instant: the natural key is (meterId, key, measuredAt). */
export interface Reading {
  readonly meterId: number;
  /** Key of the reading plan, e.g. `voltage_l1`. */
  readonly key: string;
  readonly obis: ObisCode;
  readonly value: ReadingValue;
  /** Blue Book unit code (35 = V), 255 = none. */
  readonly unit: number;
  /** UTC ms. Polled: the gateway's clock at the last octet of the poll's first answer. */
  readonly measuredAt: number;
  /** UTC ms at which the last octet of this value's answer arrived. */
  readonly receivedAt: number;
  readonly origin: ReadingOrigin;
  readonly quality: readonly QualityFlag[];
}

/** A plan item without a value: the meter said no, or its value could not be a Reading. */
export interface ReadingFailure {
  readonly key: string;
  readonly obis: ObisCode;
  /** Stable code: a data-access-result name or an error code. */
  readonly code: string;
}

/** What one poll of one meter gave. Becomes one outbox row per sink, in the journal's transaction. */
export interface PollRecord {
  readonly meterId: number;
  readonly measuredAt: number;
  readonly receivedAt: number;
  readonly origin: ReadingOrigin;
  readonly readings: readonly Reading[];
  readonly failures: readonly ReadingFailure[];
}
