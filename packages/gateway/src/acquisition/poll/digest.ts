import type { Data } from "@lectura/dlms/axdr";
import { decodeScalerUnit, effectiveScalerUnit, type ScalerUnit } from "@lectura/dlms/cosem";
import { DecodeError } from "@lectura/dlms/octets";
import type { Meter, PlanItem } from "../../registry/model.ts";
import { normalize } from "../../readings/normalize.ts";
import type { Reading, ReadingFailure } from "../../readings/reading.ts";
import type { CachedScaler } from "../../store/store.ts";
import type { Answer, PollResult } from "./poll.ts";
import { type ScalerCache, scalerAttributeId } from "./scaler-cache.ts";

/** The answers of one poll, made sense of. */
export interface Digest {
  readonly readings: readonly Reading[];
  readonly failures: readonly ReadingFailure[];
  /** To be saved. */
  readonly scalersLearned: readonly CachedScaler[];
  /** Logical device name as hex, where it was asked for and given. */
  readonly identity: string | undefined;
}

/**
 * Pairs values with scalers and turns them into Readings. A register whose scaler the meter does
 * not tell gives a failure, not a number that may be wrong by a power of ten.
 */
export function digest(meter: Meter, result: PollResult, scalers: ScalerCache): Digest {
  const scalersLearned = learnScalers(result.answers, scalers);
  const readings: Reading[] = [];
  const failures: ReadingFailure[] = [];
  let identity: string | undefined;
  for (const answer of result.answers) {
    if (answer.wanted.part === "identity") identity = identityOf(answer);
    if (answer.wanted.part !== "value") continue;
    const { item } = answer.wanted;
    const outcome = readingOf(meter, item, answer, result.measuredAt!, scalers);
    if ("code" in outcome) failures.push(outcome);
    else readings.push(outcome);
  }
  return { readings, failures, scalersLearned, identity };
}

function readingOf(
  { id: meterId, association, plan }: Meter,
  item: PlanItem,
  answer: Answer,
  measuredAt: number,
  scalers: ScalerCache,
): Reading | ReadingFailure {
  const { key, logicalName: obis } = item;
  const { result, at: receivedAt } = answer;
  if (!result.ok) return { key, obis, code: result.reason };
  const said = scalers.find(item);
  const correction = plan.scalers?.[obis];
  if (
    said === undefined &&
    correction?.scaler === undefined &&
    scalerAttributeId(item) !== undefined
  ) {
    return { key, obis, code: "reading/scaler-unknown" };
  }
  const isCorrected = correction !== undefined;
  const { value: data } = result;
  const { invertedDeviation } = association.settings ?? {};
  const raw = {
    meterId,
    item,
    data,
    scalerUnit: isCorrected ? effectiveScalerUnit(item, said, [{ ...item, ...correction }]) : said,
    isCorrected,
    ...(invertedDeviation === undefined ? {} : { deviation: { invertedDeviation } }),
    measuredAt,
    receivedAt,
    origin: "poll",
  } as const;
  const normalized = normalize(raw);
  if (!normalized.ok) return normalized.failure;
  if (normalized.reading.quality.includes("unit-mismatch")) scalers.doubt(item);
  return normalized.reading;
}

function learnScalers(answers: readonly Answer[], scalers: ScalerCache): readonly CachedScaler[] {
  const learned: CachedScaler[] = [];
  for (const { wanted, result, at } of answers) {
    if (wanted.part !== "scaler" || !result.ok) continue;
    const scalerUnit = scalerUnitOf(result.value);
    if (scalerUnit !== undefined) learned.push(scalers.learn(wanted.item, scalerUnit, at));
  }
  return learned;
}

/** Nonsense instead of a scaler is no scaler: the value becomes a failure, the poll goes on. */
function scalerUnitOf(data: Data): ScalerUnit | undefined {
  try {
    return decodeScalerUnit(data);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

function identityOf(answer: Answer): string | undefined {
  if (!answer.result.ok) return undefined;
  const { value } = answer.result.value;
  return value instanceof Uint8Array && value.length > 0 ? value.toHex() : undefined;
}
