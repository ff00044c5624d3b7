/**
 * The twelve keys the original system promised, with their COSEM place. Group B is 1 there; the
 * same object answers with B = 0 as well.
 */
export const meterKeys = [
  "voltage_l1",
  "voltage_l2",
  "voltage_l3",
  "current_l1",
  "current_l2",
  "current_l3",
  "frequency",
  "active_power",
  "reactive_power",
  "apparent_power",
  "power_factor",
  "active_energy",
] as const;

export type MeterKey = (typeof meterKeys)[number];

/** Blue Book, table of units (class 3 attribute 3). */
export type UnitCode = 27 | 28 | 29 | 30 | 33 | 35 | 44 | 255;

interface KeyPlace {
  /** Groups C.D.E.F of the OBIS code. */
  readonly group: string;
  readonly unit: UnitCode;
}

export const keyPlaces: Readonly<Record<MeterKey, KeyPlace>> = {
  voltage_l1: { group: "32.7.0.255", unit: 35 },
  voltage_l2: { group: "52.7.0.255", unit: 35 },
  voltage_l3: { group: "72.7.0.255", unit: 35 },
  current_l1: { group: "31.7.0.255", unit: 33 },
  current_l2: { group: "51.7.0.255", unit: 33 },
  current_l3: { group: "71.7.0.255", unit: 33 },
  frequency: { group: "14.7.0.255", unit: 44 },
  active_power: { group: "1.7.0.255", unit: 27 },
  reactive_power: { group: "3.7.0.255", unit: 29 },
  apparent_power: { group: "9.7.0.255", unit: 28 },
  power_factor: { group: "13.7.0.255", unit: 255 },
  active_energy: { group: "1.8.0.255", unit: 30 },
};
