import { dataObject } from "@lectura/dlms/cosem";
import { WrapperDeframer } from "@lectura/dlms/wrapper";
import type { Clock } from "../clock.ts";
import { openSession } from "../session/open-session.ts";
import { PortError } from "../ports/port-error.ts";
import type { Port } from "../ports/port.ts";
import type { SessionOptions } from "../session/session-options.ts";

/** A meter's connection that nobody knows yet. */
export interface UnknownMeter {
  /** The stream. What is not read while it is being identified is dropped. */
  readonly port: Port;
  readonly peer: MeterPeer;
  /** Aborted when the time for it is over, or the listener closes. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
}

/** Where a meter comes from. */
export interface MeterPeer {
  /** IP address. */
  readonly address: string;
  readonly port: number;
}

/**
 * Says which meter it is, in words of the caller's choice: a serial number, a logical device name.
 * `undefined` or an error: not known, the connection is closed.
 */
export type IdentifyMeter = (meter: UnknownMeter) => Promise<string | undefined>;

/** What a unit the meter has sent says of it. */
export interface Recognised {
  /** Absent: this unit says nothing of it; the next may. */
  readonly identity?: string;
  /** Sent back, such as the acknowledgement of a registration. Absent: nothing. */
  readonly reply?: Uint8Array;
}

/** Octets a meter may send before it is known; beyond, it is not identified. */
const unknownOctetsMax = 4096;

/** Meters that are known by where they come from: a private network with fixed addresses. */
export function identifyByAddress(): IdentifyMeter {
  return ({ peer }) => Promise.resolve(peer.address);
}

/**
 * Meters that say who they are as soon as they are connected. `recognise` gets all that has come so
 * far and is asked again with more; the octets are its own.
 */
export function identifyByFirstOctets(
  recognise: (octets: Uint8Array, peer: MeterPeer) => Recognised,
): IdentifyMeter {
  return (meter) => {
    let octets: Uint8Array = new Uint8Array(0);
    return heard(meter, (chunk, take) => {
      const joined = new Uint8Array(octets.length + chunk.length);
      joined.set(octets);
      joined.set(chunk, octets.length);
      octets = joined;
      take(recognise(octets.slice(), meter.peer));
    });
  };
}

/**
 * Meters that send a wrapper unit first: a heartbeat, a registration, a data-notification. What its
 * APDU means is the maker's: `recognise` reads it, units that say nothing are passed over.
 */
export function identifyByFirstUnit(
  recognise: (apdu: Uint8Array, source: number, destination: number) => Recognised,
): IdentifyMeter {
  return (meter) => {
    const deframer = new WrapperDeframer(unknownOctetsMax);
    return heard(meter, (chunk, take) => {
      deframer.push(chunk, {
        apdu: (source, destination, apdu) => take(recognise(apdu.slice(), source, destination)),
        discarded: () => undefined,
      });
    });
  };
}

/**
 * Asks the meter for its logical device name, 0.0.42.0.0.255, as the public client: no credential
 * is sent. `session` says how it is spoken to; the framing is "wrapper" where it says nothing.
 */
export function identifyByDeviceName(
  session: Omit<SessionOptions, "tcp" | "tls" | "udp" | "serial" | "port" | "signal"> = {},
): IdentifyMeter {
  return async ({ port, signal, clock }) => {
    await using asking = await openSession({
      framing: "wrapper",
      clock,
      ...session,
      port,
      signal,
    });
    const name = await asking.get(dataObject("0.0.42.0.0.255"), { signal });
    if (!name.ok) return undefined;
    const { value } = name;
    if (value.type === "octet-string" || value.type === "visible-string") {
      return printable(value.value);
    }
    return value.type === "utf8-string" ? new TextDecoder().decode(value.value) : undefined;
  };
}

/** Listens until `hear` has taken an identity, and lets go of the port. */
function heard(
  { port, signal }: UnknownMeter,
  hear: (chunk: Uint8Array, take: (recognised: Recognised) => void) => void,
): Promise<string | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<string | undefined>();
  let known = false;
  let octetsIn = 0;
  const take = ({ identity, reply }: Recognised): void => {
    if (known) return;
    if (reply !== undefined) port.send(reply);
    if (identity === undefined) return;
    known = true;
    resolve(identity);
  };
  port.listen({
    receive: (octets) => {
      if (known) return;
      octetsIn += octets.length;
      try {
        if (octetsIn > unknownOctetsMax) resolve(undefined);
        else hear(octets, take);
      } catch (error) {
        reject(error);
      }
    },
    closed: (error) => reject(error ?? new PortError("tcp/closed", port.label, "closed")),
  });
  const onAbort = (): void => reject(signal.reason as Error);
  signal.addEventListener("abort", onAbort, { once: true });
  return promise.finally(() => signal.removeEventListener("abort", onAbort));
}

/** Octets as text where all are printable, as hexadecimal digits otherwise. */
function printable(octets: Uint8Array): string {
  const buffer = Buffer.from(octets);
  return octets.every((octet) => octet >= 0x20 && octet < 0x7f)
    ? buffer.toString("latin1")
    : buffer.toString("hex");
}
