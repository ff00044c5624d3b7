import {
  type AddressScan,
  HdlcClientLink,
  type HdlcParameters,
  scanAddresses,
  type ServerAddress,
} from "@lectura/dlms/hdlc";
import { type DlmsError, ProtocolError } from "@lectura/dlms/octets";
import { type Clock, systemClock } from "../clock.ts";
import { openPortOf } from "../session/open-port.ts";
import { openSession } from "../session/open-session.ts";
import { PortError } from "../ports/port-error.ts";
import { nobodyAnswers } from "../session/session-failure.ts";
import { defaultTimeouts, type SessionOptions } from "../session/session-options.ts";
import { SessionWire, type WireOwner } from "../session/session-wire.ts";

/** What is tried on a line, and how it is reached. */
export interface ScanLineOptions
  extends
    AddressScan,
    Pick<
      SessionOptions,
      | "tcp"
      | "tls"
      | "udp"
      | "serial"
      | "port"
      | "modeE"
      | "framing"
      | "clock"
      | "observer"
      | "signal"
    > {
  /** Clients to ask as. Absent: 16, the public client, which every meter knows. */
  readonly clientSaps?: readonly number[];
  /** One answer, ms. Absent: 1000. */
  readonly responseMs?: number;
  /** How often each address is asked. Absent: 1. */
  readonly attemptsMax?: number;
  /** Called before each address is asked. */
  readonly onProgress?: (progress: ScanProgress) => void;
  /** Called with each address that answers, as soon as it does. */
  readonly onFinding?: (finding: ScanFinding) => void;
}

/** How far a scan is. */
export interface ScanProgress {
  /** Addresses asked so far. */
  readonly done: number;
  readonly total: number;
  readonly clientSap: number;
  /** Asked now; with the wrapper `upper` is the wPort. */
  readonly address: ServerAddress;
}

/** An address that answers. */
export interface ScanFinding {
  readonly clientSap: number;
  /** With the wrapper `upper` is the wPort, `lower` 0. */
  readonly address: ServerAddress;
  /**
   * "open": UA to SNRM, or the association without a password; "refused": DM, or the association is
   * refused. Somebody is there in both cases.
   */
  readonly answer: "open" | "refused";
  /** HDLC, open: what the meter's link can do. */
  readonly hdlc?: HdlcParameters;
  /** Wrapper, refused: why, such as `acse/authentication-required`. */
  readonly reason?: string;
}

const responseMsDefault = 1000;
const releaseMs = 500;
const publicClient = 16;

/**
 * Finds who is on a line: HDLC addresses by SNRM and DISC alone, wrapper ports by an AARQ without
 * authentication. One at a time, and no credential is ever sent. What is found before it is aborted
 * or breaks is told by `onFinding` alone.
 *
 * @throws {PortError} the stream could not be opened, or broke
 * @throws {SessionError} line/busy, line/idle-closed, line/not-dlms: no line of meters
 * @throws {RangeError} the ranges are none, or hold too much
 */
export async function scanLine(options: ScanLineOptions): Promise<readonly ScanFinding[]> {
  const { clientSaps = [publicClient], signal } = options;
  const wrapper =
    (options.framing ?? (options.udp === undefined ? "hdlc" : "wrapper")) === "wrapper";
  const addresses = scanAddresses(wrapper ? { ...options, sizes: [1] } : options);
  const total = addresses.length * clientSaps.length;
  const findings: ScanFinding[] = [];
  await using prober = wrapper ? new WrapperProber(options) : await HdlcProber.open(options);
  let done = 0;
  for (const address of addresses) {
    for (const clientSap of clientSaps) {
      signal?.throwIfAborted();
      options.onProgress?.({ done, total, clientSap, address });
      done++;
      const answer = await prober.probe(address, clientSap);
      if (answer === undefined) continue;
      const finding = { clientSap, address, ...answer };
      findings.push(finding);
      options.onFinding?.(finding);
    }
  }
  return findings;
}

