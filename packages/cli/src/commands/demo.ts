import { type Gateway, type GatewayControl, startGateway, type StreamItem } from "@lectura/gateway";
import { type Fleet, type FleetMeter, startFleet } from "@lectura/simulator";
import { dashboardDirectory } from "@lectura/dashboard";
import type { Context } from "../context.ts";
import { startBroker } from "../broker.ts";
import { type ExitCode, exitCodes } from "../exit-code.ts";
import { parseCount } from "../parse.ts";
import { openScratchDirectory } from "../scratch-directory.ts";
import { fill } from "../texts/texts.ts";
import { untilInterrupted } from "../until-interrupted.ts";
import { writeStreamItem } from "./follow.ts";
import { fleetMeterJson } from "./simulate.ts";

export interface DemoOptions {
  readonly meters?: string;
  readonly duration?: string;
  readonly mqttPort?: string;
  readonly mqttUrl?: string;
  readonly apiPort?: string;
  readonly seed?: string;
}

const defaultMeters = 3;
const defaultMqttPort = 1883;
const intervalMs = 2000;
/** What a person sees scrolling by: one value a meter; the rest is on the page and with --json. */
const shownKeys = new Set(["voltage_l1", "active_power", "active_energy"]);
const planKeys = [
  "voltage_l1",
  "voltage_l2",
  "voltage_l3",
  "current_l1",
  "current_l2",
  "current_l3",
  "frequency",
  "active_power",
  "active_energy",
] as const;

/** The simulator's public password; it protects nothing. */
const simulatorPassword = "22222222";

async function registerFleet(control: GatewayControl, fleet: Fleet, url: string): Promise<void> {
  await control.addSink({ kind: "mqtt", name: "mqtt", url });
  for (const meter of fleet.meters) await addSimulated(control, meter);
}

async function addSimulated(control: GatewayControl, meter: FleetMeter): Promise<void> {
  const [host = "127.0.0.1", port = "0"] = meter.tcp.split(":");
  await control.addMeter({
    name: meter.name,
    endpoint: { kind: "tcp", host, port: Number(port) },
    address: { size: meter.addressSize, upper: meter.serverUpper, lower: meter.serverLower },
    clientSap: meter.clientSap,
    authentication: meter.auth,
    ...(meter.auth === "lls" ? { password: simulatorPassword } : {}),
    keys: planKeys,
    intervalMs,
  });
}

function announce(
  context: Context,
  fleet: Fleet,
  gateway: Gateway,
  mqttUrl: string,
  brokerNotices: readonly string[],
): void {
  const { output } = context;
  const api = gateway.api?.url ?? "-";
  const notices = [...brokerNotices, ...gateway.notices];
  for (const notice of notices) output.note(notice);
  output.document({
    type: "ready",
    api,
    mqtt: mqttUrl,
    meters: fleet.meters.map(fleetMeterJson),
    notices,
  });
  const { demoReady, demoStop } = output.texts.sentences;
  output.line();
  output.line(
    fill(demoReady, {
      api: output.colour.cyan(api),
      mqtt: output.colour.cyan(mqttUrl),
      meters: fleet.meters.length,
      interval: `${intervalMs / 1000} s`,
    }),
  );
  output.line(output.colour.dim(demoStop));
  output.line();
}

/** Simulated meters on real TCP, a broker, the gateway and its page, all in this process. */
export async function demo(context: Context, options: DemoOptions): Promise<ExitCode> {
  const { output, environment } = context;
  const count = parseCount("--meters", options.meters ?? String(defaultMeters), 1, 2000);
  const seed = parseCount("--seed", options.seed ?? "1", 0, 2 ** 31);
  output.note(fill(output.texts.sentences.demoStarting, { meters: count }));
  await using stack = new AsyncDisposableStack();
  // The demo's data are its own: a real gateway's data directory is never touched.
  const directory = stack.use(await openScratchDirectory("lectura-demo-"));
  const fleet = stack.use(await startFleet({ meters: count, seed, personality: fleetMix }));
  const notices: string[] = [];
  let mqttUrl = options.mqttUrl;
  if (mqttUrl === undefined) {
    const broker = stack.use(
      await startBroker(
        options.mqttPort === undefined
          ? { port: defaultMqttPort, fallBack: true }
          : { port: parseCount("--mqtt-port", options.mqttPort, 0, 65_535), fallBack: false },
      ),
    );
    if (options.mqttPort === undefined && broker.port !== defaultMqttPort) {
      const taken = { port: defaultMqttPort, used: broker.port };
      notices.push(fill(output.texts.sentences.portTaken, taken));
    }
    mqttUrl = `mqtt://127.0.0.1:${broker.port}`;
  }
  const gateway = stack.use(
    await startGateway({
      dataDirectory: directory.path,
      dashboardDirectory,
      ...(options.apiPort === undefined
        ? {}
        : { api: { port: parseCount("--api-port", options.apiPort, 0, 65_535) } }),
    }),
  );
  const subscription = stack.use(
    gateway.control.subscribe((item) => {
      if (output.json || isShown(item)) writeStreamItem(output, item);
    }),
  );
  void subscription;
  await registerFleet(gateway.control, fleet, mqttUrl);
  announce(context, fleet, gateway, mqttUrl, notices);
  await untilInterrupted(environment, options.duration);
  output.note(output.texts.sentences.stopping);
  const summary = await gateway.stop();
  output.document({ type: "summary", ...summary });
  output.line(
    fill(output.texts.sentences.demoSummary, {
      scheduled: summary.scheduled,
      journaled: summary.journaled,
      acknowledged: summary.sinks["mqtt"]?.acknowledged ?? 0,
      sink: "mqtt",
    }),
  );
  return exitCodes.done;
}

/** A little of everything: each meter of the demo behaves differently. */
const fleetMix = ["generic-three-phase", "microstar", "seven-e", "segmented", "strict"] as const;

function isShown(item: StreamItem): boolean {
  return item.type === "event" ? item.severity !== "info" : shownKeys.has(item.key);
}
