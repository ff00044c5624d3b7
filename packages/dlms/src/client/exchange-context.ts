import { apduOctetsMax, transferOctetsMax } from "../limits.ts";
import type { AssociationOutcome } from "./association-outcome.ts";
import type { AssociationProfile } from "./association-profile.ts";
import type { ExchangeContext } from "./exchange.ts";

/** What exchanges may do in the association that `outcome` describes. */
export function exchangeContext(
  outcome: AssociationOutcome,
  profile: AssociationProfile,
): ExchangeContext {
  const limit = outcome.maxPduOctets === 0 ? apduOctetsMax : outcome.maxPduOctets;
  return {
    sendOctetsMax: limit - (profile.protection?.overheadOctets ?? 0),
    transferOctetsMax,
    invokeIdAlwaysOne: profile.quirks.invokeIdAlwaysOne,
    blockSet: outcome.conformance.has("block-transfer-set-or-write"),
    blockAction: outcome.conformance.has("block-transfer-action"),
    multipleReferences: outcome.conformance.has("multiple-references"),
    generalBlockTransfer: outcome.conformance.has("general-block-transfer"),
  };
}
