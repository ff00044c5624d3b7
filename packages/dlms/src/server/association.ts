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
 * open is answered by an exception that says why, and changes nothing.
 *
 * One request, one answer: the caller sends what `receive` returns, and then what `more` gives
 * until there is nothing (the blocks of a general block transfer that stream), before it gives the
 * next request. General blocks stand around the ciphering: what they carry is opened when it is
 * whole. Requests that do not decode and services nobody knows get an exception-response;
 * nothing a client sends makes this throw.
 */
import { encodeAare } from "../acse/codec.ts";
import { apduOctetsMax, transferOctetsMax } from "../limits.ts";
import { concatOctets, type OctetWriter } from "../octets.ts";
import type { ApduCiphering } from "../security/apdu-ciphering.ts";
import type { HlsDialogue } from "../security/hls-dialogue.ts";
import { protectionBits } from "../security/security-control.ts";
import { decodeUnit } from "../xdlms/apdu-codec.ts";
import { generalBlockTransfer } from "../xdlms/general-block-transfer.ts";
import { protectionMask } from "./access-rights.ts";
import { dispatch } from "./dispatch.ts";
import { GeneralBlocks } from "./general-blocks.ts";
import { answerPass3, readPass3 } from "./high-security.ts";
import { judgeAarq, preEstablished } from "./negotiation.ts";
import { answerRelease } from "./release.ts";
import type { AssociationFacts } from "./object.ts";
import { notPossible, refusedBy, type Refused, writeRefusal } from "./refusal.ts";
import { conformanceMask, type Progress, ServiceRefused, unitOctetsMax } from "./service.ts";
import { type Unasked, unaskedUnits } from "./unasked.ts";
import { type AssociationView, checkView } from "./view.ts";

/** Ceiling of the writer an association answers into: a whole long answer, before it is split. */
export const answerOctetsCeiling: number = transferOctetsMax + 64;

/** The views a client may be given, and what the meter is. */
export interface ServerAssociationOptions {
  readonly view: AssociationView;
  /** Octets before every answer: the LLC header on HDLC, nothing on the wrapper. */
  readonly prefix: Uint8Array;
  /** May be shared by any number of associations; made with `answerOctetsCeiling`. */
  readonly writer: OctetWriter;
  /**
   * Whether general blocks may follow each other without being asked for; false on links that hand
   * the turn over with each unit, as HDLC does. Absent = true.
   */
  readonly streaming?: boolean;
}

const tag = { aarq: 0x60, rlrq: 0x62, generalBlock: 0xe0 } as const;

/**
 * The meter's side of one association (Green Book 9.4): AARQ, services, release. A machine without
 * I/O: APDUs in, APDUs out.
 */
export class ServerAssociation {
  readonly #options: ServerAssociationOptions;
  #facts: AssociationFacts | undefined;
  #progress: Progress | undefined;
  #ciphering: ApduCiphering | undefined;
  /** What was agreed, and what the client has still to prove. */
  #proving: { readonly facts: AssociationFacts; readonly dialogue: HlsDialogue } | undefined;
  #blocks: GeneralBlocks | undefined;

  /** @throws {RangeError} a view that contradicts itself, as `checkView` says */
  constructor(options: ServerAssociationOptions) {
    checkView(options.view);
    this.#options = options;
    this.#preEstablish();
  }

  /** What was agreed; undefined while there is no association. */
  get facts(): AssociationFacts | undefined {
    return this.#facts;
  }

  /** The link is gone, and the association with it. */
  reset(): void {
    this.#facts = undefined;
    this.#progress = undefined;
    this.#ciphering = undefined;
    this.#proving = undefined;
    this.#blocks = undefined;
    this.#preEstablish();
  }

