import type { Data } from "../axdr/data.ts";
import { type ObisCode, obisFromOctets, obisGroups } from "../cosem/obis.ts";
import { decodeScalerUnit, type ScalerUnit } from "../cosem/scaler-unit.ts";
import { type PushObject, pushObjectListOf, pushSetupClass } from "./push-object-list.ts";
import { type PushTemplate, templateOf } from "./push-template.ts";

/** One value of a push with the name it could be given. */
export interface PushValue {
  readonly logicalName: ObisCode;
  /** Known where the push or its object list says it. */
  readonly classId?: number;
  readonly attributeId?: number;
  /** 0 = the whole attribute. */
  readonly dataIndex?: number;
  readonly value: Data;
  /** Beside the value in the push, or the template's. */
  readonly scalerUnit?: ScalerUnit;
}

/**
 * - `object-list`: named by the push object list, in the push itself or given.
 * - `pairs`: each value stands behind its OBIS code.
 * - `template`: named by position.
 * - `unnamed`: nothing names them.
 */
export type PushForm = "object-list" | "pairs" | "template" | "unnamed";

/** The values of a push, named as far as that goes. */
export interface PushContent {
  readonly form: PushForm;
  readonly values: readonly PushValue[];
  /** Values that nothing names, in their order. */
  readonly unnamed: readonly Data[];
  /** Name of the template that named them. */
  readonly template?: string;
}

/** What is known beforehand of how a meter's values are called. */
export interface PushNaming {
  /** push_object_list of the push setup that sends, where it is known (R55). */
  readonly objectList?: readonly PushObject[];
  /** Known lists by position. */
  readonly templates?: readonly PushTemplate[];
}

/** Lists inside lists that are looked into for pairs. */
const nestingMax = 4;

/** Names what the body of a data-notification holds. Total: whatever the body is. */
export function readPushBody(body: Data, naming: PushNaming = {}): PushContent {
  const items = elementsOf(body);
  if (items === undefined) return { form: "unnamed", values: [], unnamed: [body] };
  const listed = byObjectList(items, naming.objectList);
  if (listed !== undefined) return listed;
  const pairs: Pairs = { values: [], unnamed: [] };
  const own = pairOf(items);
  if (own === undefined) collectPairs(items, pairs, 0);
  else pairs.values.push(own);
  if (pairs.values.length > 0) return { form: "pairs", ...pairs };
  const template = templateOf(items, naming.templates ?? []);
  if (template === undefined) return { form: "unnamed", ...pairs };
  const values = items.map((value, index): PushValue => ({ ...template.columns[index]!, value }));
  return { form: "template", values, unnamed: [], template: template.name };
}

function elementsOf(data: Data): readonly Data[] | undefined {
  return data.type === "array" || data.type === "structure" ? data.value : undefined;
}

/**
 * A body that carries its own object list names itself; one as long as the list given is named by
 * that. The element that is the list itself is no value.
 */
function byObjectList(
  items: readonly Data[],
  known: readonly PushObject[] | undefined,
): PushContent | undefined {
  const at = items.findIndex((item) => pushObjectListOf(item) !== undefined);
  const objects = at < 0 ? known : pushObjectListOf(items[at]!);
  if (objects === undefined) return undefined;
  // The list names itself (class 40 attribute 2), or it stands before what it names.
  const listsItself = at >= 0 && objects.length === items.length && isListItself(objects[at]);
  const named = at < 0 || listsItself ? items : items.toSpliced(at, 1);
  if (objects.length !== named.length) return undefined;
  const values = objects.flatMap((object, index): readonly PushValue[] =>
    listsItself && index === at ? [] : [{ ...object, value: named[index]! }],
  );
  return { form: "object-list", values, unnamed: [] };
}

function isListItself(object: PushObject | undefined): boolean {
  return object?.classId === pushSetupClass && object.attributeId === 2;
}

interface Pairs {
  readonly values: PushValue[];
  readonly unnamed: Data[];
}

/** Pairs as structures of their own, or code and value one behind the other. */
function collectPairs(items: readonly Data[], pairs: Pairs, depth: number): void {
  for (let at = 0; at < items.length; at++) {
    const item = items[at]!;
    const nested = elementsOf(item);
    if (nested !== undefined) {
      const pair = pairOf(nested);
      if (pair !== undefined) pairs.values.push(pair);
      else if (depth < nestingMax) collectPairs(nested, pairs, depth + 1);
      else pairs.unnamed.push(item);
      continue;
    }
    const logicalName = codeOf(item);
    const value = items[at + 1];
    const alone = value === undefined || elementsOf(value) !== undefined;
    if (logicalName === undefined || alone || isPushSetup(logicalName)) {
      pairs.unnamed.push(item);
      continue;
    }
    at++;
    const scalerUnit = scalerUnitOf(items[at + 1]);
    if (scalerUnit !== undefined) at++;
    pairs.values.push({ logicalName, value, ...(scalerUnit === undefined ? {} : { scalerUnit }) });
  }
}

/**
 * { code, value }, { code, value, { scaler, unit } }, or { class, code, attribute, value }, the
 * last one with a data index before the value, too.
 */
function pairOf(items: readonly Data[]): PushValue | undefined {
  const [first, second, third] = items;
  if (first?.type === "long-unsigned" && (items.length === 4 || items.length === 5)) {
    return describedValue(items);
  }
  const logicalName = first === undefined ? undefined : codeOf(first);
  if (logicalName === undefined || second === undefined || items.length > 3) return undefined;
  if (items.length === 2) return isPair(second) ? undefined : { logicalName, value: second };
  const scalerUnit = scalerUnitOf(third);
  return scalerUnit && { logicalName, value: second, scalerUnit };
}

function isPair(data: Data): boolean {
  const items = elementsOf(data);
  return items !== undefined && pairOf(items) !== undefined;
}

function describedValue(items: readonly Data[]): PushValue | undefined {
  const [classId, code, attributeId, index] = items;
  const logicalName = code === undefined ? undefined : codeOf(code);
  const value = items.at(-1);
  if (classId?.type !== "long-unsigned" || logicalName === undefined || value === undefined) {
    return undefined;
  }
  if (attributeId?.type !== "integer" && attributeId?.type !== "unsigned") return undefined;
  const described = { classId: classId.value, logicalName, attributeId: attributeId.value, value };
  if (items.length === 4) return described;
  if (index?.type !== "long-unsigned" && index?.type !== "unsigned") return undefined;
  return { ...described, dataIndex: index.value };
}

/** Value group A has four bits; six letters are no code. */
const groupAMax = 15;

/** Six octets that may be a code. */
function codeOf(data: Data): ObisCode | undefined {
  if (data.type !== "octet-string" || data.value.length !== 6) return undefined;
  return data.value[0]! > groupAMax ? undefined : obisFromOctets(data.value);
}

/** A push setup's own name (0-b:25.9.e) stands before the values by itself. */
function isPushSetup(logicalName: ObisCode): boolean {
  const { a, c, d } = obisGroups(logicalName);
  return a === 0 && c === 25 && d === 9;
}

function scalerUnitOf(data: Data | undefined): ScalerUnit | undefined {
  if (data?.type !== "structure" || data.value.length !== 2) return undefined;
  const [scaler, unit] = data.value;
  return scaler?.type === "integer" && unit?.type === "enum" ? decodeScalerUnit(data) : undefined;
}
