import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import {
  type Clock,
  openSession,
  type SerialDriver,
  sharePort,
  systemClock,
} from "@lectura/dlms-node";
import { Acquisition } from "./acquisition/acquisition.ts";
import { DialIn } from "./acquisition/line/dial-in.ts";
import { type LinePortParts, openLinePort } from "./acquisition/line/open-line-port.ts";
import { Schedule } from "./acquisition/schedule/schedule.ts";
import { CounterBook } from "./acquisition/security/counter-book.ts";
import type { Wire } from "./acquisition/wire.ts";
import { removeGatewayFile, writeGatewayFile } from "./api/gateway-file.ts";
import { type Api, serveApi } from "./api/serve-api.ts";
import type { StreamItem } from "./control/control.ts";
import type { GatewayControl, GatewaySummary } from "./control/gateway-control.ts";
import { LatestReadings } from "./control/latest-readings.ts";
import { LiveControl } from "./control/live-control.ts";
import { Delivery } from "./delivery.ts";
import { EventBook, type Happening } from "./observe/event-book.ts";
import { type GatewayLog, openLog, silentLog } from "./observe/logger.ts";
import { Stream } from "./observe/stream.ts";
import { Pipeline } from "./pipeline.ts";
import { RegistryView } from "./registry-view.ts";
import { openRegistry, type Registry } from "./registry/registry.ts";
import { openStore, type StoreOptions } from "./store/open-store.ts";
import { loadSettings } from "./settings/load-settings.ts";
import type { Settings } from "./settings/settings.ts";
import type { Store } from "./store/store.ts";
import { openVault } from "./vault/vault.ts";

/** What `startGateway` needs. Everything a test wants to replace is an option. */
export interface GatewayOptions {
  /** Made when absent, 0700. Holds the database, the key file and `gateway.json`. */
  readonly dataDirectory: string;
  /**
   * `full` acquires, delivers and serves; `control` opens registry and store only and touches a wire
   * when `readNow` or `testMeter` asks: what the CLI uses when no gateway runs. Default `full`.
   */
  readonly mode?: "full" | "control";
  /** `lectura.yaml`; absent: defaults and `variables`. */
  readonly settingsFile?: string;
  /** `LECTURA_...` settings; nothing else is read from them. Absent: none. */
  readonly variables?: Readonly<Record<string, string | undefined>>;
  /** `false` serves nothing. A port that is given must be free; the default one may move. */
  readonly api?: { readonly port?: number } | false;
  /** Files of the web page, served at `/`. */
  readonly dashboardDirectory?: string;
  readonly clock?: Clock;
  /** 0 <= x < 1, for jitter. */
  readonly random?: () => number;
  readonly openPort?: Wire["openPort"];
  /** Absent: the package `serialport`, where it is installed. */
  readonly serialDriver?: SerialDriver;
  /** Hears readings and events from the very first on; `control.subscribe` begins when asked. */
  readonly onItem?: (item: StreamItem) => void;
}

/** A running gateway. Disposing it is `stop()`. */
export interface Gateway extends AsyncDisposable {
  readonly control: GatewayControl;
  /** Where the API listens; undefined when it is off. */
  readonly api: { readonly url: string; readonly key: string } | undefined;
  /** Notices for people, e.g. the default API port was taken and another one is used. */
  readonly notices: readonly string[];
  /** Releases associations, drains sinks, closes the store: within 5 s. Idempotent. */
  stop(): Promise<GatewaySummary>;
}

/** The port nobody chose: taken means another one. */
const defaultApiPort = 5001;
/** Shares of the five seconds a stop may take. */
const finishMs = 1_500;
const releaseMs = 1_700;
const drainMs = 1_500;

