/** What the meter's answers to AARQ and pass 3 mean. Lenient in form, strict in what is accepted. */
import { type Aare, decodeAare, diagnosticName } from "../acse/index.ts";
import { DecodeError, ProtocolError, type ProtocolErrorCode } from "../error.ts";
import type { Data } from "../axdr/data.ts";
import { actionResponse } from "../xdlms/action-response.ts";
import { type ApduCodec, decodeUnit } from "../xdlms/apdu-codec.ts";
import { confirmedServiceError } from "../xdlms/confirmed-service-error.ts";
import { type ExceptionResponse, exceptionResponse } from "../xdlms/exception-response.ts";
import { type InitiateResponse, initiateResponse } from "../xdlms/initiate-response.ts";
import { readResponse } from "../xdlms/read-response.ts";
import { AssociationError } from "./association-error.ts";
import { type AssociationOutcome, sharedConformance } from "./association-outcome.ts";
import type { AssociationProfile } from "./association-profile.ts";
import type { HlsContext, HlsFunctions } from "./authentication.ts";
import { ExceptionError, ServiceError } from "./exception-error.ts";

const actionResponseTag = 0xc7;
const accepted = 0;
const authenticationRequired = 14;
/** A max PDU below the standard's least is firmware's mistake and stands for no limit. */
const maxPduOctetsMin = 12;

/** The AARE accepts: either all is done, or HLS goes on with the server's challenge. */
export interface AcceptedAare {
  readonly outcome: AssociationOutcome;
  /** StoC, a copy; there when HLS passes 3 and 4 are to follow. */
  readonly serverToClient?: Uint8Array;
}

/**
 * @throws {AssociationError} the meter refuses, with its result and diagnostic
 * @throws {ProtocolError} acse/already-associated, acse/initiate-refused, acse/unexpected
 * @throws {DecodeError} the answer does not decode
 */
export function interpretAare(apdu: Uint8Array, profile: AssociationProfile): AcceptedAare {
  if (apdu[0] === 0xd8) {
    const response = decodeUnit(exceptionResponse, apdu);
    throw new ExceptionError(refusalOfAarq(response), response);
  }
  if (apdu[0] === 0x0e) {
    throw new ServiceError("acse/initiate-refused", decodeUnit(confirmedServiceError, apdu));
  }
  const aare = decodeAare(new Uint8Array(apdu));
  const { protection } = profile;
  if (aare.respondingApTitle !== undefined) {
    protection?.acceptServerSystemTitle(aare.respondingApTitle);
  }
  const initiate = initiateOf(aare, profile);
  const hls = hlsOf(profile);
  const passesFollow = hls !== undefined && aare.authenticationValue !== undefined;
  const diagnostic = aare.diagnostic.value;
  const fits = diagnostic === 0 || (diagnostic === authenticationRequired && hls !== undefined);
  if (aare.result !== accepted || !fits || initiate === undefined) {
    throw new AssociationError(aare, refusedInitiate(aare, profile));
  }
  if (hls !== undefined && !passesFollow) {
    throw new ProtocolError("acse/unexpected", "the meter accepts HLS without a challenge");
  }
  const outcome = outcomeOf(aare, initiate, profile);
  return passesFollow ? { outcome, serverToClient: aare.authenticationValue } : { outcome };
}

/**
 * The only service the meter refuses here is the AARQ: it could not decipher it, or the association
 * before is still open.
 */
function refusalOfAarq({ serviceError }: ExceptionResponse): ProtocolErrorCode {
  if (serviceError === "deciphering-error") return "security/tag";
  if (serviceError === "invocation-counter-error") return "security/replay";
  return "acse/already-associated";
}

/** @throws {ProtocolError} acse/authentication-failed: it refuses us, or is not who it says. */
export function verifyPass4(
  apdu: Uint8Array,
  profile: AssociationProfile,
  context: HlsContext,
): void {
  const answer = profile.referencing === "sn" ? shortNamePass4(apdu) : pass4(apdu);
  const hls = hlsOf(profile);
  if (answer?.type !== "octet-string" || hls?.verify(answer.value, context) !== true) {
    throw authenticationFailed("the meter does not prove its identity");
  }
}

