/** What an independent subscriber got of the plain sink, held against what the journal has. */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

interface Measurement {
  readonly value?: number;
  readonly error?: string;
}

/** The plain sink's payload, INTERFACES section 6. */
export interface Payload {
  readonly device_id: string;
  readonly ts: number;
  readonly seq: number;
  readonly measurements: Readonly<Record<string, Measurement>>;
}

/** `topic payload` lines of `meters/#`. */
export function payloadsOf(lines: readonly string[]): readonly Payload[] {
  return lines
    .filter((line) => line.startsWith("meters/"))
    .map((line) => JSON.parse(line.slice(line.indexOf(" {"))) as Payload);
}

/** Every reading of the journal as `meter key ts` to its value. */
export function journalOf(dataDirectory: string): ReadonlyMap<string, number> {
  const database = new DatabaseSync(join(dataDirectory, "lectura.db"), { readOnly: true });
  try {
    const rows = database
      .prepare(
        `SELECT m.name, r.measurement_name AS key, r.measured_at AS ts, r.value
         FROM metrics r JOIN meters m ON m.id = r.meter_id`,
      )
      .all();
    return new Map(
      rows.map(({ name, key, ts, value }) => [
        `${String(name)} ${String(key)} ${String(ts)}`,
        Number(value),
      ]),
    );
  } finally {
    database.close();
  }
}

/** What a delivery is judged by: all empty where nothing is lost, invented or out of order. */
export interface Verdict {
  /** In the journal, never at the subscriber. */
  readonly lost: readonly string[];
  /** At the subscriber, not in the journal. */
  readonly invented: readonly string[];
  /** Came with another value than the journal has, or twice with two. */
  readonly changed: readonly string[];
  /** First comings of one meter that are not in the order of their numbers, or numbers left out. */
  readonly disordered: readonly string[];
  readonly readings: number;
  /** Messages that came once more. */
  readonly repeated: number;
}

export function judge(dataDirectory: string, lines: readonly string[]): Verdict {
  const journal = journalOf(dataDirectory);
  const payloads = payloadsOf(lines);
  const received = new Map<string, number>();
  const seqs = new Map<string, number>();
  const verdict = {
    invented: [] as string[],
    changed: [] as string[],
    disordered: [] as string[],
    repeated: 0,
  };
  for (const { device_id: meter, ts, seq, measurements } of payloads) {
    const last = seqs.get(meter) ?? 0;
    if (seq === last + 1) seqs.set(meter, seq);
    else if (seq <= last) verdict.repeated += 1;
    else verdict.disordered.push(`${meter} ${seq} after ${last}`);
    for (const [key, { value }] of Object.entries(measurements)) {
      if (value === undefined) continue;
      const name = `${meter} ${key} ${ts}`;
      const stored = journal.get(name);
      if (stored === undefined) verdict.invented.push(name);
      else if (stored !== value) verdict.changed.push(`${name}: ${value}, not ${stored}`);
      received.set(name, value);
    }
  }
  const lost = [...journal.keys()].filter((name) => !received.has(name));
  return { ...verdict, lost, readings: journal.size };
}
