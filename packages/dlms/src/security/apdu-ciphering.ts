/**
 * Ciphering of one association, either role: plain APDUs in, protected ones out, and back. The
 * initiate APDUs go under the global key whatever the services do (Green Book 9.4.5).
 */
import { isAcseTag } from "../acse/codec.ts";
import { InvariantError, ProtocolError } from "../error.ts";
import { type Apdu, decodeApdu } from "../xdlms/apdu.ts";
import type { ApduCipheringOptions } from "./apdu-ciphering-options.ts";
import { type CipheredApdu, closedApdu, closedService, plainTagIn } from "./closed-apdu.ts";
import { contentOctets, contentOverhead } from "./content-cipher.ts";
import { ContentCiphers } from "./content-ciphers.ts";
import {
  type EnvelopeForm,
  openClosed,
  type OpenedApdu,
  openedEnvelope,
  type ReceiveRules,
} from "./envelope.ts";
import type { GeneralParties } from "./general-envelope.ts";
import { type GeneralKind, GeneralLayers } from "./general-layers.ts";
import { InvocationCounter } from "./invocation-counter.ts";
import { type CipheringKeys, ReplayWindows } from "./keys.ts";
import type { Secret } from "./secret.ts";
import {
  type Protection,
  type ProtectionBits,
  protectionBits,
  protectionOf,
} from "./security-control.ts";
import { suites } from "./suite.ts";

/** How an APDU was protected when it came. */
export interface ReceivedProtection extends ProtectionBits {
  readonly signed: boolean;
}

/** How the request came that is being answered. */
interface RequestKind extends ReceivedProtection {
  readonly form: EnvelopeForm;
  readonly dedicated: boolean;
  readonly general: GeneralKind | undefined;
}

const plainRequest: ReceivedProtection = {
  authenticated: false,
  encrypted: false,
  signed: false,
};

const initiateTags: ReadonlySet<number> = new Set([0x01, 0x08]);
/** Exceptions and service errors are plain: a peer that cannot decipher says so in them. */
const refusalTags: ReadonlySet<number> = new Set([0xd8, 0x0e]);
/** Tag, title, length: what an envelope adds around the content. */
const envelopeOctets = 1 + 9 + 4;

/** Protects and opens the APDUs of one association; made for it, gone with it. */
export class ApduCiphering {
  readonly ownSystemTitle: Uint8Array;
  readonly #options: ApduCipheringOptions;
  readonly #windows: ReplayWindows;
  #keys: CipheringKeys;
  #ciphers: ContentCiphers;
  /** Of services; made anew where the keys or the peer's title change. */
  #rules: ReceiveRules | undefined;
  #peerSystemTitle: Uint8Array | undefined;
  readonly #layers: GeneralLayers | undefined;
  #dedicatedCounter: InvocationCounter | undefined;
  #lastRequest: RequestKind | undefined;

  constructor(options: ApduCipheringOptions) {
    this.ownSystemTitle = options.ownSystemTitle;
    this.#options = options;
    this.#windows = options.windows ?? new ReplayWindows();
    this.#keys = options.keys;
    this.#ciphers = new ContentCiphers(options.crypto, options.keys, "often");
    this.#peerSystemTitle = options.peerSystemTitle;
    const { general, signing } = options;
    if (general !== undefined || signing !== undefined) this.#layers = new GeneralLayers(options);
    if (options.keys.dedicated !== undefined) this.useDedicatedKey(options.keys.dedicated);
  }

  get peerSystemTitle(): Uint8Array | undefined {
    return this.#peerSystemTitle;
  }

  /** How the request was protected that came last; on the side that answers in kind alone. */
  get received(): ReceivedProtection {
    return this.#lastRequest ?? plainRequest;
  }

  /** Runs `work`, which may open other APDUs: `protect` then answers in kind what it did before. */
  aside<T>(work: () => T): T {
    const request = this.#lastRequest;
    try {
      return work();
    } finally {
      this.#lastRequest = request;
    }
  }

  /** Octets that protection adds to an APDU at most. */
  get overheadOctets(): number {
    const { suite } = this.#options;
    return this.#ownOverheadOctets + (this.#layers?.overheadOctets(suite) ?? 0);
  }

