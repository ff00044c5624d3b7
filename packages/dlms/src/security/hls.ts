/**
 * High level security, mechanisms 2 to 7 (Green Book 9.2.2.2.2.4 and 9.2.7.4): what each side
 * proves from both challenges. The client proves f(StoC) in pass 3, the server f(CtoS) in pass 4.
 */
import { ProtocolError } from "../error.ts";
import { concatOctets } from "../octets.ts";
import { splitSecuredContent } from "../xdlms/secured-content.ts";
import { openContent, sealContent } from "./content.ts";
import { contentOverhead } from "./content-cipher.ts";
import type { CryptoPort, CurveName } from "./crypto.ts";
import {
  challengeFor,
  dialogueOctets,
  type HlsMechanismFunctions,
  titleOf,
} from "./hls-dialogue.ts";
import { constantTimeVerifier } from "./hls-digest.ts";
import type { InvocationCounter } from "./invocation-counter.ts";
import { type CipheringKeys, keyOf } from "./keys.ts";
import type { Secret } from "./secret.ts";
import { type SecuritySuite, suites } from "./suite.ts";

/** Mechanism 6: SHA-256(secret | ST-C | ST-S | StoC | CtoS), mirrored for the server. */
export function hlsSha256(crypto: CryptoPort, secret: Secret): HlsMechanismFunctions {
  return constantTimeVerifier((prover, dialogue) =>
    crypto.hash("sha256", concatOctets([secret.reveal(), dialogueOctets(prover, dialogue)])),
  );
}

/** Keys and counter of mechanism 5. `keys` and `counter` are read anew for each proof. */
export interface HlsGmacOptions {
  readonly crypto: CryptoPort;
  readonly suite: SecuritySuite;
  /** GUEK and GAK. */
  readonly keys: CipheringKeys;
  /** Of the unicast key: a proof uses `counterStep` up. */
  readonly counter: InvocationCounter;
  /**
   * Invocation counters a proof takes, 1..16 (R41): some meters expect the APDU that carries the
   * proof further on. Never 0: one nonce would serve twice (decision 0005). They have to be
   * reserved beforehand: see `clientProtection`. Absent = 1.
   */
  readonly counterStep?: number;
}

/** Counters one HLS proof takes at most. */
export const hlsCounterStepMax = 16;

/**
 * Mechanism 5: `SC | IC | GMAC(SC | AK | challenge)` under the GUEK, invocation counters used up.
 * @throws {RangeError} `counterStep` outside its range
 * The counter inside is not held against the replay window: the challenge is fresh, and the APDU
 * around it carries a later one.
 */
export function hlsGmac(options: HlsGmacOptions): HlsMechanismFunctions {
  const { crypto, suite, counterStep = 1 } = options;
  if (!Number.isInteger(counterStep) || counterStep < 1 || counterStep > hlsCounterStepMax) {
    throw new RangeError(`a proof takes 1 to ${hlsCounterStepMax} counters, not ${counterStep}`);
  }
  // Keys and counter are looked up for each proof: a meter's may have changed (R31).
  const keys = (): { encryption: Uint8Array; authentication: Uint8Array } => ({
    encryption: keyOf(options.keys, "unicast", suites[suite]),
    authentication: keyOf(options.keys, "authentication", suites[suite]),
  });
  return {
    prove: (prover, dialogue) => {
      const control = { suite, authenticated: true, encrypted: false };
      const challenge = challengeFor(prover, dialogue);
      const systemTitle = titleOf(prover, dialogue);
      const { counter } = options;
      const origin = { systemTitle, invocationCounter: counter.take() };
      for (let left = counterStep; left > 1; left--) counter.take();
      const content = sealContent(crypto, control, keys(), origin, challenge);
      return concatOctets([content.subarray(0, 5), content.subarray(5 + challenge.length)]);
    },
    verify: (prover, proof, dialogue) => {
      if (proof.length !== contentOverhead(true) || proof[0] !== (0x10 | suite)) return false;
      const challenge = challengeFor(prover, dialogue);
      const content = concatOctets([proof.subarray(0, 5), challenge, proof.subarray(5)]);
      const secured = splitSecuredContent(content);
      try {
        openContent(crypto, secured, keys(), titleOf(prover, dialogue));
        return true;
      } catch (error) {
        if (error instanceof ProtocolError && error.code === "security/tag") return false;
        throw error;
      }
    },
  };
}

/** Keys of mechanism 7, suites 1 and 2. */
export interface HlsEcdsaOptions {
  readonly crypto: CryptoPort;
  readonly curve: CurveName;
  /** Own digital signature key, raw. */
  readonly privateKey: Secret;
  /** The peer's digital signature key, raw x || y. */
  readonly peerPublicKey: Uint8Array;
}

/** Mechanism 7: a signature over ST-C | ST-S | StoC | CtoS, mirrored for the server. */
export function hlsEcdsa(options: HlsEcdsaOptions): HlsMechanismFunctions {
  const { crypto, curve, privateKey, peerPublicKey } = options;
  return {
    prove: (prover, dialogue) =>
      crypto.sign(curve, privateKey.reveal(), dialogueOctets(prover, dialogue)),
    verify: (prover, proof, dialogue) =>
      crypto.verify(curve, peerPublicKey, dialogueOctets(prover, dialogue), proof),
  };
}
