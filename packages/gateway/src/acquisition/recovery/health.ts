import type { Recovery } from "@lectura/dlms/octets";
import type { EventSeverity } from "../../store/store.ts";
import { backoffMs, type ReconnectBudget } from "./backoff.ts";

/**
 * Where one meter, or one line, stands between attempts. `nextAttemptAt` is monotonic ms. A held credential has no
 * next attempt: only a person opens that latch.
 *
 *   good --failure--> failing --failure--> failing (longer wait; breaker once the budget is spent)
 *   failing --success--> good
 *   any --hold-credential--> held --a person--> good
 */
export type Health =
  | { readonly at: "good" }
  | {
      readonly at: "failing";
      readonly failures: number;
      readonly code: string;
      readonly nextAttemptAt: number;
      /** The reconnect budget is spent: one probe each time it gives a token. */
      readonly breakerOpen: boolean;
    }
  | { readonly at: "held"; readonly code: string };

/** What went wrong, reduced to what recovery may look at. */
export interface Failure {
  readonly code: string;
  readonly recovery: Recovery;
  readonly detail: string;
}

/** A transition worth an event. */
export interface HealthEvent {
  readonly code: string;
  readonly severity: EventSeverity;
  readonly message: string;
}

export interface HealthStep {
  readonly health: Health;
  readonly events: readonly HealthEvent[];
}

/** The meter or the converter holds something for another client: let its own time-out pass. */
const pauseMsMin = 30_000;
/** Nothing but a change of settings helps; look again once in a while in case the meter changed. */
const operatorMs = 3_600_000;

/** The next state after a failed attempt. Takes no token: `startAttempt` does. */
export function afterFailure(
  health: Health,
  failure: Failure,
  context: {
    readonly scope: "line" | "meter";
    readonly nowMs: number;
    readonly random: number;
    readonly budget: ReconnectBudget;
    /** Least pause, as this meter wants it, ms. */
    readonly pauseMs?: number;
  },
): HealthStep {
  const { code, recovery, detail } = failure;
  if (recovery === "hold-credential") {
    const message = `the meter refused the credential (${detail}); held until a person resumes it`;
    return {
      health: { at: "held", code },
      events: [{ code: "meter/credential-held", severity: "critical", message }],
    };
  }
  const failures = health.at === "failing" ? health.failures + 1 : 1;
  const waitMs = Math.max(waitAfter(recovery, failures, context.random), context.pauseMs ?? 0);
  const wantedAt = context.nowMs + waitMs;
  const nextAttemptAt = Math.max(wantedAt, context.budget.availableAt(context.nowMs));
  const breakerOpen = nextAttemptAt > wantedAt;
  const waitS = Math.ceil((nextAttemptAt - context.nowMs) / 1000);
  const events: HealthEvent[] = [];
  const wasOpen = health.at === "failing" && health.breakerOpen;
  if (health.at !== "failing" || health.code !== code) {
    const severity = recovery === "operator" ? "error" : "warning";
    events.push({ code, severity, message: `${detail}; next attempt in ${waitS} s` });
  }
  if (breakerOpen && !wasOpen) {
    const message = `still failing (${code}); one probe every ten minutes, next in ${waitS} s`;
    events.push({ code: `${context.scope}/breaker-open`, severity: "error", message });
  }
  return { health: { at: "failing", failures, code, nextAttemptAt, breakerOpen }, events };
}

/** The next state after a complete answer. */
export function afterSuccess(health: Health, scope: "line" | "meter"): HealthStep {
  if (health.at === "good") return { health, events: [] };
  const message = `answers again after ${health.code}`;
  return {
    health: { at: "good" },
    events: [{ code: `${scope}/recovered`, severity: "info", message }],
  };
}

/** A person asked: forget the waits and open the latch. */
export function afterPerson(health: Health): HealthStep {
  if (health.at !== "held") return { health: { at: "good" }, events: [] };
  const message = "a person opened the credential latch: one attempt follows";
  return {
    health: { at: "good" },
    events: [{ code: "meter/credential-released", severity: "info", message }],
  };
}

function waitAfter(recovery: Recovery, failures: number, random: number): number {
  switch (recovery) {
    case "pause":
      return Math.max(pauseMsMin, backoffMs(failures, random));
    case "operator":
      return operatorMs;
    case "retry-request":
    case "reopen-session":
    case "reopen-line":
    case "park-object":
    case "hold-credential":
      return backoffMs(failures, random);
  }
}
