/** What a client link waits for, for how long, and what it means when that does not come. */
import { ProtocolError } from "../error.ts";
import type { LinkState } from "./link-output.ts";

/** What an armed deadline is about. */
export type Waiting = "nothing" | "ua" | "release" | "answer" | "pause";

/** A UA or DM may be the late answer to an earlier command: what the meter says next decides. */
export const refusalGraceMs = 500;
/** Once an answer has begun, its next octets; a frame that is cut off costs no more than this. */
export const octetTimeoutMsDefault = 1000;
/** Pause before the first poll, doubled with each up to the maximum. */
const firstPauseMs = 50;
const pauseMsMax = 1000;
/** Polls of a busy meter for one unit: two minutes; beyond: `hdlc/request-timeout`. */
const pollsMax = 120;

const commandOf: Readonly<Record<Waiting, string>> = {
  nothing: "nothing",
  ua: "SNRM",
  release: "DISC",
  answer: "a request",
  pause: "a poll",
};

/** Pause before the next poll of a busy meter; `undefined` when `polls` have been enough. */
export function pollPauseMs(polls: number): number | undefined {
  if (polls >= pollsMax) return undefined;
  return Math.min(firstPauseMs << Math.min(polls, 10), pauseMsMax);
}

/** No answer came, however often the command was sent. */
function silence(waiting: Waiting, attempts: number): ProtocolError {
  const code = waiting === "answer" ? "hdlc/request-timeout" : "hdlc/no-answer";
  const times = attempts === 1 ? "once" : `${attempts} times`;
  return new ProtocolError(code, `no answer to ${commandOf[waiting]}, sent ${times}`);
}

/** The meter has answered DM, more than once. */
export function refusal(state: LinkState): ProtocolError {
  if (state === "connecting") return new ProtocolError("hdlc/refused", "SNRM is answered with DM");
  return new ProtocolError("hdlc/disconnected", "the meter has closed the link: it answers DM");
}

/** Why a link that has waited long enough gives up. */
export function givenUp(
  state: LinkState,
  waiting: Waiting,
  attempts: number,
  refusals: number,
): ProtocolError {
  return refusals > 0 ? refusal(state) : silence(waiting, attempts);
}
