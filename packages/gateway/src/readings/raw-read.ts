import type { Data } from "@lectura/dlms/axdr";
import type { DeviationOptions } from "@lectura/dlms/cosem";
import type { PlanItem } from "../registry/model.ts";
import type { ReadingOrigin } from "./reading.ts";

/**
 * One attribute as the meter gave it, with everything needed to make a Reading of it. Polled,
 * pushed and back-filled values join here.
 */
export interface RawRead {
  readonly meterId: number;
  readonly item: PlanItem;
  readonly data: Data;
  /** Undefined where the class has no scaler_unit. */
  readonly scalerUnit: { readonly scaler: number; readonly unit: number } | undefined;
  /** `scalerUnit` is a correction, not what the meter says. */
  readonly isCorrected?: boolean;
  /** How this meter's date-times are meant. */
  readonly deviation?: DeviationOptions;
  /** UTC ms, the Reading's time. */
  readonly measuredAt: number;
  /** UTC ms at which the last octet of the answer arrived. */
  readonly receivedAt: number;
  readonly origin: ReadingOrigin;
}
