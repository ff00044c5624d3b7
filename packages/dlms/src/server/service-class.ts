/** Which requests want an answer (Green Book 9.3, service class). */

/** Bit 6 of Invoke-Id-And-Priority, and bit 30 of its long form: the service is confirmed. */
const confirmedBit = 0x40;

const tag = { unconfirmedWrite: 0x16, set: 0xc1, action: 0xc3, access: 0xd9 } as const;

/** True for a plain request that nobody answers, not even by a refusal. */
export function wantsNoAnswer(apdu: Uint8Array): boolean {
  switch (apdu[0] ?? 0) {
    case tag.set:
    case tag.action:
      return apdu.length > 2 && (apdu[2]! & confirmedBit) === 0;
    case tag.access:
      return apdu.length > 1 && (apdu[1]! & confirmedBit) === 0;
    case tag.unconfirmedWrite:
      return true;
    default:
      return false;
  }
}
