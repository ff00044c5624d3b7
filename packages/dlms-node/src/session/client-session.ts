import {
  AccessExchange,
  ActionExchange,
  ActionListExchange,
  type AttributeValue,
  GetExchange,
  GetListExchange,
  GetOctetsExchange,
  type GetOctetsResult,
  type LongGet,
  type MethodCall,
  type Referencing,
  ResumedGetExchange,
  SetExchange,
  SetListExchange,
  type ShortName,
  type ShortNameMap,
  type ShortNameValue,
  splitActionList,
  splitGetList,
  splitSetList,
  UnconfirmedWriteExchange,
} from "@lectura/dlms/client";
import { type Data, encodeData } from "@lectura/dlms/axdr";
import type {
  ActionOutcome,
  AttributeDescriptor,
  DataAccessResult,
  GetDataResult,
  MethodDescriptor,
} from "@lectura/dlms/xdlms";
import { closeDialogue } from "./close-dialogue.ts";
import type { SessionDialogue } from "./session-dialogue.ts";
import type {
  Access,
  AccessRequestOptions,
  AccessResult,
  GetOptions,
  RequestOptions,
  Session,
  SessionCounters,
  SessionNegotiated,
} from "./session.ts";
import { ShortNameAccess } from "./short-name-access.ts";

/** Of the invoke octet: the service is answered. */
const confirmedBit = 0x40;

/** A session as its users see it: requests in, values out. */
export class ClientSession implements Session {
  readonly negotiated: SessionNegotiated;
  readonly #dialogue: SessionDialogue;
  /** Only in an association with short names. */
  readonly #shortNames: ShortNameAccess | undefined;
  #closing: Promise<void> | undefined;

  constructor(
    dialogue: SessionDialogue,
    negotiated: SessionNegotiated,
    referencing: Referencing,
    map: ShortNameMap | undefined,
  ) {
    this.#dialogue = dialogue;
    this.negotiated = negotiated;
    this.#shortNames =
      referencing === "sn" ? new ShortNameAccess(dialogue, negotiated.vaaName, map) : undefined;
  }

  get closed(): boolean {
    return this.#dialogue.failure !== undefined;
  }

  get counters(): SessionCounters {
    const { requests, roundTrips, lateReplies, wire } = this.#dialogue;
    const link = wire.link?.counters;
    return {
      requests,
      roundTrips,
      lateReplies,
      retransmissions: link?.retransmissions ?? 0,
      staleUa: link?.staleUa ?? 0,
      foreignFrames: link?.foreignFrames ?? 0,
      unacknowledgedAnswers: link?.unacknowledgedAnswers ?? 0,
      discardedOctets: link?.discardedOctets ?? 0,
      octetsIn: wire.octetsIn,
      octetsOut: wire.octetsOut,
    };
  }

