import type { ObjectIdentifier } from "../ber/primitive.ts";

/** Application contexts 2.16.756.5.8.1.n by n; others by their object identifier. */
export const applicationContexts = {
  1: "LN",
  2: "SN",
  3: "LN-ciphered",
  4: "SN-ciphered",
} as const satisfies Readonly<Record<number, string>>;

/**
 * Application context by name (Green Book 9.4.2): how objects are referenced, and whether
 * APDUs are ciphered; an identifier nobody named as it is.
 */
export type ApplicationContext =
  | (typeof applicationContexts)[keyof typeof applicationContexts]
  | ObjectIdentifier;

/** Authentication mechanisms 2.16.756.5.8.2.n by n; others by their object identifier. */
export const mechanisms = {
  0: "none",
  1: "low",
  2: "high-manufacturer",
  3: "high-md5",
  4: "high-sha1",
  5: "high-gmac",
  6: "high-sha256",
  7: "high-ecdsa",
} as const satisfies Readonly<Record<number, string>>;

/** Authentication mechanism by name (Green Book 9.4.2); an identifier nobody named as it is. */
export type Mechanism = (typeof mechanisms)[keyof typeof mechanisms] | ObjectIdentifier;

/** Who gave the reason: the server's application or its association layer. */
export type DiagnosticSource = "acse-service-user" | "acse-service-provider";

/** Result-source-diagnostic of an AARE. `diagnosticName` spells `value` out. */
export interface AssociateDiagnostic {
  readonly source: DiagnosticSource;
  readonly value: number;
}

/** Associate-result by number. */
export const associateResults = {
  0: "accepted",
  1: "rejected-permanent",
  2: "rejected-transient",
} as const satisfies Readonly<Record<number, string>>;

/** Diagnostics of the acse-service-user by number. 14 with result 0 opens the HLS passes. */
export const userDiagnostics = {
  0: "null",
  1: "no-reason-given",
  2: "application-context-name-not-supported",
  3: "calling-ap-title-not-recognized",
  4: "calling-ap-invocation-identifier-not-recognized",
  5: "calling-ae-qualifier-not-recognized",
  6: "calling-ae-invocation-identifier-not-recognized",
  7: "called-ap-title-not-recognized",
  8: "called-ap-invocation-identifier-not-recognized",
  9: "called-ae-qualifier-not-recognized",
  10: "called-ae-invocation-identifier-not-recognized",
  11: "authentication-mechanism-name-not-recognised",
  12: "authentication-mechanism-name-required",
  13: "authentication-failure",
  14: "authentication-required",
} as const satisfies Readonly<Record<number, string>>;

/** Diagnostics of the acse-service-provider by number. */
export const providerDiagnostics = {
  0: "null",
  1: "no-reason-given",
  2: "no-common-acse-version",
} as const satisfies Readonly<Record<number, string>>;

/** The standard's name of an associate-result; `other-NNN` where it has none. */
export function associateResultName(result: number): string {
  const names: Readonly<Record<number, string>> = associateResults;
  return names[result] ?? `other-${result}`;
}

/** The standard's name of a diagnostic; `other-NNN` where it has none. */
export function diagnosticName(diagnostic: AssociateDiagnostic): string {
  const names: Readonly<Record<number, string>> =
    diagnostic.source === "acse-service-user" ? userDiagnostics : providerDiagnostics;
  return names[diagnostic.value] ?? `other-${diagnostic.value}`;
}

const dlmsArc = "2.16.756.5.8.";
const contextArc = `${dlmsArc}1.`;
const mechanismArc = `${dlmsArc}2.`;
const contextNumbers = numbersOf(applicationContexts);
const mechanismNumbers = numbersOf(mechanisms);

export function applicationContextFromOid(identifier: ObjectIdentifier): ApplicationContext {
  return nameOf(applicationContexts, contextArc, identifier) ?? identifier;
}

export function applicationContextToOid(context: ApplicationContext): ObjectIdentifier {
  return identifierOf(contextNumbers, contextArc, context);
}

export function mechanismFromOid(identifier: ObjectIdentifier): Mechanism {
  return nameOf(mechanisms, mechanismArc, identifier) ?? identifier;
}

export function mechanismToOid(mechanism: Mechanism): ObjectIdentifier {
  return identifierOf(mechanismNumbers, mechanismArc, mechanism);
}

function nameOf<N extends string>(
  table: Readonly<Record<number, N>>,
  arc: string,
  identifier: ObjectIdentifier,
): N | undefined {
  if (!identifier.startsWith(arc)) return undefined;
  return table[Number(identifier.slice(arc.length))];
}

function identifierOf(
  numbers: ReadonlyMap<string, number>,
  arc: string,
  name: string,
): ObjectIdentifier {
  const number = numbers.get(name);
  return (number === undefined ? name : arc + number) as ObjectIdentifier;
}

function numbersOf(table: Readonly<Record<number, string>>): ReadonlyMap<string, number> {
  return new Map(Object.entries(table).map(([number, name]) => [name, Number(number)]));
}
