/** What `security/` makes, in the shape the association machine drives. */
import { ProtocolError } from "../error.ts";
import { equalOctets } from "../octets.ts";
import type { ApduCiphering } from "../security/apdu-ciphering.ts";
import type { HlsDialogue, HlsMechanismFunctions } from "../security/hls-dialogue.ts";
import type { Secret } from "../security/secret.ts";
import type { ApduProtection, HlsFunctions } from "./authentication.ts";

/** Counters an opening takes at most beside the proof: AARQ, the ACTION of pass 3, the release. */
const openingCounters = 3;

/**
 * Ciphering of one association for a client. A dedicated key goes into the InitiateRequest and
 * protects every service from then on; it must be fresh for each association. `counterStep` is
 * that of `hlsGmac`: the counters are reserved for it.
 */
export function clientProtection(
  ciphering: ApduCiphering,
  dedicatedKey?: Secret,
  counterStep = 1,
): ApduProtection {
  if (dedicatedKey !== undefined) ciphering.useDedicatedKey(dedicatedKey);
  return {
    clientSystemTitle: ciphering.ownSystemTitle,
    ...(dedicatedKey === undefined ? {} : { dedicatedKey }),
    get overheadOctets(): number {
      return ciphering.overheadOctets;
    },
    acceptServerSystemTitle: (title) => {
      ciphering.learnPeerSystemTitle(title);
    },
    reserve: () => ciphering.reserve(openingCounters + counterStep),
    protect: (apdu) => ciphering.protect(apdu),
    unprotect: (apdu) => ciphering.unprotect(apdu),
  };
}

/**
 * HLS of one association for a client. `challenge` has 8 to 64 octets, fresh and unpredictable;
 * `systemTitle` where the association is not ciphered and the mechanism proves titles;
 * `serverSystemTitle` for a meter that leaves its own out of the AARE.
 * @throws {RangeError} a challenge of another length
 */
export function clientHls(
  mechanism: HlsMechanismFunctions,
  challenge: Uint8Array,
  systemTitle?: Uint8Array,
  serverSystemTitle?: Uint8Array,
): HlsFunctions {
  if (challenge.length < 8 || challenge.length > 64) {
    throw new RangeError(`a challenge has 8 to 64 octets, not ${challenge.length}`);
  }
  const complete = (dialogue: HlsDialogue): HlsDialogue => ({
    ...dialogue,
    serverSystemTitle: dialogue.serverSystemTitle ?? serverSystemTitle,
  });
  return {
    challenge,
    ...(systemTitle === undefined ? {} : { systemTitle }),
    reply: (dialogue) => {
      // A server that returns our challenge would have us compute its own proof.
      if (equalOctets(dialogue.serverToClient, dialogue.clientToServer)) {
        throw new ProtocolError("acse/authentication-failed", "the meter mirrors our challenge");
      }
      return mechanism.prove("client", complete(dialogue));
    },
    verify: (answer, dialogue) => mechanism.verify("server", answer, complete(dialogue)),
  };
}
