/** What a settings file and the environment say, and where they say it. */
import {
  type Document,
  isMap,
  isScalar,
  LineCounter,
  parseDocument,
  visit,
  type YAMLMap,
} from "yaml";
import { type SettingName, settingNames } from "./setting-names.ts";

export type Variables = Readonly<Record<string, string | undefined>>;

/** Where a value stands: a line of the file, or a variable. */
export interface SettingPlace {
  readonly file: string;
  /** 1-based; 0 when it is a variable. */
  readonly line: number;
}

export interface SettingProblem extends SettingPlace {
  /** `api.prot`; empty when it is about the file as a whole. */
  readonly path: string;
  readonly problem: string;
}

/** Values as written, unchecked, and how to find the place of each. */
export interface SettingsSource {
  readonly values: unknown;
  readonly problems: readonly SettingProblem[];
  placeOf(path: readonly PropertyKey[]): SettingPlace;
}

function parseFile(text: string, file: string): SettingsSource {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, logLevel: "error" });
  const lineOf = (offset: number): number => counter.linePos(offset).line;
  const placeOf = (path: readonly PropertyKey[]): SettingPlace => {
    let line = 1;
    let node: unknown = document.contents;
    for (const key of path) {
      const pair = isMap(node) ? pairOf(node, key) : undefined;
      if (pair === undefined) break;
      line = lineOf((pair.key as { readonly range?: readonly [number] }).range?.[0] ?? 0);
      node = pair.value;
    }
    return { file, line };
  };
  const problems = document.errors.map((error) => ({
    file,
    line: lineOf(error.pos[0]),
    path: "",
    problem: error.message.split("\n", 1)[0] ?? "",
  }));
  if (problems.length > 0) return { values: {}, problems, placeOf };
  try {
    return { values: document.toJS() ?? {}, problems, placeOf };
  } catch (error) {
    // Too many aliases, or one without an anchor: a text that begins with * and has no quotes.
    if (!(error instanceof ReferenceError)) throw error;
    const line = lineOf(unresolvedAt(document));
    return { values: {}, problems: [{ file, line, path: "", problem: error.message }], placeOf };
  }
}

/** Where the first alias stands that names nothing. */
function unresolvedAt(document: Document.Parsed): number {
  let at = 0;
  visit(document, {
    Alias: (_, alias) => {
      if (alias.resolve(document) !== undefined) return undefined;
      at = alias.range?.[0] ?? 0;
      return visit.BREAK;
    },
  });
  return at;
}

function pairOf(map: YAMLMap, key: PropertyKey): YAMLMap["items"][number] | undefined {
  return map.items.find((pair) => isScalar(pair.key) && pair.key.value === key);
}

/** A variable's text as the type its setting has; undefined where it is none. */
function typed(text: string, type: SettingName["type"]): unknown {
  switch (type) {
    case "string":
      return text;
    case "integer":
      return /^-?\d+$/.test(text.trim()) ? Number(text) : text;
    case "boolean":
      return (
        { true: true, yes: true, "1": true, false: false, no: false, "0": false }[
          text.trim().toLowerCase()
        ] ?? text
      );
    case "array":
      return text.split(/[\s,]+/).filter((word) => word !== "");
  }
}

function withValue(values: unknown, path: readonly string[], value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  const isObject = typeof values === "object" && values !== null && !Array.isArray(values);
  const known = (isObject ? values : {}) as Readonly<Record<string, unknown>>;
  return { ...known, [key]: withValue(known[key], rest, value) };
}

/** Variables a setting can come from, its `_FILE` form last. */
interface FromVariable {
  readonly variable: string;
  readonly value: unknown;
  readonly problem?: string;
}

function fromVariable(
  setting: SettingName,
  variables: Variables,
  readFile: (path: string) => string,
): FromVariable | undefined {
  const text = variables[setting.variable];
  if (text !== undefined) {
    return { variable: setting.variable, value: typed(text, setting.type) };
  }
  const variable = `${setting.variable}_FILE`;
  const path = setting.isSecret ? variables[variable] : undefined;
  if (path === undefined) return undefined;
  try {
    return { variable, value: readFile(path).replace(/\r?\n$/, "") };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return { variable, value: undefined, problem };
  }
}

/** The file (undefined = none) with what the environment says on top. */
export function readSource(
  file: { readonly name: string; readonly text: string } | undefined,
  variables: Variables,
  readFile: (path: string) => string,
): SettingsSource {
  const source = parseFile(file?.text ?? "", file?.name ?? "defaults");
  const places = new Map<string, SettingPlace>();
  const problems = [...source.problems];
  let { values } = source;
  for (const setting of settingNames) {
    const found = fromVariable(setting, variables, readFile);
    if (found === undefined) continue;
    const place = { file: found.variable, line: 0 };
    places.set(setting.path, place);
    if (found.problem === undefined) {
      values = withValue(values, setting.path.split("."), found.value);
    } else {
      problems.push({ ...place, path: setting.path, problem: found.problem });
    }
  }
  return {
    values,
    problems,
    placeOf: (path) => places.get(settingOf(path)) ?? source.placeOf(path),
  };
}

/** A problem inside a list is about the list. */
function settingOf(path: readonly PropertyKey[]): string {
  return path.filter((key) => typeof key === "string").join(".");
}
