import { securitySettingsErrors } from "@lectura/dlms-node";

/** Exit codes people's scripts rely on. */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  unhealthy: 4,
  busy: 5,
  interrupted: 130,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

const busyCodes = new Set(["line/busy", "line/held", "store/locked", "acse/already-associated"]);
const usageCodes = new Set<string>([
  "settings/invalid",
  "api/invalid",
  "decode/bad-question",
  "decode/not-hex",
  ...Object.keys(securitySettingsErrors),
]);

/** Which exit code an error's stable code means. */
export function exitCodeOf(code: string): ExitCode {
  if (code.startsWith("usage/") || usageCodes.has(code)) return exitCodes.usage;
  if (code.includes("/no-such-") || code.endsWith("/not-found")) return exitCodes.notFound;
  if (busyCodes.has(code)) return exitCodes.busy;
  if (code === "cli/interrupted") return exitCodes.interrupted;
  if (code.startsWith("registry/")) return exitCodes.usage;
  return exitCodes.failed;
}
