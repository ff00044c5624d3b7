/** Octets of an LLC header. */
export const llcOctets = 3;

/** Which LLC header there is (IEC 62056-46): E6 E6 00 command, E6 E7 00 response. */
export function llcOf(information: Uint8Array): "command" | "response" | undefined {
  if (information.length < llcOctets || information[0] !== 0xe6 || information[2] !== 0) {
    return undefined;
  }
  if (information[1] === 0xe6) return "command";
  return information[1] === 0xe7 ? "response" : undefined;
}
