/**
 * How a client proves who it is and how its APDUs are protected: the rows of the matrix. A new
 * mechanism or suite is a row here, its part in `our-security.ts`, and what the peers need for it.
 */
import type { Protection, SecuritySuite } from "@lectura/dlms/security";
import { managementSap, publicSap } from "./reference-meter.ts";

export type Mechanism = "none" | "lls" | "md5" | "sha1" | "gmac" | "sha256" | "ecdsa";

/** How services are ciphered: glo- by service, general-glo, or ded- by service. */
export type Envelope = "glo" | "general-glo" | "ded";

/** Logical names with the blocks of each service, with general blocks instead, or short names. */
export type Service = "ln" | "gbt" | "sn";

export interface Security {
  readonly mechanism: Mechanism;
  /** "none": a context without ciphering. */
  readonly protection: Protection;
  readonly suite: SecuritySuite;
  readonly envelope: Envelope;
  readonly service: Service;
  /** Each row has a client, and a view of the meter, of its own. */
  readonly clientSap: number;
  /** Whether `--short` runs it. */
  readonly isShort: boolean;
  /** Whether the row has a push cell: pushes need no association, so few rows do. */
  readonly pushes: boolean;
}

type Row = readonly [
  mechanism: Mechanism,
  protection: Protection,
  suite?: SecuritySuite,
  envelope?: Envelope,
  service?: Service,
];

const protections: readonly Protection[] = [
  "none",
  "authenticated",
  "encrypted",
  "authenticated-encrypted",
];

const rows: readonly Row[] = [
  ...(["none", "lls", "gmac", "sha256"] as const).flatMap((mechanism) =>
    protections.map((protection): Row => [mechanism, protection]),
  ),
  ["lls", "authenticated-encrypted", 0, "general-glo"],
  ["lls", "authenticated-encrypted", 0, "ded"],
  ["lls", "none", 0, "glo", "gbt"],
  ["lls", "authenticated-encrypted", 0, "glo", "gbt"],
  ["lls", "none", 0, "glo", "sn"],
  ["lls", "authenticated-encrypted", 0, "glo", "sn"],
  ["md5", "none"],
  ["sha1", "none"],
  ["gmac", "authenticated-encrypted", 0, "general-glo"],
  ["gmac", "authenticated-encrypted", 0, "ded"],
  ["gmac", "authenticated-encrypted", 1],
  ["gmac", "authenticated-encrypted", 2],
  ["sha256", "authenticated-encrypted", 2],
  ["ecdsa", "none", 1],
  ["ecdsa", "authenticated-encrypted", 1],
  ["ecdsa", "authenticated-encrypted", 2],
];

/** Clear of the SAPs that the simulator's meters know. */
const firstSap = 0x20;

export const securities: readonly Security[] = rows.map(
  ([mechanism, protection, suite = 0, envelope = "glo", service = "ln"], index) => ({
    mechanism,
    protection,
    suite,
    envelope,
    service,
    clientSap: (service === "ln" ? knownSap(mechanism, protection) : undefined) ?? firstSap + index,
    isShort: isShort(mechanism, protection, suite, envelope, service),
    pushes: mechanism === "none" || isShort(mechanism, protection, suite, envelope, service),
  }),
);

/** The strongest that every peer has. */
function isShort(...[mechanism, protection, suite, envelope, service]: Required<Row>): boolean {
  const isWhole = mechanism === "gmac" && protection === "authenticated-encrypted";
  return isWhole && suite === 0 && envelope === "glo" && service === "ln";
}

function knownSap(mechanism: Mechanism, protection: Protection): number | undefined {
  if (protection !== "none") return undefined;
  if (mechanism === "none") return publicSap;
  return mechanism === "lls" ? managementSap : undefined;
}

/** As the table and the notes call it: "gmac", "both, suite 1". */
export function protectionName({ protection, suite, envelope, service }: Security): string {
  const names = { none: "plain", "authenticated-encrypted": "both" } as const;
  const name = protection in names ? names[protection as keyof typeof names] : protection;
  const form = envelope === "glo" ? "" : `, ${envelope}`;
  const rest = service === "ln" ? "" : `, ${service}`;
  return suite === 0 ? `${name}${form}${rest}` : `${name}${form}${rest}, suite ${suite}`;
}

/** "gmac authenticated, suite 1". */
export function rowName(security: Security): string {
  return `${security.mechanism} ${protectionName(security)}`;
}
