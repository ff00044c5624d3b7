import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { killWriters } from "./crash.fixture.ts";

test("a process killed while it writes loses nothing it had promised", async () => {
  const directory = mkdtempSync(join(tmpdir(), "lectura-crash-"));
  try {
    expect(await killWriters(directory, [5, 61, 240])).toBeGreaterThan(0);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}, 60_000);
