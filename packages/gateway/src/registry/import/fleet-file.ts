import { isMap, isScalar, isSeq, LineCounter, parseDocument, stringify, type YAMLMap } from "yaml";
import type { Line, Meter, SecurityProfile } from "../model.ts";
import { settingTexts } from "../association-settings.ts";
import { correctionTexts } from "../scaler-corrections.ts";
import { endpointUrl } from "../endpoint-url.ts";
import { endpointText, type LineEndpoint, type TcpEndpoint } from "../line-endpoint.ts";
import { nearest } from "../nearest.ts";
import { csvField, parseCsv } from "./csv.ts";
import {
  badFile,
  type FleetField,
  type FleetFields,
  fieldOf,
  knownFieldNames,
} from "./fleet-fields.ts";

export type FleetFormat = "csv" | "yaml";

/** Characters of a file, and rows in it. */
const charactersMax = 32 * 1024 * 1024;
const rowsMax = 100_000;

export interface FleetRow {
  readonly kind: "line" | "meter";
  /** Line of the file it starts on, 1-based. */
  readonly row: number;
  readonly fields: FleetFields;
}

/** @throws {GatewayError} `registry/bad-file` with the line: no fleet at all, or an unknown field. */
export function parseFleetFile(
  text: string,
  format: FleetFormat,
  file: string,
): readonly FleetRow[] {
  if (text.length > charactersMax) throw badFile(file, 1, `is larger than ${charactersMax}`);
  const rows = format === "csv" ? parseCsvFleet(text, file) : parseYamlFleet(text, file);
  if (rows.length > rowsMax) throw badFile(file, 1, `has more than ${rowsMax} rows`);
  return rows;
}

function knownField(name: string, file: string, line: number): FleetField {
  const field = fieldOf(name);
  if (field !== undefined) return field;
  const near = nearest(name, knownFieldNames).join(", ");
  const hint = near === "" ? "" : `; near: ${near}`;
  throw badFile(file, line, `there is no field "${name}"${hint}`);
}

function parseCsvFleet(text: string, file: string): readonly FleetRow[] {
  const [header, ...records] = csvRecords(text, file);
  if (header === undefined) throw badFile(file, 1, "is empty");
  const columns = header.fields.map((name) => knownField(name, file, header.line));
  if (!columns.includes("name")) throw badFile(file, header.line, "has no column name");
  return records.map(({ line, fields }) => {
    if (fields.length > columns.length) throw badFile(file, line, "has more fields than columns");
    const entries = columns.map((column, index) => [column, fields[index]] as const);
    return { kind: "meter", row: line, fields: new Map(entries) };
  });
}

function csvRecords(text: string, file: string): ReturnType<typeof parseCsv> {
  try {
    return parseCsv(text);
  } catch (error) {
    throw badFile(file, 1, error instanceof Error ? error.message : String(error));
  }
}

function parseYamlFleet(text: string, file: string): readonly FleetRow[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [problem] = document.errors;
  if (problem !== undefined) {
    throw badFile(file, lines.linePos(problem.pos[0]).line, problem.message.split("\n", 1)[0]!);
  }
  const root = document.contents;
  if (!isMap(root)) throw badFile(file, 1, "must have the lists lines and meters");
  const lineAt = (node: unknown): number => {
    const at = (node as { readonly range?: readonly number[] | null } | null)?.range?.[0];
    return at === undefined ? 1 : lines.linePos(at).line;
  };
  return root.items.flatMap((pair) => {
    const section = isScalar(pair.key) ? String(pair.key.value) : "";
    if (section !== "lines" && section !== "meters") {
      throw badFile(file, lineAt(pair.key), `there is no "${section}"; use lines and meters`);
    }
    if (!isSeq(pair.value)) throw badFile(file, lineAt(pair.key), `${section} must be a list`);
    return pair.value.items.map((item): FleetRow => {
      if (!isMap(item)) throw badFile(file, lineAt(item), `an entry of ${section} must be a map`);
      const fields = new Map(yamlFields(item, file, lineAt));
      return { kind: section === "lines" ? "line" : "meter", row: lineAt(item), fields };
    });
  });
}

/** `address: {size, upper, lower}` and `security: {...}` are flattened, `quirks: {name: true}` becomes a list. */
function yamlFields(
  map: YAMLMap,
  file: string,
  lineAt: (node: unknown) => number,
): (readonly [FleetField, unknown])[] {
  return map.items.flatMap((pair): (readonly [FleetField, unknown])[] => {
    const name = isScalar(pair.key) ? String(pair.key.value) : "";
    const isGroup = name === "address" || name === "security";
    if (isGroup && isMap(pair.value)) return yamlFields(pair.value, file, lineAt);
    const field = knownField(name, file, lineAt(pair.key));
    const { value } = pair;
    if (isSeq(value)) return [[field, value.items.map((item) => scalar(item))]];
    if (isMap(value)) {
      const on = value.items.filter((item) => scalar(item.value) === true);
      return [[field, on.map((item) => scalar(item.key))]];
    }
    return [[field, scalar(value)]];
  });
}

function scalar(node: unknown): unknown {
  return isScalar(node) ? node.value : undefined;
}

