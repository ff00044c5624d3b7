import type { PlanItem } from "../../registry/model.ts";
import type { ParkedObjects } from "../recovery/parked-objects.ts";
import type { Wanted } from "./poll.ts";
import { type ScalerCache, scalerAttributeId } from "./scaler-cache.ts";

/**
 * What one poll asks for, values first so that they are close together in time; then the scalers
 * that are not known yet, and the identity where it is due. In steady state: the values.
 */
export function wantedOf(options: {
  readonly items: readonly PlanItem[];
  readonly scalers: ScalerCache;
  readonly parked: ParkedObjects;
  readonly identity: boolean;
  /** UTC ms, and monotonic ms. */
  readonly nowMs: number;
  readonly monotonicMs: number;
}): readonly Wanted[] {
  const { scalers, parked, nowMs, monotonicMs } = options;
  const items = options.items.filter((item) => !parked.isParked(item.key, monotonicMs));
  const wanted: Wanted[] = items.map((item) => ({ part: "value", item }));
  const asked = new Set<string>();
  for (const item of items) {
    const object = `${item.classId}:${item.logicalName}:${scalerAttributeId(item)}`;
    if (asked.has(object) || !scalers.wants(item, nowMs)) continue;
    asked.add(object);
    wanted.push({ part: "scaler", item });
  }
  if (options.identity) wanted.push({ part: "identity" });
  return wanted;
}
