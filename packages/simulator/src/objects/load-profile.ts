/**
 * Load profile 1 (class 7): every 15 minutes clock, status, active energy, power and voltage of
 * that moment.
 */
import { u8 } from "@lectura/dlms/axdr";
import { type CaptureObject, clockColumn, obis } from "@lectura/dlms/cosem";
import type { ServerObject } from "@lectura/dlms/server";
import { keyPlaces, type MeterKey } from "../model/keys.ts";
import type { MeterModel } from "../model/meter-model.ts";
import type { Personality } from "../personalities/personality.ts";
import { type ComputedColumn, computedProfile, evenTimes } from "./computed-profile.ts";
import { writeTime } from "./meter-time.ts";
import { registerValue } from "./registers.ts";

export const capturePeriodS = 900;
/** Rows kept: 60 days. */
export const profileEntriesMax: number = 60 * 96;

export function loadProfileObject(personality: Personality, model: MeterModel): ServerObject {
  return computedProfile({
    logicalName: "1.0.99.1.0.255",
    columns: profileColumns(personality, model),
    times: evenTimes(capturePeriodS * 1000),
    capturePeriodS,
    entriesMax: profileEntriesMax,
    utcOffsetMinutes: personality.utcOffsetMinutes,
  });
}

function profileColumns(personality: Personality, model: MeterModel): readonly ComputedColumn[] {
  const { formats, groupB, utcOffsetMinutes } = personality;
  const registerColumn = (key: MeterKey, raw: (atMs: number) => number): ComputedColumn => ({
    classId: 3,
    logicalName: obis(`1.${groupB}.${keyPlaces[key].group}`),
    attributeId: 2,
    dataIndex: 0,
    value: (atMs) => registerValue(formats[key], raw(atMs)),
  });
  const status: CaptureObject = {
    classId: 1,
    logicalName: obis("0.0.96.10.1.255"),
    attributeId: 2,
    dataIndex: 0,
  };
  return [
    { ...clockColumn, value: (atMs) => writeTime(atMs, utcOffsetMinutes) },
    { ...status, value: () => u8(0) },
    registerColumn("active_energy", (atMs) => model.rawEnergy(atMs)),
    registerColumn("active_power", (atMs) => model.raw("active_power", atMs)),
    registerColumn("voltage_l1", (atMs) => model.raw("voltage_l1", atMs)),
  ];
}
