/**
 * General blocks of one association: plain around what may be ciphered inside, or ciphered
 * themselves. Whatever of a request comes in ciphered blocks comes in such alone.
 */
import { apduOctetsMax, transferOctetsMax } from "../limits.ts";
import { decodeUnit } from "../xdlms/apdu-codec.ts";
import { generalBlockTransfer } from "../xdlms/general-block-transfer.ts";
import { refuse } from "./association-opening.ts";
import { serveWhole } from "./association-services.ts";
import {
  type AssociationState,
  beginAnswer,
  type ServerAssociationOptions,
} from "./association-state.ts";
import { GeneralBlocks } from "./general-blocks.ts";
import type { AssociationFacts } from "./object.ts";
import { notPossible, refusedBy } from "./refusal.ts";
import { conformanceMask, pduOctetsMin, ServiceRefused, unitOctetsMax } from "./service.ts";

const generalBlockTag = 0xe0;

/** One block, plain; `sealed`: it came ciphered. */
export function receiveBlock(
  state: AssociationState,
  options: ServerAssociationOptions,
  apdu: Uint8Array,
  nowMs: number,
  sealed: boolean,
): void {
  const { writer, prefix } = options;
  // The proof of pass 3 may come in blocks, too: what they carry is judged when it is whole.
  const facts = state.facts ?? state.proving?.facts;
  if (facts === undefined) {
    refuse(state, options, notPossible, generalBlockTag);
    return;
  }
  try {
    const blocks = blocksOf(state, options, facts);
    if (blocks === undefined) throw new ServiceRefused("service-not-supported");
    const opening = state.facts === undefined;
    const octetsMax = opening ? apduOctetsMax : transferOctetsMax;
    blocks.receive(decodeUnit(generalBlockTransfer, apdu), { sealed, octetsMax }, (request) => {
      serveWhole(state, options, request, nowMs, sealed);
      const answer = writer.view(prefix.length).slice();
      beginAnswer(options);
      return answer.length === 0 ? undefined : answer;
    });
    writeBlock(state, options, blocks);
  } catch (error) {
    refuse(state, options, refusedBy(error, writer), generalBlockTag);
  }
}

/** An answer longer than the client takes goes in general blocks, where they are agreed. */
export function answerInBlocks(state: AssociationState, options: ServerAssociationOptions): void {
  const { facts } = state;
  const { writer, prefix } = options;
  if (facts === undefined || writer.length - prefix.length <= unitOctetsMax(facts)) return;
  try {
    const blocks = blocksOf(state, options, facts);
    if (blocks === undefined) return;
    blocks.answer(writer.view(prefix.length).slice());
    writeBlock(state, options, blocks);
  } catch (error) {
    refuse(state, options, refusedBy(error, writer), generalBlockTag);
  }
}

/** The next block of those that stream; false: there is none. */
export function writeNextBlock(
  state: AssociationState,
  options: ServerAssociationOptions,
  blocks: GeneralBlocks,
): boolean {
  try {
    return writeBlock(state, options, blocks);
  } catch (error) {
    // Our own counter is used up: what is left cannot be sent.
    refusedBy(error, options.writer);
    blocks.giveUp();
    return false;
  }
}

/** @throws {ProtocolError} security/counter-exhausted */
function writeBlock(
  { ciphering }: AssociationState,
  options: ServerAssociationOptions,
  blocks: GeneralBlocks,
): boolean {
  beginAnswer(options);
  const block = blocks.next();
  if (block === undefined) return false;
  options.writer.octets(blocks.sealed ? (ciphering?.protect(block) ?? block) : block);
  return true;
}

/** Undefined: not agreed. */
function blocksOf(
  state: AssociationState,
  { view, streaming = true }: ServerAssociationOptions,
  facts: AssociationFacts,
): GeneralBlocks | undefined {
  if ((facts.conformance & conformanceMask.generalBlocks) === 0) return undefined;
  const unit = unitOctetsMax(facts);
  state.blocks ??= new GeneralBlocks({
    apduOctetsMax: unit,
    sealedOctetsMax: Math.max(pduOctetsMin, unit - (facts.protectionOctets ?? 0)),
    octetsMax: transferOctetsMax,
    streaming,
    ...(view.transferWindow === undefined ? {} : { window: view.transferWindow }),
  });
  return state.blocks;
}
