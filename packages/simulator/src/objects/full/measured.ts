/** What a full meter measures beyond the twelve keys: tariffs, demand, peaks, exported energy. */
import { type Data, u8 } from "@lectura/dlms/axdr";
import {
  type CaptureObject,
  clockColumn,
  type CosemDateTime,
  dateTimeFromUtcMs,
  obis,
} from "@lectura/dlms/cosem";
import {
  servedDemandRegister,
  servedExtendedRegister,
  servedRegister,
  type ServerObject,
} from "@lectura/dlms/server";
import { Demand, demandPeriodS } from "../../model/demand.ts";
import { keyPlaces } from "../../model/keys.ts";
import type { MeterModel } from "../../model/meter-model.ts";
import { TariffEnergy } from "../../model/tariff-energy.ts";
import type { Personality } from "../../personalities/personality.ts";
import {
  type ComputedColumn,
  computedProfile,
  evenTimes,
  type RowTimes,
} from "../computed-profile.ts";
import { writeTime } from "../meter-time.ts";
import { registerValue } from "../registers.ts";

/** Rows of the daily and the monthly billing profile. */
export const billingEntriesMax = { daily: 90, monthly: 24 } as const;

const dayMs = 86_400_000;
const wsPerWh = 3600;
const energyUnit = 30;
const powerUnit = 27;

/** Names of the registers, group B as the personality has it. */
const groups = {
  tariff1: "1.8.1.255",
  tariff2: "1.8.2.255",
  exported: "2.8.0.255",
  demand: "1.4.0.255",
  peakDemand: "1.6.0.255",
} as const;

/** The registers and profiles, and the tariff in force. */
export interface MeasuredObjects {
  readonly objects: readonly ServerObject[];
  readonly tariff: (atMs: number) => 1 | 2;
}

/** Everything here follows from the model and the moment it is asked for. */
export function measuredObjects(personality: Personality, model: MeterModel): MeasuredObjects {
  const { formats, groupB, utcOffsetMinutes } = personality;
  const tariffs = new TariffEnergy(model, utcOffsetMinutes);
  const demand = new Demand(model, utcOffsetMinutes);
  const { active_energy: energy, active_power: power } = formats;
  const name = (group: keyof typeof groups): string => `1.${groupB}.${groups[group]}`;
  const energyOf = (ws: number): Data =>
    registerValue(energy, Math.floor((ws / wsPerWh) * 10 ** -energy.scaler));
  const powerOf = (watts: number): Data =>
    registerValue(power, Math.round(watts * 10 ** -power.scaler));
  const timeOf = (atMs: number): CosemDateTime => dateTimeFromUtcMs(atMs, -utcOffsetMinutes, 0);
  const energyUnits = { scaler: energy.scaler, unit: energyUnit };
  const powerUnits = { scaler: power.scaler, unit: powerUnit };
  const tariffEnergy = (tariff: 1 | 2) => (atMs: number) =>
    energyOf(tariffs.energyWs(tariff, atMs));
  const peak = (atMs: number): Data => powerOf(demand.peak(atMs).watts);
  const registers = [
    ...([1, 2] as const).map((tariff) =>
      servedRegister(name(`tariff${tariff}`), {
        value: ({ nowMs }) => tariffEnergy(tariff)(nowMs),
        scalerUnit: energyUnits,
      }),
    ),
    // A consumer's meter: nothing flows back.
    servedRegister(name("exported"), { value: () => energyOf(0), scalerUnit: energyUnits }),
    servedDemandRegister(name("demand"), {
      currentAverage: ({ nowMs }) => powerOf(demand.currentW(nowMs)),
      lastAverage: ({ nowMs }) => powerOf(demand.lastW(nowMs)),
      scalerUnit: powerUnits,
      status: () => u8(0),
      captureTime: ({ nowMs }) => timeOf(demand.startMs(nowMs)),
      startTime: ({ nowMs }) => timeOf(demand.startMs(nowMs)),
      periodSeconds: demandPeriodS,
      periods: 1,
    }),
    servedExtendedRegister(name("peakDemand"), {
      value: ({ nowMs }) => peak(nowMs),
      scalerUnit: powerUnits,
      status: () => u8(0),
      captureTime: ({ nowMs }) => timeOf(demand.peak(nowMs).atMs),
    }),
  ];
  const columns = [
    { ...clockColumn, value: (atMs: number) => writeTime(atMs, utcOffsetMinutes) },
    column(`1.${groupB}.${keyPlaces.active_energy.group}`, 3, (atMs) =>
      energyOf(model.energyWs(atMs)),
    ),
    column(name("tariff1"), 3, tariffEnergy(1)),
    column(name("tariff2"), 3, tariffEnergy(2)),
  ];
  const offsetMs = utcOffsetMinutes * 60_000;
  const profiles = [
    computedProfile({
      utcOffsetMinutes,
      logicalName: "1.0.98.2.0.255",
      columns,
      times: evenTimes(dayMs, offsetMs),
      capturePeriodS: dayMs / 1000,
      entriesMax: billingEntriesMax.daily,
    }),
    computedProfile({
      utcOffsetMinutes,
      logicalName: "1.0.98.1.0.255",
      capturePeriodS: 0,
      // Of the month that ends with the row.
      columns: [...columns, column(name("peakDemand"), 4, (atMs) => peak(atMs - 1))],
      times: monthTimes(offsetMs),
      entriesMax: billingEntriesMax.monthly,
    }),
  ];
  return { objects: [...registers, ...profiles], tariff: (atMs) => tariffs.tariff(atMs) };
}

/** The first moment of each local month. */
function monthTimes(offsetMs: number): RowTimes {
  return {
    atMs: (row) => Date.UTC(1970, row, 1) - offsetMs,
    rowAt: (ms) => {
      const local = new Date(ms + offsetMs);
      return (local.getUTCFullYear() - 1970) * 12 + local.getUTCMonth();
    },
  };
}

function column(
  logicalName: string,
  classId: number,
  value: (atMs: number) => Data,
): ComputedColumn {
  const captured: CaptureObject = {
    classId,
    logicalName: obis(logicalName),
    attributeId: 2,
    dataIndex: 0,
  };
  return { ...captured, value };
}
