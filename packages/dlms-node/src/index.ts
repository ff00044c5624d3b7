export { type Clock, sleepOn, systemClock } from "./clock.ts";
export { nodeCrypto } from "./crypto/node-crypto.ts";
export type { Port, PortReceiver } from "./ports/port.ts";
export { PortError, type PortErrorCode, portErrorFrom, portErrors } from "./ports/port-error.ts";
export { type SharedPort, sharePort } from "./ports/share-port.ts";
export { openTcpPort, portFromSocket, type TcpPortOptions } from "./ports/tcp-port.ts";
export { openUdpPort, type UdpPortOptions } from "./ports/udp-port.ts";
export { isLinePort, type LinePort } from "./ports/line-port.ts";
export { openSerialPort, type SerialPortOptions } from "./ports/serial-port.ts";
export {
  parseSerialEndpoint,
  type SerialEndpoint,
  type SerialParity,
  type SerialSettings,
} from "./ports/serial-endpoint.ts";
export type {
  SerialDriver,
  SerialDriverDone,
  SerialDriverOptions,
  SerialDriverPort,
} from "./ports/serial-driver.ts";
export {
  readModeC,
  type ReadModeCOptions,
  signOnModeE,
  type SignOnContext,
} from "./sign-on/sign-on.ts";
export type { ModeEOptions, SignOnOptions } from "./sign-on/sign-on-options.ts";
export { serveSignOn, type ServeSignOnOptions } from "./sign-on/serve-sign-on.ts";
export {
  defaultMeterLimits,
  type DialledMeter,
  listenForMeters,
  type ListenForMetersOptions,
  type MeterListener,
  type MeterListenerEvent,
  type MeterListenerLimits,
} from "./discovery/listen-for-meters.ts";
export {
  identifyByAddress,
  identifyByDeviceName,
  identifyByFirstOctets,
  identifyByFirstUnit,
  type IdentifyMeter,
  type MeterPeer,
  type Recognised,
  type UnknownMeter,
} from "./discovery/meter-identity.ts";
export { openSession } from "./session/open-session.ts";
export {
  type ScanFinding,
  scanLine,
  type ScanLineOptions,
  type ScanProgress,
} from "./discovery/scan-line.ts";
export type {
  Access,
  AccessOptions,
  AccessRequestOptions,
  AccessResult,
  AttributeValue,
  GetOctetsResult,
  GetOptions,
  LongGet,
  MethodCall,
  RequestOptions,
  Session,
  SessionCounters,
  SessionNegotiated,
  ShortName,
  ShortNameValue,
} from "./session/session.ts";
export {
  defaultTimeouts,
  type ServerAddressOptions,
  type SessionOptions,
  type SessionQuirks,
  type SessionTimeouts,
} from "./session/session-options.ts";
export type { GeneralBlockTransferOptions } from "./session/session-transfer.ts";
export type { UnsolicitedApdu } from "./session/unsolicited.ts";
export { checkSecurity, isCiphered, needsCounter } from "./security/check-security.ts";
export {
  type SecuredAssociation,
  securedAssociation,
  type SecurityKeys,
  type SecurityMechanism,
  type SecuritySettings,
} from "./security/secured-association.ts";
export {
  SecuritySettingsError,
  type SecuritySettingsErrorCode,
  securitySettingsErrors,
} from "./security/security-settings-error.ts";
export { SessionError, type SessionErrorCode, sessionErrors } from "./session/session-error.ts";
export type { FrameObserver, SessionEvent, SessionPhase } from "./observer.ts";
export {
  type ServedLine,
  type ServeEvent,
  serveTcp,
  type ServeTcpOptions,
} from "./server/serve-tcp.ts";
export {
  type ServedFraming,
  serveSession,
  type ServerSessionOptions,
} from "./server/server-session.ts";
export { runMeter, type RunMeterOptions } from "./server/run-meter.ts";
export type { MeterBehind, ServedMeter } from "./server/served-meter.ts";
export { type Broadcast, type BroadcastOptions, sendBroadcast } from "./session/send-broadcast.ts";
export {
  MeterOutlet,
  type OutletOptions,
  type OutletRoute,
  type UnaskedTime,
} from "./server/meter-outlet.ts";
export { openPushSender } from "./push/push-sender.ts";
export { pushTarget } from "./push/push-target.ts";
export type {
  PushOutcome,
  PushSender,
  PushSenderOptions,
  PushTarget,
} from "./push/push-sender-options.ts";
export { type ServedSocket, serveUdp, type ServeUdpOptions } from "./server/serve-udp.ts";
export { FrameMasker } from "./capture/frame-masker.ts";
export { SessionRecorder, type SessionRecorderOptions } from "./capture/session-recorder.ts";
export {
  parseRecording,
  type RecordedFrame,
  type Recording,
  recordingOctetsMax,
} from "./capture/recording.ts";
export { type ReplayOptions, type ReplayPort, replayPort } from "./capture/replay-port.ts";
export type { OctetRange } from "./capture/secret-finder.ts";
export {
  type ListenForPushesOptions,
  listenForPushes,
  listenToPort,
  type PushListener,
} from "./push/push-listener.ts";
export {
  defaultPushLimits,
  type PushDelivery,
  type PushListenerEvent,
  type PushListenerLimits,
  type PushListenerOptions,
  type PushPeerAddress,
} from "./push/push-listener-options.ts";
export type { PushEndpoint, PushEntrance, PushTcpEndpoint } from "./push/push-listener-tcp.ts";
export {
  activateSecurityPolicy,
  agreeKeys,
  type AgreeKeysOptions,
  type SecuritySetupTarget,
  transferKeys,
  type TransferKeysOptions,
} from "./security/change-keys.ts";
export {
  nextInvocationCounter,
  resynchronise,
  resynchroniseStepMax,
} from "./security/counter-recovery.ts";
export {
  KeyChangeError,
  type KeyChangeErrorCode,
  keyChangeErrors,
} from "./security/key-change-error.ts";
export {
  type AssociationKeys,
  counterName,
  type KeyGeneration,
  type KeyStore,
  type MeterKeyRing,
  type PendingKeyChange,
  pendingKeys,
  type StoredKeys,
} from "./security/key-store.ts";
export {
  type CounterSession,
  invocationCounterAttribute,
  readInvocationCounter,
  type ReadInvocationCounterOptions,
} from "./security/read-invocation-counter.ts";
export {
  resolveKeyChange,
  type ResolvedKeyChange,
  type ResolveKeyChangeOptions,
} from "./security/resolve-key-change.ts";
export {
  type DescribedProfile,
  describeProfile,
  type DescribeProfileRequest,
  type MeterProfileDescription,
} from "./cosem/describe-profile.ts";
export {
  type ClockReading,
  type ClockRequest,
  type ClockSetting,
  readClock,
  setClock,
  shiftClock,
} from "./cosem/meter-clock.ts";
export {
  type CompactDataReading,
  type CompactDataRequest,
  readCompactData,
} from "./cosem/read-compact-data.ts";
export {
  type ListSession,
  type MeterObject,
  type ObjectListRequest,
  type ObjectListResult,
  readObjectList,
} from "./cosem/read-object-list.ts";
export type {
  ObjectColumn,
  ProfileEntries,
  ProfileRequest,
  ProfileTimes,
} from "./cosem/profile-request.ts";
export {
  type ProfileColumnsPart,
  type ReadProfileColumn,
  readProfileColumns,
} from "./cosem/read-profile-columns.ts";
export { type ProfilePart, readProfile } from "./cosem/read-profile.ts";
export {
  type KnownScalers,
  readRegister,
  readRegisters,
  type RegisterReading,
  type RegisterReadings,
  type RegisterRequest,
  scalerKey,
} from "./cosem/read-registers.ts";
export {
  type DisconnectRequest,
  readSupplyState,
  remoteDisconnect,
  remoteReconnect,
  type SupplyCommandResult,
  type SupplyState,
} from "./cosem/remote-disconnect.ts";
export {
  type ImageProgress,
  type ImageTransferRequest,
  type ImageTransferResult,
  transferImage,
} from "./cosem/transfer-image.ts";
export {
  invokeMethod,
  type ProcedureSession,
  readAttribute,
  readAttributes,
  type ReadResult,
  type ReadResults,
  writeAttribute,
} from "./cosem/typed-access.ts";
