/** The APDUs a client opens, proves and releases an association with. */
import {
  type Aarq,
  authenticationUnit,
  encodeAarq,
  encodeRlrq,
  type Mechanism,
} from "../acse/index.ts";
import { octetString } from "../axdr/construct.ts";
import { methodOf } from "../cosem/class-directory.ts";
import { obis } from "../cosem/obis.ts";
import { actionRequest } from "../xdlms/action-request.ts";
import { encodeUnit } from "../xdlms/apdu-codec.ts";
import { initiateRequest } from "../xdlms/initiate-request.ts";
import { invokeIdFromOctet } from "../xdlms/invoke-id.ts";
import { readRequest } from "../xdlms/read-request.ts";
import { type AssociationProfile, requestOctet } from "./association-profile.ts";
import type { ClientAuthentication } from "./authentication.ts";
import { associationBaseNameOf } from "./short-name-map.ts";

/** Class 15 of the association in use, the object that takes pass 3. */
const currentAssociation = obis("0.0.40.0.0.255");
const associationClassId = 15;
const replyToHlsAuthentication = 1;
/** Class 12, the same with short names. */
const associationSnClassId = 12;
/** A method has one way to be called: the selector says nothing (Green Book, READ). */
const methodSelector = 1;

const mechanismNames = {
  none: "none",
  lls: "low",
  "hls-manufacturer": "high-manufacturer",
  "hls-md5": "high-md5",
  "hls-sha1": "high-sha1",
  "hls-gmac": "high-gmac",
  "hls-sha256": "high-sha256",
  "hls-ecdsa": "high-ecdsa",
} as const satisfies Readonly<Record<ClientAuthentication["mechanism"], Mechanism>>;

/** AARQ. With no security it names no mechanism at all (Green Book 9.4.5.2). */
export function buildAarq(profile: AssociationProfile): Uint8Array {
  const { authentication, protection, userId } = profile;
  const hlsTitle = "hls" in authentication ? authentication.hls.systemTitle : undefined;
  const title = protection?.clientSystemTitle ?? hlsTitle;
  const aarq: Aarq = {
    kind: "aarq",
    applicationContext: applicationContextOf(profile),
    ...(title === undefined ? {} : { callingApTitle: title }),
    ...(userId === undefined ? {} : { callingAeInvocationId: userId }),
    ...authenticationMembers(authentication),
    userInformation: buildInitiate(profile),
  };
  return encodeAarq(aarq);
}

/**
 * Pass 3: `reply_to_HLS_authentication(f(StoC))`, protected where the association is. `vaaName` is
 * where a meter with short names has its association.
 */
export function buildPass3(
  profile: AssociationProfile,
  reply: Uint8Array,
  vaaName: number,
): Uint8Array {
  const apdu =
    profile.referencing === "sn" ? shortNamePass3(reply, vaaName) : pass3(profile, reply);
  return profile.protection?.protect(apdu) ?? apdu;
}

function pass3(profile: AssociationProfile, reply: Uint8Array): Uint8Array {
  return encodeUnit(actionRequest, {
    kind: "action-request",
    type: "normal",
    invoke: invokeIdFromOctet(requestOctet(1, profile.quirks)),
    method: {
      classId: associationClassId,
      logicalName: profile.associationName ?? currentAssociation,
      methodId: replyToHlsAuthentication,
    },
    parameters: octetString(reply),
  });
}

/** A method that returns something is READ with parameterised access (Green Book 9.3.14). */
function shortNamePass3(reply: Uint8Array, vaaName: number): Uint8Array {
  const base = associationBaseNameOf(vaaName);
  const offset = methodOf(associationSnClassId, "reply_to_HLS_authentication")!.shortNameOffset!;
  return encodeUnit(readRequest, {
    kind: "read-request",
    variables: [
      {
        type: "parameterized-access",
        variableName: (base + offset) & 0xffff,
        selector: methodSelector,
        parameter: octetString(reply),
      },
    ],
  });
}

function applicationContextOf(profile: AssociationProfile): Aarq["applicationContext"] {
  const { referencing, protection } = profile;
  if (referencing === "sn") return protection === undefined ? "SN" : "SN-ciphered";
  return protection === undefined ? "LN" : "LN-ciphered";
}

/** RLRQ, reason normal; the ciphered InitiateRequest goes with it where the context is ciphered. */
export function buildRlrq(profile: AssociationProfile): Uint8Array {
  if (profile.protection === undefined) return encodeRlrq({ kind: "rlrq", reason: 0 });
  return encodeRlrq({ kind: "rlrq", reason: 0, userInformation: buildInitiate(profile) });
}

function authenticationMembers(authentication: ClientAuthentication): Partial<Aarq> {
  if (authentication.mechanism === "none") return {};
  return {
    acseRequirements: authenticationUnit(),
    mechanism: mechanismNames[authentication.mechanism],
    authenticationValue:
      authentication.mechanism === "lls"
        ? authentication.password.reveal()
        : authentication.hls.challenge,
  };
}

function buildInitiate(profile: AssociationProfile): Uint8Array {
  const { protection } = profile;
  const dedicatedKey = protection?.dedicatedKey?.reveal();
  const initiate = encodeUnit(initiateRequest, {
    kind: "initiate-request",
    ...(dedicatedKey === undefined ? {} : { dedicatedKey }),
    responseAllowed: true,
    dlmsVersion: 6,
    conformance: new Set(profile.conformance),
    maxPduOctets: profile.maxPduOctets,
  });
  return protection?.protect(initiate) ?? initiate;
}
