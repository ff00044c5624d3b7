import type { ReadAnswer } from "./scaled-reader.ts";

/** Round-trip times kept for the percentiles; beyond, every second one is dropped. */
const samplesMax = 1_048_576;

export type ReadSummary = {
  readonly reads: number;
  readonly values: number;
  readonly errors: number;
  readonly reconnects: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly perSecond: number;
};

/** Counts and times of repeated reads. Memory is bounded. */
export class ReadStatistics {
  readonly #startedMs: number;
  #samples = new Float64Array(1024);
  #count = 0;
  #stride = 1;
  #reads = 0;
  #values = 0;
  #errors = 0;
  #reconnects = 0;

  constructor(startedMs: number) {
    this.#startedMs = startedMs;
  }

  add(elapsedMs: number, answers: readonly ReadAnswer[]): void {
    this.#reads++;
    for (const { ok } of answers) {
      if (ok) this.#values++;
      else this.#errors++;
    }
    if (this.#reads % this.#stride !== 0) return;
    if (this.#count === this.#samples.length) this.#makeRoom();
    this.#samples[this.#count++] = elapsedMs;
  }

  fail(): void {
    this.#reads++;
    this.#errors++;
  }

  reconnected(): void {
    this.#reconnects++;
  }

  #makeRoom(): void {
    if (this.#samples.length < samplesMax) {
      const grown = new Float64Array(this.#samples.length * 2);
      grown.set(this.#samples);
      this.#samples = grown;
      return;
    }
    this.#stride *= 2;
    this.#count = this.#samples.length / 2;
    for (let at = 0; at < this.#count; at++) this.#samples[at] = this.#samples[at * 2]!;
  }

  summary(nowMs: number): ReadSummary {
    const sorted = this.#samples.slice(0, this.#count).sort();
    const percentile = (share: number): number =>
      sorted.length === 0
        ? 0
        : Math.round(
            sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]! * 1000,
          ) / 1000;
    const seconds = Math.max(0.001, (nowMs - this.#startedMs) / 1000);
    return {
      reads: this.#reads,
      values: this.#values,
      errors: this.#errors,
      reconnects: this.#reconnects,
      p50Ms: percentile(0.5),
      p99Ms: percentile(0.99),
      perSecond: Math.round((this.#reads / seconds) * 10) / 10,
    };
  }
}
