import type { ServerAddress } from "./address.ts";

/** Addresses from first to last, both included. */
export interface AddressRange {
  readonly first: number;
  readonly last: number;
}

/** Which server addresses a scan tries. */
export interface AddressScan {
  /** Logical devices. Absent: 1 alone, the management logical device every meter has. */
  readonly upper?: AddressRange;
  /** Physical devices; unused with size 1. Absent: 16..115, where most meters keep theirs. */
  readonly lower?: AddressRange;
  /** Forms of the address, in the order to try. Absent: 1, 4, 2. */
  readonly sizes?: readonly (1 | 2 | 4)[];
}

/** Addresses of one scan at most; beyond: RangeError. */
export const scanAddressesMax = 65_536;

/** Behind the reserved ones; many meters take 16 and the last two digits of their serial number. */
const lowerDefault: AddressRange = { first: 16, last: 115 };
const upperDefault: AddressRange = { first: 1, last: 1 };

/**
 * The addresses to try, in order: form by form, each with its lower addresses one after the other.
 * Forms that cannot hold an address leave it out.
 *
 * @throws {RangeError} a range is none, or there are more than `scanAddressesMax`.
 */
export function scanAddresses(scan: AddressScan = {}): readonly ServerAddress[] {
  const { upper = upperDefault, lower = lowerDefault, sizes = [1, 4, 2] } = scan;
  for (const [name, { first, last }] of [["upper", upper] as const, ["lower", lower] as const]) {
    const whole = Number.isInteger(first) && Number.isInteger(last);
    if (!whole || first < 0 || last < first || last > 0x3fff) {
      throw new RangeError(`${name} ${first}..${last} is not within 0..16383`);
    }
  }
  const uppers = upper.last - upper.first + 1;
  const perUpper = sizes.reduce((sum, size) => sum + (size === 1 ? 1 : countOf(lower)), 0);
  if (uppers * perUpper > scanAddressesMax) {
    throw new RangeError(`${uppers * perUpper} addresses are more than ${scanAddressesMax}`);
  }
  const addresses: ServerAddress[] = [];
  for (const size of sizes) {
    const max = size === 4 ? 0x3fff : 0x7f;
    for (let up = upper.first; up <= Math.min(upper.last, max); up++) {
      if (size === 1) {
        addresses.push({ size, upper: up, lower: 0 });
        continue;
      }
      for (let low = lower.first; low <= Math.min(lower.last, max); low++) {
        addresses.push({ size, upper: up, lower: low });
      }
    }
  }
  return addresses;
}

function countOf({ first, last }: AddressRange): number {
  return last - first + 1;
}
