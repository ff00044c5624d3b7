export {
  type Access,
  AccessExchange,
  type AccessOptions,
  type AccessResult,
} from "./access-exchange.ts";
export {
  ActionExchange,
  ActionListExchange,
  type BlockwiseAction,
  type MethodCall,
  type PlainActionResponse,
} from "./action-exchange.ts";
export type { BlockwiseSend, RequestContent, RequestForms } from "./blockwise-send.ts";
export {
  type AssociationCommand,
  type AssociationInput,
  type AssociationState,
  type AssociationTransition,
  closedAssociation,
  stepAssociation,
} from "./association.ts";
export { AssociationError } from "./association-error.ts";
export {
  type AssociationOutcome,
  type PreEstablishedAssociation,
  preEstablishedOutcome,
} from "./association-outcome.ts";
export {
  type AssociationProfile,
  type AssociationQuirks,
  clientConformance,
  type Referencing,
  requestOctet,
  shortNameConformance,
  standardQuirks,
} from "./association-profile.ts";
export type {
  ApduProtection,
  ClientAuthentication,
  HlsContext,
  HlsFunctions,
  HlsMechanism,
} from "./authentication.ts";
export { BlockAssembler, BlockSource, type OutgoingBlock } from "./block-transfer.ts";
export { ExceptionError, ServiceError } from "./exception-error.ts";
export { Exchange, type ExchangeContext, type ExchangeStep } from "./exchange.ts";
export { exchangeContext } from "./exchange-context.ts";
export {
  type BlockwiseGet,
  GetExchange,
  GetListExchange,
  ResumedGetExchange,
} from "./get-exchange.ts";
export { GetOctetsExchange, type GetOctetsResult } from "./get-octets-exchange.ts";
export { type LongGet, LongGetInterrupted } from "./long-get.ts";
export { clientHls, clientProtection } from "./protection.ts";
export {
  splitActionList,
  splitGetList,
  splitReadList,
  splitSetList,
  splitWriteList,
} from "./request-split.ts";
export { type AttributeValue, SetExchange, SetListExchange } from "./set-exchange.ts";
export { ReadExchange } from "./read-exchange.ts";
export {
  attributeVariable,
  type ShortName,
  type ShortNameExchange,
} from "./short-name-exchange.ts";
export {
  associationBaseName,
  decodeShortNames,
  encodeShortNames,
  shortNameListAt,
  ShortNameMap,
  type ShortNameObject,
} from "./short-name-map.ts";
export { type ShortNameValue, UnconfirmedWriteExchange, WriteExchange } from "./write-exchange.ts";
