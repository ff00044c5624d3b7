import { type Clock, type Session, systemClock } from "@lectura/dlms-node";
import {
  decodeScalerUnit,
  type ExactValue,
  isScaledAttribute,
  scalerUnitAttribute,
  type ScalerUnit,
  toExactValue,
} from "@lectura/dlms/cosem";
import type { AttributeDescriptor, GetDataResult } from "@lectura/dlms/xdlms";
import type { ReadTarget } from "../parse.ts";

/** One target's answer, or the data-access-result the meter gave instead. */
export type ReadAnswer =
  | {
      readonly ok: true;
      readonly target: ReadTarget;
      readonly value: ExactValue;
      /** Blue Book unit code; 255 = none. */
      readonly unit: number;
      readonly atMs: number;
    }
  | {
      readonly ok: false;
      readonly target: ReadTarget;
      readonly code: string;
      readonly atMs: number;
    };

const attributeOf = (target: ReadTarget, attributeId: number): AttributeDescriptor => ({
  classId: target.classId,
  logicalName: target.logicalName,
  attributeId,
});

/**
 * Reads targets over one session: scalers once, then one list, or one GET per value where the
 * meter has no multiple-references.
 */
export class ScaledReader {
  readonly #session: Session;
  readonly #targets: readonly ReadTarget[];
  readonly #values: readonly AttributeDescriptor[];
  readonly #clock: Clock;
  #scalers: readonly (ScalerUnit | undefined)[] | undefined;

  constructor(session: Session, targets: readonly ReadTarget[], clock: Clock = systemClock) {
    this.#session = session;
    this.#targets = targets;
    this.#values = targets.map((target) => attributeOf(target, target.attributeId));
    this.#clock = clock;
  }

  async #get(attributes: readonly AttributeDescriptor[]): Promise<readonly GetDataResult[]> {
    const { conformance } = this.#session.negotiated;
    if (attributes.length > 1 && conformance.has("multiple-references")) {
      return this.#session.getWithList(attributes);
    }
    const results: GetDataResult[] = [];
    for (const attribute of attributes) results.push(await this.#session.get(attribute));
    return results;
  }

  async #readScalers(): Promise<readonly (ScalerUnit | undefined)[]> {
    const wanted = this.#targets.map((target) => {
      if (!isScaledAttribute(target.classId, target.attributeId)) return undefined;
      const id = scalerUnitAttribute(target.classId);
      return id === undefined ? undefined : attributeOf(target, id);
    });
    const asked = wanted.filter((attribute) => attribute !== undefined);
    const results = asked.length === 0 ? [] : await this.#get(asked);
    let next = 0;
    return wanted.map((attribute) => {
      if (attribute === undefined) return undefined;
      const result = results[next++];
      return result?.ok === true ? decodeScalerUnit(result.value) : undefined;
    });
  }

  async read(): Promise<readonly ReadAnswer[]> {
    this.#scalers ??= await this.#readScalers();
    const scalers = this.#scalers;
    const results = await this.#get(this.#values);
    const atMs = this.#clock.nowMs();
    return this.#targets.map((target, index) => {
      const result = results[index];
      if (result === undefined || !result.ok) {
        return { ok: false, target, code: result?.reason ?? "other-reason", atMs };
      }
      const scaler = scalers[index];
      const value = toExactValue(result.value, scaler?.scaler ?? 0);
      if (value === undefined) return { ok: false, target, code: "cosem/not-a-value", atMs };
      return { ok: true, target, value, unit: scaler?.unit ?? 255, atMs };
    });
  }
}
