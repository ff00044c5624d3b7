/**
 * Association views: what one kind of client (one client SAP) sees of a logical device and may do
 * to it. Views are immutable and shared by every connection; progress lives in
 * `ServerAssociation`.
 */
import { type ObisCode, obisToOctets } from "../cosem/obis.ts";
import type { ApduCipheringOptions } from "../security/apdu-ciphering-options.ts";
import type { HlsMechanismFunctions } from "../security/hls-dialogue.ts";
import type { ReplayWindows } from "../security/keys.ts";
import type { Secret } from "../security/secret.ts";
import type { AssociationUsers } from "./association-users.ts";
import { accessBit, accessMask, type AccessRights } from "./access-rights.ts";
import type { DirectoryEntry, HighMechanism, ServerObject } from "./object.ts";
import { ShortNames } from "./short-names.ts";

/** How the server knows its client (Green Book, mechanism names 0 to 7). */
export type ViewAuthentication =
  | { readonly mechanism: "none" }
  | {
      readonly mechanism: "low";
      /** A function is asked at each association: the password may change (`AssociationSecret`). */
      readonly password: Secret | (() => Secret);
    }
  | {
      readonly mechanism: HighMechanism;
      /** A function is asked at each association, for secrets that may change. */
      readonly hls: HlsMechanismFunctions | (() => HlsMechanismFunctions);
      /** StoC: 8 to 64 octets, fresh and unpredictable for every association. */
      readonly challenge: () => Uint8Array;
    };

/**
 * Ciphering of one view; its presence makes the application context one with ciphering. The counter
 * is taken without waiting: its store, if any, stores at once.
 */
export interface ViewSecurity extends Pick<
  ApduCipheringOptions,
  | "crypto"
  | "suite"
  | "keys"
  | "counter"
  | "protection"
  | "required"
  | "initiateProtection"
  | "general"
  | "signing"
> {
  /** What was seen from the client of that title. Absent: forgotten with each association. */
  readonly windowsOf?: (clientSystemTitle: Uint8Array) => ReplayWindows;
}

/** What an AARQ would have said; `authentication` of the view is "none" then. */
export interface PreEstablished {
  /** Octets of one APDU the client takes, 12..65535. Absent = 65535. */
  readonly clientMaxPduOctets?: number;
  /** The client's, where the view is ciphered: 8 octets. */
  readonly clientSystemTitle?: Uint8Array;
}

/**
 * What one client may see: how it proves itself, which objects it gets, what it may do with them.
 */
export interface AssociationView {
  /** HDLC client address or wrapper source port, 1..127 on HDLC. */
  readonly clientSap: number;
  readonly authentication: ViewAuthentication;
  readonly security?: ViewSecurity;
  /** The server's, 8 octets; needed for ciphering and for mechanisms that prove titles. */
  readonly systemTitle?: Uint8Array;
  readonly objects: ObjectDirectory;
  /** 24 bits the server offers; the association gets what both sides offer. */
  readonly conformance: number;
  /** Octets of one APDU this server takes and sends, 12..65535. Absent = 65535. */
  readonly maxPduOctets?: number;
  /** Answer to an AARQ while associated: an exception, or a new association. Absent = "replace". */
  readonly whenAssociated?: "refuse" | "replace";
  /** Whether services outside the agreed conformance are refused. Absent = true. */
  readonly enforceConformance?: boolean;
  /**
   * How clients name attributes; "both": as the application context of the AARQ says. Absent =
   * "ln".
   */
  readonly referencing?: "ln" | "sn" | "both";
  /**
   * How an answer goes that is longer than the client takes, where general block transfer is
   * agreed: in general blocks, or in those of its service wherever the service has some. The
   * standard leaves the choice open; who proposes general blocks reads them. Absent =
   * "general-blocks".
   */
  readonly longAnswers?: "general-blocks" | "service-blocks";
  /** Blocks of a general block transfer taken before they are acknowledged, 1..63. Absent = 8. */
  readonly transferWindow?: number;
  /** Who may associate, by the user id of the AARQ. Absent: everybody, and none is told. */
  readonly users?: AssociationUsers;
  /** The association is there without AARQ, as long as the link is (Green Book 9.4.4.3). */
  readonly preEstablished?: PreEstablished;
}

/**
 * What a view lacks or contradicts, found before a client does.
 * @throws {RangeError} ciphering without a system title, a pre-established association that says
 * too little or asks for credentials, base names that overlap
 */