/**
 * Opens, connects and starts everything; this function and `pipeline.ts` are the only places that
 * know all rooms.
 * @throws {GatewayError} `settings/...`, `store/...`, `vault/...`, `api/...`: nothing is left open then.
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { dataDirectory, clock = systemClock, random = Math.random, mode = "full" } = options;
  const isFull = mode === "full";
  const { settingsFile: file, variables = {} } = options;
  const settings = loadSettings({ ...(file === undefined ? {} : { file }), variables });
  await using opened = new AsyncDisposableStack();
  const directory = dataDirectory;
  const storeOptions = { directory, clock, exclusive: isFull, ...storeLimits(settings) };
  const store = opened.use(await openStore(storeOptions));
  const vault = opened.use(openVault(directory));
  const registry = opened.use(openRegistry({ directory, vault, clock, defaults: settings.poll }));
  const log = isFull ? openLog(directory, settings.log) : silentLog;
  opened.defer(() => log.close());
  const parts = connect({ options, settings, clock, random, isFull, store, registry, log });
  const { control, refresh, pipeline, acquisition, delivery, schedule } = parts;
  await control.begin();
  const { onItem } = options;
  if (onItem !== undefined) opened.use(control.subscribe(onItem));
  refresh();
  opened.use(parts.dialIn);
  const changes = registry.onChange(refresh);
  opened.use(changes);
  opened.use(schedule);
  const api = isFull ? await openApi(options, settings, parts) : undefined;
  if (api !== undefined) opened.use(api.served);
  const running = opened.move();
  const stop = async (): Promise<GatewaySummary> => {
    changes[Symbol.dispose]();
    await acquisition.finish(finishMs);
    await Promise.all([acquisition.stop(releaseMs), api?.served[Symbol.asyncDispose]()]);
    await pipeline.stop();
    await delivery.stop(drainMs);
    const summary = await control.summary();
    if (api !== undefined) await removeGatewayFile(dataDirectory, process.pid);
    await running.disposeAsync();
    return summary;
  };
  let stopped: Promise<GatewaySummary> | undefined;
  const stopOnce = (): Promise<GatewaySummary> => (stopped ??= stop());
  return {
    control,
    api: api?.address,
    notices: api?.notices ?? [],
    stop: stopOnce,
    [Symbol.asyncDispose]: async () => void (await stopOnce()),
  };
}

function storeLimits({ store }: Settings): Partial<StoreOptions> {
  const { databaseOctetsMax, ...limits } = store;
  return databaseOctetsMax === 0 ? limits : { ...limits, databaseOctetsMax };
}

interface Rooms {
  readonly options: GatewayOptions;
  readonly settings: Settings;
  readonly clock: Clock;
  readonly random: () => number;
  readonly isFull: boolean;
  readonly store: Store;
  readonly registry: Registry;
  readonly log: GatewayLog;
}

interface Parts {
  readonly control: LiveControl;
  readonly acquisition: Acquisition;
  readonly dialIn: DialIn;
  readonly pipeline: Pipeline;
  readonly delivery: Delivery;
  readonly schedule: Schedule;
  readonly log: GatewayLog;
  readonly clock: Clock;
  readonly refresh: () => void;
}

/** Who tells whom. Nothing here waits, opens or starts. */
function connect(rooms: Rooms): Parts {
  const { options, clock, random, isFull, store, registry, log } = rooms;
  const view = new RegistryView(registry);
  const stream = new Stream();
  const latest = new LatestReadings(store);
  const schedule = new Schedule(clock);
  const meterName = (id: number): string | undefined => view.meter(id)?.name;
  const names = { meterName, lineName: (id: number) => view.line(id)?.name };
  const publish = (item: StreamItem): void => stream.publish(item);
  const book = new EventBook({ clock, store, names, publish, log: log.write });
  const tell = (happening: Happening): void => book.tell(happening);
  const delivery = deliveryOf(rooms, view, tell);
  const pipeline = new Pipeline({
    store,
    clock,
    sinksOf: (meterId) => delivery.sinksOf(view.meter(meterId)),
    committed: (record) => {
      latest.take(record);
      delivery.notify();
    },
    resumed: () => acquisition.kick(),
    meterName,
    publish,
    isHeard: () => stream.isHeard,
    tell,
  });
  const dialIn = new DialIn({
    clock,
    onEvent: tell,
    reached: (lineIds) => acquisition.reached(lineIds),
  });
  const acquisition = new Acquisition(
    {
      wire: wireOf(options, clock, dialIn),
      clock,
      random,
      schedule,
      store,
      intake: pipeline,
      counters: new CounterBook(store),
      credentials: async (meterId) => registry.meterCredentials(meterId),
      keyStore: (meterId) => registry.meterKeyStore(meterId),
      onEvent: tell,
      onInternal: log.internal,
    },
    { scheduled: isFull },
  );
  const refresh = (): void =>
    view.refresh({
      applySinks: (sinks) => delivery.apply(sinks),
      applyFleet: (fleet) => {
        acquisition.apply(fleet);
        if (isFull) dialIn.apply(fleet.lines);
      },
      onError: (error) => log.internal("the registry could not be read", error),
    });
  const control = new LiveControl({
    pid: process.pid,
    clock,
    registry,
    store,
    acquisition,
    delivery,
    latest,
    stream,
    journaled: () => pipeline.journaled,
    reconcile: refresh,
  });
  return { control, acquisition, dialIn, pipeline, delivery, schedule, log, clock, refresh };
}

