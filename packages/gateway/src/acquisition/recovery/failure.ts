import { DlmsError } from "@lectura/dlms/octets";
import type { Failure } from "./health.ts";

/**
 * Codes of an answer that proves keys wrong, or cannot be told from it. With the keys that have
 * just worked it is the answer that is wrong: a fresh session decides.
 */
const wrongKeyCodes: ReadonlySet<string> = new Set(["security/tag"]);

/** The meter has refused two sets of keys, each once: a person decides what comes next. */
const refusedForGood: ReadonlySet<string> = new Set(["security/key-change-unresolved"]);

/**
 * What recovery may look at. Anything that is not a `DlmsError` is our own bug: this meter pauses,
 * the others go on, and the log has the stack. `wasUp`: this session had answered before.
 */
export function failureOf(error: unknown, wasUp = false): Failure {
  if (error instanceof DlmsError) {
    const prefix = `${error.code}: `;
    const { message, code } = error;
    const whenKeysAreWrong = wasUp ? "reopen-session" : "hold-credential";
    const recovery = refusedForGood.has(code) ? "hold-credential" : error.recovery;
    return {
      code,
      recovery: wrongKeyCodes.has(code) ? whenKeysAreWrong : recovery,
      detail: message.startsWith(prefix) ? message.slice(prefix.length) : message,
    };
  }
  const detail = error instanceof Error ? error.message : String(error);
  return { code: "gateway/internal", recovery: "pause", detail };
}
