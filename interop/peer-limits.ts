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

const guruxServer: readonly Omit<PeerLimit, "peer" | "direction">[] = [
  { operations: ["ACCESS"], error: /no answer to a request|hdlc\/frame-rejected/ },
  {
    operations: ["segments"],
    framing: "hdlc",
    when: ({ envelope }) => envelope === "general-glo",
    error: /Invalid GLO command/,
  },
  { operations: ["blocks"], when: isShort, error: /9 for 1 variables/ },
  { operations: ["ACTION"], when: isShort, error: /'NoneType' object has no attribute/ },
  { when: (row) => isShort(row) && isCiphered(row), error: /closed by the peer/ },
  {
    when: ({ mechanism, suite }) => mechanism === "ecdsa" && suite === 2,
    error: /Invalid private key scheme/,
  },
];

const jdlmsServer: readonly Omit<PeerLimit, "peer" | "direction">[] = [
  { operations: ["push"], error: /missing role/ },
  {
    when: (row) => row.mechanism === "none" && isCiphered(row),
    error: /Select an LLS or HLS authentication/,
  },
  { when: (row) => row.mechanism === "lls" && isCiphered(row), error: /rejected-permanent/ },
  {
    when: ({ mechanism, protection, suite }) =>
      mechanism !== "lls" &&
      (suite === 2 || protection === "authenticated" || protection === "encrypted"),
    error: /closed by the peer/,
  },
  {
    when: (row) => row.mechanism === "gmac" && !isCiphered(row),
    error: /application-context-name-not-supported/,
  },
];

const jdlmsClient: readonly Omit<PeerLimit, "peer" | "direction">[] = [
  {
    operations: ["blocks"],
    when: isShort,
    error: /service: 1|EOFException|RESPONSE_TIMEOUT/,
  },
  { operations: ["push"], error: /missing role/ },
  { operations: ["segments"], framing: "hdlc", error: /BufferUnderflowException|no answer within/ },
  {
    when: (row) => row.mechanism === "none" && isCiphered(row),
    error: /Select an LLS or HLS authentication/,
  },
  {
    when: ({ protection }) => protection === "authenticated",
    error: /DecryptionException/,
  },
  {
    when: ({ protection }) => protection === "encrypted",
    error: /Unable to decipher\/decrypt xDLMS pdu/,
  },
  {
    when: (row) => row.mechanism === "gmac" && !isCiphered(row),
    error: /REJECTED_PERMANENT/,
  },
  { when: ({ suite }) => suite === 2, error: /DecryptionException/ },
];

const dlmsCosemClient: readonly Omit<PeerLimit, "peer" | "direction">[] = [
  {
    operations: ["7E"],
    framing: "hdlc",
    when: (row) => !isCiphered(row),
    error: /CommunicationError: Could not receive data/,
  },
  {
    framing: "hdlc",
    when: (row) => isCiphered(row) || isHigh(row),
    error: /CommunicationError: Could not receive data/,
    byChance: true,
  },
  { operations: ["entry"], error: /NotImplementedError/ },
  { when: ({ protection }) => protection === "authenticated", error: /DECIPHERING_ERROR/ },
  { when: ({ protection }) => protection === "encrypted", error: /REJECTED_PERMANENT/ },
  { operations: ["segments"], when: isCiphered, error: /SERVICE_NOT_ALLOWED/ },
  {
    operations: ["push"],
    when: ({ protection }) => protection === "authenticated" || protection === "encrypted",
    error: /DecryptionError/,
  },
];

function of(
  peer: PeerName,
  direction: Direction,
  limits: readonly Omit<PeerLimit, "peer" | "direction">[],
): readonly PeerLimit[] {
  return limits.map((limit) => ({ peer, direction, ...limit }));
}

const guruxClient: readonly Omit<PeerLimit, "peer" | "direction">[] = [
  { operations: ["blocks"], when: isShort, error: /Service unknown/ },
  { operations: ["ACTION"], when: isShort, error: /ValueError: methodIndex/ },
  { when: (row) => isShort(row) && isCiphered(row), error: /AssertionError/ },
  {
    when: ({ mechanism, suite }) => mechanism === "ecdsa" && suite === 2,
    error: /Invalid private key scheme/,
  },
];

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
