import { describe, expect, test } from "vitest";
import { octetString, u8 } from "../../axdr/construct.ts";
import { clockObject } from "../../cosem/attributes/objects.ts";
import { dateTimeFromUtcMs, dateTimeOf, utcMs } from "../../cosem/date-time.ts";
import { clock } from "../../cosem/descriptor.ts";
import { askedMeter } from "./asked-meter.fixture.ts";
import { servedClock } from "./clock-object.ts";

const typed = clockObject("0.0.1.0.0.255");

describe("the clock of a server", () => {
  test("shows local time with its deviation, and the DST bit in summer", () => {
    const { object } = servedClock({
      timeZoneMinutes: -60,
      daylightSaving: (ms) => new Date(ms).getUTCMonth() === 5,
    });
    const meter = askedMeter([object]);
    const summer = meter.read(typed.time);
    expect(summer).toMatchObject({ hour: 14, deviationMinutes: -120, status: 0x80 });
    expect(utcMs(summer)).toBe(meter.nowMs);
    meter.nowMs = Date.UTC(2026, 0, 1, 12);
    expect(meter.read(typed.time)).toMatchObject({ hour: 13, deviationMinutes: -60, status: 0 });
    expect(meter.read(typed.clockBase)).toBe("internal-crystal");
  });

  test("goes on from what it was set to, with or without a deviation", () => {
    const served = servedClock({ timeZoneMinutes: -60 });
    const meter = askedMeter([served.object]);
    const wantedMs = Date.UTC(2030, 1, 2, 3, 4, 5);
    expect(meter.write(typed.time, dateTimeFromUtcMs(wantedMs, -60))).toBe("success");
    meter.nowMs += 10_000;
    expect(utcMs(meter.read(typed.time))).toBe(wantedMs + 10_000);
    expect(served.timeMs(meter.nowMs)).toBe(wantedMs + 10_000);
    const local = dateTimeOf({ year: 2030, month: 2, day: 2, hour: 5, minute: 0, second: 0 });
    expect(meter.write(typed.time, local)).toBe("success");
    expect(utcMs(meter.read(typed.time))).toBe(Date.UTC(2030, 1, 2, 4));
  });

  test("refuses what is no moment and what is no date-time", () => {
    const meter = askedMeter([servedClock().object]);
    expect(meter.write(typed.time, dateTimeOf({}))).toBe("other-reason");
    expect(meter.set(clock(), u8(1))).toBe("type-unmatched");
    expect(meter.set(clock(), octetString(new Uint8Array(11)))).toBe("type-unmatched");
  });

  test("is adjusted, shifted and preset", () => {
    const meter = askedMeter([servedClock().object]);
    meter.nowMs = Date.UTC(2026, 0, 1, 12, 7, 40);
    expect(meter.invoke(typed.adjustToMinute, 0)).toBe("success");
    expect(utcMs(meter.read(typed.time))).toBe(Date.UTC(2026, 0, 1, 12, 8));
    expect(meter.invoke(typed.adjustToQuarter, 0)).toBe("success");
    expect(utcMs(meter.read(typed.time))).toBe(Date.UTC(2026, 0, 1, 12, 15));
    expect(meter.invoke(typed.shiftTime, -30)).toBe("success");
    expect(utcMs(meter.read(typed.time))).toBe(Date.UTC(2026, 0, 1, 12, 14, 30));
    expect(meter.invoke(typed.shiftTime, 901)).toBe("other-reason");
    expect(meter.invoke(typed.adjustToPresetTime, 0)).toBe("other-reason");
    const at = (hour: number): ReturnType<typeof dateTimeFromUtcMs> =>
      dateTimeFromUtcMs(Date.UTC(2026, 0, 1, hour), 0);
    const preset = {
      presetTime: at(13),
      validityIntervalStart: at(12),
      validityIntervalEnd: at(14),
    };
    expect(meter.invoke(typed.presetAdjustingTime, preset)).toBe("success");
    expect(meter.invoke(typed.adjustToPresetTime, 0)).toBe("success");
    expect(utcMs(meter.read(typed.time))).toBe(Date.UTC(2026, 0, 1, 13));
  });
});