function pass4(apdu: Uint8Array): Data | undefined {
  if (apdu[0] !== actionResponseTag) throw authenticationFailed("the meter refuses HLS pass 3");
  const response = decodePass4(actionResponse, apdu);
  if (response.type !== "normal" || response.result !== "success") {
    const result = response.type === "normal" ? response.result : response.type;
    throw authenticationFailed(`HLS pass 4 answers ${result}`);
  }
  return response.returned?.ok === true ? response.returned.value : undefined;
}

/** With short names pass 3 is a READ, and what it reads is f(CtoS). */
function shortNamePass4(apdu: Uint8Array): Data | undefined {
  if (apdu[0] !== readResponse.tag) throw authenticationFailed("the meter refuses HLS pass 3");
  const [result, ...more] = decodePass4(readResponse, apdu).results;
  if (result?.type !== "data" || more.length > 0) {
    const answer = result?.type === "data-access-error" ? result.reason : result?.type;
    throw authenticationFailed(`HLS pass 4 answers ${answer ?? "nothing"}`);
  }
  return result.value;
}

function decodePass4<T extends { readonly kind: string }>(
  codec: ApduCodec<T>,
  apdu: Uint8Array,
): T {
  try {
    return decodeUnit(codec, apdu);
  } catch (cause) {
    throw authenticationFailed("HLS pass 4 does not decode", cause);
  }
}

function authenticationFailed(detail: string, cause?: unknown): ProtocolError {
  return new ProtocolError("acse/authentication-failed", detail, { cause });
}

export function hlsOf(profile: AssociationProfile): HlsFunctions | undefined {
  return "hls" in profile.authentication ? profile.authentication.hls : undefined;
}

/** The user-information of an accepting AARE; `undefined` where it refuses. */
function initiateOf(aare: Aare, profile: AssociationProfile): InitiateResponse | undefined {
  const plain = plainUserInformation(aare, profile);
  if (aare.result !== accepted || plain?.[0] === 0x0e) return undefined;
  if (plain === undefined) {
    throw new ProtocolError("acse/unexpected", "the AARE accepts without an InitiateResponse");
  }
  return decodeUnit(initiateResponse, plain);
}

function plainUserInformation(aare: Aare, profile: AssociationProfile): Uint8Array | undefined {
  const octets = aare.userInformation;
  if (octets === undefined || octets.length === 0) return undefined;
  const refusal = aare.result !== accepted || octets[0] === 0x0e;
  return refusal ? octets : (profile.protection?.unprotect(octets) ?? octets);
}

/** The confirmedServiceError of a refusing AARE; what does not decode says nothing. */
function refusedInitiate(
  aare: Aare,
  profile: AssociationProfile,
): ReturnType<typeof confirmedServiceError.decodeBody> | undefined {
  const octets = plainUserInformation(aare, profile);
  if (octets?.[0] !== 0x0e) return undefined;
  try {
    return decodeUnit(confirmedServiceError, octets);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

function outcomeOf(
  aare: Aare,
  initiate: InitiateResponse,
  profile: AssociationProfile,
): AssociationOutcome {
  const { maxPduOctets } = initiate;
  const title = aare.respondingApTitle;
  return {
    conformance: sharedConformance(
      profile.conformanceAssumed === undefined
        ? initiate.conformance
        : new Set(profile.conformanceAssumed),
    ),
    maxPduOctets: maxPduOctets < maxPduOctetsMin ? 0 : maxPduOctets,
    result: aare.result,
    diagnostic: diagnosticName(aare.diagnostic),
    vaaName: initiate.vaaName,
    ...(title === undefined ? {} : { serverSystemTitle: title }),
  };
}
