import { DecodeError } from "../error.ts";
import type { OctetWriter } from "../octets.ts";
import { exceptionError } from "./exception-error.ts";
import type { LongGet } from "./long-get.ts";

/**
 * One confirmed service request, from its first APDU to its result:
 *
 *     start --> waiting --(answer)--> done
 *                 ^  |
 *                 +--+ (a block: "send" the next one)
 *
 * An exchange is driven by its owner: `start` writes the first APDU, `receive` takes every APDU
 * that arrives and says what to do. It throws what ends it: `DecodeError` for an answer that does
 * not decode, `ProtocolError` for one that makes no sense. It never waits: silence is its owner's.
 */
export type ExchangeStep =
  /** `writer` holds the next APDU of this exchange: send it. */
  | "send"
  /** `result` is there. */
  | "done"
  /** An answer to an earlier request: count it, keep waiting. */
  | "late"
  /** Not an answer at all (notification, report): hand it to the observer, keep waiting. */
  | "unsolicited";

/** What every exchange of one association shares. */
export interface ExchangeContext {
  /** Largest request APDU, protection already taken off. */
  readonly sendOctetsMax: number;
  /** Largest reassembled answer; beyond: `xdlms/limit`. */
  readonly transferOctetsMax: number;
  /** The meter answers with invoke-id 1 whatever was asked (quirk). */
  readonly invokeIdAlwaysOne: boolean;
  /** Whether requests beyond `sendOctetsMax` may be sent in blocks of their service. */
  readonly blockSet: boolean;
  readonly blockAction: boolean;
  /** Whether one READ or WRITE may name several variables. Absent: true. */
  readonly multipleReferences?: boolean;
  /** Whether any request beyond `sendOctetsMax` may be handed out whole. Absent: false. */
  readonly generalBlockTransfer?: boolean;
}

/**
 * One is made for each request. Fields here and in the classes between are declared and set by the
 * constructors, and there are no private methods: defining either takes longer than all the rest.
 */
export abstract class Exchange<Result> {
  /** Invoke-id-and-priority as on the wire: bits 0-3 id, 6 confirmed, 7 high priority. */
  declare readonly invoke: number;
  /** There once a step was "done". */
  declare result: Result | undefined;
  declare readonly context: ExchangeContext;

  constructor(invoke: number, context: ExchangeContext) {
    this.invoke = invoke;
    this.result = undefined;
    this.context = context;
  }

  /** Tag of the answer: C4, C5 or C7. */
  protected abstract get responseTag(): number;

  /** True when a lost answer leaves open whether the meter has acted: never repeat by itself. */
  abstract get outcomeUnknown(): boolean;

  /** True for a service that nothing answers: it is done once its one APDU has arrived. */
  get unconfirmed(): boolean {
    return false;
  }

  /** Where a GET that stands between two blocks can be taken up again. */
  get longGet(): LongGet | undefined {
    return undefined;
  }

  /** Octets moved by the block transfer under way, 0 without one. */
  abstract get transferredOctets(): number;

  /** Writes the first APDU. @throws {ProtocolError} xdlms/pdu-too-long */
  abstract start(writer: OctetWriter): void;

  /** The APDU is `octets[start..end)`, an answer to this request by its tag and invoke-id. */
  protected abstract respond(
    octets: Uint8Array,
    start: number,
    end: number,
    writer: OctetWriter,
  ): "send" | "done" | "late";

  /** Takes one plain APDU, `octets[start..end)`; the octets are valid during the call only. */
  receive(
    octets: Uint8Array,
    writer: OctetWriter,
    start = 0,
    end: number = octets.length,
  ): ExchangeStep {
    const long = end - start > 2;
    if (long && octets[start] === this.responseTag && answers(octets[start + 2]!, this)) {
      return this.respond(octets, start, end, writer);
    }
    switch (octets[start] ?? 0) {
      case 0xc4: // get-response
      case 0xc5: // set-response
      case 0xc7: // action-response
        if (long) return "late";
        throw new DecodeError("xdlms", "response", end - start, "needs 3 octets");
      case 0xd8: // exception-response
      case 0x0e: // confirmed-service-error
        throw exceptionError(octets.subarray(start, end));
      case 0x61: // AARE and RLRE that come after their time
      case 0x63:
        return "late";
      default:
        return "unsolicited";
    }
  }

  /**
   * For the answer to a request nobody waits for any more: true when `writer` holds one more APDU
   * that ends the transfer at the meter; its answer is to be given here, too.
   */
  abandon(_apdu: Uint8Array, _writer: OctetWriter): boolean {
    return false;
  }
}

/** True when the invoke-id of an answer is that of the request. */
function answers(octet: number, request: Exchange<unknown>): boolean {
  const id = octet & 0x0f;
  return id === (request.invoke & 0x0f) || (request.context.invokeIdAlwaysOne && id === 1);
}
