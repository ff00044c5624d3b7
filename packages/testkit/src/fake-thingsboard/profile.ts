/** ThingsBoard releases whose wire behaviour differs. */
export type ThingsBoardVersion = "3.6" | "3.8" | "4.2" | "4.2.1" | "4.2.1.1";

/** How a release behaves, as read from its sources. */
export interface ThingsBoardProfile {
  /** MQTT 5 sessions are told why they are closed (since 3.7); before, the socket just closes. */
  readonly disconnectReasons: boolean;
  /** Client RPC `getSessionLimits` (since 3.8). */
  readonly sessionLimits: boolean;
  /** Gateway API: one PUBACK for a publish with several devices (since 4.2.1), else one each. */
  readonly aggregatedPuback: boolean;
  /**
   * Gateway API: a rate limit or queue failure is acknowledged and the socket closes (since
   * 4.2.1).
   */
  readonly ackThenClose: boolean;
  /** Gateway API: a failed `connect` of a child is acknowledged with its reason (since 4.2.1.1). */
  readonly ackFailedConnect: boolean;
}

const before: ThingsBoardProfile = {
  disconnectReasons: false,
  sessionLimits: false,
  aggregatedPuback: false,
  ackThenClose: false,
  ackFailedConnect: false,
};
const v38: ThingsBoardProfile = { ...before, disconnectReasons: true, sessionLimits: true };
const v421: ThingsBoardProfile = { ...v38, aggregatedPuback: true, ackThenClose: true };

export const thingsBoardProfiles: Readonly<Record<ThingsBoardVersion, ThingsBoardProfile>> = {
  "3.6": before,
  "3.8": v38,
  "4.2": v38,
  "4.2.1": v421,
  "4.2.1.1": { ...v421, ackFailedConnect: true },
};
