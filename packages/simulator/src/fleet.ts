/** Types of a fleet; the parts are put together in `start-fleet.ts`. */
import type { TlsOptions } from "node:tls";
import type { Clock, SecurityMechanism, SecuritySettings } from "@lectura/dlms-node";
import type { Secret } from "@lectura/dlms/security";
import type { FaultRule } from "./faults/fault-rule.ts";
import type { MeterSource } from "./from/meter-source.ts";
import type { LinePersonalityName } from "./lines/line-personality.ts";
import type { MeterKey } from "./model/keys.ts";
import type { MeterObjects, PersonalityName } from "./personalities/personality.ts";
import type { PushingOptions } from "./pushing/pushing-options.ts";
import type { SimulatedSecurity } from "./security/simulated-security.ts";

export interface FleetOptions {
  /** How many, 1..`fleetMetersMax`. */
  readonly meters: number;
  /** First TCP port; one line per port from here upwards. 0 = free ports. Absent = 0. */
  readonly port?: number;
  /** Meters behind one port, as on an RS-485 line. Absent = 1. */
  readonly perLine?: number;
  /** One for all, or a list taken in turn. Absent = "generic-three-phase". */
  readonly personality?: PersonalityName | readonly PersonalityName[];
  /** Absent = as the personality has it; pushing meters have all. */
  readonly objects?: MeterObjects;
  /** What the meters push, and where to. Absent: nothing. */
  readonly pushing?: PushingOptions;
  /** A head-end the meters connect to by themselves, besides listening. Absent: none. */
  readonly dialing?: DialingOptions;
  /** Objects and values, or a recorded session, of `parseMeterFile`. Absent: the personality's. */
  readonly from?: MeterSource;
  /** How the meters are reached. Absent = "tcp". */
  readonly transport?: FleetTransport;
  /** Certificate and key where the transport is "tls". */
  readonly tls?: TlsOptions;
  /** Sign-on of an optical head (IEC 62056-21 mode E) before HDLC. Absent = false. */
  readonly modeE?: boolean;
  /** What the meters ask of their management client. Absent = as the personality has it. */
  readonly security?: Partial<SimulatedSecurity>;
  /** Behaviour of the converter before the meters. Absent = "plain". */
  readonly linePersonality?: LinePersonalityName;
  /** What goes wrong, on any personality; counted and drawn for each line. Absent: nothing. */
  readonly faults?: readonly FaultRule[];
  /** Same seed, same octets. Absent = 1. */
  readonly seed?: number;
  /** World time of the meters and timers of the lines. Absent = the system's. */
  readonly clock?: Clock;
  /** Absent = "127.0.0.1". */
  readonly host?: string;
  /** Takes what happens on the lines; never throws back. */
  readonly onEvent?: (event: FleetEvent) => void;
}

/** TCP, TLS over it, or the wrapper in UDP datagrams. */
export type FleetTransport = "tcp" | "tls" | "udp";

/** Where meters dial in. */
export interface DialingOptions {
  readonly host: string;
  readonly port: number;
  /** Says who calls by a DataNotification with its logical device name. Absent = true. */
  readonly announce?: boolean;
  /** Framing of the announcement; the head-end decides the session's. Absent = "wrapper". */
  readonly framing?: "wrapper" | "hdlc";
  /** Wait before a connection that failed or ended is made again. Absent = 10 s. */
  readonly redialMs?: number;
}

export interface FleetEvent {
  readonly type:
    | "connected"
    | "disconnected"
    | "refused"
    | "dialled"
    | "dial-failed"
    | "pushed"
    | "push-failed";
  /** Listening endpoint, "127.0.0.1:4059"; of what a meter does by itself, its name. */
  readonly tcp: string;
  /** The other end, "127.0.0.1:50123"; of failures their code. */
  readonly detail: string;
}

/** One simulated meter and how to reach it; the fields of INTERFACES `ready` and the truth. */
export interface FleetMeter {
  /** "sim-001" */
  readonly name: string;
  /** "127.0.0.1:4059", whatever the transport is. */
  readonly tcp: string;
  readonly transport: FleetTransport;
  readonly serverUpper: number;
  readonly serverLower: number;
  readonly addressSize: 1 | 2 | 4;
  readonly clientSap: number;
  /** How it names its objects: by logical or by short name. */
  readonly referencing: "ln" | "sn";
  readonly auth: SecurityMechanism;
  /** What the management client has to know, TEST KEYS included; the counter is its own. */
  readonly security: SecuritySettings;
  /** Key encryption key of a ciphered meter, a TEST KEY; absent where there is no class 64. */
  readonly masterKey?: Secret;
  readonly personality: PersonalityName;
  /** As the meter's serial number objects answer it. */
  readonly serial: string;
  /**
   * Exactly the integer (before the scaler) that attribute 2 answers at `atMs` (UTC, ms).
   * @throws {RangeError} so do the next two, where a meter's file does not have the register
   */
  truth(key: MeterKey, atMs: number): bigint;
  /** The scaler attribute 3 answers. */
  scaler(key: MeterKey): number;
  /** The Blue Book unit attribute 3 answers. */
  unit(key: MeterKey): number;
}

export interface Fleet extends AsyncDisposable {
  readonly meters: readonly FleetMeter[];
  /**
   * The supply of all meters fails: those with all objects say so by alarm push and, to who is
   * associated, by event-notification. Resolves when the pushes have gone or failed.
   */
  lastGasp(): Promise<void>;
}
