import type { LinkCounters } from "./link-output.ts";

/** The counters as their machine sees them. */
export type LinkCounts = { -readonly [Name in keyof LinkCounters]: LinkCounters[Name] };

export function noCounts(): LinkCounts {
  return {
    framesSent: 0,
    framesReceived: 0,
    retransmissions: 0,
    staleUa: 0,
    foreignFrames: 0,
    echoedFrames: 0,
    duplicateFrames: 0,
    gaps: 0,
    damagedFrames: 0,
    unacknowledgedAnswers: 0,
    discardedOctets: 0,
  };
}
