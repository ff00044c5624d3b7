/** Real pseudo terminals, where `socat` and the package `serialport` are. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "@lectura/testkit";
import type { SerialDriver } from "./serial-driver.ts";

const tools = join(import.meta.dirname, "../../../../tools/package.json");

/** The package, beside this one or among the tools; `undefined` where neither has it. */
export const serialDriver: SerialDriver | undefined = findDriver();

/** False: tests with a pseudo terminal are skipped, and the reason is said once. */
export const pseudoTerminals: boolean = serialDriver !== undefined && hasSocat();

if (!pseudoTerminals) {
  process.stderr.write(
    "no socat or no package serialport: tests on pseudo terminals are skipped\n",
  );
}

export interface TerminalPair extends AsyncDisposable {
  /** Two serial ports, connected to each other. */
  readonly near: string;
  readonly far: string;
  /** Takes both away, as an adapter that is pulled. */
  unplug(): void;
}

/** A null modem between two serial ports. */
export async function openTerminals(): Promise<TerminalPair> {
  const folder = mkdtempSync(join(tmpdir(), "lectura-pty-"));
  const near = join(folder, "near");
  const far = join(folder, "far");
  const ends = [near, far].map((path) => `pty,raw,echo=0,link=${path}`);
  // It ends by itself after a minute of silence, should the test be killed before it can.
  const socat = spawn("socat", ["-T", "60", "-d", "-d", "-lf", join(folder, "log"), ...ends]);
  await until(() => isReady(folder));
  return {
    near,
    far,
    unplug: () => void socat.kill(),
    [Symbol.asyncDispose]: async () => {
      await ended(socat);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function isReady(folder: string): boolean {
  try {
    return readFileSync(join(folder, "log"), "utf8").includes("starting data transfer loop");
  } catch {
    return false;
  }
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) {
      resolve();
      return;
    }
    child.once("exit", () => resolve());
    child.kill();
  });
}

function hasSocat(): boolean {
  return spawnSync("socat", ["-V"]).status === 0;
}

function findDriver(): SerialDriver | undefined {
  for (const from of [import.meta.url, tools]) {
    try {
      return createRequire(from)("serialport") as SerialDriver;
    } catch {
      // Looked for in the next place.
    }
  }
  return undefined;
}