  get(attribute: AttributeDescriptor, options?: GetOptions): Promise<GetDataResult> {
    if (options?.resume !== undefined) return this.#resume(attribute, options.resume, options);
    if (this.#shortNames !== undefined) return first(this.#shortNames.get([attribute], options));
    const dialogue = this.#dialogue;
    const exchange = new GetExchange(attribute, dialogue.nextInvoke(), dialogue.context);
    return dialogue.run(exchange, options);
  }

  async getOctets(
    attribute: AttributeDescriptor,
    options?: RequestOptions,
  ): Promise<GetOctetsResult> {
    if (this.#shortNames !== undefined) {
      const result = await first(this.#shortNames.get([attribute], options));
      return result.ok ? { ok: true, octets: encodeData(result.value) } : result;
    }
    const dialogue = this.#dialogue;
    const exchange = new GetOctetsExchange(attribute, dialogue.nextInvoke(), dialogue.context);
    return dialogue.run(exchange, options);
  }

  async getWithList(
    attributes: readonly AttributeDescriptor[],
    options?: RequestOptions,
  ): Promise<readonly GetDataResult[]> {
    if (this.#shortNames !== undefined) return this.#shortNames.get(attributes, options);
    const dialogue = this.#dialogue;
    const { context } = dialogue;
    return inRuns(splitGetList(attributes, context.sendOctetsMax), (run) =>
      dialogue.run(new GetListExchange(run, dialogue.nextInvoke(), context), options),
    );
  }

  async set(
    attribute: AttributeDescriptor,
    data: Data,
    options?: RequestOptions,
  ): Promise<DataAccessResult> {
    const value = { attribute, data };
    if (this.#shortNames !== undefined) return first(this.#shortNames.set([value], options));
    const dialogue = this.#dialogue;
    const exchange = new SetExchange(value, dialogue.nextInvoke(), dialogue.context);
    return dialogue.run(exchange, options);
  }

  async setWithList(
    values: readonly AttributeValue[],
    options?: RequestOptions,
  ): Promise<readonly DataAccessResult[]> {
    if (this.#shortNames !== undefined) return this.#shortNames.set(values, options);
    const dialogue = this.#dialogue;
    const { context } = dialogue;
    return inRuns(splitSetList(values, context), (run) =>
      dialogue.run(new SetListExchange(run, dialogue.nextInvoke(), context), options),
    );
  }

  async action(
    method: MethodDescriptor,
    parameters?: Data,
    options?: RequestOptions,
  ): Promise<ActionOutcome> {
    const call = parameters === undefined ? { method } : { method, parameters };
    if (this.#shortNames !== undefined) return this.#shortNames.action(call, options);
    const dialogue = this.#dialogue;
    const exchange = new ActionExchange(call, dialogue.nextInvoke(), dialogue.context);
    return dialogue.run(exchange, options);
  }

  async unconfirmedSet(
    attribute: AttributeDescriptor,
    data: Data,
    options?: RequestOptions,
  ): Promise<void> {
    const dialogue = this.#byLogicalName();
    const invoke = dialogue.nextInvoke() & ~confirmedBit;
    await dialogue.run(new SetExchange({ attribute, data }, invoke, dialogue.context), options);
  }

  async unconfirmedAction(
    method: MethodDescriptor,
    parameters?: Data,
    options?: RequestOptions,
  ): Promise<void> {
    const dialogue = this.#byLogicalName();
    const invoke = dialogue.nextInvoke() & ~confirmedBit;
    const call = parameters === undefined ? { method } : { method, parameters };
    await dialogue.run(new ActionExchange(call, invoke, dialogue.context), options);
  }

  async actionWithList(
    calls: readonly MethodCall[],
    options?: RequestOptions,
  ): Promise<readonly ActionOutcome[]> {
    const shortNames = this.#shortNames;
    if (shortNames !== undefined) {
      return inRuns(calls, async (call) => [await shortNames.action(call, options)]);
    }
    const dialogue = this.#dialogue;
    const { context } = dialogue;
    return inRuns(splitActionList(calls, context), (run) =>
      dialogue.run(new ActionListExchange(run, dialogue.nextInvoke(), context), options),
    );
  }

  async access(
    accesses: readonly Access[],
    options?: AccessRequestOptions,
  ): Promise<readonly AccessResult[]> {
    if (this.#shortNames !== undefined) throw new TypeError("ACCESS has no short names");
    const dialogue = this.#dialogue;
    const { context } = dialogue;
    const exchange = new AccessExchange(accesses, dialogue.nextInvoke(), context, options);
    return dialogue.run(exchange, options);
  }

  async read(
    variables: readonly ShortName[],
    options?: RequestOptions,
  ): Promise<readonly GetDataResult[]> {
    return this.#byShortName().read(variables, options);
  }

  async write(
    values: readonly ShortNameValue[],
    options?: RequestOptions,
  ): Promise<readonly DataAccessResult[]> {
    return this.#byShortName().write(values, options);
  }

  async unconfirmedWrite(
    values: readonly ShortNameValue[],
    options?: RequestOptions,
  ): Promise<void> {
    this.#byShortName();
    const dialogue = this.#dialogue;
    return dialogue.run(new UnconfirmedWriteExchange(values, dialogue.context), options);
  }

  async shortNames(options?: RequestOptions): Promise<ShortNameMap> {
    return this.#byShortName().map(options);
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= closeDialogue(this.#dialogue);
    return this.#closing;
  }

  async #resume(
    attribute: AttributeDescriptor,
    from: LongGet,
    options: RequestOptions,
  ): Promise<GetDataResult> {
    const dialogue = this.#dialogue;
    const exchange = new ResumedGetExchange(attribute, from, dialogue.context);
    return dialogue.run(exchange, options);
  }

  #byLogicalName(): SessionDialogue {
    if (this.#shortNames === undefined) return this.#dialogue;
    throw new TypeError("short names have unconfirmedWrite");
  }

  #byShortName(): ShortNameAccess {
    if (this.#shortNames !== undefined) return this.#shortNames;
    throw new TypeError('short names need the option referencing: "sn"');
  }
}

async function first<T>(results: Promise<readonly T[]>): Promise<T> {
  const [result] = await results;
  return result!;
}

/** One request after the other; the results in the order of all parts. */
async function inRuns<Part, Result>(
  runs: readonly Part[],
  request: (run: Part) => Promise<readonly Result[]>,
): Promise<readonly Result[]> {
  if (runs.length === 1) return request(runs[0]!);
  const results: Result[] = [];
  for (const run of runs) results.push(...(await request(run)));
  return results;
}
