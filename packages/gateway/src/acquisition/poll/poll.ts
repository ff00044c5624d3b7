import { DlmsError } from "@lectura/dlms/octets";
import type { AttributeDescriptor, GetDataResult } from "@lectura/dlms/xdlms";
import type { Session } from "@lectura/dlms-node";
import type { PlanItem } from "../../registry/model.ts";
import { scalerAttributeId } from "./scaler-cache.ts";

/** What a poll needs of a session: the rest of it is not a poll's business. */
export type PollSession = Pick<Session, "get" | "getWithList" | "closed">;

/** One attribute a poll asks for. */
export type Wanted =
  | { readonly part: "value"; readonly item: PlanItem }
  | { readonly part: "scaler"; readonly item: PlanItem }
  /** The logical device name: whether this is still the meter it was. */
  | { readonly part: "identity" };

/** One answer, with the instant it was complete (UTC ms). */
export interface Answer {
  readonly wanted: Wanted;
  readonly result: GetDataResult;
  readonly at: number;
}

/** Everything one poll brought; `error` when it broke before all was asked. */
export interface PollResult {
  readonly answers: readonly Answer[];
  /** UTC ms at the last octet of the first answer: the one stamp of all values of this poll. */
  readonly measuredAt: number | undefined;
  readonly requests: number;
  /** GET-with-list was tried and refused or broke; singles went on where the session allowed it. */
  readonly listFailure: DlmsError | undefined;
  readonly error: unknown;
}

export interface PollOptions {
  readonly session: PollSession;
  readonly wanted: readonly Wanted[];
  readonly useList: boolean;
  readonly signal: AbortSignal;
  readonly nowMs: () => number;
  /** Runs one exchange in the line's turn: gap, and on-demand work first. */
  readonly exchange: <T>(run: () => Promise<T>) => Promise<T>;
}

/** Attributes in one GET-with-list: what meters take, the first poll with its scalers too. */
export const listItemsMax = 32;
/** Repeats of one GET on the same session when the error says that this may help. */
const requestRepeatsMax = 2;

/** COSEM logical device name, mandatory in every logical device (Blue Book 6.2.39). */
const identityAttribute = {
  classId: 1,
  logicalName: "0.0.42.0.0.255",
  attributeId: 2,
} as AttributeDescriptor;

/** Asks for everything wanted, by lists where they work and one by one otherwise. Never rejects. */
export async function poll(options: PollOptions): Promise<PollResult> {
  const run = new PollRun(options);
  let error: unknown;
  try {
    await run.perform();
  } catch (problem) {
    error = problem;
  }
  const { answers, requests, listFailure } = run;
  return { answers, measuredAt: answers[0]?.at, requests, listFailure, error };
}

class PollRun {
  readonly answers: Answer[] = [];
  requests = 0;
  listFailure: DlmsError | undefined;
  readonly #options: PollOptions;

  constructor(options: PollOptions) {
    this.#options = options;
  }

  async perform(): Promise<void> {
    const { wanted, useList } = this.#options;
    const listed = useList && wanted.length > 1 ? await this.#lists() : 0;
    for (const one of wanted.slice(listed)) await this.#single(one);
  }

  /** How many were answered in lists, from the first on. */
  async #lists(): Promise<number> {
    const { wanted } = this.#options;
    for (let at = 0; at < wanted.length; at += listItemsMax) {
      const answered = await this.#list(wanted.slice(at, at + listItemsMax));
      if (!answered) return at;
    }
    return wanted.length;
  }

  /** True when the list was answered. A failure that leaves the session open is not the poll's. */
  async #list(chunk: readonly Wanted[]): Promise<boolean> {
    const { session, signal, exchange, nowMs } = this.#options;
    try {
      const results = await exchange(() => {
        this.requests++;
        return session.getWithList(chunk.map(attributeOf), { signal });
      });
      const at = nowMs();
      for (const [index, one] of chunk.entries()) {
        const result = results[index];
        if (result !== undefined) this.answers.push({ wanted: one, result, at });
      }
      return true;
    } catch (error) {
      if (!(error instanceof DlmsError)) throw error;
      this.listFailure = error;
      if (session.closed) throw error;
      return false;
    }
  }

  async #single(wanted: Wanted): Promise<void> {
    const { session, signal, exchange, nowMs } = this.#options;
    const attribute = attributeOf(wanted);
    for (let repeats = 0; ; repeats++) {
      try {
        const result = await exchange(() => {
          this.requests++;
          return session.get(attribute, { signal });
        });
        this.answers.push({ wanted, result, at: nowMs() });
        return;
      } catch (error) {
        if (!(error instanceof DlmsError) || session.closed) throw error;
        if (error.recovery === "park-object") {
          const result = { ok: false, reason: "other-reason" } as const;
          this.answers.push({ wanted, result, at: nowMs() });
          return;
        }
        if (error.recovery !== "retry-request" || repeats >= requestRepeatsMax) throw error;
      }
    }
  }
}

function attributeOf(wanted: Wanted): AttributeDescriptor {
  if (wanted.part === "identity") return identityAttribute;
  const { classId, logicalName, attributeId } = wanted.item;
  if (wanted.part === "value") return { classId, logicalName, attributeId };
  return { classId, logicalName, attributeId: scalerAttributeId(wanted.item)! };
}
