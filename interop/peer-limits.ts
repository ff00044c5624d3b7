/**
 * What the peers cannot. A failing cell reads "peer cannot" only when it is described here and its
 * error is the one described; the reasons are in docs/interop.md, in the order of this table.
 */
import type { Framing } from "./exchange.ts";
import { type ColumnName, operationNames } from "./operations.ts";
import type { Direction, PeerName } from "./peers.ts";
import type { Security } from "./securities.ts";

export interface PeerLimit {
  readonly peer: PeerName;
  readonly direction: Direction;
  /** One line for the report: cells are grouped by it. */
  readonly why: string;
  /** Absent: all operations of an association. */
  readonly operations?: readonly ColumnName[];
  readonly framing?: Framing;
  /** Absent: in every row. */
  readonly when?: (security: Security) => boolean;
  readonly error: RegExp;
  /** Depends on octets that differ from run to run: such a cell is tried again, twice at most. */
  readonly byChance?: boolean;
}

const isCiphered = ({ protection }: Security): boolean => protection !== "none";
const isHigh = ({ mechanism }: Security): boolean => mechanism !== "none" && mechanism !== "lls";

const isShort = ({ service }: Security): boolean => service === "sn";

type OwnLimit = Omit<PeerLimit, "peer" | "direction">;

const guruxServer: readonly OwnLimit[] = [
  {
    why: "ACCESS: it does not know the service as a request, and its handler answers nothing",
    operations: ["ACCESS"],
    error: /no answer to a request|hdlc\/frame-rejected/,
  },
  {
    why: "general-glo: it opens the first HDLC segment of a request as if it were all of it",
    operations: ["segments"],
    framing: "hdlc",
    when: ({ envelope }) => envelope === "general-glo",
    error: /Invalid GLO command/,
  },
  {
    why: "general blocks on HDLC: it counts a poll between two blocks as an information frame",
    operations: ["blocks"],
    framing: "hdlc",
    when: ({ service }) => service === "gbt",
    error: /hdlc\/sequence/,
  },
  {
    why: "short names: its first block of a long answer has four octets and says it is the last",
    operations: ["blocks"],
    when: isShort,
    error: /9 for 1 variables/,
  },
  {
    why: "short names: it finds attributes, and no methods",
    operations: ["ACTION"],
    when: isShort,
    error: /'NoneType' object has no attribute/,
  },
  {
    why: "short names, ciphered: an assertion of its own, with itself too",
    when: (row) => isShort(row) && isCiphered(row),
    error: /closed by the peer/,
  },
  {
    why: "ECDSA with P-384: its signing refuses the curve that its keys have, with itself too",
    when: ({ mechanism, suite }) => mechanism === "ecdsa" && suite === 2,
    error: /Invalid private key scheme/,
  },
];

const guruxClient: readonly OwnLimit[] = [
  {
    why: "short names: it asks for the second block of an answer without the tag of a service",
    operations: ["blocks"],
    when: isShort,
    error: /Service unknown/,
  },
  {
    why: "short names: its table of methods says that class 3 has none",
    operations: ["ACTION"],
    when: isShort,
    error: /ValueError: methodIndex/,
  },
  {
    why: "short names, ciphered: an assertion of its own, with itself too",
    when: (row) => isShort(row) && isCiphered(row),
    error: /AssertionError/,
  },
  {
    why: "ECDSA with P-384: its signing refuses the curve that its keys have, with itself too",
    when: ({ mechanism, suite }) => mechanism === "ecdsa" && suite === 2,
    error: /Invalid private key scheme/,
  },
];

const noPush: OwnLimit = {
  why: "push: its API neither sends nor takes a data-notification",
  operations: ["push"],
  error: /missing role/,
};
const noCipheringAlone: OwnLimit = {
  why: "ciphering without a password: its builder refuses the settings",
  when: (row) => row.mechanism === "none" && isCiphered(row),
  error: /Select an LLS or HLS authentication/,
};

const jdlmsServer: readonly OwnLimit[] = [
  noPush,
  noCipheringAlone,
  {
    why: "short names: it takes a method by READ with parameters, and not by WRITE",
    operations: ["ACTION"],
    when: isShort,
    error: /object-undefined/,
  },
  {
    why: "LLS with ciphering: it refuses the right password, its own client's too",
    when: (row) => row.mechanism === "lls" && isCiphered(row),
    error: /rejected-permanent/,
  },
  {
    why: "encrypted only: it closes the connection, to its own client too",
    when: ({ mechanism, protection }) => mechanism !== "lls" && protection === "encrypted",
    error: /closed by the peer/,
  },
  {
    why: "authenticated only: it encrypts under security control 10, and takes nothing else",
    when: ({ mechanism, protection }) => mechanism !== "lls" && protection === "authenticated",
    error: /closed by the peer/,
  },
  {
    why: "suite 2: it has AES-256 under security control 31, suite 1, and takes nothing else",
    when: ({ suite }) => suite === 2,
    error: /closed by the peer/,
  },
  {
    why: "GMAC without ciphering: it knows no such context, from its own client neither",
    when: (row) => row.mechanism === "gmac" && !isCiphered(row),
    error: /application-context-name-not-supported/,
  },
];

