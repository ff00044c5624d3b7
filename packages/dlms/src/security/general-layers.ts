/**
 * The layers of one APDU where general-ciphering or general-signing is agreed: a signature around
 * the cipher or under it, at most one of each.
 */
import { ProtocolError } from "../error.ts";
import type { CryptoPort } from "./crypto.ts";
import {
  type GeneralOrigin,
  generalOverhead,
  type GeneralParties,
  openCiphering,
  openSignature,
  sealCiphering,
  sealSignature,
  signatureOverhead,
  Transactions,
} from "./general-envelope.ts";
import type { GeneralKeyKind, GeneralProtection, SigningProtection } from "./general-protection.ts";
import type { ReplayWindows } from "./keys.ts";
import type { Protection, ProtectionBits } from "./security-control.ts";
import type { SecuritySuite } from "./suite.ts";

const signedTag = 0xdf;
const generalCipheringTag = 0xdd;
/** initiate, read, write, get, set, action, access: what answers a request. */
const answerTags: ReadonlySet<number> = new Set([0x08, 0x0c, 0x0d, 0xc4, 0xc5, 0xc7, 0xda]);
const randomTransactionOctets = 8;
const transactionOctetsMax = 127;

/** What is agreed beyond glo- and ded-. */
export interface GeneralLayersOptions {
  readonly crypto: CryptoPort;
  readonly general?: GeneralProtection;
  readonly signing?: SigningProtection;
}

/** How general layers protected an APDU, for an answer in kind. */
export interface GeneralKind {
  readonly ciphered: GeneralKeyKind | undefined;
  readonly signed: "inside" | "outside" | undefined;
  readonly origin: GeneralOrigin;
}

/** What an association's own envelopes give: glo-, ded-, general-glo-, general-ded-. */
export interface OwnEnvelope extends ProtectionBits {
  readonly plaintext: Uint8Array;
}

/** An APDU with its layers taken off. */
export interface OpenedLayers extends ProtectionBits {
  readonly plaintext: Uint8Array;
  /** Undefined: neither general-ciphering nor a signature was there. */
  readonly kind: GeneralKind | undefined;
}

/** By which rules layers are taken off, at this moment. */
export interface OpenLayersRules {
  readonly parties: GeneralParties;
  readonly required: Protection;
  readonly windows: ReplayWindows;
  /** True on the side that asks: an answer belongs to a request then. */
  readonly awaitsAnswers: boolean;
  /** Opens envelopes of the association's own; undefined: the APDU is plain. */
  readonly openOwn: (octets: Uint8Array) => OwnEnvelope | undefined;
}

/** Layers of one association: what is sent under them, what is accepted. */
export class GeneralLayers {
  readonly #options: GeneralLayersOptions;
  readonly #transactions: Transactions;

  constructor(options: GeneralLayersOptions) {
    this.#options = options;
    this.#transactions = new Transactions(options.crypto, options.general ?? options.signing ?? {});
  }

