import { PortError, type PortErrorCode } from "./port-error.ts";

/**
 * The driver says what is wrong in words alone, those of the operating system among them: this is
 * the one place that reads them.
 */
const meanings: readonly (readonly [RegExp, PortErrorCode])[] = [
  [/no such file|file not found|no such device/i, "serial/not-found"],
  [/permission denied|operation not permitted/i, "serial/not-permitted"],
  [/cannot lock|resource busy|temporarily unavailable|access denied/i, "serial/busy"],
  [/baud rate|invalid argument|inappropriate ioctl/i, "serial/settings-refused"],
  [/disconnect|bad file descriptor|input\/output error|not open/i, "serial/closed"],
];

/** An error of the driver as ours. */
export function serialErrorFrom(error: unknown, label: string): PortError {
  if (error instanceof PortError) return error;
  const words = error instanceof Error ? error.message.replace(/^(Error:? )+/, "") : String(error);
  const code = meanings.find(([pattern]) => pattern.test(words))?.[1] ?? "serial/failed";
  return new PortError(code, label, words, { cause: error });
}
