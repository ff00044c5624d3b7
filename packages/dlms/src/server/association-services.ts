/**
 * Serving one APDU within an association: opened where the association is ciphered, carried out,
 * and its answer sealed. What answers it stands in the writer, behind the prefix.
 */
import { protectionBits } from "../security/security-control.ts";
import { protectionMask } from "./access-rights.ts";
import { refuse, serveUnassociated } from "./association-opening.ts";
import {
  type AssociationState,
  beginAnswer,
  type ServerAssociationOptions,
} from "./association-state.ts";
import { dispatch, isPlainService } from "./dispatch.ts";
import type { AssociationFacts } from "./object.ts";
import { refusedBy } from "./refusal.ts";
import { ServiceRefused } from "./service.ts";
import { wantsNoAnswer } from "./service-class.ts";

/** A plain request. `protection`: that of the request and of its answer, a mask of `accessBit`. */
export function serve(
  state: AssociationState,
  options: ServerAssociationOptions,
  apdu: Uint8Array,
  nowMs: number,
  protection: number,
  cameInBlocks: boolean,
): void {
  const { facts, progress } = state;
  if (facts === undefined) {
    serveUnassociated(state, options, apdu);
    return;
  }
  const { view, prefix, writer } = options;
  state.progress = undefined;
  try {
    if (apdu.length > facts.serverMaxPduOctets && !cameInBlocks) refuseLength();
    state.progress = dispatch(
      { apdu, prefix, view, facts, nowMs, progress, protection, cameInBlocks },
      writer,
    );
  } catch (error) {
    refuseService(state, options, error, apdu);
  }
}

/**
 * A request that came in general blocks. `sealed`: the blocks were ciphered,
 * so what they carried need not be; where it is, its answer is sealed twice as well.
 */
export function serveWhole(
  state: AssociationState,
  options: ServerAssociationOptions,
  apdu: Uint8Array,
  nowMs: number,
  sealed: boolean,
): void {
  const { ciphering } = state;
  if (ciphering === undefined) {
    serve(state, options, apdu, nowMs, 0, true);
    return;
  }
  const around = sealed ? receivedProtection(state, options) : 0;
  if (sealed && isPlainService(apdu[0] ?? 0)) {
    serve(state, options, apdu, nowMs, around, true);
  } else if (sealed) {
    ciphering.aside(() => serveCiphered(state, options, apdu, nowMs, around));
  } else {
    serveCiphered(state, options, apdu, nowMs, around);
  }
}

/** `around`: what protects the request beside its own ciphering. */
function serveCiphered(
  state: AssociationState,
  options: ServerAssociationOptions,
  apdu: Uint8Array,
  nowMs: number,
  around: number,
): void {
  try {
    const plain = state.ciphering!.unprotect(apdu);
    const protection = receivedProtection(state, options) | around;
    serve(state, options, plain, nowMs, protection, true);
    sealAnswer(state, options);
  } catch (error) {
    refuse(state, options, refusedBy(error, options.writer), apdu[0] ?? 0);
  }
}

/** Carries out what nobody answers, whatever becomes of it; other requests are passed over. */
export function serveUnanswered(
  state: AssociationState,
  options: ServerAssociationOptions,
  apdu: Uint8Array,
  nowMs: number,
): void {
  const { ciphering, facts } = state;
  if (facts === undefined) return;
  beginAnswer(options);
  try {
    if (ciphering === undefined) carryOut(state, options, facts, apdu, nowMs);
    else {
      ciphering.aside(() => carryOut(state, options, facts, ciphering.unprotect(apdu), nowMs));
    }
  } catch (error) {
    refusedBy(error, options.writer);
  }
}

/** What is under way between client and meter goes on. */
function carryOut(
  state: AssociationState,
  options: ServerAssociationOptions,
  facts: AssociationFacts,
  apdu: Uint8Array,
  nowMs: number,
): void {
  if (!wantsNoAnswer(apdu) || apdu.length > facts.serverMaxPduOctets) return;
  const { view, prefix, writer } = options;
  const protection = receivedProtection(state, options);
  const request = { apdu, prefix, view, facts, nowMs, protection };
  dispatch({ ...request, progress: undefined, cameInBlocks: false }, writer);
}

/** Protection of what was opened last, and what its answer will have: a mask of `accessBit`. */
export function receivedProtection(
  { ciphering }: AssociationState,
  { view }: ServerAssociationOptions,
): number {
  if (ciphering === undefined) return 0;
  return protectionMask(ciphering.received, protectionBits(view.security?.protection ?? "none"));
}

/** Seals what stands in the writer, if anything does. @throws {ProtocolError} security/* */
export function sealAnswer(state: AssociationState, options: ServerAssociationOptions): void {
  const { writer, prefix } = options;
  if (writer.length === prefix.length) return;
  const answer = state.ciphering!.protect(writer.view(prefix.length));
  beginAnswer(options);
  writer.octets(answer);
}

function refuseLength(): never {
  throw new ServiceRefused("pdu-too-long");
}

/** Apart from the way of a request that is served. */
function refuseService(
  state: AssociationState,
  options: ServerAssociationOptions,
  error: unknown,
  apdu: Uint8Array,
): void {
  const refused = refusedBy(error, options.writer);
  if (wantsNoAnswer(apdu)) beginAnswer(options);
  else refuse(state, options, refused, apdu[0] ?? 0);
}
