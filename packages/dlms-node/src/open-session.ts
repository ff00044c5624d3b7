import type { Session } from "./session.ts";
import type { SessionOptions } from "./session-options.ts";

/**
 * Connects, opens the link (SNRM/UA) and the association (AARQ/AARE). On any failure everything that
 * was opened is closed again before the promise rejects.
 */
export async function openSession(options: SessionOptions): Promise<Session> {
  options.signal?.throwIfAborted();
  throw new Error("not built yet");
}
