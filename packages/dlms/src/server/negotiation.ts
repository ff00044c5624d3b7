/**
 * Judges an AARQ (Green Book 9.4.2, 9.4.5): application context, then authentication, then the
 * InitiateRequest inside it. A refusal is an AARE with result and diagnostic.
 */
import type { Aare, Aarq } from "../acse/apdu.ts";
import { authenticationUnit, decodeAarq } from "../acse/codec.ts";
import { DecodeError } from "../error.ts";
import { apduOctetsMax } from "../limits.ts";
import { ApduCiphering } from "../security/apdu-ciphering.ts";
import type { HlsDialogue, HlsMechanismFunctions } from "../security/hls-dialogue.ts";
import { Secret } from "../security/secret.ts";
import { decodeUnit, encodeUnit } from "../xdlms/apdu-codec.ts";
import {
  type ConfirmedServiceError,
  confirmedServiceError,
} from "../xdlms/confirmed-service-error.ts";
import { conformanceFromMask, conformanceToMask } from "../xdlms/conformance.ts";
import { initiateRequest, type InitiateRequest } from "../xdlms/initiate-request.ts";
import { initiateResponse } from "../xdlms/initiate-response.ts";
import { diagnostic, judgeAuthentication, now } from "./credentials.ts";
import type { AssociationFacts } from "./object.ts";
import { pduOctetsMin } from "./service.ts";
import type { AssociationView } from "./view.ts";

/** The AARE, and what was agreed if it accepts. */
export interface Verdict {
  readonly aare: Aare;
  readonly facts?: AssociationFacts;
  /** Of this association, where the view is ciphered. */
  readonly ciphering?: ApduCiphering;
  /** High level security goes on: nothing but pass 3 is served until it is right. */
  readonly proof?: HighSecurityProof;
}

/** What pass 3 is judged by: the secret that held when the association began. */
export interface HighSecurityProof {
  readonly dialogue: HlsDialogue;
  readonly hls: HlsMechanismFunctions;
}

type ContextName = "LN" | "SN" | "LN-ciphered" | "SN-ciphered";

/** InitiateError of ConfirmedServiceError. */
const initiateError = { versionTooLow: 1, incompatibleConformance: 2, pduTooShort: 3 } as const;

const initiateService = 1;
const initiateErrorClass = 6;
const dlmsVersion = 6;
const vaaNames = { ln: 0x0007, sn: 0xfa00 } as const;

const systemTitleOctets = 8;

/** The refusal of octets that are no AARQ. */
const malformedRefusal: Verdict = {
  aare: answerOf("LN", 1, diagnostic.noReason, undefined),
};

/** @throws {ProtocolError} security/*: the InitiateRequest does not open, or is too weak */
export function judgeAarq(apdu: Uint8Array, view: AssociationView): Verdict {
  try {
    return judge(decodeAarq(apdu), view);
  } catch (error) {
    if (error instanceof DecodeError) return malformedRefusal;
    throw error;
  }
}

function judge(aarq: Aarq, view: AssociationView): Verdict {
  const referencing = referencingOf(aarq, view);
  const context = contextName(referencing, view);
  const refuse = (value: number, userInformation?: Uint8Array): Verdict => ({
    aare: answerOf(context, 1, value, userInformation),
  });
  if (aarq.applicationContext !== context) return refuse(diagnostic.contextNotSupported);
  const title = aarq.callingApTitle?.slice();
  const ciphering = cipheringOf(view, title);
  if (view.security !== undefined && ciphering === undefined) {
    return refuse(diagnostic.callingTitleNotRecognised);
  }
  const initiate = readInitiate(aarq.userInformation, ciphering);
  if (initiate === undefined) return refuse(diagnostic.noReason);
  const userId = aarq.callingAeInvocationId;
  const facts = agree(initiate, view, { referencing, title, ciphering, userId });
  const problem = judgeAuthentication(aarq, view);
  // Meters in the field answer with what they would have agreed to.
  if (problem !== diagnostic.accepted) return refuse(problem, initiateAnswer(facts, ciphering));
  const error = judgeInitiate(initiate, facts);
  if (error !== undefined) return refuse(diagnostic.noReason, initiateRefusal(error));
  const answer = initiateAnswer(facts, ciphering);
  if (ciphering !== undefined && initiate.dedicatedKey !== undefined) {
    ciphering.useDedicatedKey(new Secret(initiate.dedicatedKey));
  }
  const agreed = { facts, ...(ciphering === undefined ? {} : { ciphering }) };
  const proof = proofOf(aarq, title, view);
  const value = proof === undefined ? diagnostic.accepted : diagnostic.authenticationRequired;
  const aare = {
    ...answerOf(context, 0, value, answer),
    ...(view.systemTitle === undefined ? {} : { respondingApTitle: view.systemTitle }),
  };
  if (proof === undefined) return { aare, ...agreed };
  return { aare: { ...aare, ...challengeMembers(proof.dialogue, facts) }, ...agreed, proof };
}

/** What the client asks for where the view takes both, else what the view has. */
function referencingOf(aarq: Aarq, { referencing = "ln" }: AssociationView): "ln" | "sn" {
  if (referencing !== "both") return referencing;
  const { applicationContext } = aarq;
  return applicationContext === "SN" || applicationContext === "SN-ciphered" ? "sn" : "ln";
}

function contextName(referencing: "ln" | "sn", { security }: AssociationView): ContextName {
  const name = referencing === "ln" ? "LN" : "SN";
  return security === undefined ? name : `${name}-ciphered`;
}

