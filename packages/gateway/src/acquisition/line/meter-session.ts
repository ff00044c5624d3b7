import { DlmsError } from "@lectura/dlms/octets";
import type { Secret } from "@lectura/dlms/security";
import type { Clock, Port, Session, SessionOptions } from "@lectura/dlms-node";
import { GatewayError } from "../../errors.ts";
import type { Line, Meter } from "../../registry/model.ts";
import type { MeterFacts } from "../meter-facts.ts";
import type { Wire } from "../wire.ts";
import type { LineOwner, Turn } from "./line-owner.ts";

/** An association with one meter on a lease of its line. */
export interface MeterSession {
  readonly session: Session;
  readonly lease: Port;
}

/** How hard an opening tries. */
export interface OpenAttempt {
  /** False sends each frame once: what a meter that was silent before may cost its line. */
  readonly repeat: boolean;
  /** A person waits: the line's own wait does not count, its budget does. */
  readonly onDemand: boolean;
  /** Told once the stream is there, before the first octet. */
  readonly onConnected?: () => void;
}

export interface OpenMeterOptions {
  readonly meter: Meter;
  readonly line: LineOwner;
  readonly turn: Turn;
  readonly facts: MeterFacts;
  readonly wire: Wire;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly password: (meterId: number) => Promise<Secret | undefined>;
  readonly attempt: OpenAttempt;
}

type Framing = "hdlc" | "wrapper";

/**
 * Opens link and association with a meter. A line with framing `auto` is tried with HDLC first, whose
 * SNRM carries no credential, then with the wrapper; what answered is remembered.
 */
export async function openMeterSession(options: OpenMeterOptions): Promise<MeterSession> {
  const { line, facts, turn, signal } = options;
  const authentication = await authenticationOf(options);
  const framings = framingsOf(line.line, facts);
  for (const [index, framing] of framings.entries()) {
    const lease = await line.lease(signal, options.attempt.onDemand);
    if (index === 0) options.attempt.onConnected?.();
    try {
      const sessionOptions = sessionOptionsOf(options, lease, framing, authentication);
      const session = await turn.exchange(() => options.wire.openSession(sessionOptions));
      if (line.line.framing === "auto") facts.framing = framing;
      facts.addressSize = session.negotiated.address?.size;
      return { session, lease };
    } catch (error) {
      await line.release(lease);
      const isLast = index === framings.length - 1;
      if (isLast || !(error instanceof DlmsError) || error.recovery !== "reopen-line") throw error;
    }
  }
  throw new RangeError("a line has at least one framing");
}

/** Releases the association in the line's turn and gives the lease back. Never rejects. */
export async function closeMeterSession(
  open: MeterSession,
  line: LineOwner,
  turn: Turn,
): Promise<void> {
  if (open.session.closed) await open.session[Symbol.asyncDispose]();
  else await turn.exchange(async () => open.session[Symbol.asyncDispose]());
  await line.release(open.lease);
}

function framingsOf(line: Line, facts: MeterFacts): readonly Framing[] {
  if (line.framing !== "auto") return [line.framing];
  return facts.framing === undefined ? ["hdlc", "wrapper"] : [facts.framing];
}

async function authenticationOf(
  options: OpenMeterOptions,
): Promise<NonNullable<SessionOptions["authentication"]>> {
  const { meter } = options;
  const { name } = meter;
  const kind = meter.association.authentication;
  if (kind === "none") return { mechanism: "none" };
  if (kind !== "lls") {
    const detail = `meter ${name} wants ${kind}; choose none or lls`;
    throw new GatewayError("meter/authentication-unsupported", detail, { params: { name, kind } });
  }
  const password = await options.password(meter.id);
  if (password === undefined) {
    const detail = `meter ${name} wants a password and none is stored; give it one`;
    throw new GatewayError("meter/password-missing", detail, { params: { name } });
  }
  return { mechanism: "lls", password };
}

function sessionOptionsOf(
  options: OpenMeterOptions,
  port: Port,
  framing: Framing,
  authentication: NonNullable<SessionOptions["authentication"]>,
): SessionOptions {
  const { meter, facts, clock, signal, attempt } = options;
  const { connectTimeoutMs: connectMs, responseTimeoutMs: responseMs } = options.line.line;
  const { size, upper, lower } = meter.address;
  const { invokeIdAlwaysOne, skipRelease, noSnrmParameters } = meter.association.quirks;
  return {
    port,
    framing,
    clientSap: meter.association.clientSap,
    server: { size: size === "auto" ? (facts.addressSize ?? "auto") : size, upper, lower },
    authentication,
    ...(noSnrmParameters === true ? { hdlc: { sendParameters: false } } : {}),
    quirks: {
      ...(invokeIdAlwaysOne === undefined ? {} : { invokeIdAlwaysOne }),
      ...(skipRelease === undefined ? {} : { skipRelease }),
    },
    timeouts: { connectMs, responseMs },
    ...(attempt.repeat ? {} : { attemptsMax: 1 }),
    clock,
    signal,
  };
}
