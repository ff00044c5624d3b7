/** What a row of a fleet file may say, under which names, and how it becomes a draft. */
import type { ObisCode } from "@lectura/dlms/cosem";
import { GatewayError } from "../../errors.ts";
import type { LineDraft, MeterDraft } from "../draft.ts";
import { type MeterKeyName, meterKeyNames } from "../../vault/secret-names.ts";
import { parseSetting } from "../association-settings.ts";
import { parseCorrection } from "../scaler-corrections.ts";
import { invalid } from "../check-drafts.ts";
import { parseEndpointUrl } from "../endpoint-url.ts";

/** Field names people use, spelt without `_`, `-`, blanks and capitals; to the field they mean. */
const fieldNames: Readonly<Record<string, FleetField>> = {
  name: "name",
  line: "line",
  tcp: "tcp",
  endpoint: "endpoint",
  host: "host",
  ipaddress: "host",
  port: "port",
  framing: "framing",
  template: "template",
  addresssize: "size",
  size: "size",
  upper: "upper",
  serverupper: "upper",
  serverid: "upper",
  lower: "lower",
  serverlower: "lower",
  clientsap: "clientSap",
  clientid: "clientSap",
  authentication: "authentication",
  auth: "authentication",
  referencing: "referencing",
  quirks: "quirks",
  settings: "settings",
  scalers: "scalers",
  password: "password",
  passwordenv: "passwordEnv",
  thingsboardtoken: "thingsBoardToken",
  tbtoken: "thingsBoardToken",
  thingsboardtokenenv: "thingsBoardTokenEnv",
  tbtokenenv: "thingsBoardTokenEnv",
  suite: "suite",
  protection: "protection",
  cipheredcontext: "cipheredContext",
  form: "form",
  dedicatedkey: "dedicatedKey",
  dedicated: "dedicatedKey",
  clientsystemtitle: "clientSystemTitle",
  clienttitle: "clientSystemTitle",
  serversystemtitle: "serverSystemTitle",
  servertitle: "serverSystemTitle",
  challengeoctets: "challengeOctets",
  counterobject: "counterObject",
  counterstep: "counterStep",
  publicclientsap: "publicClientSap",
  publicsap: "publicClientSap",
  guek: "guek",
  guekenv: "guekEnv",
  gbek: "gbek",
  gbekenv: "gbekEnv",
  gak: "gak",
  gakenv: "gakEnv",
  kek: "kek",
  kekenv: "kekEnv",
  hlssecret: "hlsSecret",
  hlssecretenv: "hlsSecretEnv",
  signing: "signing",
  signingenv: "signingEnv",
  serversigning: "serverSigning",
  serversigningenv: "serverSigningEnv",
  keys: "keys",
  plan: "keys",
  interval: "interval",
  intervalms: "intervalMs",
  paused: "paused",
  gapms: "gapMs",
  connecttimeoutms: "connectTimeoutMs",
  responsetimeoutms: "responseTimeoutMs",
};

export type FleetField =
  | "name"
  | "line"
  | "tcp"
  | "endpoint"
  | "host"
  | "port"
  | "framing"
  | "template"
  | "size"
  | "upper"
  | "lower"
  | "clientSap"
  | "authentication"
  | "referencing"
  | "quirks"
  | "settings"
  | "scalers"
  | "password"
  | "passwordEnv"
  | "thingsBoardToken"
  | "thingsBoardTokenEnv"
  | "suite"
  | "protection"
  | "cipheredContext"
  | "form"
  | "dedicatedKey"
  | "clientSystemTitle"
  | "serverSystemTitle"
  | "challengeOctets"
  | "counterObject"
  | "counterStep"
  | "publicClientSap"
  | MeterKeyName
  | `${MeterKeyName}Env`
  | "keys"
  | "interval"
  | "intervalMs"
  | "paused"
  | "gapMs"
  | "connectTimeoutMs"
  | "responseTimeoutMs";