  get #ownOverheadOctets(): number {
    const { protection, answersInKind } = this.#options;
    if (answersInKind === true) return envelopeOctets + contentOverhead(true);
    if (protection === "none") return 0;
    return envelopeOctets + contentOverhead(protectionBits(protection).authenticated);
  }

  /** The title the peer names in AARQ or AARE. @throws {ProtocolError} not the configured one */
  learnPeerSystemTitle(title: Uint8Array): void {
    const { peerSystemTitle } = this.#options;
    if (title.length !== 8) {
      throw new ProtocolError("security/key-missing", "the peer's system title has not 8 octets");
    }
    if (peerSystemTitle?.some((octet, at) => octet !== title[at]) === true) {
      throw new ProtocolError("security/key-missing", "the peer names another system title");
    }
    this.#peerSystemTitle = title.slice();
    this.#rules = undefined;
  }

  /** The key of this association alone, fresh, so its counters begin anew on both sides. */
  useDedicatedKey(key: Secret): void {
    this.#keys = { ...this.#keys, dedicated: key };
    this.#ciphers = new ContentCiphers(this.#options.crypto, this.#keys, "often");
    this.#rules = undefined;
    this.#dedicatedCounter = new InvocationCounter({ next: 0 });
    this.#windows.restart("dedicated");
  }

  /**
   * Makes sure that invocation counters are stored for the next `count` APDUs.
   * @throws {ProtocolError} security/counter-exhausted
   */
  reserve(count = 1): Promise<void> | undefined {
    return this.#options.counter.reserve(count);
  }

  /** Octets of its own; the APDU itself where services are plain. @throws {ProtocolError} */
  protect(apdu: Uint8Array): Uint8Array {
    const tag = apdu[0];
    if (tag === undefined) throw new InvariantError("an empty APDU");
    if (refusalTags.has(tag) || isAcseTag(tag)) return apdu;
    const initiate = initiateTags.has(tag);
    const kind = initiate ? undefined : this.#lastRequest;
    const bits = this.#bitsToSend(initiate, kind);
    if (!initiate && this.#layers !== undefined) {
      const sealed = this.#layers.seal(apdu, this.#parties(), {
        protection: protectionOf(bits),
        answered: kind?.general,
        inKind: this.#options.answersInKind === true && kind !== undefined,
        takeCounter: () => this.#options.counter.take(),
        sealOwn: (octets) => this.#seal(octets, bits, kind, false),
      });
      if (sealed !== undefined) return sealed;
    }
    return bits.authenticated || bits.encrypted ? this.#seal(apdu, bits, kind, initiate) : apdu;
  }

  #seal(
    apdu: Uint8Array,
    bits: ProtectionBits,
    kind: RequestKind | undefined,
    initiate: boolean,
  ): Uint8Array {
    const { suite } = this.#options;
    const dedicated = !initiate && (kind === undefined || kind.dedicated);
    const counter = dedicated ? this.#dedicatedCounter : undefined;
    const broadcastKey = !initiate && this.#options.broadcast === true;
    const globalKey = broadcastKey ? "broadcast" : "unicast";
    const cipher = this.#ciphers.of(counter === undefined ? globalKey : "dedicated", suites[suite]);
    const invocationCounter = (counter ?? this.#options.counter).take();
    const systemTitle = this.ownSystemTitle;
    const scope = counter === undefined ? "global" : "dedicated";
    const form = initiate ? "service" : (kind?.form ?? this.#options.form ?? "service");
    const octets = contentOctets(bits.authenticated, apdu.length);
    const envelope = openedEnvelope(octets, apdu[0]!, scope, form, systemTitle);
    const origin = { systemTitle, invocationCounter };
    const control = {
      suite,
      authenticated: bits.authenticated,
      encrypted: bits.encrypted,
      broadcastKey,
    };
    cipher.sealInto(control, origin, apdu, envelope, envelope.length - octets);
    return envelope;
  }

  /**
   * The plain APDU; a view where it was not encrypted.
   * @throws {ProtocolError} security/policy, security/key-missing, security/tag, security/replay
   * @throws {DecodeError} no envelope
   */
  unprotect(apdu: Uint8Array): Uint8Array {
    const tag = apdu[0] ?? 0;
    if (refusalTags.has(tag) || isAcseTag(tag)) return apdu;
    if (!isCipheredTag(tag) && (this.#layers === undefined || initiateTags.has(tag))) {
      this.#lastRequest = undefined;
      const least = initiateTags.has(tag) ? this.#initiateProtection : this.#required;
      if (least === "none") return apdu;
      throw new ProtocolError("security/policy", "the APDU is not protected");
    }
    if (this.#layers === undefined) return this.#open(apdu).plaintext;
    const plain = plainTagIn(tag);
    if (plain !== undefined && initiateTags.has(plain)) return this.#open(apdu).plaintext;
    return this.#openLayers(apdu, this.#layers);
  }

  /** An envelope of the association's own keys. */
  #open(apdu: Uint8Array): OpenedApdu {
    const { leniency, answersInKind } = this.#options;
    const closed = closedService(apdu) ?? closedApdu(asEnvelope(decodeApdu(apdu, leniency)));
    const initiate = closed.plainTag !== undefined && initiateTags.has(closed.plainTag);
    const rules = (this.#rules ??= this.#rulesOf());
    const opened = openClosed(
      closed,
      initiate ? { ...rules, required: this.#initiateProtection } : rules,
    );
    if (answersInKind === true) {
      const { authenticated, encrypted } = opened.secured;
      const form = closed.plainTag === undefined ? "general" : "service";
      const { dedicated } = closed;
      const general = undefined;
      const signed = false;
      this.#lastRequest = { authenticated, encrypted, signed, form, dedicated, general };
    }
    return opened;
  }

  #openLayers(apdu: Uint8Array, layers: GeneralLayers): Uint8Array {
    this.#lastRequest = undefined;
    const { answersInKind } = this.#options;
    const { plaintext, authenticated, encrypted, kind } = layers.open(apdu, {
      parties: this.#parties(),
      required: this.#required,
      windows: this.#windows,
      awaitsAnswers: answersInKind !== true,
      openOwn: (octets) => {
        if (!isCipheredTag(octets[0] ?? 0)) return undefined;
        const opened = this.#open(octets);
        return { ...opened.secured, plaintext: opened.plaintext };
      },
    });
    if (answersInKind === true && kind !== undefined) {
      const { form = "service", dedicated = false } = this.#lastRequest ?? {};
      const signed = kind.signed !== undefined;
      this.#lastRequest = { authenticated, encrypted, signed, form, dedicated, general: kind };
    }
    return plaintext;
  }

  #parties(): GeneralParties {
    const { crypto, suite, general } = this.#options;
    return {
      crypto,
      suite,
      keys: { ...this.#keys, ...general?.keys },
      own: this.ownSystemTitle,
      peer: this.#peerSystemTitle,
    };
  }

  get #required(): Protection {
    return this.#options.required ?? this.#options.protection;
  }

  #rulesOf(): ReceiveRules {
    const { crypto, suite } = this.#options;
    return {
      crypto,
      suite,
      keys: this.#keys,
      ciphers: this.#ciphers,
      required: this.#required,
      windows: this.#windows,
      peerSystemTitle: this.#peerSystemTitle,
    };
  }

  #bitsToSend(initiate: boolean, kind: RequestKind | undefined): ProtectionBits {
    const bits = protectionBits(initiate ? this.#initiateProtection : this.#options.protection);
    return {
      authenticated: bits.authenticated || kind?.authenticated === true,
      encrypted: bits.encrypted || kind?.encrypted === true,
    };
  }

  get #initiateProtection(): Protection {
    return this.#options.initiateProtection ?? "authenticated-encrypted";
  }
}

/** glo-, ded- and general-: everything that is not plain. */
function isCipheredTag(tag: number): boolean {
  if (tag === 0xdb || tag === 0xdc || tag === 0xdd || tag === 0xdf) return true;
  return (tag >= 0xc8 && tag <= 0xd7) || (tag >= 0x20 && tag < 0x60);
}

function asEnvelope(apdu: Apdu): CipheredApdu {
  const { kind } = apdu;
  if (
    kind === "general-glo-ciphering" ||
    kind === "general-ded-ciphering" ||
    kind.startsWith("glo-") ||
    kind.startsWith("ded-")
  ) {
    return apdu as CipheredApdu;
  }
  throw new ProtocolError("security/policy", `${kind} is not agreed in this association`);
}
