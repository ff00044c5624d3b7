import { type DlmsError, DecodeError, ProtocolError, type ProtocolErrorCode } from "../error.ts";
import { decodeUnit } from "../xdlms/apdu-codec.ts";
import {
  type ConfirmedServiceError,
  confirmedServiceError,
  describeConfirmedServiceError,
} from "../xdlms/confirmed-service-error.ts";
import { type ExceptionResponse, exceptionResponse } from "../xdlms/exception-response.ts";

/** The meter answered a request with an exception-response (Green Book 9.4.6.17). */
export class ExceptionError extends ProtocolError {
  override readonly name: string = "ExceptionError";
  readonly response: ExceptionResponse;

  constructor(code: ProtocolErrorCode, response: ExceptionResponse, options?: ErrorOptions) {
    const { stateError, serviceError, invocationCounter } = response;
    const expected = invocationCounter === undefined ? "" : `, it expects ${invocationCounter}`;
    super(code, `the meter answers ${stateError}, ${serviceError}${expected}`, options);
    this.response = response;
  }
}

/** The meter answered a request with a confirmedServiceError. */
export class ServiceError extends ProtocolError {
  override readonly name: string = "ServiceError";
  readonly response: ConfirmedServiceError;

  constructor(code: ProtocolErrorCode, response: ConfirmedServiceError) {
    super(code, `the meter answers ${describeConfirmedServiceError(response)}`);
    this.response = response;
  }
}

/** What an exception-response (D8) or confirmedServiceError (0E) means for its request. */
export function exceptionError(apdu: Uint8Array): DlmsError {
  try {
    if (apdu[0] === 0x0e) {
      return new ServiceError("xdlms/exception", decodeUnit(confirmedServiceError, apdu));
    }
    const response = decodeUnit(exceptionResponse, apdu);
    return new ExceptionError(codeOf(response), response);
  } catch (error) {
    if (error instanceof DecodeError) return error;
    throw error;
  }
}

function codeOf(response: ExceptionResponse): ProtocolErrorCode {
  if (response.stateError === "service-unknown") return "xdlms/service-not-supported";
  if (response.serviceError === "service-not-supported") return "xdlms/service-not-supported";
  if (response.serviceError === "pdu-too-long") return "xdlms/pdu-too-long";
  return "xdlms/exception";
}
