/**
 * Compares secrets and proofs in time that depends on the length received alone, so that an answer
 * does not tell how many octets were right.
 */
export function equalConstantTime(received: Uint8Array, expected: Uint8Array): boolean {
  let difference = received.length ^ expected.length;
  for (let at = 0; at < received.length; at++) {
    difference |= received[at]! ^ (expected[at] ?? 0);
  }
  return difference === 0;
}
