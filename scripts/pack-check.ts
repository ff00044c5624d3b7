/**
 * What a stranger gets: packs the protocol packages, installs the tarballs in an empty folder
 * without a network, imports every entry point, type-checks a consumer with `skipLibCheck` off and
 * reads a simulated meter in six lines: ours, and the ones the README prints. `--surface` also asks
 * publint and attw, which need a package registry.
 */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { promisify } from "node:util";
import { type FleetMeter, simulatorPassword, startFleet } from "@lectura/simulator";

const run = promisify(execFile);
const root = resolve(import.meta.dirname, "..");
const packages = ["dlms", "dlms-node"];

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly exports: Readonly<Record<string, unknown>>;
}

interface PackedFile {
  readonly path: string;
}

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly files: readonly PackedFile[];
}

/** Six lines that read a meter: what the README promises. */
const reader = `import { register } from "@lectura/dlms";
import { openSession } from "@lectura/dlms-node";
const tcp = process.argv[2] ?? "192.0.2.10:4059";
await using session = await openSession({ tcp });
const energy = await session.get(register("1.0.1.8.0.255"));
console.log(energy.ok ? String(energy.value.value) : energy.reason);
`;

function say(text: string): void {
  process.stdout.write(`pack: ${text}\n`);
}

async function manifestOf(name: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(root, "packages", name, "package.json"), "utf8"));
}

/** Builds from nothing: a file of a source that is gone must not reach a tarball. */
async function build(): Promise<void> {
  for (const name of packages) {
    await rm(join(root, "packages", name, "dist"), { recursive: true, force: true });
    await rm(join(root, "packages", name, ".tsbuild"), { recursive: true, force: true });
  }
  await run("tsc", ["-b", ...packages.map((name) => `packages/${name}`)], { cwd: root });
}

const unwanted = /\.(test|contract|fixture)\.|\.tsbuild|\.tsbuildinfo$/;

async function pack(name: string, into: string): Promise<string> {
  const { stdout } = await run(
    "npm",
    ["pack", "--json", "--ignore-scripts", "--pack-destination", into, "-w", `packages/${name}`],
    { cwd: root, maxBuffer: 16 * 1024 * 1024 },
  );
  const answer: unknown = JSON.parse(stdout);
  const [packed] = (Array.isArray(answer) ? answer : Object.values(answer as object)) as Packed[];
  if (packed === undefined) throw new Error(`npm pack of ${name} says nothing`);
  const paths = new Set(packed.files.map(({ path }) => path));
  const strays = [...paths].filter((path) => unwanted.test(path));
  if (strays.length > 0) throw new Error(`${packed.filename} holds ${strays.join(", ")}`);
  for (const wanted of ["README.md", "LICENSE"]) {
    if (!paths.has(wanted)) throw new Error(`${packed.filename} lacks ${wanted}`);
  }
  say(`${packed.filename}: ${paths.size} files, ${Math.ceil(packed.size / 1024)} KiB`);
  return join(into, packed.filename);
}

async function install(tarballs: readonly string[], folder: string): Promise<void> {
  const consumer = { name: "consumer", private: true, type: "module" };
  await writeFile(join(folder, "package.json"), JSON.stringify(consumer));
  await run("npm", ["install", "--offline", "--no-audit", "--no-fund", ...tarballs], {
    cwd: folder,
  });
  say("installed offline in an empty folder");
}

function entryPoints(manifests: readonly Manifest[]): string[] {
  return manifests.flatMap(({ name, exports }) =>
    Object.keys(exports)
      .filter((key) => key !== "./package.json")
      .map((key) => name + key.slice(1)),
  );
}

async function importAll(entries: readonly string[], folder: string): Promise<void> {
  const lines = entries.map(
    (entry) =>
      `console.log(${JSON.stringify(entry)}, Object.keys(await import(${JSON.stringify(entry)})).length);`,
  );
  await writeFile(join(folder, "import-all.mjs"), lines.join("\n"));
  const { stdout } = await run("node", ["import-all.mjs"], { cwd: folder });
  for (const line of stdout.trim().split("\n")) say(`imports ${line} values`);
}

/** TypeScript of the repository; and TypeScript 6, where the API report's tool brought one. */
const compilers = [
  join(root, "node_modules", ".bin", "tsc"),
  join(root, "tools", "node_modules", "typescript", "bin", "tsc"),
];

