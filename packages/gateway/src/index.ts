export { type Gateway, type GatewayOptions, startGateway } from "./main.ts";
export { connectGateway } from "./api/connect-gateway.ts";
export { findGateway, type GatewayAddress } from "./api/gateway-file.ts";
export { RemoteError } from "./api/remote-error.ts";
export { type ErrorParams, GatewayError, type GatewayErrorCode, gatewayErrors } from "./errors.ts";
export { valueNumber, valueText } from "./readings/value-text.ts";
export type { GatewayStatus, MeterStatus, StreamItem } from "./control/control.ts";
export type {
  GatewayControl,
  GatewaySummary,
  KeyChangeReport,
  KeyChangeRequest,
  ReadItem,
  ReadOutcome,
  ReadReport,
  SinkStatus,
  TestReport,
} from "./control/gateway-control.ts";
export type {
  LineDraft,
  LineEdit,
  MeterDraft,
  MeterEdit,
  Reference,
  SinkDraft,
  SinkEdit,
} from "./registry/draft.ts";
export type {
  PollRecord,
  QualityFlag,
  Reading,
  ReadingFailure,
  ReadingValue,
} from "./readings/reading.ts";
export { exportFleet, importFleet, type ImportReport } from "./registry/import/import-fleet.ts";
export { type FleetFormat, parseFleetFile } from "./registry/import/fleet-file.ts";
export {
  type DialInIdentity,
  endpointText,
  type LineEndpoint,
  type ListenEndpoint,
  type ModeESettings,
  type SerialLineEndpoint,
  type TcpEndpoint,
  type UdpEndpoint,
} from "./registry/line-endpoint.ts";
export type {
  Line,
  Meter,
  PlanItem,
  SinkDefinition,
  Template,
  TlsSettings,
} from "./registry/model.ts";
export {
  type AssociationSettings,
  type AssociationSettingsEdit,
  associationSettingNames,
  parseSetting,
  settingTexts,
} from "./registry/association-settings.ts";
export {
  correctionTexts,
  parseCorrection,
  type ScalerCorrection,
  type ScalerCorrections,
  type ScalerCorrectionsEdit,
} from "./registry/scaler-corrections.ts";
export { builtInTemplates } from "./registry/templates.ts";
export { openRegistry, type Registry } from "./registry/registry.ts";
export {
  checkSettings,
  loadSettings,
  type SettingVerdict,
  showSettings,
} from "./settings/load-settings.ts";
export { settingsJsonSchema } from "./settings/setting-names.ts";
export type { Settings } from "./settings/settings.ts";
export type { ChangedKeyName } from "./vault/key-change-store.ts";
export { openVault } from "./vault/vault.ts";
export type { StoredEvent } from "./store/store.ts";
