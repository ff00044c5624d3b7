import { Secret } from "@lectura/dlms/security";
import { z } from "zod";

/** Settings of the process. Lines, meters and sinks are not here: they live in the registry. */
export interface Settings {
  /** Database, vault key and logs; made when absent. */
  readonly dataDir: string;
  readonly api: {
    readonly enabled: boolean;
    readonly host: string;
    /** 0 = any free port. */
    readonly port: number;
  };
  readonly log: {
    readonly level: "trace" | "debug" | "info" | "warn" | "error" | "silent";
    /** `gateway.log` in the data directory when empty. */
    readonly file: string;
  };
  readonly store: {
    readonly groupCommitMs: number;
    /** 0 = for ever. */
    readonly retentionDays: number;
    /** 0 = the disk is the limit. */
    readonly databaseOctetsMax: number;
    readonly eventsMax: number;
    readonly outbox: {
      readonly readingsMax: number;
      readonly rowsMax: number;
      readonly octetsMax: number;
      readonly overflow: "refuse" | "drop-oldest";
      readonly deadLettersMax: number;
    };
  };
  /** For meters that name neither template nor plan. */
  readonly poll: {
    readonly intervalMs: number;
    readonly keys: readonly string[];
  };
  /** For every MQTT connection, ThingsBoard's too. */
  readonly mqtt: {
    readonly keepAliveSeconds: number;
    readonly connectTimeoutMs: number;
    readonly reconnectMsMin: number;
    readonly reconnectMsMax: number;
    readonly inFlightMax: number;
    /** For MQTT sinks that name no user of their own. */
    readonly username: string;
    readonly password: Secret | undefined;
  };
}

const ms = (least: number, most: number): z.ZodInt => z.int().min(least).max(most);
const count = (least: number, most: number): z.ZodInt => z.int().min(least).max(most);
const huge = Number.MAX_SAFE_INTEGER;

const api = z.strictObject({
  enabled: z.boolean().default(true).describe("Serve the API and the dashboard."),
  host: z.string().min(1).max(253).default("127.0.0.1").describe("Address to listen on."),
  port: count(0, 65_535).default(5001).describe("Port to listen on; 0 picks a free one."),
});

const log = z.strictObject({
  level: z
    .enum(["trace", "debug", "info", "warn", "error", "silent"])
    .default("info")
    .describe("What is worth a line."),
  file: z
    .string()
    .default("")
    .describe("File to write to; empty = gateway.log in the data directory."),
});

const outbox = z.strictObject({
  readingsMax: count(1, huge).default(50_000_000).describe("Readings pending for one sink."),
  rowsMax: count(1, huge).default(10_000_000).describe("Polls pending for one sink."),
  octetsMax: count(1, huge)
    .default(8 * 1024 * 1024 * 1024)
    .describe("Octets pending for one sink."),
  overflow: z
    .enum(["refuse", "drop-oldest"])
    .default("refuse")
    .describe("A full outbox refuses new polls, or drops and counts the oldest."),
  deadLettersMax: count(0, huge).default(100_000).describe("Dead letters kept for one sink."),
});

const store = z.strictObject({
  groupCommitMs: ms(0, 1000)
    .default(100)
    .describe("Longest wait of a poll for others to share its flush to the disk."),
  retentionDays: count(0, 36_500).default(0).describe("Days the journal keeps; 0 = for ever."),
  databaseOctetsMax: count(0, huge)
    .default(0)
    .describe("Bound of the database file; 0 = the disk is the limit."),
  eventsMax: count(100, 10_000_000).default(100_000).describe("Events kept in the log."),
  outbox: outbox.prefault({}).describe("What waits for sinks."),
});

const poll = z.strictObject({
  intervalMs: ms(100, 86_400_000).default(2000).describe("Time between two polls of a meter."),
  keys: z
    .array(z.string().min(1))
    .min(1)
    .max(256)
    .default(["voltage_l1", "current_l1", "frequency", "active_power", "active_energy"])
    .describe("What a meter is asked for."),
});

const mqtt = z.strictObject({
  keepAliveSeconds: count(1, 65_535).default(30).describe("MQTT keep-alive."),
  connectTimeoutMs: ms(100, 600_000).default(10_000).describe("Longest wait for CONNACK."),
  reconnectMsMin: ms(10, 3_600_000).default(1000).describe("First pause before a reconnect."),
  reconnectMsMax: ms(10, 3_600_000).default(60_000).describe("Longest pause before one."),
  inFlightMax: count(1, 65_535).default(64).describe("Messages sent and not yet acknowledged."),
  username: z.string().default("").describe("User of MQTT sinks that name none."),
  password: z
    .string()
    .min(1)
    .transform((text) => Secret.fromText(text))
    .optional()
    .meta({ secret: true, description: "Its password; better in LECTURA_MQTT_PASSWORD_FILE." }),
});

/** The one description of `lectura.yaml`: types, defaults, JSON Schema and environment names. */
export const settingsSchema: z.ZodType<Settings> = z.strictObject({
  dataDir: z.string().min(1).default("./data").describe("Directory of database, key and logs."),
  api: api.prefault({}).describe("The API and the dashboard."),
  log: log.prefault({}).describe("The log."),
  store: store.prefault({}).describe("Journal and outbox."),
  poll: poll.prefault({}).describe("Defaults of new meters."),
  mqtt: mqtt.prefault({}).describe("MQTT connections."),
}) as z.ZodType<Settings>;