const jdlmsClient: readonly OwnLimit[] = [
  {
    why: "short names: it has no block transfer with READ",
    operations: ["blocks"],
    when: isShort,
    error: /service: 1|EOFException|RESPONSE_TIMEOUT/,
  },
  noPush,
  {
    why: "HDLC segments: it sends the first of several without P, and waits",
    operations: ["segments"],
    framing: "hdlc",
    error: /BufferUnderflowException|no answer within/,
  },
  noCipheringAlone,
  {
    why: "authenticated only: it encrypts under security control 10",
    when: ({ protection }) => protection === "authenticated",
    error: /DecryptionException/,
  },
  {
    why: "encrypted only: it does not open an answer of the kind that it sends",
    when: ({ protection }) => protection === "encrypted",
    error: /Unable to decipher\/decrypt xDLMS pdu/,
  },
  {
    why: "GMAC without ciphering: it leaves out its title and ciphers the InitiateRequest",
    when: (row) => row.mechanism === "gmac" && !isCiphered(row),
    error: /REJECTED_PERMANENT/,
  },
  {
    why: "suite 2: it sends AES-256 under security control 31, suite 1",
    when: ({ suite }) => suite === 2,
    error: /DecryptionException/,
  },
];

const dlmsCosemClient: readonly OwnLimit[] = [
  {
    why: "HDLC: 7E within a frame ends it, or keeps it waiting",
    operations: ["7E"],
    framing: "hdlc",
    when: (row) => !isCiphered(row),
    error: /CommunicationError: Could not receive data/,
  },
  {
    why: "HDLC: 7E within a frame ends it, or keeps it waiting",
    framing: "hdlc",
    when: (row) => isCiphered(row) || isHigh(row),
    error: /CommunicationError: Could not receive data/,
    byChance: true,
  },
  {
    why: "profile by entry: its descriptor cannot be encoded",
    operations: ["entry"],
    error: /NotImplementedError/,
  },
  {
    why: "authenticated only: it encrypts under security control 10, and so it reads",
    when: ({ protection }) => protection === "authenticated",
    error: /DECIPHERING_ERROR/,
  },
  {
    why: "encrypted only: it adds a tag under security control 20, and wants one",
    when: ({ protection }) => protection === "encrypted",
    error: /REJECTED_PERMANENT/,
  },
  {
    why: "ciphering: the length of a content of 128 octets and more is one octet",
    operations: ["segments"],
    when: isCiphered,
    error: /SERVICE_NOT_ALLOWED/,
  },
  {
    why: "authenticated only: it encrypts under security control 10, and so it reads",
    operations: ["push"],
    when: ({ protection }) => protection === "authenticated",
    error: /DecryptionError/,
  },
  {
    why: "encrypted only: it adds a tag under security control 20, and wants one",
    operations: ["push"],
    when: ({ protection }) => protection === "encrypted",
    error: /DecryptionError/,
  },
];

function of(
  peer: PeerName,
  direction: Direction,
  limits: readonly OwnLimit[],
): readonly PeerLimit[] {
  return limits.map((limit) => ({ peer, direction, ...limit }));
}

export const peerLimits: readonly PeerLimit[] = [
  ...of("gurux-dlms", "our client", guruxServer),
  ...of("gurux-dlms", "our server", guruxClient),
  ...of("jdlms", "our client", jdlmsServer),
  ...of("jdlms", "our server", jdlmsClient),
  ...of("dlms-cosem", "our server", dlmsCosemClient),
];

/** What describes a failure of this cell, if anything does. */
export function limitOf(
  cell: {
    readonly peer: PeerName;
    readonly direction: Direction;
    readonly framing: Framing;
    readonly security: Security;
    readonly operation: ColumnName;
  },
  error: string,
): PeerLimit | undefined {
  return peerLimits.find(
    (limit) =>
      limit.peer === cell.peer &&
      limit.direction === cell.direction &&
      (limit.operations ?? operationNames).includes(cell.operation) &&
      (limit.framing ?? cell.framing) === cell.framing &&
      (limit.when?.(cell.security) ?? true) &&
      limit.error.test(error),
  );
}
