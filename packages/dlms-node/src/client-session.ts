import {
  ActionExchange,
  ActionListExchange,
  type AttributeValue,
  GetExchange,
  GetListExchange,
  type MethodCall,
  SetExchange,
  SetListExchange,
  splitGetList,
} from "@lectura/dlms/client";
import type { Data } from "@lectura/dlms/axdr";
import type {
  ActionOutcome,
  AttributeDescriptor,
  DataAccessResult,
  GetDataResult,
  MethodDescriptor,
} from "@lectura/dlms/xdlms";
import { closeDialogue } from "./close-dialogue.ts";
import type { SessionDialogue } from "./session-dialogue.ts";
import type { RequestOptions, Session, SessionCounters, SessionNegotiated } from "./session.ts";

/** A session as its users see it: requests in, values out. */
export class ClientSession implements Session {
  readonly negotiated: SessionNegotiated;
  readonly #dialogue: SessionDialogue;
  #closing: Promise<void> | undefined;

  constructor(dialogue: SessionDialogue, negotiated: SessionNegotiated) {
    this.#dialogue = dialogue;
    this.negotiated = negotiated;
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
      discardedOctets: link?.discardedOctets ?? 0,
      octetsIn: wire.octetsIn,
      octetsOut: wire.octetsOut,
    };
  }

  get(attribute: AttributeDescriptor, options?: RequestOptions): Promise<GetDataResult> {
    const dialogue = this.#dialogue;
    const exchange = new GetExchange(attribute, dialogue.nextInvoke(), dialogue.context);
    return dialogue.run(exchange, options);
  }

  async getWithList(
    attributes: readonly AttributeDescriptor[],
    options?: RequestOptions,
  ): Promise<readonly GetDataResult[]> {
    const dialogue = this.#dialogue;
    const runs = splitGetList(attributes, dialogue.context.sendOctetsMax);
    const results: GetDataResult[] = [];
    for (const run of runs) {
      const exchange = new GetListExchange(run, dialogue.nextInvoke(), dialogue.context);
      const part = await dialogue.run(exchange, options);
      if (runs.length === 1) return part;
      results.push(...part);
    }
    return results;
  }

  async set(
    attribute: AttributeDescriptor,
    data: Data,
    options?: RequestOptions,
  ): Promise<DataAccessResult> {
    const dialogue = this.#dialogue;
    const value = { attribute, data };
    const exchange = new SetExchange(value, dialogue.nextInvoke(), dialogue.context);
    return dialogue.run(exchange, options);
  }

  async setWithList(
    values: readonly AttributeValue[],
    options?: RequestOptions,
  ): Promise<readonly DataAccessResult[]> {
    if (values.length === 0) return [];
    const dialogue = this.#dialogue;
    const exchange = new SetListExchange(values, dialogue.nextInvoke(), dialogue.context);
    return dialogue.run(exchange, options);
  }

  async action(
    method: MethodDescriptor,
    parameters?: Data,
    options?: RequestOptions,
  ): Promise<ActionOutcome> {
    const dialogue = this.#dialogue;
    const call = parameters === undefined ? { method } : { method, parameters };
    const exchange = new ActionExchange(call, dialogue.nextInvoke(), dialogue.context);
    return dialogue.run(exchange, options);
  }

  async actionWithList(
    calls: readonly MethodCall[],
    options?: RequestOptions,
  ): Promise<readonly ActionOutcome[]> {
    if (calls.length === 0) return [];
    const dialogue = this.#dialogue;
    const exchange = new ActionListExchange(calls, dialogue.nextInvoke(), dialogue.context);
    return dialogue.run(exchange, options);
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= closeDialogue(this.#dialogue);
    return this.#closing;
  }
}
