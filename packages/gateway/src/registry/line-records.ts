import type { DatabaseSync } from "node:sqlite";
import type { LineDraft, LineEdit, Reference } from "../control/gateway-control.ts";
import { GatewayError } from "../errors.ts";
import { checkLineDraft, checkName } from "./drafts.ts";
import { getLine, refuseTakenName } from "./look-up.ts";
import type { Line } from "./model.ts";
import { readLines, readMeters, writeLine } from "./registry-tables.ts";

const gapMsDefault = 0;
const timeoutMsDefault = 5000;

/** One spelling per endpoint: lower case, no brackets around an IPv6 address. */
export function normalEndpoint(endpoint: Line["endpoint"]): Line["endpoint"] {
  const host = endpoint.host.toLowerCase().replaceAll(/^\[|\]$/g, "");
  return { kind: "tcp", host, port: endpoint.port };
}

/** `host:port`, brackets around an IPv6 address. */
export function endpointText({ host, port }: Line["endpoint"]): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** `host:port` where a line may be called that, else the first free `line-N`. */
function defaultName(database: DatabaseSync, endpoint: Line["endpoint"]): string {
  const text = endpointText(endpoint).replaceAll(/[[\]]/g, "");
  const taken = new Set(readLines(database).map(({ name }) => name));
  if (text.length <= 64 && !text.includes("%") && !taken.has(text)) return text;
  let number = 1;
  while (taken.has(`line-${number}`)) number++;
  return `line-${number}`;
}

/** The line at an endpoint, however its host is spelt. */
export function lineAt(database: DatabaseSync, endpoint: Line["endpoint"]): Line | undefined {
  const { host, port } = normalEndpoint(endpoint);
  return readLines(database, { host, port })[0];
}

/** @throws {GatewayError} `registry/framing-conflict` */
export function refuseOtherFraming(line: Line, wanted: Line["framing"] | undefined): void {
  if (wanted === undefined || wanted === line.framing) return;
  const endpoint = endpointText(line.endpoint);
  throw new GatewayError(
    "registry/framing-conflict",
    `${endpoint} is line "${line.name}" with framing ${line.framing}, not ${wanted}; edit the line`,
    { params: { endpoint, line: line.name, framing: line.framing, wanted } },
  );
}

function refuseTakenEndpoint(
  database: DatabaseSync,
  endpoint: Line["endpoint"],
  framing: Line["framing"] | undefined,
  ownId: number | undefined,
): void {
  const holder = lineAt(database, endpoint);
  if (holder === undefined || holder.id === ownId) return;
  refuseOtherFraming(holder, framing);
  throw new GatewayError(
    "registry/endpoint-taken",
    `${endpointText(endpoint)} is line "${holder.name}" already; a line can carry many meters`,
    { params: { endpoint: endpointText(endpoint), line: holder.name } },
  );
}

export function addLine(database: DatabaseSync, draft: LineDraft): Line {
  checkLineDraft(draft);
  const endpoint = normalEndpoint(draft.endpoint);
  refuseTakenEndpoint(database, endpoint, draft.framing, undefined);
  const name = draft.name ?? defaultName(database, endpoint);
  checkName("line", name);
  refuseTakenName("line", name, readLines(database, { name })[0], undefined);
  const id = writeLine(database, undefined, {
    name,
    endpoint,
    framing: draft.framing ?? "hdlc",
    gapMs: draft.gapMs ?? gapMsDefault,
    connectTimeoutMs: draft.connectTimeoutMs ?? timeoutMsDefault,
    responseTimeoutMs: draft.responseTimeoutMs ?? timeoutMsDefault,
    paused: false,
  });
  return getLine(database, id);
}

export function editLine(database: DatabaseSync, reference: Reference, edit: LineEdit): Line {
  const line = getLine(database, reference);
  const { id, paused, ...rest } = line;
  const draft = { ...rest, ...edit };
  checkLineDraft(draft);
  const endpoint = normalEndpoint(draft.endpoint);
  refuseTakenEndpoint(database, endpoint, draft.framing, id);
  if (draft.name !== line.name) checkName("line", draft.name);
  refuseTakenName("line", draft.name, readLines(database, { name: draft.name })[0], id);
  writeLine(database, id, { ...draft, endpoint, paused });
  return getLine(database, id);
}

/** @throws {GatewayError} `registry/line-in-use` while meters are on it. */
export function removeLine(database: DatabaseSync, reference: Reference): void {
  const line = getLine(database, reference);
  const meters = readMeters(database, { line_id: line.id }).length;
  if (meters > 0) {
    throw new GatewayError(
      "registry/line-in-use",
      `line "${line.name}" carries ${meters} meters; remove or move them first`,
      { params: { line: line.name, meters } },
    );
  }
  database.prepare("DELETE FROM registry_lines WHERE id = ?").run(line.id);
}

export function setLinePaused(
  database: DatabaseSync,
  reference: Reference,
  isPaused: boolean,
): Line {
  const { id } = getLine(database, reference);
  database.prepare("UPDATE registry_lines SET paused = ? WHERE id = ?").run(isPaused ? 1 : 0, id);
  return getLine(database, id);
}
