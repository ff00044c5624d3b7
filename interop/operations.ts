/**
 * What is done in every cell of the matrix, as data. A new operation is a new column: a name here
 * and its steps below.
 */
import type { ObisText } from "@lectura/dlms/cosem";
import type { FleetMeter } from "@lectura/simulator";
import type { Member, Request } from "./exchange.ts";
import type { Expected } from "./expectation.ts";
import { type MeterName, type OurMeters, worldMs } from "./our-meters.ts";
import {
  current,
  energy,
  frequency,
  longValue,
  noteName,
  power,
  profileName,
  type RegisterFacts,
  resettable,
  rowFacts,
  serial,
  sevenRegister,
  sevens,
  voltage,
} from "./reference-meter.ts";
import type { Security } from "./securities.ts";

export const operationNames = [
  "GET",
  "7E",
  "list",
  "segments",
  "blocks",
  "entry",
  "range",
  "SET",
  "ACTION",
  "ACCESS",
] as const;

export type OperationName = (typeof operationNames)[number];

/** The columns: operations of an association, and the push, which needs none. */
export type ColumnName = OperationName | "push";

export const columnNames: readonly ColumnName[] = [...operationNames, "push"];

export interface Step {
  readonly meter: MeterName;
  readonly request: Request;
  /** Absent: success without a value. */
  readonly expected?: Expected;
}

const hourMs = 3_600_000;
const quarterMs = hourMs / 4;

/** The same meter behind every server. */
export const referenceSteps: Readonly<Record<OperationName, readonly Step[]>> = {
  GET: [
    get("reference", 1, "0.0.96.1.0.255", 2, hex(serial)),
    get("reference", 3, voltage.name, 2, voltage.raw),
    get("reference", 3, voltage.name, 3, [voltage.scaler, voltage.unit]),
  ],
  "7E": [
    get("reference", 3, sevenRegister.name, 2, sevenRegister.raw),
    get("reference", 1, "0.0.96.1.3.255", 2, hex(sevens)),
  ],
  list: [list("reference", [voltage, current, energy])],
  // 16 descriptors are 166 octets, longer than the information fields of 128: segments both ways.
  segments: [
    list(
      "reference",
      [0, 1, 2, 3].flatMap(() => [voltage, current, frequency, power]),
    ),
    get("reference", 1, "0.0.96.1.0.255", 2, hex(serial)),
  ],
  blocks: [get("reference", 1, "0.0.96.1.1.255", 2, hex(longValue))],
  entry: [
    {
      meter: "reference",
      request: { kind: "entry", name: profileName, first: 3, last: 5 },
      expected: rows(2, 4),
    },
  ],
  range: [
    {
      meter: "reference",
      request: {
        kind: "range",
        name: profileName,
        fromMs: rowFacts(6).atMs,
        toMs: rowFacts(8).atMs,
      },
      expected: rows(6, 8),
    },
  ],
  SET: [
    set(noteName, 1, { type: "octet-string", value: Uint8Array.of(0x7e, 0, 0x7d) }),
    get("reference", 1, noteName, 2, "7e007d"),
  ],
  ACTION: [
    set(resettable.name, 3, { type: "double-long-unsigned", value: 77 }),
    get("reference", 3, resettable.name, 2, 77),
    {
      meter: "reference",
      request: {
        kind: "action",
        method: { classId: 3, name: resettable.name, id: 1 },
        parameter: { type: "integer", value: 0 },
      },
    },
    get("reference", 3, resettable.name, 2, 0),
  ],
  ACCESS: [
    {
      meter: "reference",
      request: { kind: "access", attributes: registerMembers([voltage, current, energy]) },
      expected: [voltage.raw, current.raw, energy.raw],
    },
  ],
};

