/** The meter's side of its security: what it asks of a client, and what it has seen of each. */
import { isCiphered, nodeCrypto as crypto } from "@lectura/dlms-node";
import {
  ApduCiphering,
  hlsAes,
  hlsEcdsa,
  hlsGmac,
  hlsMd5,
  type HlsMechanismFunctions,
  hlsSha1,
  hlsSha256,
  invocationCounterMax,
  type Protection,
  Secret,
  type SecuritySuite,
  suites,
} from "@lectura/dlms/security";
import {
  SecuritySetup,
  type SecuritySetupOptions,
  type ViewAuthentication,
  type ViewSecurity,
} from "@lectura/dlms/server";
import type { FaultRule } from "../faults/fault-rule.ts";
import { FaultyCounter } from "../faults/faulty-counter.ts";
import {
  clientTitle,
  isSecured,
  serverTitle,
  type SimulatedSecurity,
  simulatorPassword,
} from "./simulated-security.ts";
import { testKeyPairs, testKeys } from "./test-keys-table.ts";

/** Attribute 2 of class 64 by what is protected both ways: version 0 counts, version 1 has bits. */
const policies: Readonly<Record<0 | 1, Readonly<Record<Protection, number>>>> = {
  0: { none: 0, authenticated: 1, encrypted: 2, "authenticated-encrypted": 3 },
  1: { none: 0, authenticated: 0x24, encrypted: 0x48, "authenticated-encrypted": 0x6c },
};
/** No client knows this one. */
const unknownPassword = "\u0000";
const challengeOctets = { usual: 16, ecdsa: 32 } as const;

export interface MeterSecurityOptions {
  readonly security: SimulatedSecurity;
  /** Number in the fleet, from 0. */
  readonly index: number;
  /** Where its own counter begins: above whatever it used before under the same key. */
  readonly counterFrom: number;
  /** True: it takes nobody's credential. */
  readonly rejects: boolean;
  /** What goes wrong with its counter, and the seed of that. Absent: nothing. */
  readonly faults?: readonly FaultRule[];
  readonly seed?: number;
}

/** Keys, counters and replay windows of one simulated meter. */
export class MeterSecurity {
  readonly systemTitle: Uint8Array;
  /** Keys, counters and policy, and the object that changes them. */
  readonly setup: SecuritySetup;
  readonly #security: SimulatedSecurity;
  readonly #view: ViewSecurity;
  readonly #secret: Secret;
  readonly #rejects: boolean;

  constructor(options: MeterSecurityOptions) {
    const { security, index, counterFrom, rejects, faults = [], seed = 0 } = options;
    const { suite, protection } = security;
    const version = suite === 0 ? 0 : 1;
    this.#security = security;
    this.systemTitle = serverTitle(index);
    this.setup = new SecuritySetup(
      {
        crypto,
        version,
        suite,
        keys: testKeys(suite, rejects ? index + 0x8000 : index),
        policy: policies[version][protection],
        serverSystemTitle: this.systemTitle,
        ...signingOf(suite),
      },
      new FaultyCounter(counterFrom % invocationCounterMax, faults, seed),
    );
    this.#view = this.setup.viewSecurity();
    this.#secret = Secret.fromText(rejects ? unknownPassword : simulatorPassword);
    this.#rejects = rejects;
  }

  /** What it wants of the clients that are no public ones. */
  get authentication(): ViewAuthentication {
    const { mechanism } = this.#security;
    if (mechanism === "none") return { mechanism };
    if (mechanism === "lls") return { mechanism: "low", password: this.#secret };
    const isEcdsa = mechanism === "hls-ecdsa";
    const octets = isEcdsa ? challengeOctets.ecdsa : challengeOctets.usual;
    const name = mechanism.slice("hls-".length) as "manufacturer";
    return {
      mechanism: `high-${name}`,
      hls: this.#functions(mechanism),
      challenge: () => crypto.randomOctets(octets),
    };
  }

  /** Undefined: nothing is ciphered. */
  get ciphering(): ViewSecurity | undefined {
    return isCiphered(this.#security) ? this.#view : undefined;
  }

  /** Whether anything is proved or ciphered beyond a password. */
  get isSecured(): boolean {
    return isSecured(this.#security);
  }

  /** What 0.0.43.1.x.255 answers: the highest counter of any client so far, 0 where none came. */
  get lastCounter(): number {
    return this.setup.highestCounter;
  }

  /**
   * Protects pushes for the client simulated meters are made for: general-glo, under the keys in
   * force when each is sent.
   */
  pushCiphering(): Pick<ApduCiphering, "protect" | "unprotect" | "reserve"> {
    const { crypto: port, suite } = this.#view;
    const now = (): ApduCiphering => {
      const { keys, counter, windowsOf } = this.#view;
      const windows = windowsOf?.(clientTitle);
      return new ApduCiphering({
        crypto: port,
        suite,
        ownSystemTitle: this.systemTitle,
        peerSystemTitle: clientTitle,
        keys,
        counter,
        form: "general",
        protection: this.#view.protection,
        ...(windows === undefined ? {} : { windows }),
      });
    };
    return {
      protect: (apdu) => now().protect(apdu),
      unprotect: (apdu) => now().unprotect(apdu),
      reserve: (...count) => now().reserve(...count),
    };
  }

  #functions(mechanism: `hls-${string}`): HlsMechanismFunctions {
    const { suite } = this.#security;
    const { curve } = suites[suite];
    switch (mechanism) {
      case "hls-gmac":
        return hlsGmac(this.#view);
      case "hls-ecdsa": {
        if (curve === undefined) throw new RangeError("hls-ecdsa needs suite 1 or 2");
        const { client, server } = testKeyPairs[curve];
        const peer = this.#rejects ? server : client;
        const { privateKey } = server;
        return hlsEcdsa({ crypto, curve, privateKey, peerPublicKey: peer.publicKey });
      }
      case "hls-md5":
        return hlsMd5(crypto, this.#secret);
      case "hls-sha1":
        return hlsSha1(crypto, this.#secret);
      case "hls-sha256":
        return hlsSha256(crypto, this.#secret);
      default:
        return hlsAes(crypto, this.#secret);
    }
  }
}

/** What suites 1 and 2 agree and sign with. */
function signingOf(suite: SecuritySuite): Pick<SecuritySetupOptions, "signing"> {
  const { curve } = suites[suite];
  if (curve === undefined) return {};
  const { client, server } = testKeyPairs[curve];
  return { signing: { privateKey: server.privateKey, clientPublic: client.publicKey } };
}
