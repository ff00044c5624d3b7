import type { DatabaseSync } from "node:sqlite";
import type { LineDraft, LineEdit, Reference } from "./draft.ts";
import { GatewayError } from "../errors.ts";
import { checkLineDraft, checkName, invalid } from "./check-drafts.ts";
import {
  defaultFraming,
  endpointKey,
  endpointText,
  type LineEndpoint,
  normalEndpoint,
} from "./line-endpoint.ts";
import { getLine, refuseTakenName } from "./look-up.ts";
import type { Line } from "./model.ts";
import { readLines, readMeters, writeLine } from "./registry-tables.ts";

const gapMsDefault = 0;
const timeoutMsDefault = 5000;
/** What a line may be called without anybody's choice: as `checkName` has it. */
const lineName = /^[A-Za-z0-9._ :-]{1,64}$/;

/** `host:port`, the last part of a path: where a line may be called that, else `line-N`. */
function defaultName(database: DatabaseSync, endpoint: LineEndpoint): string {
  const text =
    endpoint.kind === "serial"
      ? (endpoint.path.split("/").at(-1) ?? "")
      : `${endpoint.host}:${endpoint.port}`;
  const taken = new Set(readLines(database).map(({ name }) => name));
  if (lineName.test(text) && !taken.has(text)) return text;
  let number = 1;
  while (taken.has(`line-${number}`)) number++;
  return `line-${number}`;
}

/** The line at an endpoint, however its host is spelt. */
export function lineAt(database: DatabaseSync, endpoint: LineEndpoint): Line | undefined {
  return readLines(database, { endpoint_key: endpointKey(normalEndpoint(endpoint)) })[0];
}

/**
 * Whoever says how a line's way is to be used must not get another one. What is not said is the
 * line's. @throws {GatewayError} `registry/endpoint-conflict`
 */
export function refuseOtherWay(line: Line, wanted: LineEndpoint): void {
  const has = line.endpoint as unknown as Readonly<Record<string, unknown>>;
  const differs = Object.entries(normalEndpoint(wanted)).find(
    ([name, value]) => JSON.stringify(has[name]) !== JSON.stringify(value),
  );
  if (differs === undefined) return;
  const [setting] = differs;
  const endpoint = endpointText(line.endpoint);
  throw new GatewayError(
    "registry/endpoint-conflict",
    `${endpoint} is line "${line.name}" with another ${setting}; edit the line, or leave it out`,
    { params: { endpoint, line: line.name, setting } },
  );
}

/** Who listens on a port asks all who call the same. @throws {GatewayError} `registry/invalid` */
function refuseOtherQuestion(
  database: DatabaseSync,
  endpoint: LineEndpoint,
  ownId: number | undefined,
): void {
  if (endpoint.kind !== "listen" || endpoint.identity.by === "address") return;
  const { host, port, identity } = endpoint;
  const other = readLines(database).find(
    ({ id, endpoint: way }) =>
      id !== ownId &&
      way.kind === "listen" &&
      `${way.host}:${way.port}` === `${host}:${port}` &&
      way.identity.by !== "address" &&
      way.identity.by !== identity.by,
  );
  if (other === undefined) return;
  throw invalid("endpoint.identity", `is by another way than on line "${other.name}"`);
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
  endpoint: LineEndpoint,
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
  refuseOtherQuestion(database, endpoint, undefined);
  const name = draft.name ?? defaultName(database, endpoint);
  checkName("line", name);
  refuseTakenName("line", name, readLines(database, { name })[0], undefined);
  const id = writeLine(database, undefined, {
    name,
    endpoint,
    framing: draft.framing ?? defaultFraming(endpoint),
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
  refuseOtherQuestion(database, endpoint, id);
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
