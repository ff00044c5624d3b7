import type { GatewayStatus } from "../control/control.ts";
import type { GatewaySummary } from "../control/gateway-control.ts";

/** What the metrics are made of. */
export interface MetricsInput {
  readonly status: GatewayStatus;
  readonly summary: GatewaySummary;
  /** UTC ms. */
  readonly nowMs: number;
  readonly residentOctets: number;
  readonly cpuSeconds: number;
}

type Labels = Readonly<Record<string, string>>;
interface Sample {
  readonly labels: Labels;
  readonly value: number;
}
type Family = readonly [name: string, type: "counter" | "gauge", help: string, Sample[]];

/** The gateway's counters in the Prometheus text format, version 0.0.4. */
export function metricsText(input: MetricsInput): string {
  return [...gatewayFamilies(input), ...meterFamilies(input), ...sinkFamilies(input)]
    .map(familyText)
    .join("");
}

function gatewayFamilies({ status, summary, nowMs, ...process }: MetricsInput): Family[] {
  const one = (value: number): Sample[] => [{ labels: {}, value }];
  return [
    [
      "lectura_up_seconds",
      "gauge",
      "Time since the start.",
      one((nowMs - status.startedAt) / 1000),
    ],
    ["lectura_readings_scheduled_total", "counter", "Readings due.", one(summary.scheduled)],
    ["lectura_readings_journaled_total", "counter", "Readings on disk.", one(summary.journaled)],
    ["lectura_resident_octets", "gauge", "Resident memory.", one(process.residentOctets)],
    ["lectura_cpu_seconds_total", "counter", "Processor time.", one(process.cpuSeconds)],
  ];
}

function meterFamilies({ status, nowMs }: MetricsInput): Family[] {
  const each = (value: (meter: GatewayStatus["meters"][number]) => number | undefined): Sample[] =>
    status.meters.flatMap((one) => {
      const known = value(one);
      return known === undefined ? [] : [{ labels: { meter: one.meter.name }, value: known }];
    });
  const states: Sample[] = status.meters.map(({ meter, state }) => ({
    labels: { meter: meter.name, state },
    value: 1,
  }));
  const age = each(({ lastReadingAt }) =>
    lastReadingAt === undefined ? undefined : Math.max(0, nowMs - lastReadingAt) / 1000,
  );
  return [
    ["lectura_meter_state", "gauge", "1 for the state a meter is in.", states],
    ["lectura_meter_cycles_total", "counter", "Polls due.", each((one) => one.cycles.scheduled)],
    ["lectura_meter_cycles_ok_total", "counter", "Polls complete.", each((one) => one.cycles.ok)],
    [
      "lectura_meter_cycles_failed_total",
      "counter",
      "Polls missed.",
      each((one) => one.cycles.failed),
    ],
    ["lectura_meter_requests_total", "counter", "Requests sent.", each((one) => one.requests)],
    ["lectura_meter_reconnects_total", "counter", "Reconnects.", each((one) => one.reconnects)],
    ["lectura_meter_reading_age_seconds", "gauge", "Age of the newest reading.", age],
  ];
}

function sinkFamilies({ status }: MetricsInput): Family[] {
  type SinkState = GatewayStatus["sinks"][number];
  const each = (value: (sink: SinkState) => number): Sample[] =>
    status.sinks.map((one) => ({ labels: { sink: one.sink.name }, value: value(one) }));
  const connected = each(({ health }) => (health.state === "connected" ? 1 : 0));
  return [
    ["lectura_sink_connected", "gauge", "Whether the sink is connected.", connected],
    ["lectura_sink_pending", "gauge", "Readings waiting.", each(({ counts }) => counts.pending)],
    [
      "lectura_sink_acknowledged_total",
      "counter",
      "Readings acknowledged.",
      each(({ counts }) => counts.acknowledged),
    ],
    [
      "lectura_sink_dead_lettered_total",
      "counter",
      "Readings refused for good.",
      each(({ counts }) => counts.deadLettered),
    ],
    [
      "lectura_sink_dropped_total",
      "counter",
      "Readings given up.",
      each(({ counts }) => counts.dropped),
    ],
  ];
}

function familyText([name, type, help, samples]: Family): string {
  const lines = samples.map(({ labels, value }) => `${name}${labelsText(labels)} ${value}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join("")}`;
}

function labelsText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}="${escaped(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escaped(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
