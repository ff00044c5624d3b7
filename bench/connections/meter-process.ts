/**
 * The meter of the connections bench, a process of its own: the C meter of the floor where it and a
 * compiler are there, because a meter in JavaScript would be the slower side; else our simulator.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { connect, createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { simulatorPassword } from "@lectura/simulator";

export interface MeterProcess extends Disposable {
  readonly port: number;
  readonly clientSap: number;
  readonly password: string;
  /** Connections it takes at a time. */
  readonly connectionsMax: number;
  /** For the report: what answers. */
  readonly name: string;
}

const source = fileURLToPath(new URL("../../../shared/tools/floor/meterd.c", import.meta.url));
const triesMax = 200;
const triesMs = 50;

/** `pinned(core, command)` puts a command on a core where that can be done. */
export async function startMeterProcess(
  pinned: (core: number, command: readonly string[]) => readonly string[],
): Promise<MeterProcess> {
  const directory = mkdtempSync(join(tmpdir(), "lectura-meter-"));
  const meterd = join(directory, "meterd");
  const compiled =
    existsSync(source) && spawnSync("gcc", ["-O2", "-o", meterd, source]).status === 0;
  const port = await freePort();
  const simulated = fileURLToPath(new URL("./simulated-meter.ts", import.meta.url));
  const command = compiled
    ? [meterd, String(port)]
    : [process.execPath, ...process.execArgv, simulated, String(port)];
  const [file, ...rest] = pinned(1, command);
  const child = spawn(file!, rest, { stdio: "ignore" });
  await listening(port, child);
  return {
    port,
    clientSap: compiled ? 16 : 1,
    password: compiled ? "00000000" : simulatorPassword,
    connectionsMax: compiled ? 20_000 : 4000,
    name: compiled ? "meterd (C, gcc -O2)" : "our simulator (no gcc or no meterd.c here)",
    [Symbol.dispose]: () => {
      child.kill();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** A port nobody listens on just now. */
function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

async function listening(port: number, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < triesMax; tries++) {
    if (child.exitCode !== null) throw new Error(`the meter ended with ${child.exitCode}`);
    const answered = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1");
      socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
      socket.once("connect", () => socket.destroy());
    });
    if (answered) return;
    await new Promise((resolve) => setTimeout(resolve, triesMs));
  }
  throw new Error("the meter does not listen");
}
