import type { SerialParity } from "@lectura/dlms-node";
import type { TlsSettings } from "./model.ts";

/** Sign-on of IEC 62056-21 mode E before every HDLC link (optical heads). */
export interface ModeESettings {
  /** Device address, up to 32 letters and digits. Absent: whoever is at the head. */
  readonly address?: string;
  /** The fastest rate to ask for, Bd. Absent: the meter's; 300 behind a converter. */
  readonly baudMax?: number;
  /** Rate of the sign-on, Bd. Absent: 300. */
  readonly startBaud?: number;
  /** Even parity in bit 7. Absent: behind a converter yes, on a serial port no. */
  readonly parityInOctets?: boolean;
  /** A battery-powered meter is woken first. Absent: false. */
  readonly wakeUp?: boolean;
}

/** A TCP stream to a meter, a converter or a gateway. */
export interface TcpEndpoint {
  readonly kind: "tcp";
  readonly host: string;
  readonly port: number;
  /** Present: TLS; its files are read at every opening. */
  readonly tls?: TlsSettings;
  /** A converter with an optical head behind it. */
  readonly modeE?: ModeESettings;
}

/** The wrapper in datagrams. */
export interface UdpEndpoint {
  readonly kind: "udp";
  readonly host: string;
  readonly port: number;
}

/** A serial port of this machine; what is absent is 9600 Bd 8N1, or 300 Bd 7E1 with mode E. */
export interface SerialLineEndpoint {
  readonly kind: "serial";
  readonly path: string;
  readonly baudRate?: number;
  readonly dataBits?: 7 | 8;
  readonly parity?: SerialParity;
  readonly stopBits?: 1 | 2;
  readonly rs485?: "rts" | "rts-inverted";
  readonly modeE?: ModeESettings;
}

/** How a meter that dials in is told from others on the same listening port. */
export type DialInIdentity =
  /** By the IP address it calls from. */
  | { readonly by: "address"; readonly address: string }
  /** By its logical device name, 0.0.42.0.0.255, asked for as the public client. */
  | { readonly by: "name"; readonly name: string }
  /** By the octets it sends first: these, hexadecimal, begin them. */
  | { readonly by: "octets"; readonly octets: string };

/** A port of ours where one meter, or a concentrator, dials in. */
export interface ListenEndpoint {
  readonly kind: "listen";
  /** Address of ours. */
  readonly host: string;
  readonly port: number;
  readonly identity: DialInIdentity;
}

/** Where a line's octets go. */
export type LineEndpoint = TcpEndpoint | UdpEndpoint | SerialLineEndpoint | ListenEndpoint;

/** `host:port`, an IPv6 address in brackets. */
function hostPort({ host, port }: { readonly host: string; readonly port: number }): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** One spelling per endpoint: hosts in lower case without brackets, names of fields in order. */
export function normalEndpoint(endpoint: LineEndpoint): LineEndpoint {
  const bare = (host: string): string => host.toLowerCase().replaceAll(/^\[|\]$/g, "");
  switch (endpoint.kind) {
    case "tcp": {
      const { kind, port, tls, modeE } = endpoint;
      const host = bare(endpoint.host);
      return { kind, host, port, ...sorted({ tls: sorted(tls), modeE: sorted(modeE) }) };
    }
    case "udp":
      return { kind: "udp", host: bare(endpoint.host), port: endpoint.port };
    case "serial": {
      const { kind, path, modeE, ...settings } = endpoint;
      return { kind, path, ...sorted(settings), ...sorted({ modeE: sorted(modeE) }) };
    }
    case "listen": {
      const { kind, port, identity } = endpoint;
      return { kind, host: bare(endpoint.host), port, identity: normalIdentity(identity) };
    }
  }
}

function normalIdentity(identity: DialInIdentity): DialInIdentity {
  if (identity.by === "address") return { by: "address", address: identity.address.toLowerCase() };
  if (identity.by === "name") return { by: "name", name: identity.name };
  return { by: "octets", octets: identity.octets.toLowerCase() };
}

type Given<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

/** Without what is undefined, names in order. */
function sorted<T extends object>(fields: T): Given<T>;
function sorted<T extends object>(fields: T | undefined): Given<T> | undefined;
function sorted(fields: object | undefined): object | undefined {
  if (fields === undefined) return undefined;
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

/**
 * The same for two endpoints that cannot be two lines: one host and port, one serial port, one
 * meter that dials in. TLS, rates and sign-on do not make another one of it.
 */
export function endpointKey(endpoint: LineEndpoint): string {
  switch (endpoint.kind) {
    case "tcp":
    case "udp":
      return `${endpoint.kind}:${hostPort(endpoint)}`;
    case "serial":
      return `serial:${endpoint.path}`;
    case "listen":
      return `listen:${hostPort(endpoint)}/${identityText(endpoint.identity)}`;
  }
}

function identityText(identity: DialInIdentity): string {
  if (identity.by === "address") return `address=${identity.address}`;
  return identity.by === "name" ? `name=${identity.name}` : `octets=${identity.octets}`;
}

/** Where it is, for people: `host:port`, `tls://host:port`, `udp://host:port`, a path. */
export function endpointText(endpoint: LineEndpoint): string {
  switch (endpoint.kind) {
    case "tcp":
      return `${endpoint.tls === undefined ? "" : "tls://"}${hostPort(endpoint)}`;
    case "udp":
      return `udp://${hostPort(endpoint)}`;
    case "serial":
      return endpoint.path;
    case "listen":
      return `listen://${hostPort(endpoint)}?${identityText(endpoint.identity)}`;
  }
}

/** Framing of a line that names none. */
export function defaultFraming({ kind }: LineEndpoint): "hdlc" | "wrapper" {
  return kind === "udp" || kind === "listen" ? "wrapper" : "hdlc";
}

/** The sign-on of an endpoint that has one. */
export function modeEOf(endpoint: LineEndpoint): ModeESettings | undefined {
  return endpoint.kind === "tcp" || endpoint.kind === "serial" ? endpoint.modeE : undefined;
}
