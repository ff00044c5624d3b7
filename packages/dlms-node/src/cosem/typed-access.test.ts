import { u8 } from "@lectura/dlms/axdr";
import {
  activityCalendar,
  disconnectControl,
  obis,
  objectAttribute,
  registerObject,
} from "@lectura/dlms/cosem";
import { servedActivityCalendar, servedData, servedRegister } from "@lectura/dlms/server";
import { describe, expect, expectTypeOf, test } from "vitest";
import { meterSession, noLists } from "./procedure.fixture.ts";
import { invokeMethod, readAttribute, readAttributes, writeAttribute } from "./typed-access.ts";

const name = "0.0.13.0.0.255";
const script = obis("0.0.10.0.100.255");
const time = { hour: 6, minute: 0, second: 0, hundredths: 0, invalid: false };
const days = [
  { dayId: 1, daySchedule: [{ startTime: time, scriptLogicalName: script, scriptSelector: 1 }] },
];
const calendar = () =>
  servedActivityCalendar(name, { name: Uint8Array.of(1), seasons: [], weeks: [], days: [] });
const register = servedRegister("1.0.1.8.0.255", {
  value: () => u8(5),
  scalerUnit: { scaler: 1, unit: 30 },
});

describe("typed access over a session", () => {
  test("writes, invokes and reads back typed values", async () => {
    await using meter = await meterSession([calendar().object]);
    const { session } = meter;
    const typed = activityCalendar(name);
    expect(await writeAttribute(session, typed.dayProfileTablePassive, days)).toBe("success");
    const { result } = await invokeMethod(session, typed.activatePassiveCalendar, 0);
    expect(result).toBe("success");
    const read = await readAttribute(session, typed.dayProfileTableActive);
    expect(read).toEqual({ ok: true, value: days });
    if (read.ok) expectTypeOf(read.value[0]!.dayId).toEqualTypeOf<number>();
  });

  test("reads several attributes in one round trip, or one by one where there are no lists", async () => {
    const { value, scalerUnit } = registerObject("1.0.1.8.0.255");
    const { outputState } = disconnectControl("0.0.96.3.10.255");
    for (const [conformance, roundTrips] of [
      [undefined, 1],
      [noLists, 3],
    ] as const) {
      const options = conformance === undefined ? {} : { conformance };
      await using meter = await meterSession([register], options);
      const before = meter.session.counters.roundTrips;
      const results = await readAttributes(meter.session, [value, scalerUnit, outputState]);
      expect(results).toEqual([
        { ok: true, value: u8(5) },
        { ok: true, value: { scaler: 1, unit: 30 } },
        { ok: false, reason: "object-undefined" },
      ]);
      expect(meter.session.counters.roundTrips - before).toBe(roundTrips);
    }
  });

  test("says where a meter's value is malformed, and the session goes on", async () => {
    const wrong = servedData(name, { value: () => u8(1) });
    await using meter = await meterSession([{ ...wrong, classId: 20 }]);
    const { calendarNameActive } = activityCalendar(name);
    await expect(readAttribute(meter.session, calendarNameActive)).rejects.toMatchObject({
      code: "cosem/malformed",
      field: "calendarNameActive",
    });
    const raw = await meter.session.get(objectAttribute(20, name, 2));
    expect(raw).toEqual({ ok: true, value: u8(1) });
  });
});
