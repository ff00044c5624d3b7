import { DlmsError, type Recovery } from "@lectura/dlms/octets";
import { type ErrorParams, GatewayError, type GatewayErrorCode, gatewayErrors } from "../errors.ts";
import type { Problem } from "./problem.ts";

/** An error of the wire that the gateway met on our behalf, with its code and recovery as there. */
export class RemoteError extends DlmsError {
  override readonly name: string = "RemoteError";
  readonly code: `${string}/${string}`;
  readonly recovery: Recovery;

  constructor(code: `${string}/${string}`, recovery: Recovery, detail: string) {
    super(`${code}: ${detail}`);
    this.code = code;
    this.recovery = recovery;
  }
}

/** A problem of the API as the error it was in the gateway's process. */
export function errorOf(problem: Partial<Problem>, status: number, url: string): DlmsError {
  const { code, recovery, detail, params } = problem;
  if (code === undefined || recovery === undefined || !code.includes("/")) {
    const sentence = `the gateway answered ${status} to ${url}`;
    return new GatewayError("api/refused", sentence, { params: { status, url } });
  }
  if (isGatewayCode(code)) {
    const given: ErrorParams = params ?? {};
    return new GatewayError(code, detail ?? "", { params: given });
  }
  return new RemoteError(code as `${string}/${string}`, recovery as Recovery, detail ?? "");
}

function isGatewayCode(code: string): code is GatewayErrorCode {
  return Object.hasOwn(gatewayErrors, code);
}