/** In addition, behind our server: the simulator's personalities. */
export function simulatorSteps(
  { fleet }: OurMeters,
  security: Security,
): Readonly<Partial<Record<OperationName, readonly Step[]>>> {
  if (security.service !== "ln") return {};
  // The simulator's meters know neither HLS nor ciphering.
  if (security.protection !== "none") return {};
  if (security.mechanism !== "none" && security.mechanism !== "lls") return {};
  const { "generic-three-phase": generic, microstar, "seven-e": seven, segmented } = fleet;
  const everybody: Partial<Record<OperationName, readonly Step[]>> = {
    GET: [
      simulated(generic, "voltage_l1"),
      simulatedUnit(generic, "voltage_l1"),
      simulated(microstar, "current_l1"),
      simulatedUnit(microstar, "current_l1"),
    ],
    "7E": [
      simulated(seven, "voltage_l1"),
      simulated(seven, "active_energy"),
      get("seven-e", 1, "0.0.96.1.0.255", 2, hex(Buffer.from(seven.serial))),
    ],
    list: [simulatedList(generic, ["voltage_l1", "current_l1", "frequency", "active_energy"])],
    segments: [simulatedList(segmented, simulatedKeys)],
  };
  // The public client of the simulator sees no profile and sets no clock.
  if (security.mechanism === "none") return everybody;
  const newest = Math.floor(worldMs / quarterMs) * quarterMs;
  return {
    ...everybody,
    range: [
      {
        meter: "generic-three-phase",
        request: {
          kind: "range",
          name: "1.0.99.1.0.255",
          fromMs: newest - 2 * quarterMs,
          toMs: newest,
        },
        expected: [2, 1, 0].map((back) => simulatedRow(generic, newest - back * quarterMs)),
      },
    ],
  };
}

type Key = Parameters<FleetMeter["truth"]>[0];

const simulatedPlaces = {
  voltage_l1: "32.7.0.255",
  voltage_l2: "52.7.0.255",
  voltage_l3: "72.7.0.255",
  current_l1: "31.7.0.255",
  current_l2: "51.7.0.255",
  current_l3: "71.7.0.255",
  frequency: "14.7.0.255",
  active_power: "1.7.0.255",
  reactive_power: "3.7.0.255",
  apparent_power: "9.7.0.255",
  power_factor: "13.7.0.255",
  active_energy: "1.8.0.255",
} as const satisfies Readonly<Record<Key, string>>;
const simulatedKeys = Object.keys(simulatedPlaces) as Key[];

function simulatedMember(key: Key, id: number): Member {
  return { classId: 3, name: `1.0.${simulatedPlaces[key]}`, id };
}

function simulated(meter: FleetMeter, key: Key): Step {
  const { classId, name, id } = simulatedMember(key, 2);
  return get(nameOf(meter), classId, name, id, truth(meter, key, worldMs));
}

function simulatedUnit(meter: FleetMeter, key: Key): Step {
  const { classId, name, id } = simulatedMember(key, 3);
  return get(nameOf(meter), classId, name, id, [meter.scaler(key), meter.unit(key)]);
}

function simulatedList(meter: FleetMeter, keys: readonly Key[]): Step {
  return {
    meter: nameOf(meter),
    request: { kind: "list", attributes: keys.map((key) => simulatedMember(key, 2)) },
    expected: keys.map((key) => truth(meter, key, worldMs)),
  };
}

/** Clock, status and three registers, as the simulator's load profile keeps them. */
function simulatedRow(meter: FleetMeter, atMs: number): Expected {
  const keys = ["active_energy", "active_power", "voltage_l1"] as const;
  return [{ atMs }, 0, ...keys.map((key) => truth(meter, key, atMs))];
}

function truth(meter: FleetMeter, key: Key, atMs: number): number {
  return Number(meter.truth(key, atMs));
}

function nameOf({ personality }: FleetMeter): MeterName {
  const names: readonly MeterName[] = ["generic-three-phase", "microstar", "seven-e", "segmented"];
  const name = names.find((one) => one === personality);
  if (name === undefined) throw new Error(`no ${personality} meter is served here`);
  return name;
}

function get(
  meter: MeterName,
  classId: number,
  name: ObisText,
  id: number,
  expected: Expected,
): Step {
  return { meter, request: { kind: "get", attribute: { classId, name, id } }, expected };
}

function list(meter: MeterName, registers: readonly RegisterFacts[]): Step {
  return {
    meter,
    request: {
      kind: "list",
      attributes: registerMembers(registers),
    },
    expected: registers.map(({ raw }) => raw),
  };
}

function registerMembers(registers: readonly RegisterFacts[]): readonly Member[] {
  return registers.map(({ name }) => ({ classId: 3, name, id: 2 }));
}

function set(
  name: ObisText,
  classId: number,
  value: Extract<Request, { kind: "set" }>["value"],
): Step {
  return {
    meter: "reference",
    request: { kind: "set", attribute: { classId, name, id: 2 }, value },
  };
}

/** Rows of the reference meter's profile, both ends included, from 0. */
function rows(first: number, last: number): Expected {
  return Array.from({ length: last - first + 1 }, (_, index) => {
    const { atMs, raw } = rowFacts(first + index);
    return [{ atMs }, raw];
  });
}

function hex(octets: Uint8Array): string {
  return Buffer.from(octets).toString("hex");
}
