/** What a device's session does wrong, until it is used up. Counts are of publishes. */
export interface DeviceFaults {
  /** PUBACKs that are swallowed; the publish is stored all the same. */
  losePubacks: number;
  /** Publishes that are neither stored nor acknowledged. */
  ignorePublishes: number;
  /** Publishes refused with this reason (MQTT 5) or by closing (3.1.1); they are not stored. */
  refusals: { reason: number; count: number };
  /** Publishes that are acknowledged, not stored, and followed by a close. */
  acksThenClose: number;
  /** Publishes that close the session instead of an answer (rate limit of the device API). */
  rateLimited: number;
  /** Every PUBACK waits this long on the fake's clock. */
  ackDelayMs: number;
  /** Values with this key make the server refuse the payload with 0x99. */
  poisonKey: string | undefined;
}

export function noFaults(): DeviceFaults {
  return {
    losePubacks: 0,
    ignorePublishes: 0,
    refusals: { reason: 0, count: 0 },
    acksThenClose: 0,
    rateLimited: 0,
    ackDelayMs: 0,
    poisonKey: undefined,
  };
}