/** Columns of a meter's security; empty where it has none. Keys are never written. */
const securityColumns = [
  "suite",
  "protection",
  "ciphered_context",
  "form",
  "dedicated_key",
  "client_system_title",
  "server_system_title",
  "challenge_octets",
  "counter_object",
  "counter_step",
  "public_client_sap",
] as const;

const csvColumns = [
  "name",
  "line",
  "host",
  "port",
  "endpoint",
  "framing",
  "template",
  "address_size",
  "upper",
  "lower",
  "client_sap",
  "authentication",
  "referencing",
  ...securityColumns,
  "quirks",
  "settings",
  "scalers",
  "keys",
  "interval_ms",
  "paused",
] as const;

const quirkNames = (meter: Meter): readonly string[] =>
  Object.entries(meter.association.quirks)
    .filter(([, isOn]) => isOn)
    .map(([quirk]) => quirk);

const keysOf = (meter: Meter): readonly string[] => meter.plan.items.map(({ key }) => key);

/** The fleet as a file that can be imported again. Never holds a secret. */
export function formatFleet(
  lines: readonly Line[],
  meters: readonly Meter[],
  format: FleetFormat,
): string {
  return format === "csv" ? formatCsv(lines, meters) : formatYaml(lines, meters);
}

function formatCsv(lines: readonly Line[], meters: readonly Meter[]): string {
  const byId = new Map(lines.map((line) => [line.id, line]));
  const records = meters.map((meter) => {
    const line = byId.get(meter.lineId);
    const cells: Record<(typeof csvColumns)[number], string | number | boolean> = {
      name: meter.name,
      line: line?.name ?? "",
      ...placeCells(line?.endpoint),
      framing: line?.framing ?? "",
      template: meter.template ?? "",
      address_size: meter.address.size,
      upper: meter.address.upper,
      lower: meter.address.lower,
      client_sap: meter.association.clientSap,
      authentication: meter.association.authentication,
      referencing: meter.association.referencing ?? "",
      ...securityCells(meter.association.security),
      quirks: quirkNames(meter).join(" "),
      settings: settingTexts(meter.association.settings).join(" "),
      scalers: correctionTexts(meter.plan.scalers).join(" "),
      keys: keysOf(meter).join(" "),
      interval_ms: meter.plan.intervalMs,
      paused: meter.paused ? "yes" : "no",
    };
    return csvColumns.map((column) => csvField(cells[column])).join(",");
  });
  return `${[csvColumns.join(","), ...records].join("\r\n")}\r\n`;
}

/** Plain TCP as everybody writes it; any other way as one text. */
function placeCells(
  endpoint: LineEndpoint | undefined,
): Record<"host" | "port" | "endpoint", string | number> {
  if (endpoint === undefined) return { host: "", port: "", endpoint: "" };
  if (!isPlainTcp(endpoint)) return { host: "", port: "", endpoint: endpointUrl(endpoint) };
  return { host: endpoint.host, port: endpoint.port, endpoint: "" };
}

function isPlainTcp(endpoint: LineEndpoint): endpoint is TcpEndpoint {
  const { kind } = endpoint;
  return kind === "tcp" && endpoint.tls === undefined && endpoint.modeE === undefined;
}

function securityCells(
  security: SecurityProfile | undefined,
): Record<(typeof securityColumns)[number], string | number> {
  const yesNo = (is: boolean | undefined): string => (is === undefined ? "" : is ? "yes" : "no");
  return {
    suite: security?.suite ?? "",
    protection: security?.protection ?? "",
    ciphered_context: yesNo(security?.cipheredContext),
    form: security?.form ?? "",
    dedicated_key: yesNo(security?.dedicatedKey),
    client_system_title: security?.clientSystemTitle ?? "",
    server_system_title: security?.serverSystemTitle ?? "",
    challenge_octets: security?.challengeOctets ?? "",
    counter_object: security?.counterObject ?? "",
    counter_step: security?.counterStep ?? "",
    public_client_sap: security?.publicClientSap ?? "",
  };
}

function formatYaml(lines: readonly Line[], meters: readonly Meter[]): string {
  const names = new Map(lines.map(({ id, name }) => [id, name]));
  return stringify({
    lines: lines.map((line) => ({
      name: line.name,
      ...(isPlainTcp(line.endpoint)
        ? { tcp: endpointText(line.endpoint) }
        : { endpoint: endpointUrl(line.endpoint) }),
      framing: line.framing,
      gapMs: line.gapMs,
      connectTimeoutMs: line.connectTimeoutMs,
      responseTimeoutMs: line.responseTimeoutMs,
      paused: line.paused,
    })),
    meters: meters.map((meter) => ({
      name: meter.name,
      line: names.get(meter.lineId),
      ...(meter.template === undefined ? {} : { template: meter.template }),
      address: meter.address,
      clientSap: meter.association.clientSap,
      authentication: meter.association.authentication,
      ...(meter.association.referencing === undefined
        ? {}
        : { referencing: meter.association.referencing }),
      ...(meter.association.security === undefined ? {} : { security: meter.association.security }),
      quirks: quirkNames(meter),
      ...(meter.association.settings === undefined
        ? {}
        : { settings: settingTexts(meter.association.settings) }),
      ...(meter.plan.scalers === undefined ? {} : { scalers: correctionTexts(meter.plan.scalers) }),
      intervalMs: meter.plan.intervalMs,
      keys: keysOf(meter),
      paused: meter.paused,
    })),
  });
}
