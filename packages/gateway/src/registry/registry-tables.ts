/** Rows of the registry's tables to the model and back. */
import type { DatabaseSync } from "node:sqlite";
import { keyChangeField, keyFields, meterKeyNames } from "../vault/secret-names.ts";
import type { ScalerCorrections } from "./scaler-corrections.ts";
import { endpointKey, type LineEndpoint } from "./line-endpoint.ts";
import type {
  AssociationProfile,
  Line,
  Meter,
  PlanItem,
  SinkDefinition,
  SinkKind,
} from "./model.ts";

type Row = Readonly<Record<string, unknown>>;

const number = (row: Row, column: string): number => Number(row[column]);
const text = (row: Row, column: string): string => String(row[column]);
const flag = (row: Row, column: string): boolean => Number(row[column]) !== 0;
const json = (row: Row, column: string): unknown => JSON.parse(text(row, column)) as unknown;

function toLine(row: Row): Line {
  return {
    id: number(row, "id"),
    name: text(row, "name"),
    endpoint: json(row, "endpoint") as LineEndpoint,
    framing: text(row, "framing") as Line["framing"],
    gapMs: number(row, "gap_ms"),
    connectTimeoutMs: number(row, "connect_timeout_ms"),
    responseTimeoutMs: number(row, "response_timeout_ms"),
    paused: flag(row, "paused"),
  };
}

function toSize(stored: string): Meter["address"]["size"] {
  return stored === "auto" ? "auto" : (Number(stored) as 1 | 2 | 4);
}

/** JSON has no undefined: an absent unit comes back as one. */
function toPlan(stored: unknown): Meter["plan"] {
  const { items, ...plan } = stored as {
    intervalMs: number;
    scalers?: ScalerCorrections;
    items: readonly (Omit<PlanItem, "expectedUnit"> & { expectedUnit?: number })[];
  };
  return {
    ...plan,
    items: items.map((item) => ({ ...item, expectedUnit: item.expectedUnit })),
  };
}

function toMeter(row: Row): Meter {
  return {
    id: number(row, "id"),
    name: text(row, "name"),
    lineId: number(row, "line_id"),
    address: {
      size: toSize(text(row, "address_size")),
      upper: number(row, "upper"),
      lower: number(row, "lower"),
    },
    association: json(row, "association") as AssociationProfile,
    template: row["template"] === null ? undefined : text(row, "template"),
    plan: toPlan(json(row, "plan")),
    paused: flag(row, "paused"),
    hasPassword: flag(row, "has_password"),
    hasThingsBoardToken: flag(row, "has_token"),
    hasKeys: meterKeyNames.filter((name) => text(row, "fields").includes(`"${keyFields[name]}"`)),
    keyChangePending: text(row, "fields").includes(`"${keyChangeField}"`),
    createdAt: number(row, "created_at"),
    updatedAt: number(row, "updated_at"),
  };
}

function toSink(row: Row): SinkDefinition {
  const common = {
    id: number(row, "id"),
    name: text(row, "name"),
    paused: flag(row, "paused"),
  };
  const document = json(row, "document") as { readonly [field: string]: unknown };
  const tls = document["tls"] as SinkDefinition["tls"];
  if (row["kind"] !== "mqtt") {
    return { ...common, kind: "thingsboard-device", url: String(document["url"]), tls };
  }
  return {
    ...common,
    kind: "mqtt",
    url: String(document["url"]),
    tls,
    username: document["username"] as string | undefined,
    hasPassword: flag(row, "has_password"),
    clientId: document["clientId"] as string | undefined,
    topic: String(document["topic"]),
    statusTopic: String(document["statusTopic"]),
    format: document["format"] as "original" | "flat" | "senml",
    retain: document["retain"] === true,
  };
}

const secretOf = (kind: string, field: string): string =>
  `EXISTS (SELECT 1 FROM registry_secrets s WHERE s.owner = '${kind}:' || t.id
    AND s.field = '${field}')`;

/** Which rows: columns that must have these values; all rows when empty. */
export type Match = Readonly<Record<string, string | number>>;

function select(database: DatabaseSync, columns: string, table: string, match: Match): Row[] {
  const names = Object.keys(match);
  const where =
    names.length === 0 ? "" : `WHERE ${names.map((name) => `${name} = ?`).join(" AND ")}`;
  return database
    .prepare(`SELECT ${columns} FROM ${table} t ${where} ORDER BY id`)
    .all(...Object.values(match));
}

