/** HLS mechanisms that need nothing but the secret and the challenge: 2, 3 and 4. */
import { concatOctets } from "../octets.ts";
import { equalConstantTime } from "./constant-time.ts";
import type { CryptoPort } from "./crypto.ts";
import {
  challengeFor,
  type HlsDialogue,
  type HlsMechanismFunctions,
  type HlsRole,
} from "./hls-dialogue.ts";
import type { Secret } from "./secret.ts";

const blockOctets = 16;

/** A mechanism whose proof can be computed by whoever checks it. */
export function constantTimeVerifier(
  prove: (prover: HlsRole, dialogue: HlsDialogue) => Uint8Array,
): HlsMechanismFunctions {
  return {
    prove,
    verify: (prover, proof, dialogue) => equalConstantTime(proof, prove(prover, dialogue)),
  };
}

function digest(crypto: CryptoPort, name: "md5" | "sha1", secret: Secret): HlsMechanismFunctions {
  return constantTimeVerifier((prover, dialogue) =>
    crypto.hash(name, concatOctets([challengeFor(prover, dialogue), secret.reveal()])),
  );
}

/** Mechanism 3: MD5(challenge | secret). */
export function hlsMd5(crypto: CryptoPort, secret: Secret): HlsMechanismFunctions {
  return digest(crypto, "md5", secret);
}

/** Mechanism 4: SHA-1(challenge | secret). */
export function hlsSha1(crypto: CryptoPort, secret: Secret): HlsMechanismFunctions {
  return digest(crypto, "sha1", secret);
}

/**
 * Mechanism 2 is the manufacturer's own; most use AES-128-ECB(secret, challenge), both filled with
 * zeros to whole blocks. Others: give any `HlsMechanismFunctions`.
 * @throws {RangeError} the secret is longer than 16 octets
 */
export function hlsAes(crypto: CryptoPort, secret: Secret): HlsMechanismFunctions {
  if (secret.octetCount > blockOctets) throw new RangeError("an HLS secret for AES has 16 octets");
  const key = new Uint8Array(blockOctets);
  key.set(secret.reveal());
  return constantTimeVerifier((prover, dialogue) => {
    const challenge = challengeFor(prover, dialogue);
    const blocks = new Uint8Array(Math.ceil(challenge.length / blockOctets) * blockOctets);
    blocks.set(challenge);
    return crypto.encryptBlocks(key, blocks);
  });
}
