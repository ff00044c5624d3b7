/**
 * Association views: what one kind of client (one client SAP) sees of a logical device and may do to
 * it. Views are immutable and shared by every connection; progress lives in `ServerAssociation`.
 */
import { type ObisCode, obisFromOctets } from "../cosem/obis.ts";
import type { Secret } from "../security/secret.ts";
import type { AccessMode, ServerObject } from "./object.ts";

/** How the server knows its client (Green Book, mechanism names 0 and 1). HLS joins this union. */
export type ViewAuthentication =
  | { readonly mechanism: "none" }
  | { readonly mechanism: "low"; readonly password: Secret };

export interface AssociationView {
  /** HDLC client address or wrapper source port, 1..127 on HDLC. */
  readonly clientSap: number;
  readonly authentication: ViewAuthentication;
  readonly objects: ObjectDirectory;
  /** 24 bits the server offers; the association gets what both sides offer. */
  readonly conformance: number;
  /** Octets of one APDU this server takes, 12..65535. Absent = 65535. */
  readonly maxPduOctets?: number;
  /** Answer to an AARQ while associated: an exception, or a fresh association. Absent = "replace". */
  readonly whenAssociated?: "refuse" | "replace";
  /** Whether services outside the agreed conformance are refused. Absent = true. */
  readonly enforceConformance?: boolean;
}

/** One meter, one set of objects, several ways to see it. */
export interface LogicalDevice {
  /** At most one view per client SAP. */
  readonly views: readonly AssociationView[];
}

/** An object with the rights one view gives on it. */
export interface DirectoryEntry {
  readonly object: ServerObject;
  /** By attribute id; an attribute that is not there is not declared. */
  readonly attributes: ReadonlyMap<number, AccessMode>;
  readonly methods: ReadonlySet<number>;
}

/** Narrows rights: gets what the object declares, gives what the view allows. */
export interface ViewRights {
  readonly attribute?: (object: ServerObject, attributeId: number, mode: AccessMode) => AccessMode;
  readonly method?: (object: ServerObject, methodId: number) => boolean;
}

/**
 * Six octets of a logical name as one number below 2^48: a map key that costs no string on the way
 * of a request.
 */
export function logicalNameKey(octets: Uint8Array, at: number): number {
  return (
    ((octets[at]! << 8) | octets[at + 1]!) * 0x1_0000_0000 +
    (((octets[at + 2]! << 24) |
      (octets[at + 3]! << 16) |
      (octets[at + 4]! << 8) |
      octets[at + 5]!) >>>
      0)
  );
}

/** "1.0.1.8.0.255" to its six octets. @throws {RangeError} not six groups of 0..255. */
export function logicalNameOctets(code: ObisCode): Uint8Array {
  const octets = Uint8Array.from(code.split("."), Number);
  if (obisFromOctets(octets) !== code) throw new RangeError(`not a logical name: ${code}`);
  return octets;
}

const attributeOne: readonly [number, AccessMode] = [1, "read"];

/** The objects of one view, found by logical name. @throws {RangeError} a name declared twice. */
export class ObjectDirectory {
  readonly entries: readonly DirectoryEntry[];
  readonly #byName = new Map<number, DirectoryEntry>();

  constructor(objects: readonly ServerObject[], rights: ViewRights = {}) {
    const entries: DirectoryEntry[] = [];
    for (const object of objects) {
      const entry = enter(object, rights);
      const key = logicalNameKey(logicalNameOctets(object.logicalName), 0);
      if (this.#byName.has(key)) throw new RangeError(`declared twice: ${object.logicalName}`);
      this.#byName.set(key, entry);
      entries.push(entry);
    }
    this.entries = entries;
  }

  /** `key` as of `logicalNameKey`. */
  find(key: number): DirectoryEntry | undefined {
    return this.#byName.get(key);
  }
}

function enter(object: ServerObject, rights: ViewRights): DirectoryEntry {
  const attributes = new Map<number, AccessMode>([attributeOne]);
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
