import type { Clock } from "@lectura/dlms-node";
import type { StreamItem } from "../control/control.ts";
import type { EventSeverity, Store } from "../store/store.ts";

/** Something that happened, as its finder tells it. */
export interface Happening {
  readonly code: string;
  readonly severity: EventSeverity;
  readonly meterId?: number;
  readonly lineId?: number;
  readonly message: string;
}

/** Where happenings go besides the store. */
export interface EventBookParts {
  readonly clock: Clock;
  readonly store: Pick<Store, "recordEvent">;
  readonly names: {
    meterName(meterId: number): string | undefined;
    lineName(lineId: number): string | undefined;
  };
  readonly publish: (item: StreamItem) => void;
  readonly log: (severity: EventSeverity, fields: object, message: string) => void;
}

/** Events of one meter or line in an hour; beyond, they are counted and told as one. */
const eventsPerHourMax = 120;
const hourMs = 3_600_000;

interface Rate {
  sinceMs: number;
  told: number;
  suppressed: number;
}

/**
 * Tells what happened, once, to the log, the stream and the store. A source that has too much to
 * tell is cut short: a flapping meter must not fill a disk.
 */
export class EventBook {
  readonly #parts: EventBookParts;
  readonly #rates = new Map<string, Rate>();

  constructor(parts: EventBookParts) {
    this.#parts = parts;
  }

  tell(happening: Happening): void {
    const { meterId, lineId } = happening;
    const source = `${meterId ?? ""}:${lineId ?? ""}`;
    const nowMs = this.#parts.clock.monotonicMs();
    let rate = this.#rates.get(source);
    if (rate === undefined || nowMs - rate.sinceMs >= hourMs) {
      const suppressed = rate?.suppressed ?? 0;
      rate = { sinceMs: nowMs, told: 0, suppressed: 0 };
      this.#rates.set(source, rate);
      if (suppressed > 0) this.#write({ ...happening, ...summaryOf(suppressed) });
    }
    if (rate.told >= eventsPerHourMax) {
      rate.suppressed++;
      return;
    }
    rate.told++;
    this.#write(happening);
  }

  #write({ code, severity, meterId, lineId, message }: Happening): void {
    const { clock, store, names, publish, log } = this.#parts;
    const at = clock.nowMs();
    const meter = meterId === undefined ? undefined : names.meterName(meterId);
    const line = lineId === undefined ? undefined : names.lineName(lineId);
    const about = {
      ...(meter === undefined ? {} : { meter }),
      ...(line === undefined ? {} : { line }),
    };
    log(severity, { code, ...about }, message);
    publish({ type: "event", code, severity, ...about, message, at });
    // A full disk is told by the pipeline; its events are in the log and the stream at least.
    store.recordEvent({ at, severity, code, meterId, lineId, message }).catch(() => {});
  }
}

function summaryOf(suppressed: number): Pick<Happening, "code" | "severity" | "message"> {
  const message = `${suppressed} more events of this source in the hour before were not told`;
  return { code: "events/suppressed", severity: "warning", message };
}
