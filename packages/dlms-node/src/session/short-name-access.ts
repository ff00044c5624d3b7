import { i8 } from "@lectura/dlms/axdr";
import {
  type AttributeValue,
  decodeShortNames,
  type MethodCall,
  ReadExchange,
  type ShortName,
  shortNameListAt,
  ShortNameMap,
  type ShortNameValue,
  splitReadList,
  splitWriteList,
  WriteExchange,
} from "@lectura/dlms/client";
import { className, methodOf } from "@lectura/dlms/cosem";
import {
  type ActionOutcome,
  actionResults,
  type AttributeDescriptor,
  type DataAccessResult,
  type GetDataResult,
} from "@lectura/dlms/xdlms";
import type { SessionDialogue } from "./session-dialogue.ts";
import { SessionError } from "./session-error.ts";
import type { RequestOptions } from "./session.ts";

/**
 * Methods that return something: with short names they are read, the others are written (Green
 * Book 9.3.14). By class id and the standard's name.
 */
const returningMethods: ReadonlySet<string> = new Set([
  "12 read_by_logicalname",
  "12 reply_to_HLS_authentication",
  "30 get_protected_attributes",
  "30 invoke_protected_method",
  "64 export_certificate",
  "64 generate_certificate_request",
  "64 key_agreement",
]);
/** Parameter of a method that has none (Blue Book: `data ::= integer (0)`). */
const noParameters = i8(0);
const methodSelector = 1;

/** Requests by logical name, carried out in an association with short names. */
export class ShortNameAccess {
  readonly #dialogue: SessionDialogue;
  readonly #vaaName: number;
  #map: ShortNameMap | undefined;
  #reading: Promise<ShortNameMap> | undefined;

  /** `vaaName`: where the association is, as the meter answered. */
  constructor(dialogue: SessionDialogue, vaaName: number, map: ShortNameMap | undefined) {
    this.#dialogue = dialogue;
    this.#vaaName = vaaName;
    this.#map = map;
  }

  /** The meter's short names, read once. @throws {SessionError} session/no-short-name */
  async map(options?: RequestOptions): Promise<ShortNameMap> {
    if (this.#map !== undefined) return this.#map;
    this.#reading ??= this.#read(options).finally(() => (this.#reading = undefined));
    return this.#reading;
  }

  async get(
    attributes: readonly AttributeDescriptor[],
    options: RequestOptions | undefined,
  ): Promise<readonly GetDataResult[]> {
    const map = await this.map(options);
    const names = attributes.map((attribute) => map.attribute(attribute));
    const values = await this.read(names.filter(isKnown), options);
    let at = 0;
    return names.map((name): GetDataResult =>
      name === undefined ? { ok: false, reason: "object-undefined" } : values[at++]!,
    );
  }

  async set(
    values: readonly AttributeValue[],
    options: RequestOptions | undefined,
  ): Promise<readonly DataAccessResult[]> {
    const map = await this.map(options);
    const known: ShortNameValue[] = [];
    const isKnownValue = values.map(({ attribute, data }) => {
      const name = map.attribute(attribute);
      if (name !== undefined) known.push({ name, data });
      return name !== undefined;
    });
    const results = await this.write(known, options);
    let at = 0;
    return isKnownValue.map((known) => (known ? results[at++]! : "object-undefined"));
  }

  /** @throws {SessionError} session/no-short-name: no table says where the method is */
  async action(
    { method, parameters = noParameters }: MethodCall,
    options: RequestOptions | undefined,
  ): Promise<ActionOutcome> {
    const map = await this.map(options);
    const object = map.find(method.classId, method.logicalName);
    if (object === undefined) return { result: "object-undefined" };
    const variableName = map.method(method);
    const named = methodOf(method.classId, method.methodId, object.version);
    if (variableName === undefined || named === undefined) {
      const what = `${className(method.classId)} version ${object.version}`;
      throw new SessionError("session/no-short-name", `method ${method.methodId} of ${what}`);
    }
    if (returningMethods.has(`${method.classId} ${named.name}`)) {
      const selection = { selector: methodSelector, parameters };
      const [value] = await this.read([{ variableName, selection }], options);
      if (value?.ok === true) return { result: "success", returned: value };
      return { result: actionResultOf(value?.reason ?? "other-reason") };
    }
    const [result] = await this.write([{ name: { variableName }, data: parameters }], options);
    return { result: actionResultOf(result ?? "other-reason") };
  }

  /** READ, in as many requests as the meter's max PDU asks for. */
  async read(
    variables: readonly ShortName[],
    options: RequestOptions | undefined,
  ): Promise<readonly GetDataResult[]> {
    const { context } = this.#dialogue;
    const results: GetDataResult[] = [];
    for (const run of splitReadList(variables, context)) {
      const exchange = new ReadExchange(run, context);
      results.push(...(await this.#dialogue.run(exchange, options)));
    }
    return results;
  }

  /** WRITE, in one request where it fits one or goes in blocks. */
  async write(
    values: readonly ShortNameValue[],
    options: RequestOptions | undefined,
  ): Promise<readonly DataAccessResult[]> {
    const { context } = this.#dialogue;
    const results: DataAccessResult[] = [];
    for (const run of splitWriteList(values, context)) {
      const exchange = new WriteExchange(run, context);
      results.push(...(await this.#dialogue.run(exchange, options)));
    }
    return results;
  }

  async #read(options: RequestOptions | undefined): Promise<ShortNameMap> {
    const [list] = await this.read([shortNameListAt(this.#vaaName)], options);
    if (list?.ok !== true) {
      const reason = list?.reason ?? "nothing";
      throw new SessionError("session/no-short-name", `the object list answers ${reason}`);
    }
    this.#map = new ShortNameMap(decodeShortNames(list.value));
    return this.#map;
  }
}

function isKnown(name: ShortName | undefined): name is ShortName {
  return name !== undefined;
}

/** Results that only long transfers have are no results of an action. */
function actionResultOf(result: DataAccessResult): ActionOutcome["result"] {
  return isActionResult(result) ? result : "other-reason";
}

const resultsOfActions: ReadonlySet<string> = new Set(Object.values(actionResults));

function isActionResult(result: string): result is ActionOutcome["result"] {
  return resultsOfActions.has(result) || result.startsWith("other-");
}
