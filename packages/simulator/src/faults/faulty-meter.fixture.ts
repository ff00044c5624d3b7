/** One meter whose line has faults, in memory: nothing waits, a test moves time. */
import {
  type Clock,
  openSession,
  type Port,
  securedAssociation,
  serveSession,
  type Session,
  type SessionOptions,
} from "@lectura/dlms-node";
import { OctetWriter } from "@lectura/dlms/octets";
import { InvocationCounter } from "@lectura/dlms/security";
import { answerOctetsCeiling } from "@lectura/dlms/server";
import { ManualClock, openPipe } from "@lectura/testkit";
import { meterDevice } from "../meter-device.ts";
import { managementClientSap } from "../meter-views.ts";
import { identify } from "../model/identity.ts";
import { MeterModel } from "../model/meter-model.ts";
import type { PersonalityName } from "../personalities/personality.ts";
import { personalities } from "../personalities/personality-table.ts";
import { clientSettings } from "../security/simulated-security.ts";
import type { FaultRule } from "./fault-rule.ts";
import { faultyLine } from "./faulty-line.ts";

const seed = 3;
const noon = Date.UTC(2026, 6, 14, 12, 0, 5);
const stepMs = 100;

/** A meter that is called as often as a test likes; faults count over all calls. */
export interface FaultyMeter {
  /** A session over a line of its own; its end is the line's, too. */
  call(options: Partial<SessionOptions>): Promise<Session>;
  /** Moves time for as long as `work` takes. */
  paced<T>(work: Promise<T>): Promise<T>;
}

export function faultyMeter(name: PersonalityName, faults: readonly FaultRule[]): FaultyMeter {
  const manual = new ManualClock(noon);
  // Values stand still, timers run.
  const clock: Clock = {
    nowMs: () => noon,
    monotonicMs: () => manual.monotonicMs(),
    sleep: (ms, signal) => manual.sleep(ms, signal),
    timer: (ms, fire) => manual.timer(ms, fire),
  };
  const personality = personalities[name];
  const { security } = personality;
  const identity = identify(personality, { seed, index: 0, slot: 0, neighbours: 1 });
  const { addressSize, upper, lower } = identity;
  const { served } = meterDevice({
    personality,
    identity,
    model: new MeterModel(personality, seed, 0),
    security,
    index: 0,
    counterFrom: 1,
    fault: "none",
    faults,
    seed,
    nowMs: () => noon,
    alone: true,
  });
  const line = faultyLine(faults, { clock, seed });
  const writer = new OctetWriter(answerOctetsCeiling, 4096);
  const known = { ...clientSettings(security, 0), counter: new InvocationCounter({ next: 1 }) };
  const connect = (): Port => {
    const { near, far } = openPipe();
    const port = line(far);
    if (port !== undefined) serveSession({ port, meters: [served], clock, writer });
    return near;
  };
  return {
    call: async (options) =>
      await openSession({
        port: connect(),
        clock,
        clientSap: managementClientSap,
        server: { size: addressSize, upper, lower },
        ...securedAssociation(known),
        ...options,
      }),
    paced: async (work) => {
      const progress = { done: false };
      const finished = work.finally(() => {
        progress.done = true;
      });
      while (!progress.done) await manual.advance(stepMs);
      return await finished;
    },
  };
}
