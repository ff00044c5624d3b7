import { renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { pino } from "pino";
import type { Settings } from "../settings/settings.ts";
import type { EventSeverity } from "../store/store.ts";

/** Where the gateway writes what happened, besides the event log in the store. */
export interface GatewayLog {
  readonly write: (severity: EventSeverity, fields: object, message: string) => void;
  /** Our own mistakes, with their stack. */
  readonly internal: (message: string, error: unknown) => void;
  readonly close: () => void;
}

const levelOf: Readonly<Record<EventSeverity, "info" | "warn" | "error" | "fatal">> = {
  info: "info",
  warning: "warn",
  error: "error",
  critical: "fatal",
};

/** A log this large becomes `gateway.log.1` at the next start; events are limited by the hour. */
const logOctetsMax = 16 * 1024 * 1024;

/** Members that could carry a secret are never written, whoever passes them by mistake. */
const secretPaths = ["password", "thingsBoardToken", "token", "key", "authorization"];

/**
 * Opens the log: `gateway.log` in the data directory unless the settings name a file. A disk that
 * takes no log costs the log, nothing else.
 */
export function openLog(directory: string, { level, file }: Settings["log"]): GatewayLog {
  const path = file === "" ? join(directory, "gateway.log") : file;
  rotate(path);
  const destination = pino.destination({ dest: path, sync: false, mode: 0o600 });
  destination.on("error", () => {});
  const paths = [...secretPaths, ...secretPaths.map((name) => `*.${name}`)];
  const log = pino({ level, base: null, redact: { paths, censor: "[secret]" } }, destination);
  return {
    write: (severity, fields, message) => log[levelOf[severity]](fields, message),
    internal: (message, error) => log.error({ err: error }, message),
    close: () => destination.end(),
  };
}

/** For short-lived processes, which tell their user what happened. */
export const silentLog: GatewayLog = {
  write: () => {},
  internal: () => {},
  close: () => {},
};

function rotate(path: string): void {
  const octets = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (octets <= logOctetsMax) return;
  try {
    renameSync(path, `${path}.1`);
  } catch {
    // A directory that takes no rename takes no log either; nothing depends on it.
  }
}