/** Undefined: the view is plain, or the client does not say who it is. */
function cipheringOf(
  { security, systemTitle }: AssociationView,
  clientTitle: Uint8Array | undefined,
): ApduCiphering | undefined {
  if (security === undefined || systemTitle === undefined) return undefined;
  if (clientTitle?.length !== systemTitleOctets) return undefined;
  const { windowsOf, ...options } = security;
  return new ApduCiphering({
    ...options,
    ownSystemTitle: systemTitle,
    peerSystemTitle: clientTitle,
    answersInKind: true,
    ...(windowsOf === undefined ? {} : { windows: windowsOf(clientTitle) }),
  });
}

/** Undefined: the mechanism is not one of high level security. */
function proofOf(
  { authenticationValue }: Aarq,
  clientSystemTitle: Uint8Array | undefined,
  { authentication, systemTitle }: AssociationView,
): HighSecurityProof | undefined {
  if (!("hls" in authentication) || authenticationValue === undefined) return undefined;
  const dialogue = {
    clientToServer: authenticationValue.slice(),
    serverToClient: authentication.challenge(),
    clientSystemTitle,
    serverSystemTitle: systemTitle,
  };
  return { dialogue, hls: now(authentication.hls) };
}

function challengeMembers(dialogue: HlsDialogue, { mechanism }: AssociationFacts): Partial<Aare> {
  return {
    acseRequirements: authenticationUnit(),
    mechanism,
    authenticationValue: dialogue.serverToClient,
  };
}

function judgeInitiate(initiate: InitiateRequest, facts: AssociationFacts): number | undefined {
  if (initiate.dlmsVersion < dlmsVersion) return initiateError.versionTooLow;
  if (facts.conformance === 0) return initiateError.incompatibleConformance;
  return facts.clientMaxPduOctets < pduOctetsMin ? initiateError.pduTooShort : undefined;
}

/** Undefined: absent, ciphered without need, or malformed. @throws {ProtocolError} security/... */
function readInitiate(
  octets: Uint8Array | undefined,
  ciphering: ApduCiphering | undefined,
): InitiateRequest | undefined {
  if (octets === undefined) return undefined;
  try {
    return decodeUnit(initiateRequest, ciphering?.unprotect(octets) ?? octets);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

/** What is known of the client beside its InitiateRequest. */
interface ClientTraits {
  readonly referencing: "ln" | "sn";
  readonly title: Uint8Array | undefined;
  readonly ciphering: ApduCiphering | undefined;
  readonly userId?: number | undefined;
}

function agree(
  initiate: Pick<InitiateRequest, "conformance" | "maxPduOctets">,
  view: AssociationView,
  { referencing, title, ciphering, userId }: ClientTraits,
): AssociationFacts {
  const ciphered =
    ciphering === undefined ? {} : { ciphered: true, protectionOctets: ciphering.overheadOctets };
  return {
    ...ciphered,
    ...(title === undefined ? {} : { clientSystemTitle: title }),
    ...(referencing === "ln" ? {} : { referencing, shortNames: view.objects.shortNames }),
    clientSap: view.clientSap,
    mechanism: view.authentication.mechanism,
    conformance: conformanceToMask(initiate.conformance) & view.conformance,
    serverMaxPduOctets: view.maxPduOctets ?? apduOctetsMax,
    // 0: no limit of the client's own.
    clientMaxPduOctets: initiate.maxPduOctets === 0 ? apduOctetsMax : initiate.maxPduOctets,
    entries: view.objects.entries,
    directory: view.objects,
    ...(view.users === undefined ? {} : { users: view.users }),
    ...(userId === undefined ? {} : { userId }),
  };
}

/** The association that is there without an AARQ; undefined where the view has none. */
export function preEstablished(
  view: AssociationView,
): { readonly facts: AssociationFacts; readonly ciphering?: ApduCiphering } | undefined {
  if (view.preEstablished === undefined) return undefined;
  const { clientMaxPduOctets = apduOctetsMax, clientSystemTitle } = view.preEstablished;
  const ciphering = cipheringOf(view, clientSystemTitle);
  const conformance = conformanceFromMask(view.conformance);
  const initiate = { conformance, maxPduOctets: clientMaxPduOctets };
  const referencing = view.referencing === "sn" ? "sn" : "ln";
  const facts = agree(initiate, view, { referencing, title: clientSystemTitle, ciphering });
  return ciphering === undefined ? { facts } : { facts, ciphering };
}

/** The InitiateResponse, protected where the association is. */
export function initiateAnswer(
  facts: AssociationFacts,
  ciphering: ApduCiphering | undefined,
): Uint8Array {
  const plain = encodeUnit(initiateResponse, {
    kind: "initiate-response",
    dlmsVersion,
    conformance: conformanceFromMask(facts.conformance),
    maxPduOctets: facts.serverMaxPduOctets,
    vaaName: vaaNames[facts.referencing ?? "ln"],
  });
  return ciphering?.protect(plain) ?? plain;
}

function initiateRefusal(error: number): Uint8Array {
  return encodeUnit<ConfirmedServiceError>(confirmedServiceError, {
    kind: "confirmed-service-error",
    service: initiateService,
    errorClass: initiateErrorClass,
    error,
  });
}

function answerOf(
  applicationContext: ContextName,
  result: 0 | 1,
  value: number,
  userInformation: Uint8Array | undefined,
): Aare {
  const base = {
    kind: "aare",
    applicationContext,
    result,
    diagnostic: { source: "acse-service-user", value },
  } as const;
  return userInformation === undefined ? base : { ...base, userInformation };
}
