import type { MeterProfileDescription } from "@lectura/dlms-node";
import type { ProfileReading, ProfileValue } from "@lectura/dlms/cosem";
import { localText } from "@lectura/dlms/cosem";
import { valueText } from "@lectura/gateway";
import type { Context } from "../context.ts";
import { csvCell } from "../csv-cell.ts";
import { dataText } from "../data-text.ts";
import { type TableColumn, writeTable } from "../fitted-table.ts";
import { fill } from "../texts/texts.ts";
import type { ShownColumn } from "./profile-columns.ts";

/** Columns between two of a table. */
const gap = 2;

/** Takes rows as they are read; `end` is called once, also after an interruption. */
export interface ProfileWriter {
  head(columns: readonly ShownColumn[], description: MeterProfileDescription): void;
  rows(rows: readonly ProfileReading[]): void;
  end(): void;
}

/** A row's exact values by column, text each; empty where the meter sent none. */
function cellsOf(row: ProfileReading, columns: readonly ShownColumn[]): readonly string[] {
  return columns.map(({ object }) => {
    const value = row.values.find((candidate) => candidate.object === object);
    return value === undefined ? "" : cellText(value);
  });
}

function cellText({ exact, data }: ProfileValue): string {
  if (data.type === "null-data") return "";
  return exact === undefined ? dataText(data) : valueText(exact);
}

/** The meter's own time; UTC where a time is derived only. */
export function rowTime({ time, utcMs }: ProfileReading): string {
  const local = time === undefined ? undefined : localText(time);
  if (local !== undefined) return local.replace("T", " ");
  return utcMs === undefined ? "" : new Date(utcMs).toISOString();
}

function utcTextOf({ utcMs }: ProfileReading): string {
  return utcMs === undefined ? "" : new Date(utcMs).toISOString();
}

const heading = ({ label, unit }: ShownColumn): string =>
  unit === "" ? label : `${label} (${unit})`;

/** Rows as CSV, written as they come: time in UTC, the meter's own time, quality, values. */
export class CsvProfile implements ProfileWriter {
  readonly #context: Context;
  #columns: readonly ShownColumn[] = [];

  constructor(context: Context) {
    this.#context = context;
  }

  head(columns: readonly ShownColumn[]): void {
    this.#columns = columns;
    this.#line(["measured_at", "meter_time", "quality", ...columns.map(heading)]);
  }

  rows(rows: readonly ProfileReading[]): void {
    for (const row of rows) {
      this.#line([utcTextOf(row), rowTime(row), row.quality, ...cellsOf(row, this.#columns)]);
    }
  }

  end(): void {
    // Every row is written.
  }

  #line(cells: readonly string[]): void {
    this.#context.output.raw(`${cells.map(csvCell).join(",")}\n`);
  }
}

/** One JSON object a line: the profile, then its rows. */
export class JsonProfile implements ProfileWriter {
  readonly #context: Context;
  readonly #profile: string;
  #columns: readonly ShownColumn[] = [];

  constructor(context: Context, profile: string) {
    this.#context = context;
    this.#profile = profile;
  }

  head(columns: readonly ShownColumn[], description: MeterProfileDescription): void {
    this.#columns = columns;
    const { capturePeriodSeconds, sortMethod } = description;
    this.#context.output.document({
      type: "profile",
      obis: this.#profile,
      capturePeriodSeconds,
      sortMethod,
      columns: columns.map(({ object, label, unit, scalerUnit }) => ({
        key: label,
        classId: object.classId,
        obis: object.logicalName,
        attributeId: object.attributeId,
        dataIndex: object.dataIndex,
        unit,
        scaler: scalerUnit?.scaler ?? 0,
      })),
    });
  }

  rows(rows: readonly ProfileReading[]): void {
    for (const row of rows) {
      this.#context.output.document({
        type: "row",
        measuredAt: row.utcMs ?? null,
        meterTime: row.time === undefined ? null : (localText(row.time) ?? null),
        quality: row.quality,
        values: cellsOf(row, this.#columns),
      });
    }
  }

  end(): void {
    // Every row is written.
  }
}

/** A table, once all rows are there: columns are as wide as their widest cell. */
export class TableProfile implements ProfileWriter {
  readonly #context: Context;
  readonly #rows: (readonly string[])[] = [];
  #columns: readonly ShownColumn[] = [];
  #allGood = true;

  constructor(context: Context) {
    this.#context = context;
  }

  head(columns: readonly ShownColumn[]): void {
    this.#columns = columns;
    // Units stand below the names.
    this.#rows.push(["", "", ...columns.map(({ unit }) => unit)]);
  }

  rows(rows: readonly ProfileReading[]): void {
    for (const row of rows) {
      this.#allGood &&= row.quality === "good";
      this.#rows.push([rowTime(row), row.quality, ...cellsOf(row, this.#columns)]);
    }
  }

  end(): void {
    const { output } = this.#context;
    if (this.#rows.length <= 1) return;
    const { words, sentences } = output.texts;
    const first: readonly TableColumn[] = [
      { heading: words.time, paint: output.colour.cyan },
      ...(this.#allGood ? [] : [{ heading: words.quality, paint: output.colour.yellow }]),
    ];
    const rows = this.#rows.map(([time = "", quality = "", ...cells]) => [
      time,
      ...(this.#allGood ? [] : [quality]),
      ...cells,
    ]);
    const shown = this.#fitting(rows, first);
    const columns = this.#columns.slice(0, shown);
    writeTable(
      this.#context,
      [...first, ...columns.map(({ label }) => ({ heading: label, right: true }))],
      rows.map((row) => row.slice(0, first.length + shown)),
    );
    const hidden = this.#columns.slice(shown).map(({ label }) => label);
    if (hidden.length > 0) {
      output.note(fill(sentences.profileHidden, { columns: hidden.join(", ") }));
    }
  }

  /** How many value columns the terminal has room for, one at least; all where there is none. */
  #fitting(rows: readonly (readonly string[])[], first: readonly TableColumn[]): number {
    const { output, environment } = this.#context;
    if (!environment.stdoutIsTerminal) return this.#columns.length;
    const headings = [...first, ...this.#columns.map(({ label }) => ({ heading: label }))];
    let room = output.columns + gap;
    let shown = 0;
    for (const [at, { heading }] of headings.entries()) {
      room -=
        gap + rows.reduce((width, row) => Math.max(width, row[at]?.length ?? 0), heading.length);
      if (room < 0) break;
      shown = at + 1 - first.length;
    }
    return Math.max(1, shown);
  }
}
