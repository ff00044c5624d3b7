/**
 * Security setup of a server (class 64 versions 0 and 1, Blue Book 4.4.7) and the keys behind it.
 * New keys and a new policy hold from the next association on; the answer to the change goes under
 * the old ones, for an association keeps what it was opened with.
 */
import { enumeration, octetString } from "../../axdr/construct.ts";
import type { Data } from "../../axdr/data.ts";
import { obis, type ObisCode } from "../../cosem/obis.ts";
import { DlmsError } from "../../error.ts";
import { toHex } from "../../octets.ts";
import { answerKeyAgreement } from "../../security/class-key-agreement.ts";
import type { CryptoPort } from "../../security/crypto.ts";
import { InvocationCounter } from "../../security/invocation-counter.ts";
import {
  type NumberedKey,
  readKeyTransfer,
  type TransferredKey,
  transferredKeyIds,
} from "../../security/key-transfer.ts";
import { type CipheringKeys, ReplayWindows } from "../../security/keys.ts";
import type { Secret } from "../../security/secret.ts";
import { protectionOfPolicy } from "../../security/security-control.ts";
import { type SecuritySuite, suites } from "../../security/suite.ts";
import type { ActionResult } from "../../xdlms/data-access-result.ts";
import type { AccessContext, MethodOutcome, ServerMethod, ServerObject } from "../object.ts";
import type { ViewSecurity } from "../view.ts";
import { certificateMembers, type MeterCertificates } from "./security-certificates.ts";

/** Clients whose counters a meter remembers; a further one pushes out the oldest. */
export const replayClientsMax = 64;

/** Keys of a meter, by the names of the Blue Book. AES keys have the length of the suite. */
export interface MeterKeys extends Omit<CipheringKeys, "dedicated"> {
  /** Master key, KEK: opens transferred keys. */
  readonly master?: Secret;
}

/** What a change leaves behind. */
export interface SecuritySetupState {
  readonly keys: MeterKeys;
  /** Attribute 2, as the version counts: see `protectionOfPolicy`. */
  readonly policy: number;
}

/** What a meter's security setup begins with. */
export interface SecuritySetupOptions extends SecuritySetupState {
  readonly crypto: CryptoPort;
  readonly version: 0 | 1;
  readonly suite: SecuritySuite;
  /** Absent = 0.0.43.0.0.255. */
  readonly logicalName?: ObisCode;
  /** Eight octets. */
  readonly serverSystemTitle: Uint8Array;
  /** Attribute 4 while no client has said its own. Absent = the asking client's, or nothing. */
  readonly clientSystemTitle?: Uint8Array;
  /** For key_agreement and signatures, suites 1 and 2. Absent: both are refused. */
  readonly signing?: { readonly privateKey: Secret; readonly clientPublic: Uint8Array };
  /** Version 1. Absent: none, and the methods about them are refused. */
  readonly certificates?: MeterCertificates;
  /**
   * Keeps a change before it is answered; an error refuses it (hardware-fault), and nothing has
   * changed then. Absent: kept in memory alone.
   */
  readonly keep?: (state: SecuritySetupState) => void;
  /** First own invocation counter under a new unicast key. Absent = 0. */
  readonly counterFrom?: number;
}

/** Version 0 counts to 3; version 1 has a bit each, those of signatures where it can sign. */
const policyBits = { counted: 0x03, unsigned: 0x6c, all: 0xfc } as const;
const defaultName = obis("0.0.43.0.0.255");
const keyNames = new Map<number, TransferredKey>(
  Object.entries(transferredKeyIds).map(([name, id]) => [id, name as TransferredKey]),
);

/** One meter's security setup: its object, and the security its views are opened with. */
export class SecuritySetup {
  readonly object: ServerObject;
  readonly #options: SecuritySetupOptions;
  #state: SecuritySetupState;
  #counter: InvocationCounter;
  /** By the client's system title; begins anew with another unicast key (R30). */
  #windows = new Map<string, ReplayWindows>();

  /** `counter` is the meter's own, of the unicast key it begins with. */
  constructor(options: SecuritySetupOptions, counter: InvocationCounter) {
    this.#options = options;
    this.#state = { keys: options.keys, policy: options.policy };
    this.#counter = counter;
    this.object = this.#makeObject();
  }

  /** In force for the next association. */
  get state(): SecuritySetupState {
    return this.#state;
  }

  get counter(): InvocationCounter {
    return this.#counter;
  }

