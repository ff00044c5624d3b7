/** Judges what an AARQ says of who the client is (Green Book 9.4.2). */
import type { Aarq } from "../acse/apdu.ts";
import { equalConstantTime } from "../security/constant-time.ts";
import type { AssociationView } from "./view.ts";

/** Diagnostics of the acse-service-user. */
export const diagnostic = {
  accepted: 0,
  noReason: 1,
  contextNotSupported: 2,
  callingTitleNotRecognised: 3,
  userNotRecognised: 6,
  mechanismNotRecognised: 11,
  mechanismRequired: 12,
  authenticationFailure: 13,
  authenticationRequired: 14,
} as const;
const challengeOctets = { min: 8, max: 64 } as const;

/** A diagnostic: accepted, or why not. */
export function judgeAuthentication(aarq: Aarq, view: AssociationView): number {
  const problem = judgeCredentials(aarq, view);
  if (problem !== diagnostic.accepted || view.users === undefined) return problem;
  const admitted = view.users.admits(aarq.callingAeInvocationId);
  return admitted ? problem : diagnostic.userNotRecognised;
}

function judgeCredentials(aarq: Aarq, view: AssociationView): number {
  const { authentication } = view;
  const { mechanism = "none", authenticationValue } = aarq;
  if (authentication.mechanism === "none") {
    return mechanism === "none" ? diagnostic.accepted : diagnostic.mechanismNotRecognised;
  }
  if (mechanism === "none") {
    return aarq.acseRequirements === undefined && authenticationValue === undefined
      ? diagnostic.authenticationRequired
      : diagnostic.mechanismRequired;
  }
  if (mechanism !== authentication.mechanism) return diagnostic.mechanismNotRecognised;
  const received = authenticationValue ?? new Uint8Array(0);
  const fits =
    "hls" in authentication
      ? received.length >= challengeOctets.min && received.length <= challengeOctets.max
      : equalConstantTime(received, now(authentication.password).reveal());
  return fits ? diagnostic.accepted : diagnostic.authenticationFailure;
}

/** What may change, as it is now. */
export function now<T extends object>(value: T | (() => T)): T {
  return typeof value === "function" ? value() : value;
}
