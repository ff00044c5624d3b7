import type { OctetWriter } from "../octets.ts";
import type { SelectiveAccess } from "../xdlms/descriptor.ts";
import type { VariableAccess } from "../xdlms/variable-access.ts";
import { Exchange, type ExchangeContext, type ExchangeStep } from "./exchange.ts";

/**
 * One attribute by its short name: the object's base name plus 8 for each attribute behind the
 * first (Green Book 9.4.6.12). A method has the offset its class says.
 */
export interface ShortName {
  /** 0..65535 */
  readonly variableName: number;
  readonly selection?: SelectiveAccess;
}

/** The variable name of an attribute of an object. @throws {RangeError} not within 0..65535. */
export function attributeVariable(baseName: number, attributeId: number): number {
  const variableName = baseName + 8 * (attributeId - 1);
  if (Number.isInteger(variableName) && variableName >= 0 && variableName <= 0xffff) {
    return variableName;
  }
  throw new RangeError(`attribute ${attributeId} of base name ${baseName} has no short name`);
}

export function variableAccessOf({ variableName, selection }: ShortName): VariableAccess {
  if (selection === undefined) return { type: "variable-name", variableName };
  const { selector, parameters: parameter } = selection;
  return { type: "parameterized-access", variableName, selector, parameter };
}

/** Answers of short-name services, of which each exchange awaits one. */
const responses: readonly number[] = [0x0c, 0x0d];

/**
 * READ and WRITE: their answers carry no invoke-id, so one request at a time is all there is, and
 * whatever answer of the kind comes is taken for it.
 */
export abstract class ShortNameExchange<Result> extends Exchange<Result> {
  constructor(context: ExchangeContext) {
    super(0, context);
  }

  override receive(
    octets: Uint8Array,
    writer: OctetWriter,
    start = 0,
    end: number = octets.length,
  ): ExchangeStep {
    const tag = octets[start] ?? 0;
    if (tag === this.responseTag) return this.respond(octets, start, end, writer);
    return responses.includes(tag) ? "late" : super.receive(octets, writer, start, end);
  }
}
