/**
 * The style guide as a test: prints `path:line: rule: what to do instead` for every breach and ends
 * with 1 when there is one. Rules are data, so that `tidy.test.ts` can show each of them failing.
 */
import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { basename } from "node:path";

export interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly octets: number;
}

export interface Breach {
  readonly path: string;
  readonly line: number;
  readonly rule: string;
  readonly advice: string;
}

const columnsMax = 100;
const linesMax = 500;
const octetsMax = 200_000;

/** Tables and generated files: long by nature. */
const tables = [
  /\/catalogue-table\.ts$/,
  /\/interface-classes\//,
  /-table\.ts$/,
  /\/units\.ts$/,
  /package-lock\.json$/,
];

/** Files that own a clock, randomness or the environment: composition roots and resources. */
const owners = [
  /^packages\/dlms-node\/src\//,
  /\/main\.ts$/,
  /\/clock\.ts$/,
  /^packages\/cli\/src\/environment\.ts$/,
  /^packages\/gateway\/src\/settings\/environment\.ts$/,
  /\/worker\.ts$/,
  /^packages\/testkit\//,
  /^packages\/dashboard\//,
  /^(bench|interop|e2e|scripts|examples)\//,
  /\.(test|contract|fixture)\.ts$/,
];

interface LineRule {
  readonly rule: string;
  readonly pattern: RegExp;
  readonly advice: string;
  readonly applies?: (path: string) => boolean;
}

const isTypeScript = (path: string): boolean => /\.tsx?$/.test(path);
const isProduct = (path: string): boolean => isTypeScript(path) && path.startsWith("packages/");
const ownsResources = (path: string): boolean => owners.some((owner) => owner.test(path));

const lineRules: readonly LineRule[] = [
  {
    rule: "no-star-export",
    pattern: /^export \*/,
    advice: "re-export by name",
  },
  {
    rule: "no-default-export",
    pattern: /^export default/,
    advice: "export by name",
    applies: (path) => !path.endsWith("vitest.config.ts"),
  },
  {
    rule: "erasable-only",
    pattern: /^(export )?(const )?(enum|namespace) \w/,
    advice: "use an `as const` table",
  },
  {
    rule: "no-only",
    pattern: /\b(test|describe|it)\.only\(/,
    advice: "remove .only",
    applies: (path) => path !== "scripts/tidy.test.ts",
  },
  {
    rule: "no-unowned-todo",
    pattern: /\b(TODO|FIXME|XXX)\b/,
    advice: "do it, or say it in the issue",
    applies: (path) => path !== "scripts/tidy.ts" && path !== "scripts/tidy.test.ts",
  },
  {
    rule: "no-silenced-check",
    pattern: /@ts-(ignore|expect-error|nocheck)|(oxlint|eslint)-disable/,
    advice: "mend the code, not the check",
    applies: (path) => !path.startsWith("scripts/tidy"),
  },
  {
    rule: "resources-are-passed-in",
    pattern: /\b(Date\.now\(|Math\.random\(|setTimeout\(|setInterval\(|process\.env\b)/,
    advice: "take a clock, random or settings parameter",
    applies: (path) => isProduct(path) && !ownsResources(path),
  },
  {
    rule: "durations-have-units",
    pattern: /\b(timeout|interval|delay|duration|period)\??: (number|z\.)/,
    advice: "name the unit: timeoutMs",
    applies: isProduct,
  },
];

function functionlessBreaches(file: SourceFile): Breach[] {
  const breaches: Breach[] = [];
  const at = (line: number, rule: string, advice: string): void => {
    breaches.push({ path: file.path, line, rule, advice });
  };
  const isTable = tables.some((table) => table.test(file.path));
  if (!isTable && file.octets > octetsMax) at(1, "file-size", `at most ${octetsMax} octets`);
  if (/(^|\/)(utils|helpers|common|misc)\//.test(file.path)) {
    at(1, "folder-name", "name the folder for what it holds");
  }
  if (!isTypeScript(file.path)) return breaches;
  if (!/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)*\.tsx?$/.test(basename(file.path))) {
    at(1, "file-name", "kebab-case");
  }
  const lines = file.text.split("\n");
  if (!isTable && lines.length > linesMax + 1) at(linesMax, "file-length", "split the concept");
  for (const [index, line] of lines.entries()) {
    if (line.length > columnsMax && !isTable && !/https?:|["'`]/.test(line)) {
      at(index + 1, "line-length", `at most ${columnsMax} columns`);
    }
    for (const { rule, pattern, advice, applies } of lineRules) {
      if (pattern.test(line) && (applies?.(file.path) ?? true)) at(index + 1, rule, advice);
    }
  }
  return breaches;
}

/** Octets of a file outside ASCII belong into texts for people. */
function nonAsciiBreaches(file: SourceFile): Breach[] {
  const isText = /\/(texts|i18n)\/|catalogue-table\.ts$|^packages\/dashboard\/|\.test\.ts$/;
  if (!isProduct(file.path) || isText.test(file.path)) return [];
  const lines = file.text.split("\n");
  const index = lines.findIndex((line) => /[^\t\x20-\x7e]/.test(line));
  return index === -1
    ? []
    : [{ path: file.path, line: index + 1, rule: "ascii-source", advice: "texts live in texts/" }];
}

/** A concept without a test says so here, with the reason. */
const testedElsewhere: readonly RegExp[] = [
  /\/index\.ts$/,
  /\/main\.ts$/,
  /\/worker\.ts$/,
  /\.(contract|fixture|test|d)\.ts$/,
  /\/texts\//,
  /-table\.ts$/,
  /\/interface-classes\//,
  /^packages\/(testkit|dashboard)\//,
];

/** Folders whose behaviour is tested as a whole by the tests that lie in them. */
function untestedBreaches(files: readonly SourceFile[]): Breach[] {
  const tested = new Set(
    files
      .filter(({ path }) => path.endsWith(".test.ts"))
      .map(({ path }) => path.slice(0, path.lastIndexOf("/"))),
  );
  return files
    .filter(({ path }) => isProduct(path) && path.includes("/src/"))
    .filter(({ path }) => !testedElsewhere.some((rule) => rule.test(path)))
    .filter(({ path }) => {
      for (let folder = path; folder.includes("/src");) {
        folder = folder.slice(0, folder.lastIndexOf("/"));
        if (tested.has(folder)) return false;
      }
      return true;
    })
    .map(({ path }) => ({ path, line: 1, rule: "untested", advice: "put a test beside it" }));
}

export function tidy(files: readonly SourceFile[]): readonly Breach[] {
  return [
    ...files.flatMap((file) => [...functionlessBreaches(file), ...nonAsciiBreaches(file)]),
    ...untestedBreaches(files),
  ];
}

function trackedFiles(): readonly SourceFile[] {
  return execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    encoding: "utf8",
  })
    .split("\0")
    .filter((path) => path !== "")
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false)
    .map((path) => ({ path, text: readFileSync(path, "utf8"), octets: statSync(path).size }));
}

if (import.meta.main) {
  const breaches = tidy(trackedFiles());
  for (const { path, line, rule, advice } of breaches) {
    process.stdout.write(`${path}:${line}: ${rule}: ${advice}\n`);
  }
  process.stdout.write(`tidy: ${breaches.length} breaches\n`);
  process.exitCode = breaches.length === 0 ? 0 : 1;
}
