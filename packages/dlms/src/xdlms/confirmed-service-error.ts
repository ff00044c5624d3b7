import { sequence, uint8 } from "../axdr/codec.ts";
import { apdu, type ApduCodec } from "./apdu-codec.ts";

/** The service that failed: the outer CHOICE tag of ConfirmedServiceError. */
export const failedServices = {
  1: "initiate",
  2: "get-status",
  3: "get-name-list",
  4: "get-variable-attribute",
  5: "read",
  6: "write",
  7: "get-data-set-attribute",
  8: "get-ti-attribute",
  9: "change-scope",
  10: "start",
  11: "stop",
  12: "resume",
  13: "make-usable",
  14: "initiate-load",
  15: "load-segment",
  16: "terminate-load",
  17: "initiate-up-load",
  18: "up-load-segment",
  19: "terminate-up-load",
} as const satisfies Readonly<Record<number, string>>;

interface ErrorClass {
  readonly name: string;
  readonly values: Readonly<Record<number, string>>;
}

/** The inner CHOICE ServiceError: class of error, and the meaning of its value. */
export const confirmedErrorClasses: Readonly<Record<number, ErrorClass>> = {
  0: {
    name: "application-reference",
    values: {
      0: "other",
      1: "time-elapsed",
      2: "application-unreachable",
      3: "application-reference-invalid",
      4: "application-context-unsupported",
      5: "provider-communication-error",
      6: "deciphering-error",
    },
  },
  1: {
    name: "hardware-resource",
    values: {
      0: "other",
      1: "memory-unavailable",
      2: "processor-resource-unavailable",
      3: "mass-storage-unavailable",
      4: "other-resource-unavailable",
    },
  },
  2: {
    name: "vde-state-error",
    values: {
      0: "other",
      1: "no-dlms-context",
      2: "loading-data-set",
      3: "status-nochange",
      4: "status-inoperable",
    },
  },
  3: { name: "service", values: { 0: "other", 1: "pdu-size", 2: "service-unsupported" } },
  4: {
    name: "definition",
    values: {
      0: "other",
      1: "object-undefined",
      2: "object-class-inconsistent",
      3: "object-attribute-inconsistent",
    },
  },
  5: {
    name: "access",
    values: {
      0: "other",
      1: "scope-of-access-violated",
      2: "object-access-invalid",
      3: "hardware-fault",
      4: "object-unavailable",
    },
  },
  6: {
    name: "initiate",
    values: {
      0: "other",
      1: "dlms-version-too-low",
      2: "incompatible-conformance",
      3: "pdu-size-too-short",
      4: "refused-by-the-vde-handler",
    },
  },
  7: {
    name: "load-data-set",
    values: {
      0: "other",
      1: "primitive-out-of-sequence",
      2: "not-loadable",
      3: "dataset-size-too-large",
      4: "not-awaited-segment",
      5: "interpretation-failure",
      6: "storage-failure",
      7: "data-set-not-ready",
    },
  },
  9: {
    name: "task",
    values: {
      0: "other",
      1: "no-remote-control",
      2: "ti-stopped",
      3: "ti-running",
      4: "ti-unusable",
    },
  },
};

/**
 * ConfirmedServiceError: how short-name services and the association fail. The three octets are
 * kept as numbers; `describeConfirmedServiceError` names them.
 */
export interface ConfirmedServiceError {
  readonly kind: "confirmed-service-error";
  /** 1 initiate, 5 read, 6 write. */
  readonly service: number;
  /** Class of error, 6 = initiate. */
  readonly errorClass: number;
  readonly error: number;
}

export const confirmedServiceError: ApduCodec<ConfirmedServiceError> = apdu(
  "confirmed-service-error",
  0x0e,
  sequence("ConfirmedServiceError", { service: uint8, errorClass: uint8, error: uint8 }),
);

/** `initiate: initiate, dlms-version-too-low`; numbers where the standard has no name. */
export function describeConfirmedServiceError(error: ConfirmedServiceError): string {
  const services: Readonly<Record<number, string>> = failedServices;
  const errorClass = confirmedErrorClasses[error.errorClass];
  const service = services[error.service] ?? `service ${error.service}`;
  const name = errorClass?.name ?? `class ${error.errorClass}`;
  return `${service}: ${name}, ${errorClass?.values[error.error] ?? error.error}`;
}
