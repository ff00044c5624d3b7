/**
 * The server's side of one association:
 *
 *   state          AARQ                     service             RLRQ
 *   idle           AARE 0 -> associated     exception 1/1       RLRE
 *                  AARE 0/14 -> proving
 *                  AARE 1
 *   proving        as idle                  pass 3 -> associated, or idle where it is wrong
 *                                           exception 1/1       RLRE -> idle
 *   associated     refuse: exception 1/1    answer              RLRE -> idle
 *                  replace: as idle
 *
 * A pre-established view is associated from the beginning, and takes neither AARQ nor RLRQ.
 *
 * Where the view is ciphered, requests are opened first and answers sealed last; one that does not
 * open is answered by an exception that says why, and changes nothing. General blocks stand around
 * the ciphering, inside it, or both.
 *
 * One request, one answer: the caller sends what `receive` returns, and then what `more` gives
 * until there is nothing (the blocks of a general block transfer that stream), before it gives the
 * next request. Requests that do not decode and services nobody knows get an exception-response;
 * services that want no answer get none; nothing a client sends makes this throw.
 */
import { apduOctetsMax, transferOctetsMax } from "../limits.ts";
import { concatOctets } from "../octets.ts";
import { answerInBlocks, receiveBlock, writeNextBlock } from "./association-blocks.ts";
import { serveProtected } from "./association-ciphered.ts";
import { associate, release } from "./association-opening.ts";
import { serve, serveUnanswered } from "./association-services.ts";
import {
  type AssociationState,
  beginState,
  restartState,
  type ServerAssociationOptions,
} from "./association-state.ts";
import type { AssociationFacts } from "./object.ts";
import { unitOctetsMax } from "./service.ts";
import { type Unasked, unaskedUnits } from "./unasked.ts";
import { checkView } from "./view.ts";

/** Ceiling of the writer an association answers into: a whole long answer, before it is split. */
export const answerOctetsCeiling: number = transferOctetsMax + 64;

const tag = { aarq: 0x60, rlrq: 0x62, generalBlock: 0xe0 } as const;

/**
 * The meter's side of one association (Green Book 9.4): AARQ, services, release. A machine without
 * I/O: APDUs in, APDUs out.
 */
export class ServerAssociation {
  readonly #options: ServerAssociationOptions;
  readonly #state: AssociationState;

  /** @throws {RangeError} a view that contradicts itself, as `checkView` says */
  constructor(options: ServerAssociationOptions) {
    checkView(options.view);
    this.#options = options;
    this.#state = beginState(options.view);
  }

  /** What was agreed; undefined while there is no association. */
  get facts(): AssociationFacts | undefined {
    return this.#state.facts;
  }

  /** The link is gone, and the association with it. */
  reset(): void {
    restartState(this.#state, this.#options.view);
  }

  /**
   * Answers one APDU. The answer, its prefix included, is a view valid until the writer is used
   * again; undefined when there is none (unconfirmed services).
   */
  receive(apdu: Uint8Array, nowMs: number): Uint8Array | undefined {
    const options = this.#options;
    const state = this.#state;
    const { writer, prefix } = options;
    writer.reset();
    writer.octets(prefix);
    switch (apdu[0]) {
      case undefined:
        return undefined;
      case tag.aarq:
        associate(state, options, apdu);
        break;
      case tag.rlrq:
        release(state, options, apdu);
        break;
      case tag.generalBlock:
        receiveBlock(state, options, apdu, nowMs, false);
        break;
      default:
        if (state.ciphering === undefined) {
          state.blocks?.giveUp();
          serve(state, options, apdu, nowMs, 0, false);
        } else {
          serveProtected(state, options, apdu, nowMs);
        }
        answerInBlocks(state, options);
    }
    return writer.length > prefix.length ? writer.view() : undefined;
  }

  /** What else is to be sent now, as `receive` gives it; undefined when that was all. */
  more(): Uint8Array | undefined {
    const { blocks } = this.#state;
    if (blocks === undefined || !writeNextBlock(this.#state, this.#options, blocks)) {
      return undefined;
    }
    return this.#options.writer.view();
  }

  /**
   * Carries out what came in a UI frame or for all stations: SET, ACTION and ACCESS that are
   * unconfirmed, UNCONFIRMED WRITE. All else is passed over, and nothing is ever answered
   * (IEC 62056-46 clause 6.4.4; Green Book 9.3).
   */
  receiveUnanswered(apdu: Uint8Array, nowMs: number): void {
    serveUnanswered(this.#state, this.#options, apdu, nowMs);
  }

  /**
   * Something the client has not asked for, protected and ready to be sent: one unit, several where
   * it takes general blocks, or none where the association does not allow it (no association, the
   * service is not agreed, too long). `linkOctetsMax`: what the link takes in one piece, its prefix
   * included. Octets of their own. @throws {ProtocolError} security/counter-exhausted
   */
  unasked(apdu: Unasked, linkOctetsMax: number = apduOctetsMax): readonly Uint8Array[] {
    const { facts, ciphering } = this.#state;
    if (facts === undefined) return [];
    const { view, prefix } = this.#options;
    const octetsMax = Math.min(unitOctetsMax(facts), linkOctetsMax - prefix.length);
    return unaskedUnits(apdu, { view, facts, ciphering, octetsMax }).map((unit) =>
      concatOctets([prefix, unit]),
    );
  }
}
