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
  LineDraft,
  LineEdit,
  MeterDraft,
  MeterEdit,
  ReadItem,
  ReadOutcome,
  ReadReport,
  Reference,
  SinkDraft,
  SinkEdit,
  SinkStatus,
  TestReport,
} from "./control/gateway-control.ts";
export type {
  PollRecord,
  QualityFlag,
  Reading,
  ReadingFailure,
  ReadingValue,
} from "./readings/reading.ts";
export type { Line, Meter, PlanItem, SinkDefinition, Template } from "./registry/model.ts";
export type { StoredEvent } from "./store/store.ts";