function deliveryOf(
  { settings, clock, random, isFull, store, registry }: Rooms,
  view: RegistryView,
  tell: (happening: Happening) => void,
): Delivery {
  return new Delivery({
    delivers: isFull,
    store,
    clock,
    random,
    gatewayVersion,
    mqtt: settings.mqtt,
    meters: () => view.meters,
    meterOf: (id) => view.meter(id),
    sinkPassword: (id) => registry.sinkPassword(id),
    thingsBoardToken: (id) => registry.thingsBoardToken(id),
    tell,
  });
}

function wireOf(options: GatewayOptions, clock: Clock, dialIn: DialIn): Wire {
  const { serialDriver } = options;
  const dialledIn: LinePortParts["dialledIn"] = (endpoint) => dialIn.port(endpoint);
  const openPort: Wire["openPort"] = (request) =>
    openLinePort(request, { clock, serialDriver, dialledIn });
  return { openPort: options.openPort ?? openPort, sharePort, openSession };
}

interface OpenApi {
  readonly served: Api;
  readonly address: { readonly url: string; readonly key: string };
  readonly notices: readonly string[];
}

async function openApi(
  options: GatewayOptions,
  settings: Settings,
  { control, pipeline, log, clock }: Parts,
): Promise<OpenApi | undefined> {
  const { api, dataDirectory, dashboardDirectory } = options;
  if (api === false || !settings.api.enabled) return undefined;
  const { host } = settings.api;
  const port = api?.port ?? settings.api.port;
  const key = randomBytes(24).toString("base64url");
  const served = await serveApi({
    control,
    clock,
    host,
    port,
    portIsChosen: api?.port !== undefined || port !== defaultApiPort,
    key,
    dashboardDirectory,
    blockedBy: () => pipeline.blockedBy,
    usage: () => {
      const { user, system } = process.cpuUsage();
      return { residentOctets: process.memoryUsage.rss(), cpuSeconds: (user + system) / 1e6 };
    },
    onInternal: log.internal,
  });
  const { url, movedFrom } = served;
  await writeGatewayFile(dataDirectory, { pid: process.pid, url, key });
  const moved = `port ${movedFrom} is taken; the API and the page are at ${url}`;
  return { served, address: { url, key }, notices: movedFrom === undefined ? [] : [moved] };
}

const gatewayVersion = readVersion();

function readVersion(): string {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return String((JSON.parse(text) as { readonly version?: unknown }).version);
}
