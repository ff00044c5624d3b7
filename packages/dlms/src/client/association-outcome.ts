import { type ConformanceBit, conformanceToMask } from "../xdlms/conformance.ts";

/** What the AARE and the InitiateResponse inside it agreed on. */
export interface AssociationOutcome {
  /** Services usable in this association (answered, or assumed by the profile). */
  readonly conformance: ReadonlySet<ConformanceBit>;
  /** Largest APDU the server receives; 0: it named no limit. */
  readonly maxPduOctets: number;
  /** 0 accepted, 1 rejected-permanent, 2 rejected-transient. */
  readonly result: number;
  /** Diagnostic by name, e.g. `authentication-required` (the normal one with HLS). */
  readonly diagnostic: string;
  readonly serverSystemTitle?: Uint8Array;
  /** vaa-name: 0x0007 for logical names. */
  readonly vaaName: number;
}

/** Different answers are few: what one model of meter answers, all of them do. */
const conformanceMemoMax = 64;
const conformanceMemo = new Map<number, ReadonlySet<ConformanceBit>>();

/** An equal set, the same one for the same bits, so that thousands of sessions share it. */
export function sharedConformance(bits: ReadonlySet<ConformanceBit>): ReadonlySet<ConformanceBit> {
  const mask = conformanceToMask(bits);
  const known = conformanceMemo.get(mask);
  if (known !== undefined) return known;
  if (conformanceMemo.size < conformanceMemoMax) conformanceMemo.set(mask, bits);
  return bits;
}
