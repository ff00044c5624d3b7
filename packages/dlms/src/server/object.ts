/**
 * COSEM objects of a server, declared as data: a class, a name, and per attribute what it answers,
 * what it takes and who may. An object holds no reference to any association, so one object serves
 * any number of views and connections.
 */
import type { Data, DataType } from "../axdr/data.ts";
import type { ObisCode } from "../cosem/obis.ts";
import type { ActionResult, DataAccessResult } from "../xdlms/data-access-result.ts";
import type { SelectiveAccess } from "../xdlms/descriptor.ts";
import type { AccessRights } from "./access-rights.ts";
import type { AssociationUsers } from "./association-users.ts";
import type { ObjectDirectory } from "./view.ts";

/** A "no" to one attribute: every Data-Access-Result but success. */
export type Refusal = Exclude<DataAccessResult, "success">;

/** Mechanisms 2 to 7, high level security. */
export type HighMechanism =
  | "high-manufacturer"
  | "high-md5"
  | "high-sha1"
  | "high-gmac"
  | "high-sha256"
  | "high-ecdsa";

/** What was agreed with one client, and what it sees; the current association object shows it. */
export interface AssociationFacts {
  readonly clientSap: number;
  readonly mechanism: "none" | "low" | HighMechanism;
  /** Whether the application context is one with ciphering. Absent = false. */
  readonly ciphered?: boolean;
  /** Octets that ciphering adds to an answer at most. Absent = 0. */
  readonly protectionOctets?: number;
  /** 24 bits, mask of Green Book "Conformance". */
  readonly conformance: number;
  /** Octets of one APDU the server takes / the client takes, 12..65535. */
  readonly serverMaxPduOctets: number;
  readonly clientMaxPduOctets: number;
  readonly entries: readonly DirectoryEntry[];
  /** How the client names attributes: by logical or by short name. Absent = "ln". */
  readonly referencing?: "ln" | "sn";
  /** Base names of the entries, where they have some. */
  readonly shortNames?: ShortNameIndex;
  /** The client's, 8 octets, where it has said it. */
  readonly clientSystemTitle?: Uint8Array;
  /** Where `entries` come from: what a client adds to it, or takes away, shows at once. */
  readonly directory?: ObjectDirectory;
  /** Who may associate, where the view asks. */
  readonly users?: AssociationUsers;
  /** Calling AE invocation id of the AARQ, where it names one. */
  readonly userId?: number;
}

/** Base names of the objects of one view (Green Book, short name referencing). */
export interface ShortNameIndex {
  /** Undefined: the object cannot be named so. */
  baseNameOf(entry: DirectoryEntry): number | undefined;
}

/** What an attribute may know about the request it answers. */
export interface AccessContext {
  /** UTC, milliseconds since 1970. */
  readonly nowMs: number;
  /** The association the request came through. */
  readonly association: AssociationFacts;
  /** Selective access of a GET or SET; absent = the whole attribute. */
  readonly selection?: SelectiveAccess | undefined;
  /** Protection of the request, and what its answer will have: a mask of `accessBit`. Absent = 0. */
  readonly protection?: number;
}

/** One attribute of a served object: how it is read and written. */
export interface ServerAttribute {
  /** Rights before a view narrows them; absent = "read". */
  readonly access?: AccessRights;
  /** Types a SET must carry; others are answered type-unmatched. Absent = `write` decides. */
  readonly types?: readonly DataType[];
  /** Selectors of selective access; another is answered scope-of-access-violated. Absent = none. */
  readonly selectors?: readonly number[];
  /** A text is a refusal. Absent = write-only. */
  readonly read?: (context: AccessContext) => Data | Refusal;
  /** Absent = read-only. */
  readonly write?: (value: Data, context: AccessContext) => DataAccessResult;
}

/** How a method went, and what it returned. */
export interface MethodOutcome {
  readonly result: ActionResult;
  /** Return parameters, or why there are none; absent = the method returns nothing. */
  readonly returned?: Data | Refusal;
}

/** One method of a served object. */
export interface ServerMethod {
  /** Rights before a view narrows them: a mask of `accessBit`, bit 0 the call. Absent = 1. */
  readonly access?: number;
  /** Offset from the base name. Absent: what the class tables say, if they do. */
  readonly shortNameOffset?: number;
  readonly invoke: (parameters: Data | undefined, context: AccessContext) => MethodOutcome;
}

/** One COSEM object. Attribute 1, the logical name, is answered without being declared. */
export interface ServerObject {
  /** 0..65535 */
  readonly classId: number;
  readonly version: number;
  readonly logicalName: ObisCode;
  /** Short name of attribute 1, 0..0xFFF8. Absent: a free one, where short names are used. */
  readonly baseName?: number;
  readonly attributes: Readonly<Record<number, ServerAttribute>>;
  readonly methods?: Readonly<Record<number, ServerMethod>>;
}

/** An object with the rights one view gives on it. */
export interface DirectoryEntry {
  readonly object: ServerObject;
  /** Masks of `accessBit` by attribute id; an id that is missing is not one of the object. */
  readonly attributes: ReadonlyMap<number, number>;
  /** The same by method id, of the methods the view may call. */
  readonly methods: ReadonlyMap<number, number>;
}
