/**
 * Profile generic of a server (class 7, Blue Book 4.3.6): rows are kept, selected and compressed.
 */
import { array, enumeration, structure, u32 } from "../../axdr/construct.ts";
import type { Data } from "../../axdr/data.ts";
import {
  type CaptureObject,
  encodeCaptureObject,
  encodeCaptureObjects,
} from "../../cosem/capture-object.ts";
import { clockColumnOf } from "../../cosem/profile-buffer.ts";
import type { ObisText } from "../../cosem/descriptor.ts";
import { obis } from "../../cosem/obis.ts";
import type { AccessContext, ServerObject } from "../object.ts";
import { compressRows } from "./profile-compression.ts";
import { selectRows, type StoredRow } from "./profile-selection.ts";

/** One column: what is captured, and where its value comes from. */
export interface ServedColumn extends CaptureObject {
  /** Its value when a row is captured. */
  readonly capture: (context: AccessContext) => Data;
}

/** What a profile captures, how often and how much of it is kept. */
export interface ServedProfileOptions {
  readonly columns: readonly ServedColumn[];
  /** 0 = captured by events. */
  readonly capturePeriodSeconds: number;
  /** Rows kept; one more pushes the oldest out. */
  readonly entriesMax: number;
  /** Sends null-data for what follows from the row before. Absent: false. */
  readonly compressed?: boolean;
  /** Absent: "fifo", oldest first. */
  readonly sort?: "fifo" | "lifo";
  readonly version?: 0 | 1;
}

/** The object, and the way rows come into it. */
export interface ServedProfile {
  readonly object: ServerObject;
  /** Captures one row, as the capture period or a script does. */
  capture(context: AccessContext): void;
  /** Puts a row there as it is, oldest first: one cell for each column. @throws {RangeError} */
  append(cells: readonly Data[]): void;
  readonly rowCount: number;
  /** 0 = captured by events. */
  readonly capturePeriodSeconds: number;
  /** Rows kept. */
  readonly entriesMax: number;
}

const selectors = [1, 2];
const sortNumbers = { fifo: 1, lifo: 2 } as const;

/** Profile generic (class 7). */
export function servedProfile(logicalName: ObisText, options: ServedProfileOptions): ServedProfile {
  const { columns, capturePeriodSeconds, entriesMax, compressed = false } = options;
  const { sort = "fifo", version = 1 } = options;
  const clockIndex = clockColumnOf(columns);
  const rows: StoredRow[] = [];
  const append = (cells: readonly Data[]): void => {
    if (cells.length !== columns.length) {
      throw new RangeError(`a row of ${columns.length} columns has not ${cells.length} cells`);
    }
    rows.push(cells);
    if (rows.length > entriesMax) rows.shift();
  };
  const capture = (context: AccessContext): void => {
    append(columns.map((column) => column.capture(context)));
  };
  const periodSeconds = sort === "lifo" ? -capturePeriodSeconds : capturePeriodSeconds;
  const sortObject = columns[Math.max(0, clockIndex)];

  const object: ServerObject = {
    classId: 7,
    version,
    logicalName: obis(logicalName),
    attributes: {
      2: {
        selectors,
        read: ({ selection }) => {
          const sorted = sort === "lifo" ? rows.toReversed() : rows;
          const chosen = selectRows(sorted, columns, selection);
          if (typeof chosen === "string") return chosen;
          const clock = clockColumnOf(chosen.columns);
          const sent = compressed ? compressRows(chosen.rows, clock, periodSeconds) : chosen.rows;
          return array(sent.map((cells) => structure(cells)));
        },
      },
      3: { read: () => encodeCaptureObjects(columns) },
      4: { read: () => u32(capturePeriodSeconds) },
      5: { read: () => enumeration(sortNumbers[sort]) },
      6: {
        read: () =>
          sortObject === undefined ? "object-unavailable" : encodeCaptureObject(sortObject),
      },
      7: { read: () => u32(rows.length) },
      8: { read: () => u32(entriesMax) },
    },
    methods: {
      1: {
        invoke: () => {
          rows.length = 0;
          return { result: "success" };
        },
      },
      2: {
        invoke: (_, context) => {
          capture(context);
          return { result: "success" };
        },
      },
    },
  };
  return {
    object,
    capture,
    append,
    capturePeriodSeconds,
    entriesMax,
    get rowCount() {
      return rows.length;
    },
  };
}