export function checkView(view: AssociationView): void {
  const { security, systemTitle, authentication, referencing = "ln" } = view;
  if (security !== undefined && systemTitle === undefined) {
    throw new RangeError("a ciphered view needs a system title");
  }
  if (view.preEstablished !== undefined) {
    if (authentication.mechanism !== "none") {
      throw new RangeError("a pre-established association has no credentials");
    }
    if (security !== undefined && view.preEstablished.clientSystemTitle === undefined) {
      throw new RangeError("a ciphered pre-established association needs the client's title");
    }
  }
  // Made and kept: whoever asks first finds what is wrong with it.
  if (referencing !== "ln") void view.objects.shortNames;
}

/** One meter, one set of objects, several ways to see it. */
export interface LogicalDevice {
  /** At most one view per client SAP. */
  readonly views: readonly AssociationView[];
}

/** Narrows rights: gets what the object declares, gives what the view allows. */
export interface ViewRights {
  readonly attribute?: (
    object: ServerObject,
    attributeId: number,
    rights: AccessRights,
  ) => AccessRights;
  /** A number is a mask of `accessBit`; false or 0: not to be called. */
  readonly method?: (object: ServerObject, methodId: number) => boolean | number;
}

/**
 * Six octets of a logical name as one number below 2^48: a map key that costs no text on the way
 * of a request. The caller has checked that the octets are there.
 */
export function logicalNameKey(octets: Uint8Array, at: number): number {
  const high = (octets[at]! << 8) | octets[at + 1]!;
  const low =
    (octets[at + 2]! << 24) | (octets[at + 3]! << 16) | (octets[at + 4]! << 8) | octets[at + 5]!;
  return high * 0x1_0000_0000 + (low >>> 0);
}

/** The objects of one view, found by logical name. @throws {RangeError} a name declared twice. */
export class ObjectDirectory {
  readonly #entries: DirectoryEntry[];
  readonly #byName = new Map<number, DirectoryEntry>();
  #shortNames: ShortNames | undefined;

  constructor(objects: readonly ServerObject[], rights: ViewRights = {}) {
    this.#entries = objects.map((object) => enter(object, rights));
    for (const entry of this.#entries) {
      const key = logicalNameKey(obisToOctets(entry.object.logicalName), 0);
      if (this.#byName.has(key)) {
        throw new RangeError(`${entry.object.logicalName} is declared twice`);
      }
      this.#byName.set(key, entry);
    }
  }

  /** In the order declared; one list as long as the directory, whatever is added or removed. */
  get entries(): readonly DirectoryEntry[] {
    return this.#entries;
  }

  /**
   * Shows one object more, at once and to every view that shares the directory; it has no short
   * name where the others have theirs already. False: one of its name is there.
   */
  add(object: ServerObject, rights: ViewRights = {}): boolean {
    const key = logicalNameKey(obisToOctets(object.logicalName), 0);
    if (this.#byName.has(key)) return false;
    const entry = enter(object, rights);
    this.#entries.push(entry);
    this.#byName.set(key, entry);
    return true;
  }

  /** Shows an object no more. False: it was not there. */
  remove(logicalName: ObisCode): boolean {
    const entry = this.find(logicalName);
    if (entry === undefined) return false;
    this.#entries.splice(this.#entries.indexOf(entry), 1);
    this.#byName.delete(logicalNameKey(obisToOctets(logicalName), 0));
    this.#shortNames?.forget(entry);
    return true;
  }

  /** Made when first asked for. @throws {RangeError} base names that overlap or do not fit. */
  get shortNames(): ShortNames {
    this.#shortNames ??= new ShortNames(this.#entries);
    return this.#shortNames;
  }

  find(logicalName: ObisCode): DirectoryEntry | undefined {
    return this.#byName.get(logicalNameKey(obisToOctets(logicalName), 0));
  }

  /** `key` as `logicalNameKey` makes it. */
  findByKey(key: number): DirectoryEntry | undefined {
    return this.#byName.get(key);
  }
}

function enter(object: ServerObject, rights: ViewRights): DirectoryEntry {
  const attributes = new Map<number, number>([[1, accessBit.read]]);
  for (const [name, attribute] of Object.entries(object.attributes)) {
    const id = Number(name);
    const declared = attribute.access ?? "read";
    attributes.set(id, accessMask(rights.attribute?.(object, id, declared) ?? declared));
  }
  const methods = new Map<number, number>();
  for (const [name, { access = accessBit.read }] of Object.entries(object.methods ?? {})) {
    const id = Number(name);
    const given = rights.method?.(object, id) ?? true;
    const mask = given === true ? access : accessMask(Number(given));
    if (mask !== 0) methods.set(id, mask);
  }
  return { object, attributes, methods };
}
