import type { PollRecord, Reading } from "../readings/reading.ts";
import type { Store } from "../store/store.ts";

/**
 * The newest Reading of each key of each meter. Asked of the store once for each meter, then kept
 * by what is journaled, so that a status card costs the storage thread nothing.
 */
export class LatestReadings {
  readonly #store: Pick<Store, "latest">;
  readonly #meters = new Map<number, Map<string, Reading>>();
  readonly #loaded = new Set<number>();

  constructor(store: Pick<Store, "latest">) {
    this.#store = store;
  }

  take({ meterId, readings }: PollRecord): void {
    for (const reading of readings) this.#keep(meterId, reading);
  }

  async of(meterId: number): Promise<readonly Reading[]> {
    if (!this.#loaded.has(meterId)) {
      const stored = await this.#store.latest(meterId);
      this.#loaded.add(meterId);
      for (const reading of stored) this.#keep(meterId, reading);
    }
    return [...(this.#meters.get(meterId)?.values() ?? [])];
  }

  forget(meterId: number): void {
    this.#meters.delete(meterId);
    this.#loaded.delete(meterId);
  }

  #keep(meterId: number, reading: Reading): void {
    const readings = this.#meters.get(meterId) ?? new Map<string, Reading>();
    this.#meters.set(meterId, readings);
    const known = readings.get(reading.key);
    if (known === undefined || known.measuredAt <= reading.measuredAt) {
      readings.set(reading.key, reading);
    }
  }
}
