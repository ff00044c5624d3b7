import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** How a process finds the gateway that runs on a data directory. */
export interface GatewayAddress {
  readonly url: string;
  readonly key: string;
}

interface GatewayFile extends GatewayAddress {
  readonly pid: number;
}

const fileName = "gateway.json";

/** Writes `gateway.json`, readable by its owner only, at once or not at all. */
export async function writeGatewayFile(directory: string, file: GatewayFile): Promise<void> {
  const path = join(directory, fileName);
  const fresh = `${path}.${file.pid}`;
  await writeFile(fresh, `${JSON.stringify(file)}\n`, { mode: 0o600 });
  await rename(fresh, path);
}

/** Removes it, unless another process has written its own meanwhile. */
export async function removeGatewayFile(directory: string, pid: number): Promise<void> {
  const found = await readGatewayFile(directory);
  if (found?.pid === pid) await rm(join(directory, fileName), { force: true });
}

/**
 * The gateway running on a data directory, undefined when there is none. A file left behind by a
 * process that was killed is recognised: its process is gone, or what answers there is not it.
 */
export async function findGateway(directory: string): Promise<GatewayAddress | undefined> {
  const found = await readGatewayFile(directory);
  if (found === undefined || !isAlive(found.pid)) return undefined;
  const { url, key } = found;
  return (await answers(url)) ? { url, key } : undefined;
}

async function readGatewayFile(directory: string): Promise<GatewayFile | undefined> {
  const text = await readFile(join(directory, fileName), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const { pid, url, key } = JSON.parse(text) as Partial<GatewayFile>;
    if (typeof pid !== "number" || typeof url !== "string" || typeof key !== "string") {
      return undefined;
    }
    return { pid, url, key };
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

const answerMs = 2_000;

async function answers(url: string): Promise<boolean> {
  const signal = AbortSignal.timeout(answerMs);
  const answer = await fetch(`${url}/health/live`, { signal }).catch(() => undefined);
  return answer?.ok === true;
}
