import {
  type Aare,
  associateResultName,
  diagnosticName,
  type DiagnosticSource,
} from "../acse/index.ts";
import { ProtocolError, type ProtocolErrorCode } from "../error.ts";
import {
  type ConfirmedServiceError,
  describeConfirmedServiceError,
} from "../xdlms/confirmed-service-error.ts";

/** The meter refuses the association; what it said, by number and by name. */
export class AssociationError extends ProtocolError {
  override readonly name: string = "AssociationError";
  /** 0 accepted (refused all the same), 1 rejected-permanent, 2 rejected-transient. */
  readonly result: number;
  readonly diagnosticSource: DiagnosticSource;
  readonly diagnosticValue: number;
  /** e.g. `authentication-failure`. */
  readonly diagnostic: string;
  /** The confirmedServiceError in the user-information, e.g. `initiate: ..., refused-by-...`. */
  readonly serviceError: string | undefined;

  constructor(aare: Aare, serviceError: ConfirmedServiceError | undefined) {
    const refused =
      serviceError === undefined ? undefined : describeConfirmedServiceError(serviceError);
    const diagnostic = diagnosticName(aare.diagnostic);
    const result = associateResultName(aare.result);
    super(
      codeOf(aare, serviceError),
      `the meter answers ${result}, ${diagnostic}${refused === undefined ? "" : `, ${refused}`}`,
    );
    this.result = aare.result;
    this.diagnosticSource = aare.diagnostic.source;
    this.diagnosticValue = aare.diagnostic.value;
    this.diagnostic = diagnostic;
    this.serviceError = refused;
  }
}

/**
 * The diagnostic says more than the result: a wrong password is a wrong password, whether the meter
 * calls its refusal permanent or not.
 */
function codeOf(aare: Aare, serviceError: ConfirmedServiceError | undefined): ProtocolErrorCode {
  if (aare.diagnostic.source === "acse-service-user") {
    switch (aare.diagnostic.value) {
      case 2:
        return "acse/context-not-supported";
      case 11:
        return "acse/mechanism-not-supported";
      case 12:
      case 14:
        return "acse/authentication-required";
      case 13:
        return "acse/authentication-failed";
    }
  }
  if (serviceError !== undefined) return "acse/initiate-refused";
  return aare.result === 2 ? "acse/rejected-transient" : "acse/rejected";
}
