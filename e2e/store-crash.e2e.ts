import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { killWriters } from "../packages/gateway/src/store/crash.fixture.ts";

const kills = Number(process.env["LECTURA_KILLS"] ?? 8);

test(`${kills} writers killed at random moments lose nothing they had promised`, async () => {
  const directory = mkdtempSync(join(tmpdir(), "lectura-crash-"));
  try {
    const lines = Array.from({ length: kills }, () => 1 + Math.floor(Math.random() * 400));
    expect(await killWriters(directory, lines)).toBeGreaterThan(kills);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}, 600_000);
