import { readFileSync } from "node:fs";
import { Secret } from "@lectura/dlms/security";
import type { z } from "zod";
import { GatewayError } from "../errors.ts";
import { nearest } from "../registry/nearest.ts";
import { resolvePlanKey } from "../registry/plan-key.ts";
import { settingNames } from "./setting-names.ts";
import { type Settings, settingsSchema } from "./settings.ts";
import {
  readSource,
  type SettingProblem,
  type SettingsSource,
  type Variables,
} from "./settings-source.ts";

/** One row of `config check`. */
export interface SettingVerdict extends SettingProblem {
  readonly verdict: "PASS" | "WARN" | "FAIL";
  /** Comma-separated, empty when nothing is near. */
  readonly nearest: string;
}

export interface SettingsOptions {
  /** `lectura.yaml`; undefined = defaults and environment only. */
  readonly file?: string;
  readonly variables: Variables;
  readonly readFile?: (path: string) => string;
}

/** Variables with our prefix that are no settings: the command line reads them. */
const otherVariables = ["LECTURA_LANG", "LECTURA_API_URL", "LECTURA_API_KEY", "LECTURA_CONFIG"];

const readText = (path: string): string => readFileSync(path, "utf8");

function sourceOf(options: SettingsOptions): SettingsSource {
  const { file: name, variables, readFile = readText } = options;
  if (name === undefined) return readSource(undefined, variables, readFile);
  let text: string;
  try {
    text = readFile(name);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new GatewayError("settings/unreadable", `${name}: ${problem}`, {
      cause: error,
      params: { file: name, problem },
    });
  }
  return readSource({ name, text }, variables, readFile);
}

/** Keys that may stand where an unknown one was found. */
function siblings(path: string): readonly string[] {
  const prefix = path === "" ? "" : `${path}.`;
  const names = settingNames
    .filter((setting) => setting.path.startsWith(prefix))
    .map((setting) => setting.path.slice(prefix.length).split(".", 1)[0] ?? "");
  return [...new Set(names)];
}

function explain(issue: z.core.$ZodIssue, source: SettingsSource): readonly SettingVerdict[] {
  const path = issue.path.join(".");
  if (issue.code !== "unrecognized_keys") {
    const place = source.placeOf(issue.path);
    return [{ verdict: "FAIL", ...place, path, problem: issue.message, nearest: "" }];
  }
  return issue.keys.map((key) => ({
    verdict: "FAIL",
    ...source.placeOf([...issue.path, key]),
    path: path === "" ? key : `${path}.${key}`,
    problem: "there is no such setting",
    nearest: nearest(key, siblings(path)).join(", "),
  }));
}

/** What the schema cannot know: keys of the catalogue, and pauses in the right order. */
function explainMeaning(settings: Settings, source: SettingsSource): readonly SettingVerdict[] {
  const verdicts: SettingVerdict[] = [];
  for (const key of settings.poll.keys) {
    try {
      resolvePlanKey(key);
    } catch (error) {
      const near = error instanceof GatewayError ? String(error.params["nearest"] ?? "") : "";
      verdicts.push({
        verdict: "FAIL",
        ...source.placeOf(["poll", "keys"]),
        path: "poll.keys",
        problem: `"${key}" is no key of the catalogue and no OBIS code`,
        nearest: near,
      });
    }
  }
  if (settings.mqtt.reconnectMsMin > settings.mqtt.reconnectMsMax) {
    verdicts.push({
      verdict: "FAIL",
      ...source.placeOf(["mqtt", "reconnectMsMin"]),
      path: "mqtt.reconnectMsMin",
      problem: "is more than mqtt.reconnectMsMax",
      nearest: "",
    });
  }
  return verdicts;
}

function judge(options: SettingsOptions): {
  readonly settings: Settings | undefined;
  readonly source: SettingsSource;
  readonly failures: readonly SettingVerdict[];
} {
  const source = sourceOf(options);
  const broken = source.problems.map((problem): SettingVerdict => ({
    verdict: "FAIL",
    ...problem,
    nearest: "",
  }));
  const result = settingsSchema.safeParse(source.values);
  if (!result.success) {
    const wrong = result.error.issues.flatMap((issue) => explain(issue, source));
    return { settings: undefined, source, failures: [...broken, ...wrong] };
  }
  const failures = [...broken, ...explainMeaning(result.data, source)];
  return { settings: failures.length === 0 ? result.data : undefined, source, failures };
}

/**
 * Defaults, then the file, then the environment (`LECTURA_...`, secrets also `..._FILE`).
 * @throws {GatewayError} `settings/unreadable`, `settings/invalid` for the first problem.
 */
export function loadSettings(options: SettingsOptions): Settings {
  const { settings, failures } = judge(options);
  const [first] = failures;
  if (settings !== undefined && first === undefined) return settings;
  const { file = "", line = 0, path = "", problem = "", nearest: near = "" } = first ?? {};
  const where = line === 0 ? file : `${file}, line ${line}`;
  const hint = near === "" ? "" : `; near: ${near}`;
  throw new GatewayError("settings/invalid", `${where}: ${path}: ${problem}${hint}`, {
    params: { file, line, path, problem, nearest: near },
  });
}

/** A row per setting that is written somewhere: what `config check` shows. */
export function checkSettings(options: SettingsOptions): readonly SettingVerdict[] {
  const { source, failures } = judge(options);
  const failed = new Set(failures.map(({ path }) => path));
  const passed = settingNames
    .filter(({ path }) => !failed.has(path) && isSet(source.values, path.split(".")))
    .map(({ path }): SettingVerdict => ({
      verdict: "PASS",
      ...source.placeOf(path.split(".")),
      path,
      problem: "",
      nearest: "",
    }));
  const secrets = passed.filter(({ path, line }) => line > 0 && isSecret(path));
  const warned = secrets.map((row): SettingVerdict => ({
    ...row,
    verdict: "WARN",
    problem: "is a secret in a file that others may read; use its variable or _FILE",
  }));
  const rows = [...failures, ...warned, ...passed.filter((row) => !secrets.includes(row))];
  return [...rows, ...unknownVariables(options.variables)].sort(
    (a, b) => Number(a.line === 0) - Number(b.line === 0) || a.line - b.line,
  );
}

function isSet(values: unknown, path: readonly string[]): boolean {
  const [key, ...rest] = path;
  if (key === undefined) return values !== undefined;
  if (typeof values !== "object" || values === null || !Object.hasOwn(values, key)) return false;
  return isSet((values as Readonly<Record<string, unknown>>)[key], rest);
}

const isSecret = (path: string): boolean =>
  settingNames.some((setting) => setting.path === path && setting.isSecret);

function unknownVariables(variables: Variables): readonly SettingVerdict[] {
  const known = settingNames.flatMap(({ variable, isSecret: withFile }) =>
    withFile ? [variable, `${variable}_FILE`] : [variable],
  );
  const all = new Set([...known, ...otherVariables]);
  return Object.keys(variables)
    .filter((name) => name.startsWith("LECTURA_") && !all.has(name))
    .map((name) => ({
      verdict: "WARN",
      file: name,
      line: 0,
      path: name,
      problem: "is not a variable Lectura reads",
      nearest: nearest(name, known).join(", "),
    }));
}

/** The settings in force, for `config show`: secrets are masked. */
export function showSettings(settings: Settings): Readonly<Record<string, unknown>> {
  const masked = (value: unknown): unknown => {
    if (value instanceof Secret) return value.toString();
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, masked(item)]));
  };
  return masked(settings) as Readonly<Record<string, unknown>>;
}
