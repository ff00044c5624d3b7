export type { BerElement } from "../ber/element.ts";
export type { ObjectIdentifier } from "../ber/primitive.ts";
export type { Aare, Aarq, AcseApdu, AssociateMembers, ReleaseMembers, Rlre, Rlrq } from "./apdu.ts";
export {
  authenticationUnit,
  decodeAare,
  decodeAarq,
  decodeAcse,
  decodeRlre,
  decodeRlrq,
  encodeAare,
  encodeAarq,
  encodeAcse,
  encodeRlre,
  encodeRlrq,
  isAcseTag,
} from "./codec.ts";
export {
  type ApplicationContext,
  applicationContexts,
  type AssociateDiagnostic,
  associateResultName,
  associateResults,
  diagnosticName,
  type DiagnosticSource,
  type Mechanism,
  mechanisms,
  providerDiagnostics,
  userDiagnostics,
} from "./names.ts";
