import type { Fleet } from "./acquisition/acquisition.ts";
import type { Line, Meter, SinkDefinition } from "./registry/model.ts";
import type { Registry } from "./registry/registry.ts";

/** Whom changes of the registry concern. */
export interface Followers {
  readonly applySinks: (sinks: readonly SinkDefinition[]) => void;
  readonly applyFleet: (fleet: Fleet) => void;
  readonly onError: (error: unknown) => void;
}

/**
 * The registry as of its last change, in memory: looking up a meter for every reading must not cost
 * a query. Whoever follows is told before `refresh` returns.
 */
export class RegistryView {
  readonly #registry: Pick<Registry, "lines" | "meters" | "sinks">;
  #lines: readonly Line[] | undefined;
  #meters: readonly Meter[] = [];
  #metersById: ReadonlyMap<number, Meter> = new Map();
  #linesById: ReadonlyMap<number, Line> = new Map();

  constructor(registry: Pick<Registry, "lines" | "meters" | "sinks">) {
    this.#registry = registry;
  }

  get meters(): readonly Meter[] {
    return this.#meters;
  }

  meter(id: number): Meter | undefined {
    return this.#metersById.get(id);
  }

  line(id: number): Line | undefined {
    return this.#linesById.get(id);
  }

  /** The registry's lists are the same objects until it changes. */
  refresh(followers: Followers): void {
    try {
      const lines = this.#registry.lines();
      if (lines === this.#lines) return;
      this.#lines = lines;
      this.#meters = this.#registry.meters();
      this.#linesById = new Map(lines.map((line) => [line.id, line]));
      this.#metersById = new Map(this.#meters.map((meter) => [meter.id, meter]));
      // Sinks first: a meter's first poll must already find where it goes.
      followers.applySinks(this.#registry.sinks());
      followers.applyFleet({ lines, meters: this.#meters });
    } catch (error) {
      followers.onError(error);
    }
  }
}
