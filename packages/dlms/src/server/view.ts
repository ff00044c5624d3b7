/**
 * Association views: what one kind of client (one client SAP) sees of a logical device and may do
 * to it. Views are immutable and shared by every connection; progress lives in
 * `ServerAssociation`.
 */
import { type ObisCode, obisToOctets } from "../cosem/obis.ts";
import type { ApduCipheringOptions } from "../security/apdu-ciphering.ts";
import type { HlsMechanismFunctions } from "../security/hls-dialogue.ts";
import type { ReplayWindows } from "../security/keys.ts";
import type { Secret } from "../security/secret.ts";
import type { AccessMode, DirectoryEntry, HighMechanism, ServerObject } from "./object.ts";

/** How the server knows its client (Green Book, mechanism names 0 to 7). */
export type ViewAuthentication =
  | { readonly mechanism: "none" }
  | { readonly mechanism: "low"; readonly password: Secret }
  | {
      readonly mechanism: HighMechanism;
      readonly hls: HlsMechanismFunctions;
      /** StoC: 8 to 64 octets, fresh and unpredictable for every association. */
      readonly challenge: () => Uint8Array;
    };

/**
 * Ciphering of one view; its presence makes the application context one with ciphering. The counter
 * is taken without waiting: its store, if any, stores at once.
 */
export interface ViewSecurity extends Pick<
  ApduCipheringOptions,
  "crypto" | "suite" | "keys" | "counter" | "protection" | "required" | "initiateProtection"
> {
  /** What was seen from the client of that title. Absent: forgotten with each association. */
  readonly windowsOf?: (clientSystemTitle: Uint8Array) => ReplayWindows;
}

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
}

/** One meter, one set of objects, several ways to see it. */
export interface LogicalDevice {
  /** At most one view per client SAP. */
  readonly views: readonly AssociationView[];
}

/** Narrows rights: gets what the object declares, gives what the view allows. */
export interface ViewRights {
  readonly attribute?: (object: ServerObject, attributeId: number, mode: AccessMode) => AccessMode;
  readonly method?: (object: ServerObject, methodId: number) => boolean;
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
  readonly entries: readonly DirectoryEntry[];
  readonly #byName = new Map<number, DirectoryEntry>();

  constructor(objects: readonly ServerObject[], rights: ViewRights = {}) {
    this.entries = objects.map((object) => enter(object, rights));
    for (const entry of this.entries) {
      const key = logicalNameKey(obisToOctets(entry.object.logicalName), 0);
      if (this.#byName.has(key)) {
        throw new RangeError(`${entry.object.logicalName} is declared twice`);
      }
      this.#byName.set(key, entry);
    }
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
  const attributes = new Map<number, AccessMode>([[1, "read"]]);
  for (const [name, attribute] of Object.entries(object.attributes)) {
    const id = Number(name);
    const declared = attribute.access ?? "read";
    attributes.set(id, rights.attribute?.(object, id, declared) ?? declared);
  }
  const methods = new Set<number>();
  for (const name of Object.keys(object.methods ?? {})) {
    const id = Number(name);
    if (rights.method?.(object, id) ?? true) methods.add(id);
  }
  return { object, attributes, methods };
}
