/**
 * Text of a visible-string or utf8-string. Octets that are no valid UTF-8, and in a visible-
 * string all from 80 hex on, are taken as Latin-1: a meter's odd label is shown, never refused.
 */
export function textOf(octets: Uint8Array, type: "visible-string" | "utf8-string"): string {
  const decoded = type === "utf8-string" ? utf8(octets) : undefined;
  if (decoded !== undefined) return decoded;
  let text = "";
  for (const octet of octets) text += String.fromCharCode(octet);
  return text;
}

/** Smallest code point that needs so many continuation octets; less is an overlong form. */
const smallest = [0, 0x80, 0x800, 0x1_0000] as const;

function utf8(octets: Uint8Array): string | undefined {
  let text = "";
  for (let at = 0; at < octets.length;) {
    const lead = octets[at++]!;
    const following = continuationCount(lead);
    if (following === undefined || at + following > octets.length) return undefined;
    let point = following === 0 ? lead : lead & (0x3f >> following);
    for (let count = 0; count < following; count++) {
      const octet = octets[at++]!;
      if ((octet & 0xc0) !== 0x80) return undefined;
      point = (point << 6) | (octet & 0x3f);
    }
    const surrogate = point >= 0xd800 && point <= 0xdfff;
    if (point < smallest[following] || surrogate || point > 0x10_ffff) return undefined;
    text += String.fromCodePoint(point);
  }
  return text;
}

function continuationCount(lead: number): 0 | 1 | 2 | 3 | undefined {
  if (lead < 0x80) return 0;
  if (lead >= 0xc2 && lead < 0xe0) return 1;
  if (lead >= 0xe0 && lead < 0xf0) return 2;
  return lead >= 0xf0 && lead < 0xf5 ? 3 : undefined;
}

/** UTF-8 of a text; halves of surrogate pairs that stand alone become U+FFFD. */
export function utf8Octets(text: string): Uint8Array {
  const octets: number[] = [];
  for (const character of text.toWellFormed()) {
    const point = character.codePointAt(0)!;
    if (point < 0x80) {
      octets.push(point);
      continue;
    }
    const following = point < 0x800 ? 1 : point < 0x1_0000 ? 2 : 3;
    octets.push(((0xff00 >> (following + 1)) & 0xff) | (point >> (6 * following)));
    for (let shift = 6 * (following - 1); shift >= 0; shift -= 6) {
      octets.push(0x80 | ((point >> shift) & 0x3f));
    }
  }
  return Uint8Array.from(octets);
}
