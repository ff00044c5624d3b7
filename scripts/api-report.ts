/**
 * The public surface as text, one `api/*.api.md` per entry point, from `dist/*.d.ts`; `--check` only
 * compares. Also says which types an entry point uses that no entry point exports, and how many
 * exported names lack a docstring. Run through `scripts/tools.sh`, which installs api-extractor.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** What of api-extractor 7.60.1 is used; its own types belong to TypeScript 6. */
interface ExtractorMessage {
  readonly messageId: string;
  readonly text: string;
  readonly logLevel: string;
  handled: boolean;
}
interface ExtractorConfig {
  readonly mainEntryPointFilePath: string;
}
interface ApiExtractor {
  readonly ExtractorConfig: { prepare(options: object): ExtractorConfig };
  readonly CompilerState: { create(config: ExtractorConfig, options: object): object };
  readonly Extractor: {
    invoke(config: ExtractorConfig, options: object): { readonly succeeded: boolean };
  };
}

interface Manifest {
  readonly exports: Readonly<Record<string, string | { readonly types: string }>>;
}

interface Entry {
  /** `dlms-hdlc`: also the report's file name. */
  readonly name: string;
  readonly declarations: string;
}

/** Names an entry point's declarations use and do not export. */
interface Surface {
  readonly report: string;
  readonly used: readonly string[];
}

const root = resolve(import.meta.dirname, "..");
const reports = join(root, "api");
const packages = ["dlms", "dlms-node"];

const quiet = { logLevel: "none", addToApiReportFile: false };
const messages = {
  compilerMessageReporting: { default: { logLevel: "error", addToApiReportFile: false } },
  extractorMessageReporting: {
    default: quiet,
    "ae-forgotten-export": { logLevel: "warning", addToApiReportFile: false },
  },
  tsdocMessageReporting: { default: quiet },
};

function loadExtractor(): ApiExtractor {
  const require = createRequire(join(root, "tools", "package.json"));
  return require("@microsoft/api-extractor") as ApiExtractor;
}

function entriesOf(name: string): Entry[] {
  const folder = join(root, "packages", name);
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
  return Object.entries(manifest.exports).flatMap(([key, target]) =>
    typeof target === "string"
      ? []
      : [
          {
            name: name + key.slice(1).replaceAll("/", "-"),
            declarations: join(folder, target.types),
          },
        ],
  );
}

function configOf(
  extractor: ApiExtractor,
  name: string,
  entry: Entry,
  into: string,
): ExtractorConfig {
  const folder = join(root, "packages", name);
  const compilerOptions = {
    target: "esnext",
    module: "nodenext",
    lib: ["esnext"],
    types: name === "dlms" ? [] : ["node"],
    typeRoots: [join(root, "node_modules", "@types")],
    strict: true,
    skipLibCheck: true,
    noEmit: true,
    allowImportingTsExtensions: true,
  };
  return extractor.ExtractorConfig.prepare({
    configObject: {
      projectFolder: folder,
      mainEntryPointFilePath: entry.declarations,
      newlineKind: "lf",
      compiler: {
        overrideTsconfig: { compilerOptions, files: [entry.declarations] },
        skipLibCheck: true,
      },
      apiReport: {
        enabled: true,
        reportFileName: entry.name,
        reportFolder: into,
        reportTempFolder: join(into, "temporary"),
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages,
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: join(folder, "package.json"),
  });
}

/** The reports of one package, by entry point; one compiler for all of them. */
function surfacesOf(extractor: ApiExtractor, name: string, into: string): Map<string, Surface> {
  const entries = entriesOf(name);
  const configs = entries.map((entry) => configOf(extractor, name, entry, into));
  const compilerState = extractor.CompilerState.create(configs[0]!, {
    additionalEntryPoints: configs.map((config) => config.mainEntryPointFilePath),
  });
  const surfaces = new Map<string, Surface>();
  for (const [at, entry] of entries.entries()) {
    const used: string[] = [];
    const messageCallback = (message: ExtractorMessage): void => {
      const symbol = /^The symbol "(\w+)" needs/.exec(message.text)?.[1];
      // `_2` is api-extractor's own, for the second of two names that are the same.
      if (symbol !== undefined) used.push(symbol.replace(/_\d+$/, ""));
      else if (message.logLevel === "error") process.stderr.write(`${message.text}\n`);
      message.handled = true;
    };
    extractor.Extractor.invoke(configs[at]!, { compilerState, localBuild: true, messageCallback });
    const report = readFileSync(join(into, `${entry.name}.api.md`), "utf8");
    surfaces.set(entry.name, { report, used });
  }
  return surfaces;
}

const declared = /^export (?:declare )?(?:abstract )?(?:class|const|function|interface|type) (\w+)/;

function declaredIn(report: string): string[] {
  return report.split("\n").flatMap((line) => declared.exec(line)?.[1] ?? []);
}

/** Types that callers meet and cannot name: used by an entry point, exported by none. */
function leaksOf(surfaces: ReadonlyMap<string, Surface>): string[] {
  const exported = new Set([...surfaces.values()].flatMap(({ report }) => declaredIn(report)));
  const leaks = [...surfaces].flatMap(([name, { used }]) =>
    used.filter((symbol) => !exported.has(symbol)).map((symbol) => `${symbol} (${name})`),
  );
  return [...new Set(leaks)].sort();
}

function compareOrWrite(surfaces: ReadonlyMap<string, Surface>, check: boolean): string[] {
  const wanted = new Map([...surfaces].map(([name, { report }]) => [`${name}.api.md`, report]));
  const stale = existsSync(reports)
    ? readdirSync(reports).filter((file) => file.endsWith(".api.md") && !wanted.has(file))
    : [];
  const different = [...wanted].filter(([file, report]) => {
    const path = join(reports, file);
    return !existsSync(path) || readFileSync(path, "utf8") !== report;
  });
  if (!check) {
    for (const file of stale) rmSync(join(reports, file));
    for (const [file, report] of different) writeFileSync(join(reports, file), report);
  }
  return [...stale, ...different.map(([file]) => file)];
}

function main(): void {
  const check = process.argv.includes("--check");
  const extractor = loadExtractor();
  const into = mkdtempSync(join(tmpdir(), "lectura-api-"));
  const surfaces = new Map<string, Surface>();
  try {
    for (const name of packages) {
      for (const [entry, surface] of surfacesOf(extractor, name, into)) {
        surfaces.set(entry, surface);
      }
    }
  } finally {
    rmSync(into, { recursive: true, force: true });
  }
  const changed = compareOrWrite(surfaces, check);
  const texts = [...surfaces.values()].map(({ report }) => report);
  const names = texts.flatMap(declaredIn).length;
  const bare = texts.join("\n").match(/^\/\/ @public \(undocumented\)$/gm)?.length ?? 0;
  process.stdout.write(`api: ${surfaces.size} entry points, ${names} names, ${bare} bare\n`);
  const leaks = leaksOf(surfaces);
  if (leaks.length > 0) process.stdout.write(`api: used, never exported: ${leaks.join(", ")}\n`);
  if (check && changed.length > 0) {
    process.stderr.write(`api: not as committed: ${changed.join(", ")}: npm run api\n`);
    process.exitCode = 1;
  }
}

main();