/** Names to offer when somebody mistypes one. */
export const knownFieldNames: readonly string[] = [...new Set(Object.values(fieldNames))];

export function fieldOf(name: string): FleetField | undefined {
  const bare = name.toLowerCase().replaceAll(/[\s_-]/g, "");
  return Object.hasOwn(fieldNames, bare) ? fieldNames[bare] : undefined;
}

/** The fields of one row; empty texts are absent. */
export type FleetFields = ReadonlyMap<FleetField, unknown>;

export type Environment = Readonly<Record<string, string | undefined>>;

function text(fields: FleetFields, field: FleetField): string | undefined {
  const value = fields.get(field);
  if (value === undefined || value === null || value === "") return undefined;
  if (typeof value === "string" || typeof value === "number") return String(value);
  throw invalid(field, "must be a text");
}

function count(fields: FleetFields, field: FleetField): number | undefined {
  const value = text(fields, field);
  if (value === undefined) return undefined;
  if (!/^\d{1,12}$/.test(value.trim())) throw invalid(field, "must be a whole number");
  return Number(value);
}

function list(fields: FleetFields, field: FleetField): readonly string[] | undefined {
  const value = fields.get(field);
  if (Array.isArray(value)) return value.map(String);
  const words = text(fields, field)
    ?.split(/[\s,;|]+/)
    .filter((word) => word !== "");
  return words?.length === 0 ? undefined : words;
}

export function flag(fields: FleetFields, field: FleetField): boolean | undefined {
  const value = fields.get(field);
  if (typeof value === "boolean") return value;
  const word = text(fields, field)?.toLowerCase();
  if (word === undefined) return undefined;
  if (["true", "yes", "si", "1"].includes(word)) return true;
  if (["false", "no", "0"].includes(word)) return false;
  throw invalid(field, "must be yes or no");
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

function intervalMs(fields: FleetFields): number | undefined {
  const value = text(fields, "interval");
  if (value === undefined) return count(fields, "intervalMs");
  const [, number, unit] = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h)$/.exec(value.trim()) ?? [];
  const ms = Number(number) * (unitMs[unit ?? ""] ?? Number.NaN);
  if (!Number.isSafeInteger(ms)) throw invalid("interval", "is a number with ms, s, m or h: 2s");
  return ms;
}

function endpoint(fields: FleetFields): LineDraft["endpoint"] | undefined {
  for (const field of ["endpoint", "tcp"] as const) {
    const way = text(fields, field);
    if (way !== undefined) return parseEndpointUrl(way, field);
  }
  const host = text(fields, "host");
  const port = count(fields, "port");
  if (host === undefined && port === undefined) return undefined;
  if (host === undefined) throw invalid("host", "is missing");
  if (port === undefined) throw invalid("port", "is missing");
  return { kind: "tcp", host, port };
}

/** From its own column, or the variable another column names. */
function secret(
  fields: FleetFields,
  field: "password" | "thingsBoardToken" | MeterKeyName,
  environment: Environment,
): string | undefined {
  const variable = text(fields, `${field}Env`);
  if (variable === undefined) return text(fields, field);
  const value = environment[variable];
  if (value === undefined || value === "") {
    throw invalid(`${field}Env`, `the environment variable ${variable} is not set`);
  }
  return value;
}

function size(fields: FleetFields): 1 | 2 | 4 | "auto" | undefined {
  const value = text(fields, "size")?.trim();
  if (value === undefined || value === "auto") return value;
  if (value === "1" || value === "2" || value === "4") return Number(value) as 1 | 2 | 4;
  throw invalid("size", "is auto, 1, 2 or 4");
}

/** Leaves out what is undefined: drafts know only absent and present. */
function present<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

function name(fields: FleetFields): string {
  const value = text(fields, "name");
  if (value === undefined) throw invalid("name", "is missing");
  return value;
}

