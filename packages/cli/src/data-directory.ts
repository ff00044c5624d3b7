import { existsSync } from "node:fs";
import { loadSettings } from "@lectura/gateway";
import type { Context } from "./context.ts";

const defaultFile = "lectura.yaml";

/** `--config`, else `lectura.yaml` where it is present, else none. */
export function settingsFileOf({ options }: Context): string | undefined {
  if (options.config !== undefined) return options.config;
  return existsSync(defaultFile) ? defaultFile : undefined;
}

/**
 * `--data-dir`, else what settings file and environment say, else `./data`.
 * @throws {GatewayError} settings/invalid, settings/unreadable
 */
export function dataDirectoryOf(context: Context): string {
  const { dataDir } = context.options;
  if (dataDir !== undefined) return dataDir;
  const file = settingsFileOf(context);
  const { variables } = context.environment;
  return loadSettings({ ...(file === undefined ? {} : { file }), variables }).dataDir;
}
