/**
 * Each peer as a client against itself as a server: what it cannot do even so is no matter of ours.
 * Its cells are not counted; docs/interop.md says what they prove.
 */
import type { Framing } from "./exchange.ts";
import { framings } from "./matrix.ts";
import { referenceSteps } from "./operations.ts";
import { PeerClient } from "./peer-client.ts";
import { PeerProcess, portOf } from "./peer-process.ts";
import type { Peer } from "./peers.ts";
import { rowName, securities, type Security } from "./securities.ts";

const address = { size: 1, upper: 1, lower: 17 } as const;

export interface WithItself {
  readonly peer: string;
  readonly framing: Framing;
  readonly row: string;
  /** Undefined: an association and one GET passed. */
  readonly error: string | undefined;
}

export async function runWithItself(
  peers: readonly Peer[],
  only: (security: Security) => boolean,
): Promise<readonly WithItself[]> {
  const found: WithItself[] = [];
  for (const peer of peers) {
    if (peer.server === undefined) continue;
    for (const framing of framings) {
      await using server = new PeerProcess(peer.server(framing));
      const port = await portOf(server);
      await using client = new PeerClient(peer.client, { last: 0 });
      const hasShortNames = peer.shortNameServer === undefined;
      for (const security of securities.filter((row) => only(row))) {
        if (security.service === "sn" && !hasShortNames) continue;
        if (!peer.offers(security, "our client") || !peer.offers(security, "our server")) continue;
        const error = await oneGet(client, { port, framing, address, security });
        found.push({ peer: peer.name, framing, row: rowName(security), error });
      }
    }
  }
  return found;
}

async function oneGet(
  client: PeerClient,
  place: Parameters<PeerClient["open"]>[0],
): Promise<string | undefined> {
  const opened = await client.open(place);
  const answer = opened.ok ? await client.perform(referenceSteps.GET[0]!.request) : opened;
  await client.close();
  return answer.ok ? undefined : answer.error;
}
