import { DlmsError, type Recovery } from "@lectura/dlms/octets";

/** Recovery class of what keeps a fleet from starting. One table, one line each. */
export const simulatorErrors = {
  "simulator/file-format": "operator",
  "simulator/file-invalid": "operator",
  "simulator/file-secret": "operator",
  "simulator/port-taken": "operator",
  "simulator/port-not-permitted": "operator",
  "simulator/host-unknown": "operator",
} as const satisfies Readonly<Record<`simulator/${string}`, Recovery>>;

export type SimulatorErrorCode = keyof typeof simulatorErrors;

/** Of what a meter is made from a file. */
export type MeterFileErrorCode = Extract<SimulatorErrorCode, `simulator/file-${string}`>;

/** A meter's file cannot be used; says where in it. */
export class MeterFileError extends DlmsError {
  override readonly name: string = "MeterFileError";
  readonly code: MeterFileErrorCode;
  readonly recovery: Recovery;
  /** What texts for people name: `objects[3].attributes.2`, and what is wrong there. */
  readonly params: { readonly where: string; readonly problem: string };

  constructor(code: MeterFileErrorCode, where: string, problem: string, options?: ErrorOptions) {
    super(`${code}: ${where}: ${problem}`, options);
    this.code = code;
    this.recovery = simulatorErrors[code];
    this.params = { where, problem };
  }
}

/** A fleet could not start; what had started is closed again. `cause` is the port's error. */
export class SimulatorError extends DlmsError {
  override readonly name: string = "SimulatorError";
  readonly code: Exclude<SimulatorErrorCode, MeterFileErrorCode>;
  readonly recovery: Recovery;
  /** "127.0.0.1:4059" */
  readonly tcp: string;
  /** What texts for people name. */
  readonly params: { readonly tcp: string; readonly port: number };

  constructor(code: SimulatorError["code"], tcp: string, detail: string, options?: ErrorOptions) {
    super(`${code}: ${tcp}: ${detail}`, options);
    this.code = code;
    this.recovery = simulatorErrors[code];
    this.tcp = tcp;
    this.params = { tcp, port: Number(tcp.slice(tcp.lastIndexOf(":") + 1)) };
  }
}
