import {
  buildBreak,
  type Identification,
  type LineSettings,
  ModeCReadout,
  ModeESignOn,
  type Readout,
} from "@lectura/dlms/iec62056-21";
import { type Clock, systemClock } from "../clock.ts";
import { Deadline } from "../deadline.ts";
import { isLinePort } from "../ports/line-port.ts";
import type { FrameObserver } from "../observer.ts";
import { PortError } from "../ports/port-error.ts";
import type { Port, PortReceiver } from "../ports/port.ts";
import type { ModeEOptions, SignOnOptions } from "./sign-on-options.ts";

/** What a dialogue of IEC 62056-21 needs beside the port. */
export interface SignOnContext {
  /** Absent: the machine's. */
  readonly clock?: Clock;
  /** Sees every line as it passes. */
  readonly observer?: FrameObserver;
  /** Aborts it. */
  readonly signal?: AbortSignal;
}

/** A readout of mode C (IEC 62056-21). */
export interface ReadModeCOptions extends SignOnOptions, SignOnContext {
  /** Octets of the data block; beyond: iec62056-21/limit. Absent: 262,144. */
  readonly blockOctetsMax?: number;
}

/**
 * Signs on by mode E: the line is set, the meter asked, its rate taken over. Behind it the meter
 * speaks HDLC. The port stays the caller's, and has no receiver afterwards.
 *
 * @throws {ProtocolError} iec62056-21/no-answer, iec62056-21/no-mode-e
 * @throws {PortError} tcp/*, serial/*: the port broke, or does not take the settings
 */
export function signOnModeE(
  port: Port,
  options: ModeEOptions,
  context: SignOnContext = {},
): Promise<Identification> {
  return dialogue<Identification>(port, context, (output, succeed) => {
    const ready = { ...output, ready: succeed };
    return new ModeESignOn({ ...machineOptions(port, options), output: ready });
  });
}

/**
 * Reads what a meter lists by itself in modes A, B and C. The port stays the caller's; a serial port
 * is left at the meter's rate, 7E1.
 *
 * @throws {ProtocolError} iec62056-21/no-answer, iec62056-21/checksum, iec62056-21/limit
 * @throws {PortError} tcp/*, serial/*: the port broke, or does not take the settings
 */
export function readModeC(port: Port, options: ReadModeCOptions = {}): Promise<Readout> {
  const { blockOctetsMax } = options;
  return dialogue<Readout>(port, options, (output, succeed) => {
    const limit = blockOctetsMax === undefined ? {} : { blockOctetsMax };
    const reading = { ...output, read: succeed };
    return new ModeCReadout({ ...machineOptions(port, options), ...limit, output: reading });
  });
}

/** The port, ended by the break of mode C when it is closed. */
export function withSignOff(port: Port): Port {
  return {
    label: port.label,
    send: (octets) => port.send(octets),
    listen: (receiver) => port.listen(receiver),
    [Symbol.asyncDispose]: () => {
      port.send(buildBreak());
      return Promise.resolve(port[Symbol.asyncDispose]());
    },
  };
}

const responseMsDefault = 3000;
const attemptsMaxDefault = 3;
const startBaudDefault = 300;

/** What both machines take. A line that cannot follow a change of rate gets none. */
function machineOptions(
  port: Port,
  options: SignOnOptions,
): Omit<ConstructorParameters<typeof ModeESignOn>[0], "output"> {
  const { address, startBaud = startBaudDefault, wakeUp = false } = options;
  const follows = isLinePort(port);
  const baudMax = options.baudMax ?? (follows ? undefined : startBaud);
  return {
    ...(address === undefined ? {} : { address }),
    ...(baudMax === undefined ? {} : { baudMax }),
    startBaud,
    wakeUp,
    parityInOctets: options.parityInOctets ?? !follows,
    responseTimeoutMs: options.responseMs ?? responseMsDefault,
    attemptsMax: options.attemptsMax ?? attemptsMaxDefault,
  };
}

interface Machine {
  start(): void;
  receive(octets: Uint8Array): void;
  deadline(): void;
}

/** What both machines ask for alike. */
interface MachineOutput {
  transmit(octets: Uint8Array): void;
  arm(afterMs: number): void;
  disarm(): void;
  line(settings: LineSettings): void;
  failed(error: Error): void;
}

const deaf: PortReceiver = { receive: () => {}, closed: () => {} };

/** Runs a machine on the port until it succeeds or fails, or the port or the caller ends it. */
function dialogue<T>(
  port: Port,
  { clock = systemClock, observer, signal }: SignOnContext,
  make: (output: MachineOutput, succeed: (value: T) => void) => Machine,
): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  if (signal?.aborted === true) return Promise.reject(signal.reason as Error);
  const deadline = new Deadline(clock, () => machine.deadline());
  const output: MachineOutput = {
    transmit: (octets) => {
      observer?.frame?.("tx", octets, clock.nowMs(), false);
      port.send(octets);
    },
    arm: (afterMs) => deadline.arm(afterMs),
    disarm: () => deadline.disarm(),
    line: ({ baud, dataBits, parity }) => {
      if (isLinePort(port)) port.configure({ baudRate: baud, dataBits, parity }).catch(reject);
    },
    failed: reject,
  };
  const machine = make(output, resolve);
  const onAbort = (): void => reject(signal?.reason as Error);
  signal?.addEventListener("abort", onAbort, { once: true });
  let closed = false;
  port.listen({
    receive: (octets) => {
      observer?.frame?.("rx", octets, clock.nowMs(), false);
      machine.receive(octets);
    },
    closed: (error) => {
      closed = true;
      reject(error ?? new PortError("tcp/closed", port.label, "closed on this side"));
    },
  });
  if (!closed) machine.start();
  return promise.finally(() => {
    signal?.removeEventListener("abort", onAbort);
    deadline.close();
    if (!closed) port.listen(deaf);
  });
}
