import { ProtocolError } from "../error.ts";
import type { ExchangeContext } from "./exchange.ts";

/** Where a GET in blocks stopped. Good in the association it came from, and in no other. */
export interface LongGet {
  /** Invoke-id-and-priority of the request, which all its parts carry. */
  readonly invoke: number;
  /** Number of the last block received. */
  readonly blockNumber: number;
  /** Raw-data of the blocks received so far. */
  readonly octets: Uint8Array;
  /** Of the association: told apart by identity. */
  readonly context: ExchangeContext;
}

/**
 * A block of a long GET has not come, and the association is still there. Handing `resume` to the
 * next GET of the same attribute asks for that block again. A meter that had sent it may refuse:
 * its place in the transfer is one further (long-get-aborted, data-block-number-invalid).
 *
 * In a new association no transfer goes on (Green Book 9.4.6.6). A profile's buffer is then read
 * from its last complete row on, by range.
 */
export class LongGetInterrupted extends ProtocolError {
  override readonly name: string = "LongGetInterrupted";
  readonly resume: LongGet;

  constructor(resume: LongGet, cause: unknown) {
    super("xdlms/long-get-interrupted", `no block came behind block ${resume.blockNumber}`, {
      cause,
    });
    this.resume = resume;
  }
}
