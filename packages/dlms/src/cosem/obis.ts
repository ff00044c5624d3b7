declare const brand: unique symbol;

/** Canonical text of a logical name, six decimal groups: `"1.0.1.8.0.255"`. Made only here. */
export type ObisCode = string & { readonly [brand]: "ObisCode" };

/** Six octets of a logical name to its canonical text. @throws {RangeError} not six octets. */
export function obisFromOctets(octets: Uint8Array): ObisCode {
  if (octets.length !== 6) throw new RangeError(`a logical name has 6 octets, not ${octets.length}`);
  return `${octets[0]}.${octets[1]}.${octets[2]}.${octets[3]}.${octets[4]}.${octets[5]}` as ObisCode;
}
