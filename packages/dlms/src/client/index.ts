export type {
  ApduProtection,
  ClientAuthentication,
  HlsContext,
  HlsFunctions,
  HlsMechanism,
} from "./authentication.ts";
export {
  type AssociationProfile,
  type AssociationQuirks,
  clientConformance,
  standardQuirks,
} from "./association-profile.ts";
export type { AssociationOutcome } from "./association-outcome.ts";
