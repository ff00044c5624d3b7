/** Secrets of associations that clients may change (Blue Book, class 15 attribute 7, method 2). */
import { Secret } from "../security/secret.ts";

/** What a client is told of its new secret. */
export type SecretVerdict = "success" | "read-write-denied" | "temporary-failure" | "other-reason";

/** How a secret is kept, and which are taken. */
export interface AssociationSecretOptions {
  readonly initial: Secret;
  /** Octets at least and at most. Absent: 8 and 64. */
  readonly octetsMin?: number;
  readonly octetsMax?: number;
  /** Stores a new secret before it counts; false: it could not be stored, and nothing changes. */
  readonly store: (secret: Secret) => boolean;
}

/**
 * The secret of one view, now: `password: () => secret.current`. What a client changes holds from the
 * next association on; the one under way has been proved.
 */
export class AssociationSecret {
  readonly #options: AssociationSecretOptions;
  #current: Secret;

  constructor(options: AssociationSecretOptions) {
    this.#options = options;
    this.#current = options.initial;
  }

  get current(): Secret {
    return this.#current;
  }

  /** As a client has it changed; octets are copied. */
  change(octets: Uint8Array): SecretVerdict {
    const { octetsMin = 8, octetsMax = 64, store } = this.#options;
    if (octets.length < octetsMin || octets.length > octetsMax) return "other-reason";
    const secret = new Secret(octets);
    if (!store(secret)) return "temporary-failure";
    this.#current = secret;
    return "success";
  }
}
