/** Every js and ts block of the packages' READMEs is a program that runs. */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { startFleet } from "@lectura/simulator";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");
const run = promisify(execFile);

interface Example {
  readonly readme: string;
  readonly line: number;
  /** `session`: goes on with a session that is open. `sketch`: lines that need hardware. */
  readonly needs: string | undefined;
  readonly code: string;
}

function examplesOf(name: string): readonly Example[] {
  const readme = `packages/${name}/README.md`;
  const text = readFileSync(join(root, readme), "utf8");
  return [...text.matchAll(/^```(?:js|ts)(?: (?<needs>\w+))?\n(?<code>[^]*?)^```/gm)].map(
    ({ index, groups }) => ({
      readme,
      line: text.slice(0, index).split("\n").length,
      needs: groups?.["needs"],
      code: groups?.["code"] ?? "",
    }),
  );
}

/** What a block that goes on with a session stands behind. */
const sessionBefore = `
import { openSession as open } from "@lectura/dlms-node";
import { Secret as Password } from "@lectura/dlms";
const authentication = { mechanism: "lls", password: Password.fromText("22222222") };
await using session = await open({ tcp: "192.0.2.7:4059", clientSap: 1, authentication });
`;

const all = ["dlms", "dlms-node", "simulator"].flatMap(examplesOf);
const examples = all.filter(({ needs }) => needs !== "sketch");
const sketches = all.filter(({ needs }) => needs === "sketch");

test("there are examples of every package", () => {
  expect(examples.length).toBeGreaterThanOrEqual(10);
});

test.each(examples)("$readme:$line runs", { timeout: 60_000 }, async ({ needs, code }) => {
  await using plain = await startFleet({ meters: 1, personality: "microstar", seed: 7 });
  await using ciphered = await startFleet({ meters: 1, personality: "secured", seed: 7 });
  const program = `${needs === "session" ? sessionBefore : ""}${code}`
    .replaceAll("192.0.2.7:4059", plain.meters[0]!.tcp)
    .replaceAll("192.0.2.8:4059", ciphered.meters[0]!.tcp)
    .replaceAll("port: 4059", "port: 0")
    .replaceAll('"session.jsonl"', "process.env.SCRATCH_FILE");
  const scratch = mkdtempSync(join(tmpdir(), "lectura-readme-"));
  try {
    const { stderr } = await run(
      process.execPath,
      [
        "--conditions=source",
        "--disable-warning=ExperimentalWarning",
        "--input-type=module-typescript",
        "-e",
        program,
      ],
      { cwd: root, env: { ...process.env, SCRATCH_FILE: join(scratch, "session.jsonl") } },
    );
    expect(stderr).toBe("");
  } finally {
    rmSync(scratch, { recursive: true });
  }
});

test.each(sketches)("$readme:$line calls what there is", async ({ code }) => {
  const called = [...code.matchAll(/(?<![.\w])(?<name>[a-z]\w+)\(/g)].flatMap(
    ({ groups }) => groups?.["name"] ?? [],
  );
  const known = new Set(Object.keys(await import("@lectura/dlms-node")));
  // What stands for the reader's own code.
  for (const own of ["read", "await", "for"]) known.add(own);
  expect(called.filter((name) => !known.has(name))).toEqual([]);
});