async function typeCheck(entries: readonly string[], folder: string): Promise<void> {
  await mkdir(join(folder, "src"));
  await writeFile(join(folder, "src", "read.ts"), reader);
  const everything = entries.map(
    (entry, at) => `import * as e${at} from ${JSON.stringify(entry)};`,
  );
  const names = entries.map((_, at) => `e${at}`).join(", ");
  await writeFile(
    join(folder, "src", "all.ts"),
    `${everything.join("\n")}\nexport const all: readonly object[] = [${names}];\n`,
  );
  const compilerOptions = {
    target: "esnext",
    module: "nodenext",
    lib: ["esnext"],
    types: ["node"],
    typeRoots: [join(root, "node_modules", "@types")],
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    noEmit: true,
  };
  await writeFile(
    join(folder, "tsconfig.json"),
    JSON.stringify({ compilerOptions, include: ["src"] }),
  );
  for (const compiler of compilers.filter((path) => existsSync(path))) {
    const { stdout } = await run(compiler, ["--version"]);
    await run(compiler, ["-p", folder]);
    say(`a consumer type-checks with TypeScript ${stdout.trim().replace("Version ", "")}`);
  }
}

async function readMeter(meter: FleetMeter, folder: string): Promise<void> {
  const before = meter.truth("active_energy", Date.now());
  const { stdout } = await run("node", [join("src", "read.ts"), meter.tcp], { cwd: folder });
  const after = meter.truth("active_energy", Date.now());
  const value = BigInt(stdout.trim());
  if (value < before || value > after) {
    throw new Error(`the meter says ${before}..${after}, six lines read ${value}`);
  }
  say(`six lines read ${value} from a simulated meter at ${meter.tcp}`);
}

/** The first lines of code in the README of dlms-node, at another meter, run as they are. */
async function readAsReadme(meter: FleetMeter, folder: string): Promise<void> {
  const readme = await readFile(join(root, "packages", "dlms-node", "README.md"), "utf8");
  const example = /```[jt]s\n([^]*?)```/.exec(readme)?.[1];
  if (example === undefined) throw new Error("the README of dlms-node shows no code");
  const program = example.replace(/"192\.0\.2\.\d+:\d+"/, JSON.stringify(meter.tcp));
  await writeFile(join(folder, "readme.mjs"), program.replace("22222222", simulatorPassword));
  const { stdout } = await run("node", ["readme.mjs"], { cwd: folder });
  if (!/^\d+\.\d+$/.test(stdout.trim())) throw new Error(`the README's lines print ${stdout}`);
  say(`the README's lines print ${stdout.trim()}`);
}

const surfaceTools = [
  ["publint@0.3.25", "run"],
  ["@arethetypeswrong/cli@0.18.5", "--profile", "esm-only", "--quiet"],
];

async function checkSurface(tarballs: readonly string[]): Promise<void> {
  for (const tarball of tarballs) {
    for (const tool of surfaceTools) {
      await run("npx", ["--yes", ...tool, tarball], { maxBuffer: 16 * 1024 * 1024 });
      say(`${tool[0]} is content with ${basename(tarball)}`);
    }
  }
}

async function check(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "lectura-pack-"));
  try {
    await build();
    const tarballs: string[] = [];
    for (const name of packages) tarballs.push(await pack(name, folder));
    const consumer = join(folder, "consumer");
    await mkdir(consumer);
    await install(tarballs, consumer);
    const entries = entryPoints(await Promise.all(packages.map(manifestOf)));
    await importAll(entries, consumer);
    await typeCheck(entries, consumer);
    await using fleet = await startFleet({ meters: 1 });
    await readMeter(fleet.meters[0]!, consumer);
    await using locked = await startFleet({ meters: 1, personality: "microstar" });
    await readAsReadme(locked.meters[0]!, consumer);
    if (process.argv.includes("--surface")) await checkSurface(tarballs);
    say("ok");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

try {
  await check();
} catch (error) {
  const { stdout = "", stderr = "", message } = error as Error & Record<string, string>;
  process.stderr.write(`pack: ${message}\n${stdout}${stderr}\n`);
  process.exitCode = 1;
}