  /**
   * Answers one APDU. The answer, its prefix included, is a view valid until the writer is used
   * again; undefined when there is none (unconfirmed services).
   */
  receive(apdu: Uint8Array, nowMs: number): Uint8Array | undefined {
    const { writer, prefix } = this.#options;
    writer.reset();
    writer.octets(prefix);
    switch (apdu[0]) {
      case undefined:
        return undefined;
      case tag.aarq:
        this.#associate(apdu);
        break;
      case tag.rlrq:
        this.#release(apdu);
        break;
      case tag.generalBlock:
        this.#receiveBlock(apdu, nowMs);
        break;
      default:
        this.#blocks?.giveUp();
        this.#serveProtected(apdu, nowMs, false);
        this.#sendInBlocks();
    }
    return writer.length > prefix.length ? writer.view() : undefined;
  }

  /** What else is to be sent now, as `receive` gives it; undefined when that was all. */
  more(): Uint8Array | undefined {
    const block = this.#blocks?.next();
    if (block === undefined) return undefined;
    const { writer, prefix } = this.#options;
    writer.reset();
    writer.octets(prefix);
    writer.octets(block);
    return writer.view();
  }

  /**
   * Something the client has not asked for, protected and ready to be sent: one unit, several where
   * it takes general blocks, or none where the association does not allow it (no association, the
   * service is not agreed, too long). `linkOctetsMax`: what the link takes in one piece, its prefix
   * included. Octets of their own. @throws {ProtocolError} security/counter-exhausted
   */
  unasked(apdu: Unasked, linkOctetsMax: number = apduOctetsMax): readonly Uint8Array[] {
    const facts = this.#facts;
    if (facts === undefined) return [];
    const { view, prefix } = this.#options;
    const octetsMax = Math.min(unitOctetsMax(facts), linkOctetsMax - prefix.length);
    const ciphering = this.#ciphering;
    return unaskedUnits(apdu, { view, facts, ciphering, octetsMax }).map((unit) =>
      concatOctets([prefix, unit]),
    );
  }

  #preEstablish(): void {
    const there = preEstablished(this.#options.view);
    this.#facts = there?.facts;
    this.#ciphering = there?.ciphering;
  }

