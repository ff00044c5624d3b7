export type { AccessRequest, AccessSpecification, PlainAttribute } from "./access-request.ts";
export type { AccessOutcome, AccessResponse } from "./access-response.ts";
export type { ActionRequest } from "./action-request.ts";
export type { ActionOutcome, ActionResponse } from "./action-response.ts";
export {
  type Apdu,
  type ApduKind,
  type ApduLeniency,
  decodeApdu,
  encodeApdu,
  readApdu,
  writeApdu,
} from "./apdu.ts";
export {
  type CipheredService,
  type CipheredServiceKind,
  dedTags,
  gloTags,
} from "./ciphered-service.ts";
export {
  type ConfirmedServiceError,
  describeConfirmedServiceError,
} from "./confirmed-service-error.ts";
export {
  type ConformanceBit,
  conformanceBits,
  conformanceFromMask,
  conformanceToMask,
} from "./conformance.ts";
export {
  type ActionResult,
  actionResultFromNumber,
  actionResults,
  actionResultToNumber,
  type DataAccessResult,
  dataAccessResultFromNumber,
  dataAccessResults,
  dataAccessResultToNumber,
} from "./data-access-result.ts";
export type { DataBlock } from "./data-block.ts";
export type { DataNotification, DataNotificationConfirm } from "./data-notification.ts";
export type { AttributeDescriptor, MethodDescriptor, SelectiveAccess } from "./descriptor.ts";
export type { EventNotification } from "./event-notification.ts";
export {
  type ExceptionResponse,
  type ServiceError,
  serviceErrors,
  serviceErrorToNumber,
  type StateError,
  stateErrors,
  stateErrorToNumber,
} from "./exception-response.ts";
export type { GeneralBlockTransfer } from "./general-block-transfer.ts";
export type { GeneralDedCiphering, GeneralGloCiphering } from "./general-ciphered.ts";
export type {
  GeneralCiphering,
  GeneralHeader,
  GeneralSigning,
  KeyInfo,
} from "./general-ciphering.ts";
export { type GetDataResult, readGetDataResult, writeGetDataResult } from "./get-data-result.ts";
export {
  encodeGetRequestNext,
  encodeGetRequestNormal,
  encodeGetRequestWithList,
  type GetRequest,
} from "./get-request.ts";
export {
  decodeGetResponse,
  type GetBlockResult,
  type GetResponse,
  readGetDataResults,
  readGetResponse,
} from "./get-response.ts";
export type { InformationReport } from "./information-report.ts";
export type { InitiateRequest } from "./initiate-request.ts";
export type { InitiateResponse } from "./initiate-response.ts";
export {
  type InvokeIdAndPriority,
  invokeIdFromOctet,
  invokeIdToOctet,
  type LongInvokeIdAndPriority,
} from "./invoke-id.ts";
export type { ReadRequest } from "./read-request.ts";
export type { ReadResponse, ReadResult } from "./read-response.ts";
export {
  authenticationTagOctets,
  type SecuredContent,
  splitSecuredContent,
} from "./secured-content.ts";
export type { SetRequest } from "./set-request.ts";
export type { SetResponse } from "./set-response.ts";
export type { UnconfirmedWriteRequest } from "./unconfirmed-write-request.ts";
export type { VariableAccess } from "./variable-access.ts";
export type { WriteRequest } from "./write-request.ts";
export type { WriteResponse, WriteResult } from "./write-response.ts";
