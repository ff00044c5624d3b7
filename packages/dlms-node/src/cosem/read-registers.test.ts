import { octetString, u32, u8 } from "@lectura/dlms/axdr";
import { obis } from "@lectura/dlms/cosem";
import { servedData, servedRegister } from "@lectura/dlms/server";
import { describe, expect, test } from "vitest";
import { meterSession, noLists } from "./procedure.fixture.ts";
import { readRegister, readRegisters } from "./read-registers.ts";

const energy = { classId: 3, logicalName: obis("1.0.1.8.0.255"), attributeId: 2 };
const serial = { classId: 1, logicalName: obis("0.0.96.1.0.255"), attributeId: 2 };
const absent = { classId: 3, logicalName: obis("1.0.99.8.0.255"), attributeId: 2 };
const objects = [
  servedRegister(energy.logicalName, {
    value: () => u32(56_352),
    scalerUnit: { scaler: -2, unit: 30 },
  }),
  servedData(serial.logicalName, { value: () => octetString(Uint8Array.of(0x31, 0x32)) }),
  {
    ...servedRegister("1.0.2.8.0.255", {
      value: () => u32(9),
      scalerUnit: { scaler: 0, unit: 30 },
    }),
    attributes: { 2: { read: () => u32(9) }, 3: { read: () => u8(3) } },
  },
];

describe("registers with their scalers", () => {
  test("come in one round trip, and without the scalers the next time", async () => {
    await using meter = await meterSession(objects);
    const { session } = meter;
    const before = session.counters.roundTrips;
    const first = await readRegisters(session, [energy, serial, absent], { octetString: "text" });
    expect(first.readings).toEqual([
      {
        ok: true,
        register: energy,
        data: u32(56_352),
        exact: { kind: "decimal", raw: 56_352n, scaler: -2 },
        scalerUnit: { scaler: -2, unit: 30 },
      },
      {
        ok: true,
        register: serial,
        data: octetString(Uint8Array.of(0x31, 0x32)),
        exact: { kind: "text", text: "12" },
        scalerUnit: { scaler: 0, unit: 255 },
      },
      { ok: false, register: absent, reason: "object-undefined" },
    ]);
    expect(session.counters.roundTrips - before).toBe(1);
    const octetsBefore = session.counters.octetsOut;
    const second = await readRegisters(session, [energy], { scalers: first.scalers });
    expect(second.readings[0]).toEqual(first.readings[0]);
    expect(session.counters.octetsOut - octetsBefore).toBeLessThan(60);
  });

  test("are read one by one where the meter takes no lists", async () => {
    await using meter = await meterSession(objects, { conformance: noLists });
    const before = meter.session.counters.roundTrips;
    const reading = await readRegister(meter.session, energy);
    expect(reading).toMatchObject({ ok: true, scalerUnit: { scaler: -2, unit: 30 } });
    expect(meter.session.counters.roundTrips - before).toBe(2);
  });

  test("take the corrections of the meter's type, also for a scaler that is garbage", async () => {
    await using meter = await meterSession(objects);
    const garbled = { ...energy, logicalName: obis("1.0.2.8.0.255") };
    const { readings } = await readRegisters(meter.session, [energy, garbled], {
      overrides: [
        { ...energy, scaler: 1 },
        { classId: 3, logicalName: garbled.logicalName, unit: 32 },
      ],
    });
    expect(readings).toMatchObject([
      { exact: { raw: 56_352n, scaler: 1 }, scalerUnit: { scaler: 1, unit: 30 } },
      { exact: { raw: 9n, scaler: 0 }, scalerUnit: { scaler: 0, unit: 32 } },
    ]);
  });

  test("are read by short names as by logical ones", async () => {
    await using meter = await meterSession(objects, { referencing: "sn" });
    expect(await readRegister(meter.session, energy)).toMatchObject({
      ok: true,
      exact: { raw: 56_352n, scaler: -2 },
    });
  });
});
