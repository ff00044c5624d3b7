import { octetString, u8 } from "@lectura/dlms/axdr";
import { dateTimeFromUtcMs, encodeDateTime, utcMs } from "@lectura/dlms/cosem";
import { servedClock, servedData } from "@lectura/dlms/server";
import { describe, expect, test } from "vitest";
import { readClock, setClock, shiftClock } from "./meter-clock.ts";
import { meterSession } from "./procedure.fixture.ts";

describe("a meter's clock", () => {
  test("is read, compared, set in its own zone and shifted", async () => {
    const served = servedClock({ timeZoneMinutes: -60 });
    await using meter = await meterSession([served.object]);
    const { session, clock } = meter;
    const first = await readClock(session, clock);
    expect(first).toMatchObject({ ok: true, offsetMs: 0, deviationMinutes: -60, roundTripMs: 0 });
    expect(await shiftClock(session, -30)).toBe("success");
    expect(await readClock(session, clock)).toMatchObject({ offsetMs: -30_000 });
    expect(await setClock(session, clock)).toBe("success");
    const last = await readClock(session, clock);
    expect(last).toMatchObject({ offsetMs: 0, deviationMinutes: -60 });
    const toMs = Date.UTC(2030, 0, 1);
    expect(await setClock(session, clock, { toMs, deviationMinutes: 0 })).toBe("success");
    expect(served.timeMs(clock.nowMs())).toBe(toMs);
    await expect(shiftClock(session, 901)).rejects.toThrow(RangeError);
  });

  test("with an inverted deviation is read and written with the opposite sign", async () => {
    let written: Uint8Array | undefined;
    const startMs = Date.UTC(2026, 0, 1);
    const inverted = { ...dateTimeFromUtcMs(startMs, -60, 0), deviationMinutes: 60 };
    const data = servedData("0.0.1.0.0.255", {
      value: () => octetString(encodeDateTime(inverted)),
      write: (value) => {
        if (value.type === "octet-string") written = value.value.slice();
        return "success";
      },
    });
    await using meter = await meterSession([{ ...data, classId: 8 }]);
    const { session, clock } = meter;
    const request = { invertedDeviation: true };
    expect(await readClock(session, clock, request)).toMatchObject({ utcMs: startMs, offsetMs: 0 });
    expect(await setClock(session, clock, request)).toBe("success");
    expect(written).toEqual(encodeDateTime(inverted));
    expect(utcMs(inverted, request)).toBe(startMs);
  });

  test("that refuses says why", async () => {
    await using meter = await meterSession([servedData("0.0.96.1.0.255", { value: () => u8(0) })]);
    const refused = { ok: false, reason: "object-undefined" };
    expect(await readClock(meter.session, meter.clock)).toEqual(refused);
    expect(await setClock(meter.session, meter.clock)).toBe("object-undefined");
  });
});
