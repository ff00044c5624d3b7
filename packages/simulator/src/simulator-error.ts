import { DlmsError, type Recovery } from "@lectura/dlms/octets";

/** Recovery class of what keeps a fleet from starting. One table, one line each. */
export const simulatorErrors = {
  "simulator/port-taken": "operator",
  "simulator/port-not-permitted": "operator",
  "simulator/host-unknown": "operator",
} as const satisfies Readonly<Record<`simulator/${string}`, Recovery>>;

export type SimulatorErrorCode = keyof typeof simulatorErrors;

/** A fleet could not start; what had started is closed again. `cause` is the port's error. */
export class SimulatorError extends DlmsError {
  override readonly name: string = "SimulatorError";
  readonly code: SimulatorErrorCode;
  readonly recovery: Recovery;
  /** "127.0.0.1:4059" */
  readonly tcp: string;
  /** What texts for people name. */
  readonly params: { readonly tcp: string; readonly port: number };

  constructor(code: SimulatorErrorCode, tcp: string, detail: string, options?: ErrorOptions) {
    super(`${code}: ${tcp}: ${detail}`, options);
    this.code = code;
    this.recovery = simulatorErrors[code];
    this.tcp = tcp;
    this.params = { tcp, port: Number(tcp.slice(tcp.lastIndexOf(":") + 1)) };
  }
}
