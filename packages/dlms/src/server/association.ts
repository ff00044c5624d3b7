/**
 * The server's side of one association:
 *
 *   state          AARQ                     service             RLRQ
 *   idle           AARE 0 -> associated     exception 1/1       RLRE
 *                  AARE 1
 *   associated     refuse: exception 1/1    answer              RLRE -> idle
 *                  replace: as idle
 *
 * One request, one answer: the caller sends what `receive` returns before it gives the next
 * request. Requests that do not decode and services nobody knows get an exception-response;
 * nothing a client sends makes this throw.
 */
import { decodeAarq, encodeAare, encodeRlre } from "../acse/codec.ts";
import { DecodeError } from "../error.ts";
import { transferOctetsMax } from "../limits.ts";
import type { OctetWriter } from "../octets.ts";
import { type ExceptionResponse, exceptionResponse } from "../xdlms/exception-response.ts";
import { serveAction } from "./action-service.ts";
import { serveGet } from "./get-service.ts";
import { judge, malformedRefusal } from "./negotiation.ts";
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

const tag = { aarq: 0x60, rlrq: 0x62, get: 0xc0, set: 0xc1, action: 0xc3 } as const;

/** Requests of short-name referencing, access and event notification: known, not served. */
const knownServices: readonly number[] = [0x05, 0x06, 0x16, 0xd9, 0xe0];

export class ServerAssociation {
  readonly #options: ServerAssociationOptions;
  #facts: AssociationFacts | undefined;
  #progress: Progress | undefined;

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
        this.reset();
        writer.octets(encodeRlre({ kind: "rlre", reason: 0 }));
        break;
      default:
        this.#serve(apdu, nowMs);
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
    const { aare, facts } = readAarq(apdu, view);
    this.#facts = facts;
    writer.octets(encodeAare(aare));
  }

  #serve(apdu: Uint8Array, nowMs: number): void {
    const { view, prefix } = this.#options;
    const facts = this.#facts;
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
    if (error instanceof ServiceRefused) {
      this.#except("service-not-allowed", error.serviceError);
    } else if (error instanceof DecodeError) {
      this.#except("service-not-allowed", "other-reason");
    } else if (error instanceof RangeError && this.#options.writer.length > transferOctetsMax / 2) {
      this.#except("service-not-allowed", "pdu-too-long");
    } else {
      throw error;
    }
  }

  #except(
    stateError: ExceptionResponse["stateError"],
    serviceError: ExceptionResponse["serviceError"],
  ): void {
    const { writer, prefix } = this.#options;
    writer.reset();
    writer.octets(prefix);
    exceptionResponse.encode(writer, { kind: "exception-response", stateError, serviceError });
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
