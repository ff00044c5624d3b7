import { commerce, household } from "../consumption/day-shape.ts";
import type { MeterKey } from "../model/keys.ts";
import { gmacSecurity, plainSecurity } from "../security/simulated-security.ts";
import type { Personality, PersonalityName, RegisterFormat, RegisterType } from "./personality.ts";

const privateLoads: Personality["loads"] = [
  { shape: household, meanPowerW: 430 },
  { shape: household, meanPowerW: 690 },
  { shape: commerce, meanPowerW: 3900 },
];

function formats(
  phase: readonly [RegisterType, number, RegisterType, number],
  frequency: RegisterFormat,
  power: RegisterFormat,
  powerFactor: RegisterFormat,
  energy: RegisterFormat,
): Readonly<Record<MeterKey, RegisterFormat>> {
  const voltage = { type: phase[0], scaler: phase[1] };
  const current = { type: phase[2], scaler: phase[3] };
  return {
    voltage_l1: voltage,
    voltage_l2: voltage,
    voltage_l3: voltage,
    current_l1: current,
    current_l2: current,
    current_l3: current,
    frequency,
    active_power: power,
    reactive_power: power,
    apparent_power: power,
    power_factor: powerFactor,
    active_energy: energy,
  };
}

/** Types of the meters in the original's field trace: 32 bits throughout. */
const microstarFormats = formats(
  ["double-long", -2, "double-long", -3],
  { type: "double-long", scaler: -2 },
  { type: "double-long-unsigned", scaler: -1 },
  { type: "double-long", scaler: -3 },
  { type: "double-long-unsigned", scaler: 0 },
);

const genericFormats = formats(
  ["long-unsigned", -1, "double-long-unsigned", -3],
  { type: "long-unsigned", scaler: -2 },
  { type: "double-long-unsigned", scaler: 0 },
  { type: "long", scaler: -3 },
  { type: "double-long-unsigned", scaler: 0 },
);

/** Fine scalers: the last octet is taken away from the value, so it must weigh little. */
const sevenFormats = formats(
  ["double-long-unsigned", -3, "double-long-unsigned", -4],
  { type: "double-long-unsigned", scaler: -4 },
  { type: "double-long-unsigned", scaler: -3 },
  { type: "long", scaler: -4 },
  { type: "long64-unsigned", scaler: -3 },
);

const generic: Personality = {
  name: "generic-three-phase",
  manufacturer: "LEC",
  addressSize: 1,
  lower: "sequence",
  upper: 1,
  informationOctetsMax: 2030,
  window: 7,
  sequence: "tolerant",
  referencing: "ln",
  // priority, attribute0-get, blocks, multiple-references, get, set, selective-access, action
  conformance: 0x00_7e1d,
  maxPduOctets: 0xffff,
  security: plainSecurity,
  groupB: 0,
  objects: "usual",
  formats: genericFormats,
  nominalV: 230,
  nominalHz: 50,
  utcOffsetMinutes: 60,
  loads: privateLoads,
  lastOctet: "measured",
};

const microstar: Personality = {
  name: "microstar",
  manufacturer: "MCS",
  addressSize: 1,
  lower: "serial-digits",
  upper: 1,
  informationOctetsMax: 128,
  window: 1,
  sequence: "tolerant",
  referencing: "ln",
  // attribute0-get, block-get, get, set, selective-access, action: no list reads
  conformance: 0x00_301d,
  maxPduOctets: 0x1900,
  security: plainSecurity,
  groupB: 1,
  objects: "usual",
  formats: microstarFormats,
  nominalV: 127,
  nominalHz: 60,
  utcOffsetMinutes: -300,
  loads: privateLoads,
  lastOctet: "measured",
};

export const personalities: Readonly<Record<PersonalityName, Personality>> = {
  microstar,
  "generic-three-phase": generic,
  "seven-e": {
    ...generic,
    name: "seven-e",
    addressSize: 4,
    lower: "seven-e",
    // 7E as an address octet: seven bits of ones, then the "more follows" bit 0.
    upper: (0x3f << 7) | 0x3f,
    informationOctetsMax: 128,
    window: 1,
    formats: sevenFormats,
    lastOctet: "seven-e",
  },
  segmented: { ...generic, name: "segmented", informationOctetsMax: 64 },
  strict: {
    ...microstar,
    name: "strict",
    manufacturer: "LEC",
    addressSize: 4,
    sequence: "strict",
    conformance: generic.conformance,
  },
  secured: { ...generic, name: "secured", security: gmacSecurity },
  "short-names": {
    ...generic,
    name: "short-names",
    referencing: "sn",
    // read, write, unconfirmed-write, multiple-references, parameterized-access
    conformance: 0x1c_0220,
  },
  full: {
    ...generic,
    name: "full",
    // besides: general-block-transfer, data- and event-notification, access
    conformance: generic.conformance | 0x20_00c2,
    objects: "full",
  },
};