type Answer = Pick<ScanFinding, "answer" | "hdlc" | "reason">;

/** SNRM, and DISC behind UA; the same stream for all. */
class HdlcProber implements WireOwner, AsyncDisposable {
  readonly #wire: SessionWire;
  readonly #options: ScanLineOptions;
  #broken: DlmsError | undefined;

  private constructor(options: ScanLineOptions, port: SessionWire["port"], clock: Clock) {
    this.#options = options;
    this.#wire = new SessionWire(port, this, clock, options.observer);
  }

  static async open(options: ScanLineOptions): Promise<HdlcProber> {
    const clock = options.clock ?? systemClock;
    return new HdlcProber(options, await openPortOf(options, defaultTimeouts, clock), clock);
  }

  async probe(address: ServerAddress, clientSap: number): Promise<Answer | undefined> {
    if (this.#broken !== undefined) throw this.#broken;
    const { responseMs = responseMsDefault, attemptsMax = 1, signal } = this.#options;
    const link = new HdlcClientLink({
      output: this.#wire,
      clientSap,
      server: address,
      responseTimeoutMs: responseMs,
      attemptsMax,
    });
    const onAbort = (): void => this.#wire.abort(signal?.reason);
    signal?.addEventListener("abort", onAbort, { once: true });
    this.#wire.enter("linking");
    try {
      await this.#wire.connect(link);
    } catch (error) {
      if (nobodyAnswers(error)) return undefined;
      if (!(error instanceof ProtocolError && error.code === "hdlc/refused")) throw error;
      return { answer: "refused" };
    } finally {
      signal?.removeEventListener("abort", onAbort);
    }
    const hdlc = link.negotiated;
    this.#wire.enter("releasing");
    await this.#wire.disconnect(releaseMs);
    return { answer: "open", hdlc };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { port } = this.#wire;
    this.#wire.detach();
    if (this.#options.port === undefined) await port[Symbol.asyncDispose]();
  }

  apdu(): void {
    // Nothing was asked that has one for an answer.
  }

  unasked(): void {
    // A push of somebody on the line.
  }

  overdue(): void {
    // Nothing is awaited beyond the link.
  }

  acknowledged(): void {
    // No unit is ever sent.
  }

  silent(): boolean {
    return false;
  }

  lost(error: DlmsError): void {
    this.#broken = error;
  }
}

/** An association without authentication, on a connection of its own where we open them. */
class WrapperProber implements AsyncDisposable {
  readonly #options: ScanLineOptions;

  constructor(options: ScanLineOptions) {
    this.#options = options;
  }

  async probe({ upper }: ServerAddress, clientSap: number): Promise<Answer | undefined> {
    const { tcp, tls, udp, serial, port, clock, observer, signal } = this.#options;
    const responseMs = this.#options.responseMs ?? responseMsDefault;
    try {
      const session = await openSession({
        ...(tcp === undefined ? {} : { tcp }),
        ...(tls === undefined ? {} : { tls }),
        ...(udp === undefined ? {} : { udp }),
        ...(serial === undefined ? {} : { serial }),
        ...(port === undefined ? {} : { port }),
        ...(clock === undefined ? {} : { clock }),
        ...(observer === undefined ? {} : { observer }),
        ...(signal === undefined ? {} : { signal }),
        framing: "wrapper",
        clientSap,
        server: { upper },
        timeouts: { responseMs, releaseMs },
      });
      await session[Symbol.asyncDispose]();
      return { answer: "open" };
    } catch (error) {
      return answerOf(error);
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}

/** A refused association is an answer; so is a connection that is closed for a wrong port: none. */
function answerOf(error: unknown): Answer | undefined {
  if (nobodyAnswers(error)) return undefined;
  const closed = error instanceof PortError && ["tcp/closed", "tcp/reset"].includes(error.code);
  if (closed) return undefined;
  if (error instanceof ProtocolError) return { answer: "refused", reason: error.code };
  throw error;
}
