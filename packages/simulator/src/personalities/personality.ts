/** Meter families the simulator plays, as data: what they are is in `personality-table.ts`. */
import type { DayShape } from "../consumption/day-shape.ts";
import type { MeterKey } from "../model/keys.ts";
import type { SimulatedSecurity } from "../security/simulated-security.ts";

export const personalityNames = [
  "microstar",
  "generic-three-phase",
  "seven-e",
  "segmented",
  "strict",
  "secured",
  "short-names",
  "full",
] as const;

export type PersonalityName = (typeof personalityNames)[number];

/** How many objects a meter has. */
export const meterObjectSets = ["usual", "full"] as const;
export type MeterObjects = (typeof meterObjectSets)[number];

/** COSEM types a register's value may have. */
export type RegisterType =
  | "long"
  | "long-unsigned"
  | "double-long"
  | "double-long-unsigned"
  | "long64-unsigned";

export interface RegisterFormat {
  readonly type: RegisterType;
  /** Attribute 2 times ten to this is the value in the key's unit. */
  readonly scaler: number;
}

export interface Personality {
  readonly name: PersonalityName;
  /** First three letters of the logical device name. */
  readonly manufacturer: string;
  /** How a client is told to call it; shorter forms work too while it is alone on its line. */
  readonly addressSize: 1 | 4;
  /** Where lower addresses come from. */
  readonly lower: "serial-digits" | "sequence" | "seven-e";
  /** Upper address (logical device); on a shared line `sequence` counts upwards from it. */
  readonly upper: number;
  /** Largest information field in octets, both directions, and the window. */
  readonly informationOctetsMax: number;
  readonly window: number;
  /** Whether the link tolerates a wrong N(R), as many meters do, or answers FRMR. */
  readonly sequence: "tolerant" | "strict";
  /** How clients name its objects: by logical or by short name. */
  readonly referencing: "ln" | "sn";
  /** 24 bits (Green Book, Conformance). */
  readonly conformance: number;
  readonly maxPduOctets: number;
  /** What it asks of its management client, unless the fleet says otherwise. */
  readonly security: SimulatedSecurity;
  /** Group B of the codes the object list leads with; the other one answers as well. */
  readonly groupB: 0 | 1;
  /** The usual ones, or every object a modern meter has. */
  readonly objects: MeterObjects;
  readonly formats: Readonly<Record<MeterKey, RegisterFormat>>;
  readonly nominalV: number;
  readonly nominalHz: number;
  /** Local time minus UTC. */
  readonly utcOffsetMinutes: number;
  /** Shapes taken in turn with the long-term mean of the power, W. */
  readonly loads: readonly { readonly shape: DayShape; readonly meanPowerW: number }[];
  /** Last octet of every register value: as measured, or always 7E or 7D. */
  readonly lastOctet: "measured" | "seven-e";
}
