import { ExceptionError } from "@lectura/dlms/client";
import { DlmsError } from "@lectura/dlms/octets";
import { InvocationCounter, ReplayWindows } from "@lectura/dlms/security";
import {
  type AssociationKeys,
  checkSecurity,
  type Clock,
  type CounterSession,
  type KeyStore,
  type Port,
  readInvocationCounter,
  resolveKeyChange,
  securedAssociation,
  type SecuredAssociation,
  type Session,
  type SessionOptions,
} from "@lectura/dlms-node";
import { GatewayError } from "../../errors.ts";
import { modeEOf } from "../../registry/line-endpoint.ts";
import type { Line, Meter, SecurityProfile } from "../../registry/model.ts";
import type { MeterCredentials } from "../../vault/meter-credentials.ts";
import type { MeterFacts } from "../meter-facts.ts";
import { type CounterBook, isPlausible } from "../security/counter-book.ts";
import {
  counterNameOf,
  meterSecurity,
  type MeterSecurity,
  underKeys,
} from "../security/meter-security.ts";
import { settingOptions } from "./setting-options.ts";
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
  /** Told when the stream is there, before the first octet; again for each session it takes. */
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
  readonly credentials: (meterId: number) => Promise<MeterCredentials>;
  readonly counters: CounterBook;
  /** What was seen from this meter under its keys; shared by its sessions. */
  readonly windows: ReplayWindows;
  readonly keyStore: (meterId: number) => KeyStore;
  /** Told how a pending change of keys ended; new keys have windows of their own. */
  readonly onKeys: (outcome: "changed" | "unchanged", windows: ReplayWindows) => void;
  /** Told when the meter's own counter was asked for, and why. */
  readonly onCounter: (next: number, why: "unknown" | "refused") => void;
  readonly attempt: OpenAttempt;
}

type Framing = "hdlc" | "wrapper";

/** What a session is secured with, before its counter is known. */
interface Secured {
  readonly security: MeterSecurity;
  readonly profile: SecurityProfile | undefined;
  /** Undefined: no counter is used up. */
  readonly counterName: string | undefined;
}

/**
 * Opens link and association with a meter. A line with framing `auto` is tried with HDLC first, whose
 * SNRM carries no credential, then with the wrapper; what answered is remembered.
 *
 * An invocation counter nobody knows is read through the public client first (R27); one that the
 * meter refuses is set forward to what the meter says, once, and the opening repeated (R28).
 */
export async function openMeterSession(options: OpenMeterOptions): Promise<MeterSession> {
  const { line, facts, meter } = options;
  const credentials = await options.credentials(meter.id);
  const security = meterSecurity(meter, credentials, options.windows);
  // Settings that cannot work are told before anything is sent.
  checkSecurity({ ...security, counter: new InvocationCounter({ next: 0 }) });
  const counterName = counterNameOf(security, credentials);
  const secured = { security, profile: meter.association.security, counterName };
  const framings = framingsOf(line.line, facts);
  for (const [index, framing] of framings.entries()) {
    try {
      return await (credentials.keyChangePending
        ? openUnsettled(options, framing, secured, credentials)
        : openSecured(options, framing, secured));
    } catch (error) {
      const isLast = index === framings.length - 1;
      if (isLast || !(error instanceof DlmsError) || error.recovery !== "reopen-line") throw error;
    }
  }
  throw new RangeError("a line has at least one framing");
}

/** Settles a change of keys by the association it opens: the new keys first, then the old, once. */
async function openUnsettled(
  options: OpenMeterOptions,
  framing: Framing,
  { security, profile }: Secured,
  credentials: MeterCredentials,
): Promise<MeterSession> {
  const { line, meter, onKeys } = options;
  let opened: MeterSession | undefined;
  let windows = options.windows;
  const open = async ({ keys, generation }: AssociationKeys): Promise<Session> => {
    // A new key counts anew, on both sides (R30).
    windows = generation === 0 ? options.windows : new ReplayWindows();
    const under = underKeys({ ...security, windows }, keys);
    const counterName = counterNameOf(under, credentials);
    opened = await openSecured(options, framing, { security: under, profile, counterName });
    return opened.session;
  };
  try {
    const store = options.keyStore(meter.id);
    const { outcome } = await resolveKeyChange({ store, open });
    if (outcome !== "nothing-pending") onKeys(outcome, windows);
    return opened!;
  } catch (error) {
    if (opened !== undefined) await line.release(opened.lease);
    throw error;
  }
}

