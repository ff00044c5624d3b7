import type { DatabaseSync } from "node:sqlite";
import { Secret } from "@lectura/dlms/security";
import type { Reference, SinkDraft, SinkEdit } from "./draft.ts";
import { secretFields, sinkOwner } from "../vault/secret-names.ts";
import type { Vault } from "../vault/vault.ts";
import { checkName, checkSinkDraft, invalid } from "./check-drafts.ts";
import { getSink, refuseTakenName } from "./look-up.ts";
import type { SinkDefinition } from "./model.ts";
import { readSinks, writeSink } from "./registry-tables.ts";

const protocols = ["mqtt:", "mqtts:", "ws:", "wss:"];
const topicDefault = "meters/{meter}/telemetry";
const statusTopicDefault = "lectura/status";

interface Separated {
  readonly url: string;
  readonly username: string | undefined;
  readonly password: string | undefined;
}

/** `mqtt://user:password@host`: the password belongs into the vault, not into a listing. */
function separateCredentials(text: string): Separated {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !protocols.includes(url.protocol) || url.hostname === "") {
    throw invalid("url", "is mqtt://host:port, mqtts://, ws:// or wss://");
  }
  const { username, password } = url;
  const decoded = (part: string): string | undefined =>
    part === "" ? undefined : decodeURIComponent(part);
  url.username = "";
  url.password = "";
  const bare = username === "" && password === "" ? text : url.href;
  return { url: bare, username: decoded(username), password: decoded(password) };
}

/** What is stored, and the password that is not. */
function prepare(draft: SinkDraft): {
  readonly document: Readonly<Record<string, unknown>>;
  readonly password: string | undefined;
} {
  const { url, username, password } = separateCredentials(draft.url);
  if (draft.kind === "thingsboard-device") {
    if (username !== undefined || password !== undefined) {
      throw invalid("url", "must not hold a token; every meter has its own");
    }
    return { document: { url, tls: draft.tls }, password: undefined };
  }
  return {
    document: {
      url,
      tls: draft.tls,
      username: draft.username ?? username,
      clientId: draft.clientId,
      topic: draft.topic ?? topicDefault,
      statusTopic: draft.statusTopic ?? statusTopicDefault,
      format: draft.format ?? "original",
      retain: draft.retain ?? false,
    },
    password: draft.password ?? password,
  };
}

function keepPassword(vault: Vault, sinkId: number, password: string | undefined): void {
  if (password === undefined) return;
  if (password === "") vault.remove(sinkOwner(sinkId), secretFields.password);
  else vault.put(sinkOwner(sinkId), secretFields.password, Secret.fromText(password));
}

export function addSink(database: DatabaseSync, vault: Vault, input: SinkDraft): SinkDefinition {
  const draft = checkSinkDraft(input);
  checkName("sink", draft.name);
  refuseTakenName("sink", draft.name, readSinks(database, { name: draft.name })[0], undefined);
  const { document, password } = prepare(draft);
  const id = writeSink(database, undefined, { ...draft, paused: false }, document);
  keepPassword(vault, id, password);
  return getSink(database, id);
}

/** Fields given replace those stored; `undefined` leaves them. */
export function editSink(
  database: DatabaseSync,
  vault: Vault,
  reference: Reference,
  edit: SinkEdit,
): SinkDefinition {
  const sink = getSink(database, reference);
  const { id, paused, ...stored } = sink;
  const given = Object.entries(edit).filter(([, value]) => value !== undefined);
  const known = Object.entries(stored).filter(
    ([field, value]) => field !== "hasPassword" && value !== undefined,
  );
  const merged = Object.fromEntries([...known, ...given]);
  if (merged["kind"] !== sink.kind) throw invalid("kind", "cannot change; add another sink");
  const draft = checkSinkDraft(merged);
  checkName("sink", draft.name);
  refuseTakenName("sink", draft.name, readSinks(database, { name: draft.name })[0], id);
  const { document, password } = prepare(draft);
  writeSink(database, id, { ...draft, paused }, document);
  keepPassword(vault, id, password);
  return getSink(database, id);
}

/** The storage thread drops what the sink still had pending, and counts it. */
export function removeSink(database: DatabaseSync, vault: Vault, reference: Reference): void {
  const { id } = getSink(database, reference);
  database.prepare("DELETE FROM registry_sinks WHERE id = ?").run(id);
  database.prepare("INSERT OR IGNORE INTO removed_sinks (sink_id) VALUES (?)").run(id);
  vault.remove(sinkOwner(id));
}

export function setSinkPaused(
  database: DatabaseSync,
  reference: Reference,
  isPaused: boolean,
): SinkDefinition {
  const { id } = getSink(database, reference);
  database.prepare("UPDATE registry_sinks SET paused = ? WHERE id = ?").run(isPaused ? 1 : 0, id);
  return getSink(database, id);
}
