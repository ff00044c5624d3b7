/**
 * Who a simulated meter is and where it is called: a function of seed, number and place on its
 * line.
 */
import type { ServerAddress } from "@lectura/dlms/hdlc";
import { mix } from "../consumption/noise.ts";
import type { Personality } from "../personalities/personality.ts";
import { sevenLowers } from "../personalities/seven-e-address.ts";

export interface Identity {
  /** "sim-001" */
  readonly name: string;
  /** As the serial number objects answer it. */
  readonly serial: string;
  /** 16 characters, the first three are the manufacturer's. */
  readonly logicalDeviceName: string;
  /** Logical device; also the wrapper's port. */
  readonly upper: number;
  readonly lower: number;
  /** The form a client is told to use. */
  readonly addressSize: 1 | 4;
}

export interface Place {
  readonly seed: number;
  /** Number in the fleet, from 0. */
  readonly index: number;
  /** Number on the line, from 0, of `neighbours` meters. */
  readonly slot: number;
  readonly neighbours: number;
}

/** Four digits meters are told apart by: 1..9999. */
const digitsMax = 9999;
const serialChannel = 20;

/** @throws {RangeError} more meters of this personality on one line than it has addresses. */
export function identify(personality: Personality, place: Place): Identity {
  const { seed, index, slot, neighbours } = place;
  const digits = (((mix(seed, serialChannel, 0) % digitsMax) + index) % digitsMax) + 1;
  const batch = 10 + (mix(seed, serialChannel, 1) % 90);
  const number = `${batch}26${String(digits).padStart(4, "0")}`;
  // 7D and 7E are printable: } and ~.
  const serial = personality.lastOctet === "seven-e" ? `}~${number}~}` : number;
  const alone = neighbours === 1;
  const base = {
    name: `sim-${String(index + 1).padStart(3, "0")}`,
    serial,
    logicalDeviceName: `${personality.manufacturer}${serial.padStart(13, "0")}`,
    addressSize: alone ? personality.addressSize : 4,
  } as const;
  switch (personality.lower) {
    case "serial-digits":
      return { ...base, upper: personality.upper, lower: digits };
    case "sequence":
      return { ...base, upper: personality.upper + slot, lower: digits };
    case "seven-e":
      return { ...base, upper: personality.upper, lower: sevenLower(personality.upper, slot) };
  }
}

/**
 * The address a served meter has: always its full form, shorter ones reach it while it is alone.
 */
export function fullAddress({ upper, lower }: Identity): ServerAddress {
  return { size: 4, upper, lower };
}

function sevenLower(upper: number, slot: number): number {
  const lowers = sevenLowers(upper, slot + 1);
  const lower = lowers[slot];
  if (lower === undefined) {
    throw new RangeError(`at most ${lowers.length} seven-e meters share a line`);
  }
  return lower;
}
