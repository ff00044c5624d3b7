/** Types of a fleet; the parts are put together in `start-fleet.ts`. */
import type { Clock, SecurityMechanism, SecuritySettings } from "@lectura/dlms-node";
import type { Secret } from "@lectura/dlms/security";
import type { LinePersonalityName } from "./lines/line-personality.ts";
import type { MeterKey } from "./model/keys.ts";
import type { PersonalityName } from "./personalities/personality.ts";
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
  /** What the meters ask of their management client. Absent = as the personality has it. */
  readonly security?: Partial<SimulatedSecurity>;
  /** Behaviour of the converter before the meters. Absent = "plain". */
  readonly linePersonality?: LinePersonalityName;
  /** Same seed, same octets. Absent = 1. */
  readonly seed?: number;
  /** World time of the meters and timers of the lines. Absent = the system's. */
  readonly clock?: Clock;
  /** Absent = "127.0.0.1". */
  readonly host?: string;
  /** Takes what happens on the lines; never throws back. */
  readonly onEvent?: (event: FleetEvent) => void;
}

export interface FleetEvent {
  readonly type: "connected" | "disconnected" | "refused";
  /** Listening endpoint, "127.0.0.1:4059". */
  readonly tcp: string;
  /** The client, "127.0.0.1:50123". */
  readonly detail: string;
}

/** One simulated meter and how to reach it; the fields of INTERFACES `ready` and the truth. */
export interface FleetMeter {
  /** "sim-001" */
  readonly name: string;
  /** "127.0.0.1:4059" */
  readonly tcp: string;
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
  /** Exactly the integer (before the scaler) that attribute 2 answers at `atMs` (UTC, ms). */
  truth(key: MeterKey, atMs: number): bigint;
  /** The scaler attribute 3 answers. */
  scaler(key: MeterKey): number;
  /** The Blue Book unit attribute 3 answers. */
  unit(key: MeterKey): number;
}

export interface Fleet extends AsyncDisposable {
  readonly meters: readonly FleetMeter[];
}
