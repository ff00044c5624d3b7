import { isScaledAttribute, type ScalerUnit, scalerUnitAttribute } from "@lectura/dlms/cosem";
import type { PlanItem } from "../../registry/model.ts";
import type { CachedScaler } from "../../store/store.ts";

/** A meter may be re-parametrised without a new serial number: scalers are looked at once a day. */
const ageMsMax = 24 * 3_600_000;

/** The attribute that tells the scaler of `item`; undefined where the class has none. */
export function scalerAttributeId({ classId, attributeId }: PlanItem): number | undefined {
  return isScaledAttribute(classId, attributeId) ? scalerUnitAttribute(classId) : undefined;
}

/**
 * Scalers of one meter, read once and kept through restarts, so that a poll in steady state asks
 * for values only. Bounded by the reading plan.
 */
export class ScalerCache {
  readonly #scalers = new Map<string, CachedScaler>();
  /** Rows of an earlier run that this run has not heard from the meter itself. */
  readonly #inherited = new Set<string>();

  constructor(saved: readonly CachedScaler[] = []) {
    for (const scaler of saved) {
      this.#scalers.set(keyOf(scaler), scaler);
      this.#inherited.add(keyOf(scaler));
    }
  }

  find(item: PlanItem): ScalerUnit | undefined {
    return this.#scalers.get(keyOf(item));
  }

  /** Whether the next poll must ask for the scaler of `item`. `nowMs` is UTC. */
  wants(item: PlanItem, nowMs: number): boolean {
    if (scalerAttributeId(item) === undefined) return false;
    const cached = this.#scalers.get(keyOf(item));
    if (cached === undefined) return true;
    const ageMs = nowMs - cached.readAt;
    return ageMs > ageMsMax || ageMs < -ageMsMax;
  }

  /** Takes a scaler as the meter gave it; the row to save. */
  learn(item: PlanItem, scalerUnit: ScalerUnit, readAt: number): CachedScaler {
    const { classId, logicalName } = item;
    const { scaler, unit } = scalerUnit;
    const row: CachedScaler = { classId, logicalName, scaler, unit, readAt };
    this.#scalers.set(keyOf(item), row);
    this.#inherited.delete(keyOf(item));
    return row;
  }

  /**
   * The unit of `item` contradicts the plan. A row inherited from an earlier run is forgotten, so that
   * the next poll asks the meter itself.
   */
  doubt(item: PlanItem): void {
    const key = keyOf(item);
    if (this.#inherited.delete(key)) this.#scalers.delete(key);
  }

  clear(): void {
    this.#scalers.clear();
    this.#inherited.clear();
  }
}

function keyOf(object: { readonly classId: number; readonly logicalName: string }): string {
  return `${object.classId}:${object.logicalName}`;
}
