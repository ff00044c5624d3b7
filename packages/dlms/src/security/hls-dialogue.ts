/** What both sides of high level security have said, and in which order it is proved. */
import { ProtocolError } from "../error.ts";
import { concatOctets } from "../octets.ts";

/** Who proves: the client in pass 3, the server in pass 4. */
export type HlsRole = "client" | "server";

/** What was said in passes 1 and 2. Challenges have 8 to 64 octets. */
export interface HlsDialogue {
  /** CtoS, from the AARQ. */
  readonly clientToServer: Uint8Array;
  /** StoC, from the AARE. */
  readonly serverToClient: Uint8Array;
  readonly clientSystemTitle: Uint8Array | undefined;
  readonly serverSystemTitle: Uint8Array | undefined;
}

/** One mechanism with its secrets, for both roles. */
export interface HlsMechanismFunctions {
  /** f(StoC) for the client, f(CtoS) for the server. @throws {ProtocolError} security/... */
  prove(prover: HlsRole, dialogue: HlsDialogue): Uint8Array;
  /** Whether `proof` is what `prover` has to send. */
  verify(prover: HlsRole, proof: Uint8Array, dialogue: HlsDialogue): boolean;
}

/** The challenge that `prover` answers. */
export function challengeFor(prover: HlsRole, dialogue: HlsDialogue): Uint8Array {
  return prover === "client" ? dialogue.serverToClient : dialogue.clientToServer;
}

/** Titles and challenges in the order of mechanisms 6 and 7: one's own first, then the other's. */
export function dialogueOctets(prover: HlsRole, dialogue: HlsDialogue): Uint8Array {
  const client = titleOf("client", dialogue);
  const server = titleOf("server", dialogue);
  const { clientToServer, serverToClient } = dialogue;
  return concatOctets(
    prover === "client"
      ? [client, server, serverToClient, clientToServer]
      : [server, client, clientToServer, serverToClient],
  );
}

/** @throws {ProtocolError} security/key-missing: nobody said it */
export function titleOf(role: HlsRole, dialogue: HlsDialogue): Uint8Array {
  const title = role === "client" ? dialogue.clientSystemTitle : dialogue.serverSystemTitle;
  if (title !== undefined) return title;
  throw new ProtocolError("security/key-missing", `the ${role}'s system title is not known`);
}
