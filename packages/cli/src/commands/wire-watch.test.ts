import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseRecording } from "@lectura/dlms-node";
import { startFleet } from "@lectura/simulator";
import { expect, test } from "vitest";
import { runAs } from "../environment.fixture.ts";

const variables = { P: "22222222" };
const passwordHex = "3232323232323232";

test("a read is recorded for its owner's eyes, and shown decoded", async () => {
  await using fleet = await startFleet({ meters: 1, personality: "microstar" });
  const tcp = fleet.meters[0]!.tcp;
  const folder = mkdtempSync(join(tmpdir(), "lectura-record-"));
  try {
    const file = join(folder, "session.jsonl");
    const words = ["read", "--tcp", tcp, "--password-env", "P", "--record", file, "voltage_l1"];
    const masked = await runAs([...words, "--verbose"], { variables });
    expect(masked.exitCode).toBe(0);
    expect(masked.stderr).toContain("get-request");
    expect(masked.stderr).not.toContain(passwordHex);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const text = readFileSync(file, "utf8");
    expect(text).not.toContain(passwordHex);

    const { frames, framing, cut } = parseRecording(text);
    expect({ framing, cut }).toEqual({ framing: "hdlc", cut: false });
    expect(frames.length).toBeGreaterThan(6);

    expect((await runAs([...words, "--record-secrets"], { variables })).exitCode).toBe(0);
    expect(readFileSync(file, "utf8")).toContain(passwordHex);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("a file that cannot be written is told before anything is sent", async () => {
  const words = ["read", "--tcp", "127.0.0.1:1", "--record", "/nowhere/at/all", "voltage_l1"];
  const { exitCode, stderr } = await runAs(words);
  expect(stderr).toContain("error[usage/file]");
  expect(exitCode).toBe(2);
});
