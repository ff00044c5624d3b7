import { mapped, type ObjectCodec, sequence, uint32, uint8 } from "../axdr/codec.ts";
import { apdu, type ApduCodec } from "./apdu-codec.ts";
import { enumeratedNames } from "./data-access-result.ts";

/** state-error of an exception-response by number. */
export const stateErrors = {
  1: "service-not-allowed",
  2: "service-unknown",
} as const satisfies Readonly<Record<number, string>>;

/** service-error of an exception-response by number. */
export const serviceErrors = {
  1: "operation-not-possible",
  2: "service-not-supported",
  3: "other-reason",
  4: "pdu-too-long",
  5: "deciphering-error",
  6: "invocation-counter-error",
} as const satisfies Readonly<Record<number, string>>;

/** state-error by name; `other-NNN` where the standard has none. */
export type StateError = (typeof stateErrors)[keyof typeof stateErrors] | `other-${number}`;
/** service-error by name; `other-NNN` where the standard has none. */
export type ServiceError = (typeof serviceErrors)[keyof typeof serviceErrors] | `other-${number}`;

/** The server refuses a whole APDU. */
export interface ExceptionResponse {
  readonly kind: "exception-response";
  readonly stateError: StateError;
  readonly serviceError: ServiceError;
  /** With `invocation-counter-error` only: the counter the server expects next, 0..2^32 - 1. */
  readonly invocationCounter?: number;
}

const states = enumeratedNames(stateErrors);
const services = enumeratedNames(serviceErrors);

/** The number on the wire. @throws {RangeError} unknown name. */
export function stateErrorToNumber(error: StateError): number {
  return states.number(error);
}

/** The number on the wire. @throws {RangeError} unknown name. */
export function serviceErrorToNumber(error: ServiceError): number {
  return services.number(error);
}

/** The standard's name; `other-NNN` where it has none. */
export function stateErrorFromNumber(value: number): StateError {
  return states.name(value);
}

/** The standard's name; `other-NNN` where it has none. */
export function serviceErrorFromNumber(value: number): ServiceError {
  return services.name(value);
}

type Body = Omit<ExceptionResponse, "kind">;

const head: ObjectCodec<Omit<Body, "invocationCounter">> = sequence("ExceptionResponse", {
  stateError: mapped("state-error", uint8, states.number, states.name),
  serviceError: mapped("service-error", uint8, services.number, services.name),
});

const counterField = "ExceptionResponse.invocationCounter";

/** The counter follows service error 6 and no other: a CHOICE in the standard's ASN.1. */
const body: ObjectCodec<Body> = {
  name: head.name,
  encode: (writer, value) => {
    head.encode(writer, value);
    if (value.serviceError === "invocation-counter-error") {
      uint32.encode(writer, value.invocationCounter ?? 0);
    }
  },
  decode: (reader, field) => {
    const target = {};
    body.readInto(target, reader, field);
    return target as Body;
  },
  readInto: (target, reader, field) => {
    head.readInto(target, reader, field);
    const object = target as { serviceError: ServiceError; invocationCounter?: number };
    if (object.serviceError === "invocation-counter-error") {
      object.invocationCounter = reader.uint32(counterField);
    }
  },
};

export const exceptionResponse: ApduCodec<ExceptionResponse> = apdu(
  "exception-response",
  0xd8,
  body,
);