  /** Whether services without a signature are refused. */
  get #signatureRequired(): boolean {
    const { signing } = this.#options;
    return signing !== undefined && (signing.required ?? signing.send ?? true);
  }

  /** Octets added at most, beyond what the association's own envelopes add. */
  overheadOctets(suite: SecuritySuite): number {
    const { general, signing } = this.#options;
    const own = (general ?? signing)?.nextTransactionId === undefined;
    const transactionOctets = own ? randomTransactionOctets : transactionOctetsMax;
    return (
      (general === undefined ? 0 : generalOverhead(suite, transactionOctets)) +
      (signing === undefined ? 0 : signatureOverhead(suite, transactionOctets))
    );
  }

  /**
   * Opens an APDU that is no initiate, in the order of R44: form, policy, keys, tags, replay.
   * @throws {DecodeError | ProtocolError} as `ApduCiphering.unprotect`
   */
  open(octets: Uint8Array, rules: OpenLayersRules): OpenedLayers {
    const { parties } = rules;
    const outer = octets[0] === signedTag ? this.#openSignature(octets, parties) : undefined;
    const closed = outer?.content ?? octets;
    const ciphered = this.#openCiphering(closed, rules);
    const own = ciphered === undefined ? this.#openOwn(closed, rules) : undefined;
    const opened = ciphered ?? own;
    const under = opened?.plaintext ?? closed;
    const inner = under[0] === signedTag ? this.#openSignature(under, parties) : undefined;
    if (inner !== undefined && (outer !== undefined || opened === undefined)) {
      throw new ProtocolError("security/policy", "the APDU is signed twice");
    }
    const signature = outer ?? inner;
    const plaintext = inner?.content ?? under;
    this.#checkPlain(opened, signature !== undefined, rules.required);
    const origin = signature ?? ciphered;
    if (origin !== undefined) {
      const byKey = ciphered === undefined || ciphered.kind === "identified";
      // An invocation counter under a tag has told a replay already.
      const counted = byKey && opened?.authenticated === true;
      const named = signature === undefined ? ciphered?.identity : signature.transactionId;
      const identity = counted ? undefined : named;
      const dated = signature !== undefined || ciphered?.dated === true;
      const isAnswer = rules.awaitsAnswers && answerTags.has(plaintext[0] ?? 0);
      const originator = parties.peer ?? signature?.originator ?? parties.own;
      this.#transactions.accept(origin, identity, dated, originator, isAnswer);
    }
    const kind: GeneralKind | undefined = origin && {
      ciphered: ciphered?.kind,
      signed: placeOf(outer !== undefined, inner !== undefined),
      origin,
    };
    const authenticated = opened?.authenticated === true;
    return { plaintext, kind, authenticated, encrypted: opened?.encrypted === true };
  }

  /**
   * Seals an APDU; `answered` is how the request came. Undefined: it is the association's own
   * envelope that seals it, and nothing is signed.
   */
  seal(
    apdu: Uint8Array,
    parties: GeneralParties,
    how: {
      readonly protection: Protection;
      readonly answered: GeneralKind | undefined;
      /** True: an answer goes as its request came, whatever is begun otherwise. */
      readonly inKind: boolean;
      readonly takeCounter: () => number;
      readonly sealOwn: (octets: Uint8Array) => Uint8Array;
    },
  ): Uint8Array | undefined {
    const { general, signing } = this.#options;
    const { answered, inKind, protection } = how;
    const ciphered = inKind ? answered?.ciphered : general?.send;
    const signs = signing !== undefined && (answered?.signed ?? signing.send ?? true) !== false;
    const seals = protection !== "none";
    if (!signs && (ciphered === undefined || !seals)) return undefined;
    const place = answered?.signed ?? signing?.place ?? "inside";
    const header = this.#transactions.header(parties, answered?.origin);
    const sign = (octets: Uint8Array, at: typeof place): Uint8Array =>
      signs && at === place ? sealSignature(octets, parties, signing, header) : octets;
    const content = sign(apdu, "inside");
    if (!seals) return sign(content, "outside");
    if (ciphered === undefined) return sign(how.sealOwn(content), "outside");
    const invocationCounter = how.takeCounter();
    const sealed = sealCiphering(content, parties, general ?? {}, {
      kind: ciphered,
      protection,
      header,
      invocationCounter,
    });
    return sign(sealed, "outside");
  }

  #openSignature(octets: Uint8Array, parties: GeneralParties): ReturnType<typeof openSignature> {
    const { signing } = this.#options;
    if (signing !== undefined) return openSignature(octets, parties, signing);
    throw new ProtocolError("security/policy", "general-signing is not agreed in this association");
  }

  #openCiphering(
    octets: Uint8Array,
    { parties, required, windows }: OpenLayersRules,
  ): ReturnType<typeof openCiphering> | undefined {
    if (octets[0] !== generalCipheringTag) return undefined;
    const { general } = this.#options;
    if (general !== undefined) return openCiphering(octets, parties, general, required, windows);
    const problem = "general-ciphering is not agreed in this association";
    throw new ProtocolError("security/policy", problem);
  }

  #openOwn(octets: Uint8Array, rules: OpenLayersRules): OwnEnvelope | undefined {
    const own = rules.openOwn(octets);
    if (own !== undefined && this.#options.general?.send !== undefined) {
      throw new ProtocolError("security/policy", "the APDU is not in general-ciphering");
    }
    return own;
  }

  #checkPlain(opened: ProtectionBits | undefined, signed: boolean, required: Protection): void {
    if (opened === undefined && required !== "none") {
      throw new ProtocolError("security/policy", "the APDU is not protected");
    }
    if (!signed && this.#signatureRequired) {
      throw new ProtocolError("security/policy", "the APDU is not signed");
    }
  }
}

function placeOf(outside: boolean, inside: boolean): "inside" | "outside" | undefined {
  if (outside) return "outside";
  return inside ? "inside" : undefined;
}
