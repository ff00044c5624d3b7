/**
 * Application association, client side (Green Book 9.4.4), as a pure machine:
 *
 *   state             input     what it means                  next               command
 *   closed            open                                     awaiting-aare      send AARQ
 *   awaiting-aare     apdu      AARE accepts                   associated         associated
 *                     apdu      AARE accepts, HLS goes on      awaiting-pass-4    send pass 3
 *                     apdu      AARE, D8 or 0E refuses         closed             failed
 *                     apdu      anything else                  (same)             stale
 *   awaiting-pass-4   apdu      f(CtoS) is right               associated         associated
 *                     apdu      anything else of an ACTION     closed             failed
 *   associated        release                                  awaiting-rlre      send RLRQ
 *   awaiting-rlre     apdu      RLRE, D8, 0E                   closed             released
 *                     apdu      anything else                  (same)             stale
 *   awaiting-*        silence                                  closed             failed / released
 *
 * Whatever ends it, nothing is repeated: a refused credential is the owner's to hold.
 */
import { DlmsError, ProtocolError } from "../error.ts";
import type { AssociationOutcome } from "./association-outcome.ts";
import type { AssociationProfile } from "./association-profile.ts";
import { buildAarq, buildPass3, buildRlrq } from "./association-request.ts";
import { hlsOf, interpretAare, verifyPass4 } from "./association-response.ts";
import type { HlsContext } from "./authentication.ts";

/** Where an association stands; each state carries what it needs to go on. */
export type AssociationState =
  | { readonly at: "closed" }
  | { readonly at: "awaiting-aare" }
  | {
      readonly at: "awaiting-pass-4";
      readonly outcome: AssociationOutcome;
      readonly context: HlsContext;
    }
  | { readonly at: "associated" }
  | { readonly at: "awaiting-rlre" };

/** What the machine is told. */
export type AssociationInput =
  | { readonly type: "open" }
  /** A view: what the machine keeps of it, it copies. */
  | { readonly type: "apdu"; readonly apdu: Uint8Array }
  | { readonly type: "silence" }
  | { readonly type: "release" };

/** What the machine wants done. */
export type AssociationCommand =
  /** `sensitive`: the APDU holds a password or what proves one; recorders mask it. */
  | { readonly type: "send"; readonly apdu: Uint8Array; readonly sensitive: boolean }
  | { readonly type: "associated"; readonly outcome: AssociationOutcome }
  | { readonly type: "failed"; readonly error: DlmsError }
  | { readonly type: "released" }
  /** The APDU belongs to something earlier: count it, wait on. */
  | { readonly type: "stale" };

/** One step: the state after it, and what to do now. */
export interface AssociationTransition {
  readonly state: AssociationState;
  readonly command: AssociationCommand;
}

/** Before the first AARQ, and after everything. */
export const closedAssociation: AssociationState = { at: "closed" };
/** Thousands of sessions are in this state: they share it. */
const associatedState: AssociationState = { at: "associated" };

/** Never throws for what the meter sent; a misplaced `open` or `release` is ignored as stale. */
export function stepAssociation(
  state: AssociationState,
  input: AssociationInput,
  profile: AssociationProfile,
): AssociationTransition {
  try {
    return step(state, input, profile);
  } catch (error) {
    if (!(error instanceof DlmsError)) throw error;
    return { state: closedAssociation, command: { type: "failed", error } };
  }
}

function step(
  state: AssociationState,
  input: AssociationInput,
  profile: AssociationProfile,
): AssociationTransition {
  switch (state.at) {
    case "closed":
      return input.type === "open" ? open(profile) : stale(state);
    case "awaiting-aare":
      if (input.type === "silence") throw noAnswer("AARQ");
      return input.type === "apdu" ? onAare(state, input.apdu, profile) : stale(state);
    case "awaiting-pass-4":
      if (input.type === "silence") throw noAnswer("HLS pass 3");
      return input.type === "apdu" ? onPass4(state, input.apdu, profile) : stale(state);
    case "associated":
      return input.type === "release" ? release(profile) : stale(state);
    case "awaiting-rlre":
      if (input.type === "silence") return released();
      return input.type === "apdu" ? onRlre(state, input.apdu) : stale(state);
  }
}

function open(profile: AssociationProfile): AssociationTransition {
  const sensitive =
    profile.authentication.mechanism !== "none" || profile.protection?.dedicatedKey !== undefined;
  return {
    state: { at: "awaiting-aare" },
    command: { type: "send", apdu: buildAarq(profile), sensitive },
  };
}

function onAare(
  state: AssociationState,
  apdu: Uint8Array,
  profile: AssociationProfile,
): AssociationTransition {
  if (apdu[0] !== 0x61 && apdu[0] !== 0xd8 && apdu[0] !== 0x0e) return stale(state);
  const { outcome, serverToClient } = interpretAare(apdu, profile);
  const hls = hlsOf(profile);
  if (hls === undefined || serverToClient === undefined) {
    return { state: associatedState, command: { type: "associated", outcome } };
  }
  const context: HlsContext = {
    clientToServer: hls.challenge,
    serverToClient,
    clientSystemTitle: profile.protection?.clientSystemTitle ?? hls.systemTitle,
    serverSystemTitle: outcome.serverSystemTitle,
  };
  const pass3 = buildPass3(profile, hls.reply(context), outcome.vaaName);
  return {
    state: { at: "awaiting-pass-4", outcome, context },
    command: { type: "send", apdu: pass3, sensitive: true },
  };
}

function onPass4(
  state: Extract<AssociationState, { readonly at: "awaiting-pass-4" }>,
  apdu: Uint8Array,
  profile: AssociationProfile,
): AssociationTransition {
  if (apdu[0] === 0x61) return stale(state); // the AARE again
  const plain = profile.protection?.unprotect(apdu) ?? apdu;
  verifyPass4(plain, profile, state.context);
  const { outcome } = state;
  return { state: associatedState, command: { type: "associated", outcome } };
}

function release(profile: AssociationProfile): AssociationTransition {
  return {
    state: { at: "awaiting-rlre" },
    command: { type: "send", apdu: buildRlrq(profile), sensitive: false },
  };
}

/** Meters that do not know RLRQ say so in their own ways: all of them end the association. */
function onRlre(state: AssociationState, apdu: Uint8Array): AssociationTransition {
  const ends = apdu[0] === 0x63 || apdu[0] === 0xd8 || apdu[0] === 0x0e;
  return ends ? released() : stale(state);
}

function released(): AssociationTransition {
  return { state: closedAssociation, command: { type: "released" } };
}

function stale(state: AssociationState): AssociationTransition {
  return { state, command: { type: "stale" } };
}

function noAnswer(to: string): ProtocolError {
  return new ProtocolError("acse/no-answer", `the link is open, ${to} is not answered`);
}
