/** The meter's side of its security: what it asks of a client, and what it has seen of each. */
import { isCiphered, nodeCrypto as crypto } from "@lectura/dlms-node";
import { toHex } from "@lectura/dlms/octets";
import {
  hlsAes,
  hlsEcdsa,
  hlsGmac,
  hlsMd5,
  type HlsMechanismFunctions,
  hlsSha1,
  hlsSha256,
  InvocationCounter,
  invocationCounterMax,
  ReplayWindows,
  Secret,
  suites,
} from "@lectura/dlms/security";
import type { ViewAuthentication, ViewSecurity } from "@lectura/dlms/server";
import { serverTitle, type SimulatedSecurity, simulatorPassword } from "./simulated-security.ts";
import { testKeyPairs, testKeys } from "./test-keys-table.ts";

/** Clients whose counters one meter remembers; a further one pushes out the oldest. */
const clientsMax = 64;
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
}

/** Keys, counters and replay windows of one simulated meter. */
export class MeterSecurity {
  readonly systemTitle: Uint8Array;
  readonly #security: SimulatedSecurity;
  readonly #keys: ReturnType<typeof testKeys>;
  readonly #counter: InvocationCounter;
  readonly #secret: Secret;
  readonly #rejects: boolean;
  /** By the client's system title. */
  readonly #windows = new Map<string, ReplayWindows>();

  constructor({ security, index, counterFrom, rejects }: MeterSecurityOptions) {
    this.#security = security;
    this.systemTitle = serverTitle(index);
    this.#keys = rejects
      ? testKeys(security.suite, index + 0x8000)
      : testKeys(security.suite, index);
    this.#counter = new InvocationCounter({ next: counterFrom % invocationCounterMax });
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
    const { suite, protection } = this.#security;
    if (!isCiphered(this.#security)) return undefined;
    return {
      crypto,
      suite,
      keys: this.#keys,
      counter: this.#counter,
      protection,
      windowsOf: (title) => this.#windowsOf(title),
    };
  }

  /** What 0.0.43.1.x.255 answers: the highest counter of any client so far, 0 where none came. */
  get lastCounter(): number {
    const seen = [...this.#windows.values()].map((windows) => windows.of("unicast").last ?? 0);
    return Math.max(0, ...seen);
  }

  #windowsOf(title: Uint8Array): ReplayWindows {
    const name = toHex(title);
    const known = this.#windows.get(name);
    if (known !== undefined) return known;
    if (this.#windows.size >= clientsMax) this.#windows.delete(this.#windows.keys().next().value!);
    const windows = new ReplayWindows();
    this.#windows.set(name, windows);
    return windows;
  }

  #functions(mechanism: `hls-${string}`): HlsMechanismFunctions {
    const { suite } = this.#security;
    const { curve } = suites[suite];
    switch (mechanism) {
      case "hls-gmac":
        return hlsGmac({ crypto, suite, keys: this.#keys, counter: this.#counter });
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