/** Values of a suite and the like are checked with the draft, by the registry. */
function security(fields: FleetFields): MeterDraft["security"] {
  const draft = present({
    suite: count(fields, "suite") as 0 | undefined,
    protection: text(fields, "protection") as "none" | undefined,
    cipheredContext: flag(fields, "cipheredContext"),
    form: text(fields, "form") as "service" | undefined,
    dedicatedKey: flag(fields, "dedicatedKey"),
    clientSystemTitle: text(fields, "clientSystemTitle"),
    serverSystemTitle: text(fields, "serverSystemTitle"),
    challengeOctets: count(fields, "challengeOctets"),
    counterObject: text(fields, "counterObject") as ObisCode | undefined,
    counterStep: count(fields, "counterStep"),
    publicClientSap: count(fields, "publicClientSap"),
  });
  return Object.keys(draft).length === 0 ? undefined : draft;
}

function securityKeys(fields: FleetFields, environment: Environment): MeterDraft["securityKeys"] {
  const keys = meterKeyNames.flatMap((name) => {
    const hex = secret(fields, name, environment);
    return hex === undefined ? [] : [[name, hex] as const];
  });
  return keys.length === 0 ? undefined : Object.fromEntries(keys);
}

/** Words like `name=value`, each a change. */
function changes<T extends object>(
  fields: FleetFields,
  field: FleetField,
  parse: (word: string) => T | undefined,
): T | undefined {
  const value = fields.get(field);
  const words = Array.isArray(value) ? value.map(String) : text(fields, field)?.split(/[\s;]+/);
  const parsed = words
    ?.filter((word) => word !== "")
    .map((word) => {
      const change = parse(word);
      if (change === undefined) throw invalid(field, `does not take "${word}"`);
      return change;
    });
  return parsed === undefined || parsed.length === 0
    ? undefined
    : (Object.assign({}, ...parsed) as T);
}

/** Framing and the like are checked with the draft, by the registry. @throws {GatewayError} */
export function meterDraft(fields: FleetFields, environment: Environment): MeterDraft {
  const address = present({
    size: size(fields),
    upper: count(fields, "upper"),
    lower: count(fields, "lower"),
  });
  const quirks = list(fields, "quirks");
  return {
    name: name(fields),
    ...present({
      line: text(fields, "line"),
      endpoint: endpoint(fields),
      framing: text(fields, "framing") as LineDraft["framing"],
      template: text(fields, "template"),
      address: Object.keys(address).length === 0 ? undefined : address,
      clientSap: count(fields, "clientSap"),
      authentication: text(fields, "authentication") as MeterDraft["authentication"],
      referencing: text(fields, "referencing") as "ln" | undefined,
      quirks: quirks && Object.fromEntries(quirks.map((quirk) => [quirk, true])),
      settings: changes(fields, "settings", parseSetting),
      scalers: changes(fields, "scalers", parseCorrection),
      security: security(fields),
      password: secret(fields, "password", environment),
      securityKeys: securityKeys(fields, environment),
      thingsBoardToken: secret(fields, "thingsBoardToken", environment),
      keys: list(fields, "keys"),
      intervalMs: intervalMs(fields),
    }),
  };
}

/** @throws {GatewayError} `registry/invalid` */
export function lineDraft(fields: FleetFields): LineDraft {
  const at = endpoint(fields);
  if (at === undefined) throw invalid("tcp", "is missing");
  return {
    endpoint: at,
    ...present({
      name: text(fields, "name"),
      framing: text(fields, "framing") as LineDraft["framing"],
      gapMs: count(fields, "gapMs"),
      connectTimeoutMs: count(fields, "connectTimeoutMs"),
      responseTimeoutMs: count(fields, "responseTimeoutMs"),
    }),
  };
}

/** A file that cannot be read as a fleet at all. */
export function badFile(file: string, line: number, problem: string): GatewayError {
  return new GatewayError("registry/bad-file", `${file}, line ${line}: ${problem}`, {
    params: { file, line, problem },
  });
}