/** Lines in the order they were made; `match` names columns of `registry_lines`. */
export function readLines(database: DatabaseSync, match: Match = {}): readonly Line[] {
  return select(database, "*", "registry_lines", match).map(toLine);
}

const meterColumns = `t.*, ${secretOf("meter", "password")} AS has_password,
  ${secretOf("meter", "thingsboard-token")} AS has_token,
  (SELECT json_group_array(s.field) FROM registry_secrets s WHERE s.owner = 'meter:' || t.id)
    AS fields`;

/** Meters in the order they were made; `match` names columns of `registry_meters`. */
export function readMeters(database: DatabaseSync, match: Match = {}): readonly Meter[] {
  return select(database, meterColumns, "registry_meters", match).map(toMeter);
}

const sinkColumns = `t.*, ${secretOf("sink", "password")} AS has_password`;

/** Sinks in the order they were made; `match` names columns of `registry_sinks`. */
export function readSinks(database: DatabaseSync, match: Match = {}): readonly SinkDefinition[] {
  return select(database, sinkColumns, "registry_sinks", match).map(toSink);
}

/** Inserts (`id` undefined) or replaces a line; its id. */
export function writeLine(
  database: DatabaseSync,
  id: number | undefined,
  line: Omit<Line, "id">,
): number {
  const columns = [
    line.name,
    JSON.stringify(line.endpoint),
    endpointKey(line.endpoint),
    line.framing,
    line.gapMs,
    line.connectTimeoutMs,
    line.responseTimeoutMs,
    line.paused ? 1 : 0,
  ];
  if (id !== undefined) {
    const update = `UPDATE registry_lines SET name = ?, endpoint = ?, endpoint_key = ?, framing = ?,
      gap_ms = ?, connect_timeout_ms = ?, response_timeout_ms = ?, paused = ? WHERE id = ?`;
    database.prepare(update).run(...columns, id);
    return id;
  }
  const insert = `INSERT INTO registry_lines (name, endpoint, endpoint_key, framing, gap_ms,
    connect_timeout_ms, response_timeout_ms, paused) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`;
  return Number(database.prepare(insert).run(...columns).lastInsertRowid);
}

/** Inserts (`id` undefined) or replaces a meter; its id. */
export function writeMeter(
  database: DatabaseSync,
  id: number | undefined,
  meter: Omit<Meter, "id" | "hasPassword" | "hasThingsBoardToken" | "hasKeys" | "keyChangePending">,
): number {
  const columns = [
    meter.name,
    meter.lineId,
    String(meter.address.size),
    meter.address.upper,
    meter.address.lower,
    JSON.stringify(meter.association),
    meter.template ?? null,
    JSON.stringify(meter.plan),
    meter.paused ? 1 : 0,
    meter.createdAt,
    meter.updatedAt,
  ];
  if (id !== undefined) {
    const update = `UPDATE registry_meters SET name = ?, line_id = ?, address_size = ?, upper = ?,
      lower = ?, association = ?, template = ?, plan = ?, paused = ?, created_at = ?,
      updated_at = ? WHERE id = ?`;
    database.prepare(update).run(...columns, id);
    return id;
  }
  const insert = `INSERT INTO registry_meters (name, line_id, address_size, upper, lower,
    association, template, plan, paused, created_at, updated_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
  return Number(database.prepare(insert).run(...columns).lastInsertRowid);
}

/** Inserts (`id` undefined) or replaces a sink; its id. */
export function writeSink(
  database: DatabaseSync,
  id: number | undefined,
  sink: { readonly name: string; readonly kind: SinkKind; readonly paused: boolean },
  document: Readonly<Record<string, unknown>>,
): number {
  const columns = [sink.name, sink.kind, JSON.stringify(document), sink.paused ? 1 : 0];
  if (id !== undefined) {
    const update = `UPDATE registry_sinks SET name = ?, kind = ?, document = ?, paused = ?
      WHERE id = ?`;
    database.prepare(update).run(...columns, id);
    return id;
  }
  const insert = "INSERT INTO registry_sinks (name, kind, document, paused) VALUES (?, ?, ?, ?)";
  return Number(database.prepare(insert).run(...columns).lastInsertRowid);
}
