import { type ConformanceBit, conformanceToMask } from "../xdlms/conformance.ts";
import type { Referencing } from "./association-profile.ts";
import { associationBaseName } from "./short-name-map.ts";

/** vaa-name of an association with logical names. */
const logicalNamesVaa = 0x0007;

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
  /** vaa-name: 0x0007 for logical names, 0xFA00 (the association's base name) for short ones. */
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

/** What both sides know of an association that nobody opens (Green Book 9.4.4). */
export interface PreEstablishedAssociation {
  /** Services usable in it. */
  readonly conformance: readonly ConformanceBit[];
  /** Largest APDU the server receives, 12..65535; 0 or absent: no limit is known. */
  readonly maxPduOctets?: number;
  /** Eight octets; needed with ciphering where the envelope does not carry it. */
  readonly serverSystemTitle?: Uint8Array;
}

/** The outcome as if it had been negotiated. */
export function preEstablishedOutcome(
  { conformance, maxPduOctets = 0, serverSystemTitle }: PreEstablishedAssociation,
  referencing: Referencing = "ln",
): AssociationOutcome {
  return {
    conformance: sharedConformance(new Set(conformance)),
    maxPduOctets,
    result: 0,
    diagnostic: "null",
    vaaName: referencing === "sn" ? associationBaseName : logicalNamesVaa,
    ...(serverSystemTitle === undefined ? {} : { serverSystemTitle }),
  };
}
