import type { GatewayStatus, MeterStatus } from "../control/control.ts";
import type { ReadOutcome, ReadReport } from "../control/gateway-control.ts";
import type { Line } from "../registry/model.ts";
import { type ReadingJson, readingFromJson, readingToJson } from "./reading-json.ts";

/** `MeterStatus` in JSON, with what a list shows on top: name and endpoint. */
export interface MeterStatusJson extends Omit<MeterStatus, "latest"> {
  readonly name: string;
  readonly tcp: string;
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

/** `host:port`, an IPv6 address in brackets. */
export function endpointText({ endpoint: { host, port } }: Line): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

export function meterStatusToJson(status: MeterStatus): MeterStatusJson {
  const { name } = status.meter;
  const latest = status.latest.map((reading) => readingToJson(reading, name));
  return { ...status, name, tcp: endpointText(status.line), latest };
}

export function meterStatusFromJson(json: MeterStatusJson): MeterStatus {
  const { name: _name, tcp: _tcp, latest, ...status } = json;
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