  #associate(apdu: Uint8Array): void {
    const { view, writer } = this.#options;
    const refuses = this.#facts !== undefined && view.whenAssociated === "refuse";
    if (refuses || view.preEstablished !== undefined) {
      this.#refuse(notPossible, tag.aarq);
      return;
    }
    this.reset();
    try {
      const { aare, facts, ciphering, dialogue } = judgeAarq(apdu, view);
      this.#ciphering = ciphering;
      if (dialogue === undefined || facts === undefined) this.#facts = facts;
      else this.#proving = { facts, dialogue };
      writer.octets(encodeAare(aare));
    } catch (error) {
      this.#refuse(refusedBy(error, writer), tag.aarq);
    }
  }

  #release(apdu: Uint8Array): void {
    const { view, writer } = this.#options;
    if (view.preEstablished !== undefined) {
      this.#refuse(notPossible, tag.rlrq);
      return;
    }
    try {
      const rlre = answerRelease(apdu, this.#facts, this.#ciphering);
      this.reset();
      writer.octets(rlre);
    } catch (error) {
      this.#refuse(refusedBy(error, writer), tag.rlrq);
    }
  }

  #receiveBlock(apdu: Uint8Array, nowMs: number): void {
    const { writer, prefix } = this.#options;
    const facts = this.#facts;
    if (facts === undefined) {
      this.#refuse(notPossible, tag.generalBlock);
      return;
    }
    try {
      const blocks = this.#generalBlocks(facts);
      if (blocks === undefined) throw new ServiceRefused("service-not-supported");
      blocks.receive(decodeUnit(generalBlockTransfer, apdu), (request) => {
        this.#serveProtected(request, nowMs, true);
        const answer = writer.view(prefix.length).slice();
        writer.reset();
        writer.octets(prefix);
        return answer.length === 0 ? undefined : answer;
      });
      this.#writeBlock(blocks);
    } catch (error) {
      this.#refuse(refusedBy(error, writer), tag.generalBlock);
    }
  }

  /** An answer longer than the client takes goes in general blocks, where they are agreed. */
  #sendInBlocks(): void {
    const facts = this.#facts;
    const { writer, prefix } = this.#options;
    if (facts === undefined || writer.length - prefix.length <= unitOctetsMax(facts)) return;
    try {
      const blocks = this.#generalBlocks(facts);
      if (blocks === undefined) return;
      blocks.answer(writer.view(prefix.length).slice());
      this.#writeBlock(blocks);
    } catch (error) {
      this.#refuse(refusedBy(error, writer), tag.generalBlock);
    }
  }

  #writeBlock(blocks: GeneralBlocks): void {
    const { writer, prefix } = this.#options;
    writer.reset();
    writer.octets(prefix);
    const block = blocks.next();
    if (block !== undefined) writer.octets(block);
  }

  /** Undefined: not agreed. */
  #generalBlocks(facts: AssociationFacts): GeneralBlocks | undefined {
    if ((facts.conformance & conformanceMask.generalBlocks) === 0) return undefined;
    const { view, streaming = true } = this.#options;
    this.#blocks ??= new GeneralBlocks({
      apduOctetsMax: unitOctetsMax(facts),
      octetsMax: transferOctetsMax,
      streaming,
      ...(view.transferWindow === undefined ? {} : { window: view.transferWindow }),
    });
    return this.#blocks;
  }

  #serveProtected(apdu: Uint8Array, nowMs: number, cameInBlocks: boolean): void {
    const ciphering = this.#ciphering;
    if (ciphering === undefined) {
      this.#serve(apdu, nowMs, cameInBlocks, 0);
      return;
    }
    const { writer, prefix, view } = this.#options;
    try {
      const plain = ciphering.unprotect(apdu);
      const own = protectionBits(view.security?.protection ?? "none");
      this.#serve(plain, nowMs, cameInBlocks, protectionMask(ciphering.received, own));
      if (writer.length === prefix.length) return;
      const answer = ciphering.protect(writer.view(prefix.length));
      writer.reset();
      writer.octets(prefix);
      writer.octets(answer);
    } catch (error) {
      this.#refuse(refusedBy(error, writer), apdu[0]!);
    }
  }

  /** Until the client has proved who it is, its proof is all that is taken. */
  #prove(apdu: Uint8Array): void {
    const { view, writer } = this.#options;
    const { facts, dialogue } = this.#proving!;
    try {
      const pass3 = readPass3(apdu, facts.referencing ?? "ln", view);
      if (pass3 === undefined) {
        this.#refuse(notPossible, apdu[0]!);
        return;
      }
      this.#proving = undefined;
      if (answerPass3(pass3, view, dialogue, writer)) this.#facts = facts;
    } catch (error) {
      this.#proving = undefined;
      this.#refuse(refusedBy(error, writer), apdu[0]!);
    }
  }

  #serve(apdu: Uint8Array, nowMs: number, cameInBlocks: boolean, protection: number): void {
    const { view, prefix, writer } = this.#options;
    const facts = this.#facts;
    if (this.#proving !== undefined) {
      this.#prove(apdu);
      return;
    }
    if (facts === undefined) {
      this.#refuse(notPossible, apdu[0]!);
      return;
    }
    const progress = this.#progress;
    this.#progress = undefined;
    try {
      if (apdu.length > facts.serverMaxPduOctets && !cameInBlocks) {
        throw new ServiceRefused("pdu-too-long");
      }
      this.#progress = dispatch(
        { apdu, prefix, view, facts, nowMs, progress, protection, cameInBlocks },
        writer,
      );
    } catch (error) {
      this.#refuse(refusedBy(error, writer), apdu[0]!);
    }
  }

  #refuse(refused: Refused, requestTag: number): void {
    const { writer, prefix, view } = this.#options;
    writer.reset();
    writer.octets(prefix);
    const { referencing = "ln" } = view;
    const facts = this.#facts;
    const shortNames = referencing !== "ln" && (facts === undefined || facts.referencing === "sn");
    writeRefusal(writer, refused, requestTag, shortNames);
  }
}
