/**
 * What a client is told when its request is not served: an exception-response, or in short-name
 * referencing a ConfirmedServiceError (Green Book 9.4.6.1, ConfirmedServiceError).
 */
import { DecodeError, ProtocolError } from "../error.ts";
import { transferOctetsMax } from "../limits.ts";
import type { OctetWriter } from "../octets.ts";
import { ReplayError } from "../security/replay-window.ts";
import { confirmedServiceError } from "../xdlms/confirmed-service-error.ts";
import { type ExceptionResponse, exceptionResponse } from "../xdlms/exception-response.ts";
import { ServiceRefused } from "./service.ts";

/** What an exception-response says. */
export type Refused = Omit<ExceptionResponse, "kind">;

const serviceNotAllowed = "service-not-allowed";

/** No association, or not the time for it. */
export const notPossible: Refused = {
  stateError: serviceNotAllowed,
  serviceError: "operation-not-possible",
};

/**
 * What to tell of `error`: refused, malformed, not opened, or an answer beyond every limit. An error
 * that no client can cause is thrown again.
 */
export function refusedBy(error: unknown, writer: OctetWriter): Refused {
  const stateError = serviceNotAllowed;
  if (error instanceof ReplayError) {
    // With the counter that is expected an honest client goes on.
    const invocationCounter = error.expected;
    return { stateError, serviceError: "invocation-counter-error", invocationCounter };
  }
  if (error instanceof ProtocolError) return { stateError, serviceError: serviceErrorOf(error) };
  if (error instanceof ServiceRefused) {
    return { stateError: error.stateError, serviceError: error.serviceError };
  }
  if (error instanceof DecodeError) return { stateError, serviceError: "other-reason" };
  if (error instanceof RangeError && writer.length > transferOctetsMax / 2) {
    return { stateError, serviceError: "pdu-too-long" };
  }
  throw error;
}

function serviceErrorOf({ code }: ProtocolError): Refused["serviceError"] {
  if (code === "security/policy") return "operation-not-possible";
  if (code === "xdlms/limit" || code === "xdlms/pdu-too-long") return "pdu-too-long";
  return "deciphering-error";
}

/** Services of short names by the tag of their request, plain and ciphered. */
const shortNameServices: Readonly<Record<number, number>> = {
  0x05: 5,
  0x25: 5,
  0x45: 5,
  0x06: 6,
  0x26: 6,
  0x46: 6,
};
/** Requests nobody answers, not even by a refusal. */
const unanswered: readonly number[] = [0x16, 0x36, 0x56];

/** Class and value of ConfirmedServiceError's ServiceError. */
const serviceErrors: Readonly<Partial<Record<Refused["serviceError"], readonly [number, number]>>> =
  {
    // vde-state-error, no-dlms-context
    "operation-not-possible": [2, 1],
    // service: unsupported, other, pdu-size
    "service-not-supported": [3, 2],
    "other-reason": [3, 0],
    "pdu-too-long": [3, 1],
    // application-reference, deciphering-error
    "deciphering-error": [0, 6],
  };

/**
 * Writes the refusal of a request with that tag. `shortNames`: the view speaks them. A counter to go
 * on with has no place in a ConfirmedServiceError: it goes in an exception-response always.
 */
export function writeRefusal(
  writer: OctetWriter,
  refused: Refused,
  requestTag: number,
  shortNames: boolean,
): void {
  if (shortNames && unanswered.includes(requestTag)) return;
  const service = shortNameServices[requestTag];
  const [errorClass, error] = serviceErrors[refused.serviceError] ?? [];
  if (!shortNames || service === undefined || errorClass === undefined || error === undefined) {
    exceptionResponse.encode(writer, { kind: "exception-response", ...refused });
    return;
  }
  confirmedServiceError.encode(writer, {
    kind: "confirmed-service-error",
    service,
    errorClass,
    error,
  });
}
