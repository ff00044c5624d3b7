import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { runAs } from "../environment.fixture.ts";

const folder = mkdtempSync(join(tmpdir(), "lectura-replay-"));
afterAll(() => rmSync(folder, { recursive: true }));

const head = {
  recording: 1,
  framing: "hdlc",
  secrets: "masked",
  startedAt: "2026-01-02T03:04:05.000Z",
};
const dialogue = [
  { dir: "tx", ms: 0, hex: "7ea0070321930f017e" },
  { dir: "rx", ms: 41, hex: "7ea00721037301407e" },
  {
    dir: "rx",
    ms: 80,
    hex: "7ea01521033049cae6e700c401c1000600000001f4097e",
    masked: [[16, 20]],
  },
];

function recorded(name: string, lines: readonly object[]): string {
  const file = join(folder, name);
  writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  return file;
}

test("shows every frame of a recording with its time and its parts", async () => {
  const file = recorded("good.jsonl", [head, ...dialogue]);
  const { exitCode, stdout } = await runAs(["replay", file]);
  expect(exitCode).toBe(0);
  expect(stdout).toContain("tx 0 ms, 9 octets");
  expect(stdout).toContain("control: SNRM");
  expect(stdout).toContain("rx 80 ms, 23 octets  masked");
  expect(stdout).toMatch(/0015-0020.*data double-long-unsigned: 1/);
});

test("is a vector as JSON: layer, given, and what to expect", async () => {
  const file = recorded("vector.jsonl", [head, ...dialogue]);
  const { stdout } = await runAs(["--json", "replay", file]);
  const { layer, given, value } = JSON.parse(stdout) as Record<string, unknown>;
  expect(layer).toBe("session-hdlc");
  expect(given).toMatchObject({ steps: [{ dir: "tx", hex: dialogue[0]!.hex }, {}, {}] });
  expect(value).toMatchObject({ steps: [{}, {}, { decoded: { apdu: "get-response" } }] });
});

test("fails where a frame cannot be read, and where the file is no recording", async () => {
  const broken = { ...dialogue[2], hex: "7ea01521033049cae6e700c401c1000600000002f4097e" };
  const spoiled = await runAs(["replay", recorded("spoiled.jsonl", [head, broken])]);
  expect(spoiled.exitCode).toBe(1);
  expect(spoiled.stderr).toContain("FCS at octet 20");
  const none = await runAs(["replay", recorded("none.jsonl", [{ a: 1 }])]);
  expect(none.exitCode).toBe(2);
  expect(none.stderr).toContain("error[usage/file]");
});
