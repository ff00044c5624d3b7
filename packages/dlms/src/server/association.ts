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
 * Where the view is ciphered, requests are opened first and answers sealed last; one that does not
 * open is answered by an exception that says why, and changes nothing.
 *
 * One request, one answer: the caller sends what `receive` returns before it gives the next
 * request. Requests that do not decode and services nobody knows get an exception-response;
 * nothing a client sends makes this throw.
 */
import { decodeAarq, decodeRlrq, encodeAare, encodeRlre } from "../acse/codec.ts";
import { DecodeError, ProtocolError } from "../error.ts";
import { transferOctetsMax } from "../limits.ts";
import type { OctetWriter } from "../octets.ts";
import type { ApduCiphering } from "../security/apdu-ciphering.ts";
import type { HlsDialogue } from "../security/hls-dialogue.ts";
import { ReplayError } from "../security/replay-window.ts";
import { type ExceptionResponse, exceptionResponse } from "../xdlms/exception-response.ts";
import { serveAccess } from "./access-service.ts";
import { serveAction } from "./action-service.ts";
import { serveGet } from "./get-service.ts";
import { answerPass3, readPass3 } from "./high-security.ts";
import { initiateAnswer, judge, malformedRefusal } from "./negotiation.ts";
import type { AssociationFacts } from "./object.ts";
import { type Progress, ServiceRefused } from "./service.ts";
import { serveSet } from "./set-service.ts";
import type { AssociationView } from "./view.ts";

/** Ceiling of the writer an association answers into: a whole long answer, before it is split. */
export const answerOctetsCeiling: number = transferOctetsMax + 64;

export interface ServerAssociationOptions {
  readonly view: AssociationView;
  /** Octets before every answer: the LLC header on HDLC, nothing on the wrapper. */
  readonly prefix: Uint8Array;
  /** May be shared by any number of associations; made with `answerOctetsCeiling`. */
  readonly writer: OctetWriter;
}

const tag = {
  aarq: 0x60,
  rlrq: 0x62,
  get: 0xc0,
  set: 0xc1,
  action: 0xc3,
  access: 0xd9,
} as const;

/** Requests of short-name referencing and general block transfer: known, not served. */
const knownServices: readonly number[] = [0x05, 0x06, 0x16, 0xe0];

export class ServerAssociation {
  readonly #options: ServerAssociationOptions;
  #facts: AssociationFacts | undefined;
  #progress: Progress | undefined;
  #ciphering: ApduCiphering | undefined;
  /** What was agreed, and what the client has still to prove. */
  #proving: { readonly facts: AssociationFacts; readonly dialogue: HlsDialogue } | undefined;

