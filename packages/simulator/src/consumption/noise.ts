/**
 * Randomness without state: the same seed, channel and index always give the same number, so a
 * meter's past is computed, not remembered. Mixing steps of MurmurHash3 (public domain).
 */

/** 32 bits, unsigned. */
export function mix(seed: number, channel: number, index: number): number {
  let hash = seed | 0;
  hash = step(hash, channel);
  hash = step(hash, index);
  // Indexes beyond 32 bits (milliseconds) keep their upper part.
  hash = step(hash, Math.floor(index / 0x1_0000_0000));
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85eb_ca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2_ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function step(hash: number, word: number): number {
  let mixed = Math.imul(word | 0, 0xcc9e_2d51);
  mixed = (mixed << 15) | (mixed >>> 17);
  let next = hash ^ Math.imul(mixed, 0x1b87_3593);
  next = (next << 13) | (next >>> 19);
  return (Math.imul(next, 5) + 0xe654_6b64) | 0;
}

/** 0 <= x < 1. */
export function unitNoise(seed: number, channel: number, index: number): number {
  return mix(seed, channel, index) / 0x1_0000_0000;
}

/** -1 <= x < 1. */
export function signedNoise(seed: number, channel: number, index: number): number {
  return mix(seed, channel, index) / 0x8000_0000 - 1;
}