  /**
   * For `AssociationView.security`: each association takes what is in force when it is opened. Give
   * the same object to `hlsGmac`, whose keys and counter follow then, too.
   */
  viewSecurity(): ViewSecurity {
    const { crypto, suite, version, signing } = this.#options;
    const keys = (): MeterKeys => this.#state.keys;
    const counter = (): InvocationCounter => this.#counter;
    const policy = (): ReturnType<typeof protectionOfPolicy> =>
      protectionOfPolicy(this.#state.policy, version);
    return {
      crypto,
      suite,
      get keys() {
        return keys();
      },
      get counter() {
        return counter();
      },
      get protection() {
        return policy().response;
      },
      get required() {
        return policy().request;
      },
      ...(signing === undefined
        ? {}
        : {
            get signing() {
              const { requestSigned: required, responseSigned: send } = policy();
              const { privateKey, clientPublic: peerPublicKey } = signing;
              return { privateKey, peerPublicKey, required, send };
            },
          }),
      windowsOf: (title) => this.#windowsOf(title),
    };
  }

  /** Highest counter that a client of this title has used; undefined: it was not seen. */
  lastCounterOf(clientSystemTitle: Uint8Array): number | undefined {
    return this.#windows.get(toHex(clientSystemTitle))?.of("unicast").last;
  }

  /** Highest counter of any client under the unicast key, 0 where none came. */
  get highestCounter(): number {
    const seen = [...this.#windows.values()].map((windows) => windows.of("unicast").last ?? 0);
    return Math.max(0, ...seen);
  }

  #windowsOf(title: Uint8Array): ReplayWindows {
    const name = toHex(title);
    const known = this.#windows.get(name);
    if (known !== undefined) return known;
    if (this.#windows.size >= replayClientsMax) {
      this.#windows.delete(this.#windows.keys().next().value!);
    }
    const windows = new ReplayWindows();
    this.#windows.set(name, windows);
    return windows;
  }

  #makeObject(): ServerObject {
    const { version, suite, serverSystemTitle, logicalName = defaultName } = this.#options;
    const certificates = certificateMembers(version === 0 ? undefined : this.#options.certificates);
    const always = {
      2: { read: () => enumeration(this.#state.policy) },
      3: { read: () => enumeration(suite) },
      4: { read: (context: AccessContext) => octetString(this.#clientTitle(context)) },
      5: { read: () => octetString(serverSystemTitle) },
    };
    const methods: Readonly<Record<number, ServerMethod>> = {
      1: { invoke: (data) => ({ result: this.#activate(data) }) },
      2: { invoke: (data) => ({ result: this.#transfer(data) }) },
    };
    if (version === 0) return { classId: 64, version, logicalName, attributes: always, methods };
    return {
      classId: 64,
      version,
      logicalName,
      attributes: { ...always, ...certificates.attributes },
      methods: {
        ...methods,
        3: { invoke: (data, context) => this.#agree(data, context) },
        ...certificates.methods,
      },
    };
  }

  #clientTitle({ association }: AccessContext): Uint8Array {
    const { clientSystemTitle } = this.#options;
    return clientSystemTitle ?? association.clientSystemTitle ?? new Uint8Array(0);
  }

  /** Policies only grow: what was asked for once stays asked for. */
  #activate(data: Data | undefined): ActionResult {
    if (data?.type !== "enum" && data?.type !== "unsigned") return "type-unmatched";
    const policy = data.value;
    const { version, signing } = this.#options;
    const bits = policyBits[signing === undefined ? "unsigned" : "all"];
    const known = version === 0 ? policyBits.counted : bits;
    if ((policy & ~known) !== 0) return "other-reason";
    if ((this.#state.policy & ~policy) !== 0) return "read-write-denied";
    return this.#keep({ ...this.#state, policy });
  }

  #transfer(data: Data | undefined): ActionResult {
    const { crypto } = this.#options;
    const { master } = this.#state.keys;
    if (data === undefined) return "type-unmatched";
    if (master === undefined) return "read-write-denied";
    try {
      return this.#change(readKeyTransfer(crypto, master, data));
    } catch (error) {
      return refusalOf(error);
    }
  }

  #agree(data: Data | undefined, { association }: AccessContext): MethodOutcome {
    const { crypto, suite, signing, serverSystemTitle } = this.#options;
    const clientSystemTitle = association.clientSystemTitle ?? this.#options.clientSystemTitle;
    if (data === undefined) return { result: "type-unmatched" };
    if (signing === undefined || clientSystemTitle === undefined) {
      return { result: "read-write-denied" };
    }
    try {
      const side = {
        crypto,
        suite,
        signingPrivate: signing.privateKey,
        peerSigningPublic: signing.clientPublic,
        clientSystemTitle,
        serverSystemTitle,
      };
      const answer = answerKeyAgreement(side, data);
      const result = this.#change(answer.keys);
      return result === "success" ? { result, returned: answer.data } : { result };
    } catch (error) {
      return { result: refusalOf(error) };
    }
  }

  /** All keys or none. */
  #change(keys: readonly NumberedKey[]): ActionResult {
    const { keyOctets } = suites[this.#options.suite];
    const changed: Partial<Record<TransferredKey, Secret>> = {};
    for (const { keyId, key } of keys) {
      const name = keyNames.get(keyId);
      if (name === undefined || key.octetCount !== keyOctets || changed[name] !== undefined) {
        return "other-reason";
      }
      changed[name] = key;
    }
    if (keys.length === 0) return "other-reason";
    const result = this.#keep({ ...this.#state, keys: { ...this.#state.keys, ...changed } });
    if (result === "success" && changed.unicast !== undefined) {
      this.#counter = new InvocationCounter({ next: this.#options.counterFrom ?? 0 });
      this.#windows = new Map();
    }
    return result;
  }

  #keep(state: SecuritySetupState): ActionResult {
    try {
      this.#options.keep?.(state);
    } catch {
      return "hardware-fault";
    }
    this.#state = state;
    return "success";
  }
}

/** What does not decode is of another type; what does not verify is refused without saying why. */
function refusalOf(error: unknown): ActionResult {
  if (!(error instanceof DlmsError)) throw error;
  return error.code === "security/malformed" ? "type-unmatched" : "other-reason";
}
