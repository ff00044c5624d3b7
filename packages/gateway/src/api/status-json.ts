import type { GatewayStatus, MeterStatus } from "../control/control.ts";
import type { ReadOutcome, ReadReport } from "../control/gateway-control.ts";
import { endpointText } from "../registry/line-endpoint.ts";
import { type ReadingJson, readingFromJson, readingToJson } from "./reading-json.ts";

/** `MeterStatus` in JSON, with what a list shows on top: name and endpoint. */
export interface MeterStatusJson extends Omit<MeterStatus, "latest"> {
  readonly name: string;
  /** Where its line is: `host:port`, `tls://host:port`, `udp://host:port`, a path. */
  readonly at: string;
  /** `host:port`, of lines over TCP. */
  readonly tcp?: string;
  readonly latest: readonly ReadingJson[];
}

export interface GatewayStatusJson extends Omit<GatewayStatus, "meters"> {
  readonly meters: readonly MeterStatusJson[];
}

export type ReadOutcomeJson =
  | { readonly ok: true; readonly reading: ReadingJson }
  | Extract<ReadOutcome, { ok: false }>;

export interface ReadReportJson extends Omit<ReadReport, "outcomes"> {
  readonly outcomes: readonly ReadOutcomeJson[];
}

export function meterStatusToJson(status: MeterStatus): MeterStatusJson {
  const { name } = status.meter;
  const latest = status.latest.map((reading) => readingToJson(reading, name));
  const { endpoint } = status.line;
  const at = endpointText(endpoint);
  const tcp = endpoint.kind === "tcp" ? { tcp: at.replace("tls://", "") } : {};
  return { ...status, name, at, ...tcp, latest };
}

export function meterStatusFromJson(json: MeterStatusJson): MeterStatus {
  const { name: _name, at: _at, tcp: _tcp, latest, ...status } = json;
  return { ...status, latest: latest.map(readingFromJson) };
}

export function readReportToJson(report: ReadReport): ReadReportJson {
  const outcomes = report.outcomes.map((outcome): ReadOutcomeJson => {
    if (!outcome.ok) return outcome;
    return { ok: true, reading: readingToJson(outcome.reading, report.meter) };
  });
  return { ...report, outcomes };
}

export function readReportFromJson(json: ReadReportJson): ReadReport {
  const outcomes = json.outcomes.map((outcome): ReadOutcome => {
    if (!outcome.ok) return outcome;
    return { ok: true, reading: readingFromJson(outcome.reading) };
  });
  return { ...json, outcomes };
}
