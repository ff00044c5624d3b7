import type { AssociationOutcome } from "@lectura/dlms/client";
import { HdlcClientLink } from "@lectura/dlms/hdlc";
import { DlmsError, ProtocolError } from "@lectura/dlms/octets";
import { encodeGatewayHeader } from "@lectura/dlms/wrapper";
import { ClientSession } from "./client-session.ts";
import { closeDialogue } from "./close-dialogue.ts";
import { type Clock, systemClock } from "../clock.ts";
import { openPortOf } from "./open-port.ts";
import { SessionDialogue } from "./session-dialogue.ts";
import { SessionError } from "./session-error.ts";
import { nobodyAnswers } from "./session-failure.ts";
import type { SessionOptions } from "./session-options.ts";
import { type LinkCandidate, planSession, type SessionPlan } from "./session-plan.ts";
import type { Session, SessionNegotiated } from "./session.ts";

/** Rounds over the address forms: a first SNRM may fall into the line's settling. */
const probeRounds = 2;

/**
 * Connects, opens the link (SNRM/UA) and the association (AARQ/AARE, HLS passes). On any failure
 * everything that was opened is closed again, the meter's link by DISC, before the promise rejects.
 * Nothing that carries a credential is sent twice.
 *
 * @throws {PortError} tcp/*: the stream could not be opened, or broke
 * @throws {SessionError} line/busy, line/idle-closed, line/not-dlms, line/silent
 * @throws {ProtocolError} hdlc/*, wrapper/*, acse/*, security/*: link or association failed
 * @throws {RangeError} an option is out of range
 */
export async function openSession(options: SessionOptions): Promise<Session> {
  const plan = planSession(options);
  options.signal?.throwIfAborted();
  const clock = options.clock ?? systemClock;
  const port = await openPortOf(options, plan.timeouts, clock);
  const dialogue = new SessionDialogue({
    port,
    clock,
    observer: options.observer,
    profile: plan.profile,
    responseMs: plan.timeouts.responseMs,
    releaseMs: plan.timeouts.releaseMs,
    portIsBorrowed: options.port !== undefined,
    blockTransfer: options.generalBlockTransfer,
    requestsMax: options.requestsMax,
    onUnsolicited: options.onUnsolicited,
    leniency: options.leniency,
  });
  if (options.gateway !== undefined) {
    dialogue.wire.gatewayHeader = encodeGatewayHeader(options.gateway, "request");
  }
  const { signal } = options;
  const onAbort = (): void => dialogue.abort(signal?.reason);
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    signal?.throwIfAborted();
    dialogue.wire.enter("linking");
    const candidate = await openLink(dialogue, plan, clock, signal);
    signal?.throwIfAborted();
    dialogue.wire.enter("associating");
    const outcome = await dialogue.associate();
    signal?.throwIfAborted();
    dialogue.wire.enter("associated");
    const { referencing = "ln", shortNames } = options;
    const agreed = negotiated(dialogue, plan, candidate, outcome);
    return new ClientSession(dialogue, agreed, referencing, shortNames);
  } catch (error) {
    dialogue.end(
      error instanceof DlmsError ? error : new SessionError("session/closed", "aborted"),
    );
    await closeDialogue(dialogue);
    throw error;
  } finally {
    signal?.removeEventListener("abort", onAbort);
  }
}

async function openLink(
  dialogue: SessionDialogue,
  plan: SessionPlan,
  clock: Clock,
  signal: AbortSignal | undefined,
): Promise<LinkCandidate> {
  const { wire } = dialogue;
  const { candidates, timeouts } = plan;
  const [only] = candidates;
  if (candidates.length === 1 && only !== undefined) {
    const opening = wire.connect(only.make(wire));
    dialogue.association.prepare();
    await opening;
    return only;
  }
  let failure: unknown;
  for (let round = 0; round < probeRounds; round++) {
    for (const candidate of candidates) {
      const bound = clock.timer(timeouts.probeMs, () =>
        wire.giveUp(new ProtocolError("hdlc/no-answer", "no form of the address is answered")),
      );
      try {
        await wire.connect(candidate.make(wire));
        return candidate;
      } catch (error) {
        signal?.throwIfAborted();
        if (!nobodyAnswers(error)) throw error;
        failure = error;
      } finally {
        bound[Symbol.dispose]();
      }
    }
  }
  throw failure;
}

function negotiated(
  dialogue: SessionDialogue,
  plan: SessionPlan,
  candidate: LinkCandidate,
  outcome: AssociationOutcome,
): SessionNegotiated {
  const { link } = dialogue.wire;
  const { framing } = plan;
  if (!(link instanceof HdlcClientLink) || candidate.address === undefined) {
    return { framing, ...outcome };
  }
  return { framing, address: candidate.address, hdlc: link.negotiated, ...outcome };
}
