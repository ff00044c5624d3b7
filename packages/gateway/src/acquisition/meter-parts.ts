import type { Clock, KeyStore } from "@lectura/dlms-node";
import type { EventSeverity, Store } from "../store/store.ts";
import type { PollRecord } from "../readings/reading.ts";
import type { MeterCredentials } from "../vault/meter-credentials.ts";
import type { Schedule } from "./schedule/schedule.ts";
import type { CounterBook } from "./security/counter-book.ts";
import type { Wire } from "./wire.ts";

/** Something worth telling, of one meter or line. */
export interface AcquisitionEvent {
  readonly code: string;
  readonly severity: EventSeverity;
  readonly meterId?: number;
  readonly lineId?: number;
  readonly message: string;
}

/** Where polls go. */
export interface RecordIntake {
  /** False while the store cannot take anything: then nobody polls. */
  readonly accepting: boolean;
  /** How many Readings are on disk now: all of the record's, or none. Never rejects. */
  accept(record: PollRecord): Promise<number>;
}

/** What every meter's acquisition is given. */
export interface AcquisitionParts {
  readonly wire: Wire;
  readonly clock: Clock;
  readonly random: () => number;
  readonly schedule: Schedule;
  readonly store: Pick<Store, "scalers" | "saveScalers" | "clearScalers" | "remember" | "recall">;
  readonly counters: CounterBook;
  readonly intake: RecordIntake;
  /** Password and keys as they are now. */
  readonly credentials: (meterId: number) => Promise<MeterCredentials>;
  /** Where a meter's keys change: `credentials` says when there is something to settle. */
  readonly keyStore: (meterId: number) => KeyStore;
  readonly onEvent: (event: AcquisitionEvent) => void;
  /** Problems that are nobody's business but the log's: our own bugs, caches that cannot be saved. */
  readonly onInternal: (message: string, error: unknown) => void;
}
