/**
 * Feeds the recorded meter sessions without ciphering (the folder beside the project) to
 * `lectura decode --jsonl` and compares every answer with what is expected of it.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

interface Vector {
  readonly id: string;
  readonly keys?: unknown;
  readonly expect: { readonly steps?: readonly { readonly plaintext?: unknown }[] };
}

const shared = "../shared";
const source = `${shared}/data/vectors/sessions.json`;
if (!existsSync(source)) {
  process.stdout.write("sessions: no vectors beside the project, skipped\n");
  process.exit(0);
}
const vectors = JSON.parse(readFileSync(source, "utf8")) as readonly Vector[];
const plain = vectors.filter(
  ({ expect }) => !(expect.steps ?? []).some(({ plaintext }) => plaintext !== undefined),
);
const directory = mkdtempSync(join(tmpdir(), "lectura-sessions-"));
writeFileSync(join(directory, "sessions.json"), JSON.stringify(plain));
const run = spawnSync(
  process.execPath,
  [`${shared}/tools/check-vectors.mjs`, "--dir", directory, "--show", "20"],
  { stdio: "inherit" },
);
rmSync(directory, { recursive: true, force: true });
process.stdout.write(`sessions without ciphering: ${plain.map(({ id }) => id).join(", ")}\n`);
process.exitCode = run.status ?? 1;
