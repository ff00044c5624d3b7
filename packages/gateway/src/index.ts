export type { Gateway, GatewayOptions } from "./main.ts";
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
