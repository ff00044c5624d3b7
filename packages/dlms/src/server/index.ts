export { answerOctetsCeiling, ServerAssociation } from "./association.ts";
export type { ServerAssociationOptions } from "./association-state.ts";
export { accessBit, type AccessMode, type AccessRights } from "./access-rights.ts";
export {
  AssociationSecret,
  type AssociationSecretOptions,
  type SecretVerdict,
} from "./association-secret.ts";
export { type AssociationUser, AssociationUsers } from "./association-users.ts";
export {
  type ChangeSecret,
  currentAssociation,
  type CurrentAssociationOptions,
} from "./current-association.ts";
export type {
  AccessContext,
  AssociationFacts,
  DirectoryEntry,
  HighMechanism,
  MethodOutcome,
  Refusal,
  ServerAttribute,
  ServerMethod,
  ServerObject,
  ShortNameIndex,
} from "./object.ts";
export { framePush, pushAnswers, type PushLink } from "./push-link.ts";
export { pushDelayMs, type PushTiming, type RepetitionDelay } from "./push-timing.ts";
export {
  shortNameAssociation,
  type ShortNameAssociationOptions,
} from "./short-name-association.ts";
export { associationBaseName, ShortNames, type ShortNameTarget } from "./short-names.ts";
export type { Unasked } from "./unasked.ts";
export {
  type AssociationView,
  checkView,
  type LogicalDevice,
  ObjectDirectory,
  type PreEstablished,
  type ViewAuthentication,
  type ViewRights,
  type ViewSecurity,
} from "./view.ts";
export {
  type Calendar,
  type CalendarTables,
  type ExecutionTimes,
  type ScheduleEntries,
  type ServedActivityCalendar,
  servedActivityCalendar,
  type ServedList,
  servedSchedule,
  type ServedSingleAction,
  servedSingleActionSchedule,
  type ServedSingleActionOptions,
  servedSpecialDays,
  type SpecialDays,
} from "./objects/calendar-objects.ts";
export { type ServedClock, servedClock, type ServedClockOptions } from "./objects/clock-object.ts";
export {
  type ControlCommand,
  type ControlState,
  controlStateAfter,
  type ServedDisconnectControl,
  servedDisconnectControl,
  type ServedDisconnectControlOptions,
} from "./objects/disconnect-control-object.ts";
export {
  type ImageStatus,
  type ImageVerdict,
  type ServedImageTransfer,
  servedImageTransfer,
  type ServedImageTransferOptions,
} from "./objects/image-transfer-object.ts";
export { servedCompactData, type ServedCompactDataOptions } from "./objects/compact-data-object.ts";
export {
  servedData,
  type ServedDataOptions,
  servedDemandRegister,
  type ServedDemandRegisterOptions,
  servedExtendedRegister,
  type ServedExtendedRegisterOptions,
  servedRegister,
  type ServedRegisterOptions,
  type ValueSource,
} from "./objects/measured-objects.ts";
export {
  type MonitoredValue,
  servedLimiter,
  type ServedLimiterOptions,
  type ServedMonitor,
  servedRegisterMonitor,
  type ServedRegisterMonitorOptions,
} from "./objects/monitor-objects.ts";
export {
  type ServedColumn,
  type ServedProfile,
  servedProfile,
  type ServedProfileOptions,
} from "./objects/profile-object.ts";
export type { PushedObject, PushRestriction } from "./objects/push-body.ts";
export { MeterRuntime, type MeterRuntimeOptions, type ScriptRun } from "./runtime/meter-runtime.ts";
export {
  type CommunicationWindow,
  type PushDestination,
  servedPushSetup,
  type ServedPushSetup,
  type ServedPushSetupOptions,
  type StartedPush,
} from "./objects/push-setup.ts";
export {
  type ScriptAction,
  type ScriptReference,
  type Scripts,
  type ServedScriptTable,
  servedScriptTable,
  type ServedScriptTableOptions,
} from "./objects/script-table-object.ts";
export {
  type Cell,
  cell,
  fixed,
  type ObjectIdentity,
  type ServedAttribute,
  type ServedMembers,
  type ServedMethod,
  serveObject,
} from "./objects/serve-object.ts";
export {
  type AssignedSap,
  servedHdlcSetup,
  type ServedHdlcSetupOptions,
  servedSapAssignment,
  servedTcpUdpSetup,
  type ServedTcpUdpSetupOptions,
} from "./objects/setup-objects.ts";
export {
  invocationCounterObject,
  type InvocationCounterObjectOptions,
} from "./objects/invocation-counter-object.ts";
export {
  certificateList,
  type CertificateListOptions,
  certificatesMaxDefault,
} from "./objects/certificate-list.ts";
export type {
  CertificateInfo,
  CertificateName,
  CertificateType,
  MeterCertificates,
} from "./objects/security-certificates.ts";
export {
  type MeterKeys,
  replayClientsMax,
  SecuritySetup,
  type SecuritySetupOptions,
  type SecuritySetupState,
} from "./objects/security-setup.ts";