async function openSecured(
  options: OpenMeterOptions,
  framing: Framing,
  secured: Secured,
): Promise<MeterSession> {
  const { security, counterName } = secured;
  const { clientSap } = options.meter.association;
  const open = (counter?: InvocationCounter): Promise<MeterSession> => {
    const settings = counter === undefined ? security : { ...security, counter };
    return openOne(options, framing, clientSap, securedAssociation(settings));
  };
  if (counterName === undefined) return open();
  const counter =
    (await options.counters.counter(counterName)) ??
    (await askCounter(options, framing, secured, "unknown"));
  try {
    return await open(counter);
  } catch (error) {
    if (!(error instanceof ExceptionError) || error.code !== "security/replay") throw error;
    const said = error.response.invocationCounter;
    return await open(await askCounter(options, framing, secured, "refused", said));
  }
}

/**
 * The counter, set to what the meter expects next: as it said when it refused ours, else as its
 * counter object says to the public client. Never set back (R29).
 */
async function askCounter(
  options: OpenMeterOptions,
  framing: Framing,
  { profile, counterName }: Secured,
  why: "unknown" | "refused",
  expected?: number,
): Promise<InvocationCounter> {
  const { counters, meter } = options;
  const { name } = meter;
  const next = expected ?? (await readCounter(options, framing, profile!));
  if (next === undefined) {
    const detail = `meter ${name} does not tell its invocation counter; give it one`;
    throw new GatewayError("meter/counter-unknown", detail, { params: { name } });
  }
  const known = await counters.counter(counterName!);
  if (!isPlausible(next, known)) {
    const detail = `meter ${name} names invocation counter ${next}, far ahead of what is known`;
    throw new GatewayError("meter/counter-implausible", detail, {
      params: { name, counter: next },
    });
  }
  options.onCounter(next, why);
  return counters.begin(counterName!, next);
}

/** The next counter the meter takes; undefined: it does not tell the public client. */
async function readCounter(
  options: OpenMeterOptions,
  framing: Framing,
  { counterObject, counterStep, publicClientSap }: SecurityProfile,
): Promise<number | undefined> {
  const { line, turn, signal } = options;
  const open = async (): Promise<CounterSession> => {
    const authentication = { mechanism: "none" } as const;
    const opened = await openOne(options, framing, publicClientSap, { authentication });
    return {
      get: (attribute, how) => turn.exchange(() => opened.session.get(attribute, how)),
      [Symbol.asyncDispose]: () => closeMeterSession(opened, line, turn),
    };
  };
  const attribute = { classId: 1, logicalName: counterObject, attributeId: 2 };
  const last = await readInvocationCounter({ signal }, { attribute, open });
  return last === undefined ? undefined : last + counterStep;
}

async function openOne(
  options: OpenMeterOptions,
  framing: Framing,
  clientSap: number,
  secured: SecuredAssociation,
): Promise<MeterSession> {
  const { line, facts, turn, signal, attempt } = options;
  const lease = await line.lease(signal, attempt.onDemand);
  attempt.onConnected?.();
  try {
    const sessionOptions = { ...sessionOptionsOf(options, lease, framing), clientSap, ...secured };
    const session = await turn.exchange(() => options.wire.openSession(sessionOptions));
    if (line.line.framing === "auto") facts.framing = framing;
    facts.addressSize = session.negotiated.address?.size;
    return { session, lease };
  } catch (error) {
    await line.release(lease);
    throw error;
  }
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

function sessionOptionsOf(options: OpenMeterOptions, port: Port, framing: Framing): SessionOptions {
  const { meter, facts, clock, signal, attempt } = options;
  const { connectTimeoutMs: connectMs, responseTimeoutMs: responseMs } = options.line.line;
  const { size, upper, lower } = meter.address;
  const { referencing } = meter.association;
  const { hdlc, quirks, timeouts, ...given } = settingOptions(meter.association.settings);
  const { endpoint } = options.line.line;
  const modeE = modeEOf(endpoint);
  const { invokeIdAlwaysOne, skipRelease, noSnrmParameters } = meter.association.quirks;
  return {
    port,
    framing,
    ...(endpoint.kind === "udp" ? { datagrams: true } : {}),
    ...(modeE === undefined ? {} : { modeE }),
    ...(referencing === undefined ? {} : { referencing }),
    server: { size: size === "auto" ? (facts.addressSize ?? "auto") : size, upper, lower },
    ...given,
    hdlc: { ...hdlc, ...(noSnrmParameters === true ? { sendParameters: false } : {}) },
    quirks: {
      ...quirks,
      ...(invokeIdAlwaysOne === undefined ? {} : { invokeIdAlwaysOne }),
      ...(skipRelease === undefined ? {} : { skipRelease }),
    },
    timeouts: { connectMs, responseMs, ...timeouts },
    ...(attempt.repeat ? {} : { attemptsMax: 1 }),
    clock,
    signal,
  };
}
