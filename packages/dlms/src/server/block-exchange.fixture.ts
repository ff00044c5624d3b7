/** A client's general block transfer in front of a server's association, in memory. */
import type { ApduProtection } from "../client/authentication.ts";
import { BlockTransfer } from "../transfer/block-transfer.ts";
import { decodeUnit } from "../xdlms/apdu-codec.ts";
import { generalBlockTransfer } from "../xdlms/general-block-transfer.ts";
import type { Dialogue } from "./dialogue.fixture.ts";

export interface BlockOutcome {
  readonly received: readonly Uint8Array[];
  readonly failures: readonly string[];
  /** Blocks the server sent, by number. */
  readonly blocks: readonly number[];
  /** Octets of the longest APDU the server sent. */
  readonly longest: number;
  /** Some of the request is not acknowledged. */
  readonly pending: boolean;
}

/** What stands around each block on the line. */
export type BlockSeal = Pick<ApduProtection, "protect" | "unprotect">;

/**
 * A client with the request in blocks, or whole where `whole`; APDUs named by `lost` never arrive.
 * The client's deadline fires whenever nothing moves any more.
 */
export function exchange(
  talk: Dialogue,
  request: Uint8Array,
  options: {
    readonly whole?: boolean;
    readonly window?: number;
    readonly lost?: boolean[];
    readonly seal?: BlockSeal;
  } = {},
): BlockOutcome {
  const { whole = false, window = 4, lost = [], seal } = options;
  const line: Uint8Array[] = [];
  const received: Uint8Array[] = [];
  const failures: string[] = [];
  const blocks: number[] = [];
  let count = 0;
  let armed = false;
  let longest = 0;
  const client = new BlockTransfer(
    { role: "client", apduOctetsMax: 100, window, answerTimeoutMs: 1000 },
    {
      transmit: (apdu) => {
        if (!lost[count++]) line.push(seal?.protect(apdu) ?? apdu);
      },
      arm: () => void (armed = true),
      disarm: () => void (armed = false),
      received: (apdu) => void received.push(apdu),
      failed: (error) => void failures.push(error.code),
    },
  );
  if (whole) line.push(request);
  else client.send(request);
  for (let step = 0; step < 2000; step++) {
    const next = line.shift();
    if (next === undefined) {
      if (!armed) break;
      client.deadline();
      continue;
    }
    for (const octets of talk.ask(next)) {
      if (lost[count++]) continue;
      const answer = seal?.unprotect(octets) ?? octets;
      longest = Math.max(longest, octets.length);
      if (answer[0] === generalBlockTransfer.tag) {
        const block = decodeUnit(generalBlockTransfer, answer);
        if (block.blockData.length > 0) blocks.push(block.blockNumber);
        client.receive(block);
      } else {
        received.push(answer);
      }
    }
  }
  return { received, failures, blocks, longest, pending: client.sending };
}
