import { DlmsError } from "@lectura/dlms/octets";
import type { SessionDialogue } from "./session-dialogue.ts";
import { SessionError } from "./session-error.ts";
import { nobodyAnswers } from "./session-failure.ts";

/**
 * RLRQ, DISC, close: each as far as the one before left something to do, all within the dialogue's
 * `releaseMs`. Never throws for what the meter does or does not do.
 */
export async function closeDialogue(dialogue: SessionDialogue): Promise<void> {
  const { wire, clock, releaseMs } = dialogue;
  const untilMs = clock.monotonicMs() + releaseMs;
  const silent = nobodyAnswers(dialogue.failure);
  try {
    wire.enter("releasing");
    dialogue.end(new SessionError("session/closed", "the session was disposed"));
    if (silent) {
      wire.disconnectBlindly();
    } else {
      await dialogue.association.release(releaseMs / 2, clock);
      await wire.disconnect(Math.max(1, untilMs - clock.monotonicMs()));
    }
  } catch (error) {
    // A meter that spoils its own farewell is gone all the same.
    if (!(error instanceof DlmsError)) throw error;
  } finally {
    wire.detach();
    if (!dialogue.portIsBorrowed) await wire.port[Symbol.asyncDispose]();
    wire.enter("closed");
  }
}
