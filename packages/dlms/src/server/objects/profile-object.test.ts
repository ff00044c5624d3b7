import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { octetString, structure, u32, u8 } from "../../axdr/construct.ts";
import { encodeData } from "../../axdr/data-encode.ts";
import type { Data } from "../../axdr/data.ts";
import { profileGenericObject } from "../../cosem/attributes/objects.ts";
import type { CaptureObject } from "../../cosem/capture-object.ts";
import { dateTimeFromUtcMs, dateTimeOf, encodeDateTime } from "../../cosem/date-time.ts";
import { obis } from "../../cosem/obis.ts";
import { decodeProfileBuffer } from "../../cosem/profile-buffer.ts";
import { decodeProfileColumns } from "../../cosem/profile-columns.ts";
import { byEntry, byRange, byTimeRange, clockColumn } from "../../cosem/selective-access.ts";
import { askedMeter, canonical, meterContext } from "./asked-meter.fixture.ts";
import { type ServedColumn, type ServedProfile, servedProfile } from "./profile-object.ts";

const typed = profileGenericObject("1.0.99.1.0.255");
const energy: CaptureObject = {
  classId: 3,
  logicalName: obis("1.0.1.8.0.255"),
  attributeId: 2,
  dataIndex: 0,
};
const startMs = Date.UTC(2026, 0, 1);
const periodMs = 900_000;
const timeAt = (row: number): Data =>
  octetString(encodeDateTime(dateTimeFromUtcMs(startMs + row * periodMs, -60, 0)));
const columns: readonly ServedColumn[] = [
  {
    ...clockColumn,
    capture: ({ nowMs }) => octetString(encodeDateTime(dateTimeFromUtcMs(nowMs, -60, 0))),
  },
  { ...energy, capture: ({ nowMs }) => u32(Math.floor(nowMs / periodMs) % 7) },
];

function profile(
  rows: number,
  changes: Partial<Parameters<typeof servedProfile>[1]> = {},
): ServedProfile {
  const served = servedProfile("1.0.99.1.0.255", {
    columns,
    capturePeriodSeconds: 900,
    entriesMax: 100,
    ...changes,
  });
  for (let row = 0; row < rows; row++) served.append([timeAt(row), u32(Math.floor(row / 3))]);
  return served;
}

const layout = { columns, capturePeriodSeconds: 900 };

describe("a profile of a server", () => {
  test("keeps the newest rows and says how many", () => {
    const served = profile(120);
    const meter = askedMeter([served.object]);
    expect(served.rowCount).toBe(100);
    expect(meter.read(typed.entriesInUse)).toBe(100);
    expect(meter.read(typed.profileEntries)).toBe(100);
    expect(meter.read(typed.captureObjects)).toEqual([clockColumn, energy]);
    expect(meter.read(typed.sortObject)).toEqual(clockColumn);
    const rows = decodeProfileBuffer(meter.read(typed.buffer), layout);
    expect(rows[0]!.utcMs).toBe(startMs + 20 * periodMs);
    expect(meter.invoke(typed.reset, 0)).toBe("success");
    expect(meter.read(typed.entriesInUse)).toBe(0);
  });

  test("captures a row by its method and by itself", () => {
    const served = profile(0);
    const meter = askedMeter([served.object]);
    expect(meter.invoke(typed.capture, 0)).toBe("success");
    served.capture(meterContext(meter.nowMs + periodMs));
    const rows = decodeProfileBuffer(meter.read(typed.buffer), layout);
    expect(rows.map(({ utcMs }) => utcMs)).toEqual([meter.nowMs, meter.nowMs + periodMs]);
    expect(() => served.append([u8(1)])).toThrow(RangeError);
  });

  test("selects by time, with and without a deviation, and columns", () => {
    const meter = askedMeter([profile(50).object]);
    const range = (selection: ReturnType<typeof byRange>): Data | string =>
      meter.get(typed.buffer.select(selection));
    const from = dateTimeFromUtcMs(startMs + 10 * periodMs, 0);
    const to = dateTimeFromUtcMs(startMs + 12 * periodMs, 0);
    const rows = decodeProfileBuffer(range(byTimeRange(from, to)) as Data, layout);
    expect(rows.map(({ utcMs }) => utcMs)).toEqual(
      [10, 11, 12].map((row) => startMs + row * periodMs),
    );
    const wall = { year: 2026, month: 1, day: 1, minute: 0, second: 0 };
    const local = byTimeRange(dateTimeOf({ ...wall, hour: 1 }), dateTimeOf({ ...wall, hour: 2 }));
    const [first] = decodeProfileBuffer(range(local) as Data, layout);
    expect(first!.utcMs).toBe(startMs);
    const one = range(byTimeRange(from, to, { selectedValues: [energy] })) as Data;
    expect(one).toEqual(
      canonical({ type: "array", value: [3, 3, 4].map((n) => structure([u32(n)])) }),
    );
    expect(range(byTimeRange(to, from))).toEqual({ type: "array", value: [] });
    const foreign = { ...energy, logicalName: obis("1.0.2.8.0.255") };
    expect(range(byTimeRange(from, to, { restrictingObject: foreign }))).toBe(
      "scope-of-access-violated",
    );
    expect(range({ selector: 1, parameters: u8(1) })).toBe("type-unmatched");
    const byValue = { restrictingObject: energy, from: u32(2), to: u32(2), selectedValues: [] };
    expect(decodeProfileBuffer(range(byRange(byValue)) as Data, layout)).toHaveLength(3);
  });

  test("selects entries and columns by number", () => {
    const meter = askedMeter([profile(10).object]);
    const read = (from: number, to: number): number =>
      decodeProfileBuffer(
        meter.read(typed.buffer.select(byEntry({ fromEntry: from, toEntry: to }))),
        layout,
      ).length;
    expect([read(1, 3), read(9, 0), read(11, 20)]).toEqual([3, 2, 0]);
    const column = meter.read(typed.buffer.select(byEntry({ toEntry: 1, fromColumn: 2 })));
    expect(column).toEqual(canonical({ type: "array", value: [structure([u32(0)])] }));
  });

  test("sends the newest first where it is sorted so", () => {
    const meter = askedMeter([profile(3, { sort: "lifo", compressed: true }).object]);
    expect(meter.read(typed.sortMethod)).toBe("lifo");
    const rows = decodeProfileBuffer(meter.read(typed.buffer), { ...layout, newestFirst: true });
    expect(rows.map(({ utcMs }) => utcMs)).toEqual(
      [2, 1, 0].map((row) => startMs + row * periodMs),
    );
    expect(rows[1]!.timeDerived).toBe(true);
  });

  test("sends the same values with null-data as without, in fewer octets", () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ gap: fc.nat({ max: 2 }), value: fc.nat({ max: 2 }) }), {
          maxLength: 20,
        }),
        (cells) => {
          const [plain, compressed] = [profile(0), profile(0, { compressed: true })];
          let row = 0;
          for (const { gap, value } of cells) {
            row += gap;
            for (const served of [plain, compressed]) served.append([timeAt(row), u32(value)]);
          }
          const [first, second] = [plain, compressed].map(({ object }) =>
            encodeData(askedMeter([object]).read(typed.buffer)),
          );
          expect(second!.length).toBeLessThanOrEqual(first!.length);
          expect(decodeProfileColumns(second!, layout)).toEqual(
            decodeProfileColumns(first!, layout),
          );
        },
      ),
      { numRuns: 50 },
    );
  });
});
