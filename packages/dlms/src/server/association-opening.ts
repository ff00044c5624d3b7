/** Opening, proving and releasing one association: what of it happens once. */
import { encodeAare } from "../acse/codec.ts";
import { beginAnswer, type AssociationState, restartState } from "./association-state.ts";
import type { ServerAssociationOptions } from "./association-state.ts";
import { answerPass3, readPass3 } from "./high-security.ts";
import { judgeAarq } from "./negotiation.ts";
import { notPossible, type Refused, refusedBy, writeRefusal } from "./refusal.ts";
import { answerRelease } from "./release.ts";
import { wantsNoAnswer } from "./service-class.ts";

const aarqTag = 0x60;
const rlrqTag = 0x62;

/** Answers an AARQ by an AARE, or by an exception where there is an association already. */
export function associate(
  state: AssociationState,
  options: ServerAssociationOptions,
  apdu: Uint8Array,
): void {
  const { view, writer } = options;
  const refuses = state.facts !== undefined && view.whenAssociated === "refuse";
  if (refuses || view.preEstablished !== undefined) {
    refuse(state, options, notPossible, aarqTag);
    return;
  }
  restartState(state, view);
  try {
    const { aare, facts, ciphering, proof } = judgeAarq(apdu, view);
    state.ciphering = ciphering;
    if (proof === undefined || facts === undefined) state.facts = facts;
    else state.proving = { facts, proof };
    writer.octets(encodeAare(aare));
  } catch (error) {
    refuse(state, options, refusedBy(error, writer), aarqTag);
  }
}

/** Answers an RLRQ by an RLRE; a pre-established association has no end. */
export function release(
  state: AssociationState,
  options: ServerAssociationOptions,
  apdu: Uint8Array,
): void {
  const { view, writer } = options;
  if (view.preEstablished !== undefined) {
    refuse(state, options, notPossible, rlrqTag);
    return;
  }
  try {
    const rlre = answerRelease(apdu, state.facts, state.ciphering);
    restartState(state, view);
    writer.octets(rlre);
  } catch (error) {
    refuse(state, options, refusedBy(error, writer), rlrqTag);
  }
}

/**
 * A service without an association: until the client has proved who it is, its proof is all that is
 * taken.
 */
export function serveUnassociated(
  state: AssociationState,
  options: ServerAssociationOptions,
  apdu: Uint8Array,
): void {
  const { proving } = state;
  const { view, writer } = options;
  const refused = (by: Refused): void => {
    if (wantsNoAnswer(apdu)) beginAnswer(options);
    else refuse(state, options, by, apdu[0] ?? 0);
  };
  if (proving === undefined) {
    refused(notPossible);
    return;
  }
  try {
    const pass3 = readPass3(apdu, proving.facts.referencing ?? "ln", view);
    if (pass3 === undefined) {
      refused(notPossible);
      return;
    }
    state.proving = undefined;
    if (answerPass3(pass3, proving.proof, writer)) state.facts = proving.facts;
  } catch (error) {
    state.proving = undefined;
    refused(refusedBy(error, writer));
  }
}

/** Leaves the refusal of a request with that tag in the writer, and nothing else. */
export function refuse(
  { facts }: AssociationState,
  options: ServerAssociationOptions,
  refused: Refused,
  requestTag: number,
): void {
  beginAnswer(options);
  const { referencing = "ln" } = options.view;
  const shortNames = referencing !== "ln" && (facts === undefined || facts.referencing === "sn");
  writeRefusal(options.writer, refused, requestTag, shortNames);
}
