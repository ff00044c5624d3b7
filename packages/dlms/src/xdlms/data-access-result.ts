import { type Codec, mapped, uint8 } from "../axdr/codec.ts";

/** Data-Access-Result by number, with the standard's names (Green Book, xDLMS ASN.1). */
export const dataAccessResults = {
  0: "success",
  1: "hardware-fault",
  2: "temporary-failure",
  3: "read-write-denied",
  4: "object-undefined",
  9: "object-class-inconsistent",
  11: "object-unavailable",
  12: "type-unmatched",
  13: "scope-of-access-violated",
  14: "data-block-unavailable",
  15: "long-get-aborted",
  16: "no-long-get-in-progress",
  17: "long-set-aborted",
  18: "no-long-set-in-progress",
  19: "data-block-number-invalid",
  250: "other-reason",
} as const satisfies Readonly<Record<number, string>>;

/** The peer's answer to one attribute access; numbers without a name are `other-NNN`. */
export type DataAccessResult =
  | (typeof dataAccessResults)[keyof typeof dataAccessResults]
  | `other-${number}`;

/** Action-Result by number, with the standard's names. */
export const actionResults = {
  0: "success",
  1: "hardware-fault",
  2: "temporary-failure",
  3: "read-write-denied",
  4: "object-undefined",
  9: "object-class-inconsistent",
  11: "object-unavailable",
  12: "type-unmatched",
  13: "scope-of-access-violated",
  14: "data-block-unavailable",
  15: "long-action-aborted",
  16: "no-long-action-in-progress",
  250: "other-reason",
} as const satisfies Readonly<Record<number, string>>;

/** The peer's answer to one method invocation; numbers without a name are `other-NNN`. */
export type ActionResult = (typeof actionResults)[keyof typeof actionResults] | `other-${number}`;

/** Names of an ENUMERATED octet: number to name and back, unknown numbers as `other-NNN`. */
export interface EnumeratedNames<N extends string> {
  readonly name: (value: number) => N | `other-${number}`;
  readonly number: (name: N | `other-${number}`) => number;
}

/** Builds both directions from a table. @throws {RangeError} (`number`) on a name it has not. */
export function enumeratedNames<N extends string>(
  table: Readonly<Record<number, N>>,
): EnumeratedNames<N> {
  const names: (N | `other-${number}`)[] = [];
  for (let value = 0; value < 256; value++) names.push(table[value] ?? `other-${value}`);
  const numbers = new Map<string, number>(names.map((name, value) => [name, value]));
  return {
    name: (value) => names[value & 0xff]!,
    number: (name) => {
      const value = numbers.get(name);
      if (value === undefined) throw new RangeError(`no enumeration value is called ${name}`);
      return value;
    },
  };
}

const dataAccess = enumeratedNames(dataAccessResults);
const action = enumeratedNames(actionResults);

/** Name of a number on the wire; `other-NNN` where the standard has none. */
export function dataAccessResultFromNumber(value: number): DataAccessResult {
  return dataAccess.name(value);
}

/** The number on the wire. @throws {RangeError} not a name of the table nor `other-NNN`. */
export function dataAccessResultToNumber(result: DataAccessResult): number {
  return dataAccess.number(result);
}

/** Name of a number on the wire; `other-NNN` where the standard has none. */
export function actionResultFromNumber(value: number): ActionResult {
  return action.name(value);
}

/** The number on the wire. @throws {RangeError} not a name of the table nor `other-NNN`. */
export function actionResultToNumber(result: ActionResult): number {
  return action.number(result);
}

export const dataAccessResult: Codec<DataAccessResult> = mapped(
  "Data-Access-Result",
  uint8,
  dataAccess.number,
  dataAccess.name,
);

export const actionResult: Codec<ActionResult> = mapped(
  "Action-Result",
  uint8,
  action.number,
  action.name,
);
