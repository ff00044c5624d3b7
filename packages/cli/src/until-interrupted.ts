import { systemClock } from "@lectura/dlms-node";
import type { Environment } from "./environment.ts";
import { parseCount } from "./parse.ts";

/** Resolves on SIGINT or SIGTERM, or after `--duration` seconds where given. Never rejects. */
export async function untilInterrupted(
  environment: Environment,
  durationSeconds: string | undefined,
): Promise<"interrupted" | "elapsed"> {
  const { interrupted } = environment;
  if (interrupted.aborted) return "interrupted";
  if (durationSeconds === undefined) {
    const waiting = Promise.withResolvers<"interrupted">();
    interrupted.addEventListener("abort", () => waiting.resolve("interrupted"), { once: true });
    // A pending promise alone does not keep the process alive; an open server does.
    return waiting.promise;
  }
  const seconds = parseCount("--duration", durationSeconds, 1, 31_536_000);
  return systemClock.sleep(seconds * 1000, interrupted).then(
    () => "elapsed" as const,
    () => "interrupted" as const,
  );
}
