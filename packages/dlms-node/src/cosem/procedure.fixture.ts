/** A session with a meter of the given objects, both in memory. */
import { OctetWriter } from "@lectura/dlms/octets";
import {
  answerOctetsCeiling,
  currentAssociation,
  ObjectDirectory,
  type ServerObject,
  shortNameAssociation,
} from "@lectura/dlms/server";
import { ManualClock, openPipe, type Pipe } from "@lectura/testkit";
import { openSession } from "../session/open-session.ts";
import { serveSession } from "../server/server-session.ts";
import type { Session } from "../session/session.ts";
import type { SessionOptions } from "../session/session-options.ts";

export interface MeterOptions {
  /** 24 bits the meter offers. Absent: everything, lists too. */
  readonly conformance?: number;
  readonly referencing?: "ln" | "sn";
  readonly session?: Partial<SessionOptions>;
  readonly pipe?: Parameters<typeof openPipe>[0];
}

export interface MeterSession extends AsyncDisposable {
  readonly session: Session;
  readonly clock: ManualClock;
  readonly pipe: Pipe;
}

const withLists = 0x00_7e1f;
const withoutLists = 0x00_7c1f;
const shortNames = 0x1c_0820;

/** Conformance of a meter that takes no lists. */
export const noLists: number = withoutLists;

export async function meterSession(
  objects: readonly ServerObject[],
  options: MeterOptions = {},
): Promise<MeterSession> {
  const { referencing = "ln" } = options;
  const clock = new ManualClock();
  const pipe = openPipe(options.pipe);
  const association = referencing === "ln" ? currentAssociation(1) : shortNameAssociation();
  serveSession({
    port: pipe.far,
    clock,
    writer: new OctetWriter(answerOctetsCeiling, 1024),
    meters: [
      {
        address: { size: 1, upper: 1, lower: 0 },
        device: {
          views: [
            {
              clientSap: 16,
              referencing,
              authentication: { mechanism: "none" },
              objects: new ObjectDirectory([...objects, association]),
              conformance: options.conformance ?? (referencing === "ln" ? withLists : shortNames),
            },
          ],
        },
      },
    ],
  });
  const session = await openSession({ port: pipe.near, clock, referencing, ...options.session });
  return {
    session,
    clock,
    pipe,
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}
