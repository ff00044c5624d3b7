/**
 * Script table of a server (class 9, Blue Book 4.5.2): scripts write attributes and call methods.
 */
import { scriptTable } from "../../cosem/attributes/objects.ts";
import type { scriptTableClass } from "../../cosem/attributes/classes/time-and-control.ts";
import type { ValueOf } from "../../cosem/attributes/shape.ts";
import type { ObisText } from "../../cosem/descriptor.ts";
import type { ObisCode } from "../../cosem/obis.ts";
import type { ActionResult } from "../../xdlms/data-access-result.ts";
import { accessBit, accessMask } from "../access-rights.ts";
import type { AccessContext, ServerObject } from "../object.ts";
import { fixed, serveObject } from "./serve-object.ts";

/** Scripts as `scriptTable(name).scripts` decodes them. */
export type Scripts = ValueOf<(typeof scriptTableClass)["versions"][0]["attributes"]["scripts"]>;
/** One action of a script. */
export type ScriptAction = Scripts[number]["actions"][number];

/** Names one script: a table and a selector in it. */
export interface ScriptReference {
  readonly scriptLogicalName: ObisCode;
  readonly scriptSelector: number;
}

/** The scripts, and what they act on. */
export interface ServedScriptTableOptions {
  readonly logicalName: ObisText;
  readonly scripts: Scripts;
  /** The objects scripts act on, asked when a script runs, so that they may be made later. */
  readonly objects: () => readonly ServerObject[];
}

/** The object, and the way to run its scripts from within the meter. */
export interface ServedScriptTable {
  readonly object: ServerObject;
  /** Runs one script; the first action that fails ends it. Selector 0 does nothing. */
  execute(selector: number, context: AccessContext): ActionResult;
}

/** Script table (class 9). */
export function servedScriptTable(options: ServedScriptTableOptions): ServedScriptTable {
  const typed = scriptTable(options.logicalName);
  const execute = (selector: number, context: AccessContext): ActionResult => {
    if (selector === 0) return "success";
    const script = options.scripts.find(({ scriptId }) => scriptId === selector);
    if (script === undefined) return "object-undefined";
    for (const action of script.actions) {
      const result = runAction(options.objects(), action, context);
      if (result !== "success") return result;
    }
    return "success";
  };
  const object = serveObject(typed, { scripts: fixed(options.scripts), execute });
  return { object, execute };
}

/** Scripts act with the meter's own rights: what no client may write a script may not either. */
function runAction(
  objects: readonly ServerObject[],
  { serviceId, classId, logicalName, index, parameter }: ScriptAction,
  context: AccessContext,
): ActionResult {
  const target = objects.find((object) => object.logicalName === logicalName);
  if (target === undefined) return "object-undefined";
  if (target.classId !== classId) return "object-class-inconsistent";
  if (serviceId === "execute") {
    return target.methods?.[index]?.invoke(parameter, context).result ?? "object-undefined";
  }
  const attribute = target.attributes[index];
  if (serviceId !== "write" || attribute === undefined) return "object-undefined";
  const mayWrite = (accessMask(attribute.access ?? "read") & accessBit.write) !== 0;
  if (!mayWrite || attribute.write === undefined) return "read-write-denied";
  const { types } = attribute;
  if (types !== undefined && !types.includes(parameter.type)) return "type-unmatched";
  return asActionResult(attribute.write(parameter, context));
}

function asActionResult(result: string): ActionResult {
  if (result === "long-set-aborted" || result === "no-long-set-in-progress") return "other-reason";
  return result as ActionResult;
}
