/**
 * Judges an AARQ (Green Book 9.4.2, 9.4.5): application context, then authentication, then the
 * InitiateRequest inside it. A refusal is an AARE with result and diagnostic.
 */
import type { Aare, Aarq } from "../acse/apdu.ts";
import { DecodeError } from "../error.ts";
import { apduOctetsMax } from "../limits.ts";
import { decodeUnit, encodeUnit } from "../xdlms/apdu-codec.ts";
import {
  type ConfirmedServiceError,
  confirmedServiceError,
} from "../xdlms/confirmed-service-error.ts";
import { conformanceFromMask, conformanceToMask } from "../xdlms/conformance.ts";
import { initiateRequest, type InitiateRequest } from "../xdlms/initiate-request.ts";
import { initiateResponse } from "../xdlms/initiate-response.ts";
import type { AssociationFacts } from "./object.ts";
import { equalPassword } from "./password.ts";
import { pduOctetsMin } from "./service.ts";
import type { AssociationView } from "./view.ts";

/** The AARE, and what was agreed if it accepts. */
export interface Verdict {
  readonly aare: Aare;
  readonly facts?: AssociationFacts;
}

/** Diagnostics of the acse-service-user. */
const diagnostic = {
  accepted: 0,
  noReason: 1,
  contextNotSupported: 2,
  mechanismNotRecognised: 11,
  mechanismRequired: 12,
  authenticationFailure: 13,
  authenticationRequired: 14,
} as const;
/** InitiateError of ConfirmedServiceError. */
const initiateError = { versionTooLow: 1, incompatibleConformance: 2, pduTooShort: 3 } as const;

const initiateService = 1;
const initiateErrorClass = 6;
const dlmsVersion = 6;
const vaaNameLogical = 0x0007;

/** The refusal of octets that are no AARQ. */
export const malformedRefusal: Verdict = { aare: answerOf(1, diagnostic.noReason, undefined) };

export function judge(aarq: Aarq, view: AssociationView): Verdict {
  if (aarq.applicationContext !== "LN") return refusal(diagnostic.contextNotSupported, undefined);
  const initiate = readInitiate(aarq.userInformation);
  if (initiate === undefined) return refusal(diagnostic.noReason, undefined);
  const facts = agree(initiate, view);
  const problem = judgeAuthentication(aarq, view);
  // Meters in the field answer with what they would have agreed to.
  if (problem !== diagnostic.accepted) return refusal(problem, initiateAnswer(facts));
  const error = judgeInitiate(initiate, facts);
  if (error !== undefined) return refusal(diagnostic.noReason, initiateRefusal(error));
  return { aare: answerOf(0, diagnostic.accepted, initiateAnswer(facts)), facts };
}

function judgeAuthentication(aarq: Aarq, view: AssociationView): number {
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
  return equalPassword(received, authentication.password.reveal())
    ? diagnostic.accepted
    : diagnostic.authenticationFailure;
}

function judgeInitiate(initiate: InitiateRequest, facts: AssociationFacts): number | undefined {
  if (initiate.dlmsVersion < dlmsVersion) return initiateError.versionTooLow;
  if (facts.conformance === 0) return initiateError.incompatibleConformance;
  return facts.clientMaxPduOctets < pduOctetsMin ? initiateError.pduTooShort : undefined;
}

/** Undefined: absent, ciphered or malformed. */
function readInitiate(octets: Uint8Array | undefined): InitiateRequest | undefined {
  if (octets === undefined) return undefined;
  try {
    return decodeUnit(initiateRequest, octets);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

function agree(initiate: InitiateRequest, view: AssociationView): AssociationFacts {
  return {
    clientSap: view.clientSap,
    mechanism: view.authentication.mechanism,
    conformance: conformanceToMask(initiate.conformance) & view.conformance,
    serverMaxPduOctets: view.maxPduOctets ?? apduOctetsMax,
    // 0: no limit of the client's own.
    clientMaxPduOctets: initiate.maxPduOctets === 0 ? apduOctetsMax : initiate.maxPduOctets,
    entries: view.objects.entries,
  };
}

function initiateAnswer(facts: AssociationFacts): Uint8Array {
  return encodeUnit(initiateResponse, {
    kind: "initiate-response",
    dlmsVersion,
    conformance: conformanceFromMask(facts.conformance),
    maxPduOctets: facts.serverMaxPduOctets,
    vaaName: vaaNameLogical,
  });
}

function initiateRefusal(error: number): Uint8Array {
  return encodeUnit<ConfirmedServiceError>(confirmedServiceError, {
    kind: "confirmed-service-error",
    service: initiateService,
    errorClass: initiateErrorClass,
    error,
  });
}

function refusal(value: number, userInformation: Uint8Array | undefined): Verdict {
  return { aare: answerOf(1, value, userInformation) };
}

function answerOf(result: 0 | 1, value: number, userInformation: Uint8Array | undefined): Aare {
  const base = {
    kind: "aare",
    applicationContext: "LN",
    result,
    diagnostic: { source: "acse-service-user", value },
  } as const;
  return userInformation === undefined ? base : { ...base, userInformation };
}
