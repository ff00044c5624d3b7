/** Requests of a ciphered association, as they come over its link. */
import { receiveBlock } from "./association-blocks.ts";
import { refuse } from "./association-opening.ts";
import { receivedProtection, sealAnswer, serve } from "./association-services.ts";
import type { AssociationState, ServerAssociationOptions } from "./association-state.ts";
import { refusedBy } from "./refusal.ts";

const generalBlockTag = 0xe0;

/** Opens a request, a general block among them, serves it, and seals its answer in kind. */
export function serveProtected(
  state: AssociationState,
  options: ServerAssociationOptions,
  apdu: Uint8Array,
  nowMs: number,
): void {
  try {
    const plain = state.ciphering!.unprotect(apdu);
    if (plain[0] === generalBlockTag) {
      receiveBlock(state, options, plain, nowMs, true);
      return;
    }
    state.blocks?.giveUp();
    serve(state, options, plain, nowMs, receivedProtection(state, options), false);
    sealAnswer(state, options);
  } catch (error) {
    refuse(state, options, refusedBy(error, options.writer), apdu[0] ?? 0);
  }
}
