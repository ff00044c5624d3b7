import { DlmsError } from "@lectura/dlms/octets";
import type { Failure } from "./health.ts";

/**
 * What recovery may look at. Anything that is not a `DlmsError` is our own bug: this meter pauses,
 * the others go on, and the log has the stack.
 */
export function failureOf(error: unknown): Failure {
  if (error instanceof DlmsError) {
    const prefix = `${error.code}: `;
    const { message, code, recovery } = error;
    return {
      code,
      recovery,
      detail: message.startsWith(prefix) ? message.slice(prefix.length) : message,
    };
  }
  const detail = error instanceof Error ? error.message : String(error);
  return { code: "gateway/internal", recovery: "pause", detail };
}