  constructor(options: ServerAssociationOptions) {
    this.#options = options;
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
      default:
        this.#serveProtected(apdu, nowMs);
    }
    return writer.length > prefix.length ? writer.view() : undefined;
  }

  #associate(apdu: Uint8Array): void {
    const { view, writer } = this.#options;
    if (this.#facts !== undefined && view.whenAssociated === "refuse") {
      this.#except("service-not-allowed", "operation-not-possible");
      return;
    }
    this.reset();
    try {
      const { aare, facts, ciphering, dialogue } = readAarq(apdu, view);
      this.#ciphering = ciphering;
      if (dialogue === undefined || facts === undefined) this.#facts = facts;
      else this.#proving = { facts, dialogue };
      writer.octets(encodeAare(aare));
    } catch (error) {
      this.#refuse(error);
    }
  }

  /** A ciphered association is released by who holds its keys, if anything comes with the RLRQ. */
  #release(apdu: Uint8Array): void {
    const ciphering = this.#ciphering;
    const facts = this.#facts;
    let userInformation: Uint8Array | undefined;
    if (ciphering !== undefined && facts !== undefined) {
      try {
        const carried = decodeRlrq(apdu).userInformation;
        if (carried !== undefined) {
          ciphering.unprotect(carried);
          userInformation = initiateAnswer(facts, ciphering);
        }
      } catch (error) {
        this.#refuse(error);
        return;
      }
    }
    this.reset();
    this.#options.writer.octets(
      encodeRlre({
        kind: "rlre",
        reason: 0,
        ...(userInformation === undefined ? {} : { userInformation }),
      }),
    );
  }

  #serveProtected(apdu: Uint8Array, nowMs: number): void {
    const ciphering = this.#ciphering;
    if (ciphering === undefined) {
      this.#serve(apdu, nowMs);
      return;
    }
    const { writer, prefix } = this.#options;
    try {
      this.#serve(ciphering.unprotect(apdu), nowMs);
      if (writer.length === prefix.length) return;
      const answer = ciphering.protect(writer.view(prefix.length));
      writer.reset();
      writer.octets(prefix);
      writer.octets(answer);
    } catch (error) {
      this.#refuse(error);
    }
  }

  /** Until the client has proved who it is, its proof is all that is taken. */
  #prove(apdu: Uint8Array): void {
    const { view, writer } = this.#options;
    const { facts, dialogue } = this.#proving!;
    try {
      const request = readPass3(apdu);
      if (request === undefined) {
        this.#except("service-not-allowed", "operation-not-possible");
        return;
      }
      this.#proving = undefined;
      if (answerPass3(request, view, dialogue, writer)) this.#facts = facts;
    } catch (error) {
      this.#proving = undefined;
      this.#refuse(error);
    }
  }

  #serve(apdu: Uint8Array, nowMs: number): void {
    const { view, prefix } = this.#options;
    const facts = this.#facts;
    if (this.#proving !== undefined) {
      this.#prove(apdu);
      return;
    }
    if (facts === undefined) {
      this.#except("service-not-allowed", "operation-not-possible");
      return;
    }
    if (apdu.length > facts.serverMaxPduOctets) {
      this.#except("service-not-allowed", "pdu-too-long");
      return;
    }
    const progress = this.#progress;
    this.#progress = undefined;
    try {
      this.#progress = this.#dispatch({ apdu, prefix, view, facts, nowMs, progress });
    } catch (error) {
      this.#refuse(error);
    }
  }

  #dispatch(request: Parameters<typeof serveGet>[0]): Progress | undefined {
    const { writer } = this.#options;
    const service = request.apdu[0]!;
    switch (service) {
      case tag.get:
        return serveGet(request, writer);
      case tag.set:
        return serveSet(request, writer);
      case tag.action:
        return serveAction(request, writer);
      case tag.access:
        return serveAccess(request, writer);
      default:
        this.#except(
          knownServices.includes(service) ? "service-not-allowed" : "service-unknown",
          "service-not-supported",
        );
        return undefined;
    }
  }

  /** What a service cannot answer: refused, malformed, or an answer beyond every limit. */
  #refuse(error: unknown): void {
    if (error instanceof ProtocolError) {
      this.#refuseSecurity(error);
    } else if (error instanceof ServiceRefused) {
      this.#except("service-not-allowed", error.serviceError);
    } else if (error instanceof DecodeError) {
      this.#except("service-not-allowed", "other-reason");
    } else if (error instanceof RangeError && this.#options.writer.length > transferOctetsMax / 2) {
      this.#except("service-not-allowed", "pdu-too-long");
    } else {
      throw error;
    }
  }

  /** A replay is answered with the counter that is expected, so that an honest client goes on. */
  #refuseSecurity(error: ProtocolError): void {
    if (error instanceof ReplayError) {
      this.#except("service-not-allowed", "invocation-counter-error", error.expected);
    } else if (error.code === "security/policy") {
      this.#except("service-not-allowed", "operation-not-possible");
    } else {
      this.#except("service-not-allowed", "deciphering-error");
    }
  }

  #except(
    stateError: ExceptionResponse["stateError"],
    serviceError: ExceptionResponse["serviceError"],
    invocationCounter?: number,
  ): void {
    const { writer, prefix } = this.#options;
    writer.reset();
    writer.octets(prefix);
    exceptionResponse.encode(writer, {
      kind: "exception-response",
      stateError,
      serviceError,
      ...(invocationCounter === undefined ? {} : { invocationCounter }),
    });
  }
}

function readAarq(apdu: Uint8Array, view: AssociationView): ReturnType<typeof judge> {
  try {
    return judge(decodeAarq(apdu), view);
  } catch (error) {
    if (error instanceof DecodeError) return malformedRefusal;
    throw error;
  }
}
