import { octetString, optional, sequence, sequenceOf } from "../axdr/codec.ts";
import { data } from "../axdr/data-codec.ts";
import type { Data } from "../axdr/data.ts";
import { apdu, type ApduCodec } from "./apdu-codec.ts";
import { type VariableAccess, variableAccess } from "./variable-access.ts";

/** InformationReportRequest of short-name referencing: values, unsolicited. */
export interface InformationReport {
  readonly kind: "information-report";
  /** GeneralizedTime as text octets, `20260131235959Z`. */
  readonly currentTime?: Uint8Array;
  readonly variables: readonly VariableAccess[];
  /** One for each variable. */
  readonly data: readonly Data[];
}

export const informationReport: ApduCodec<InformationReport> = apdu(
  "information-report",
  0x18,
  sequence("InformationReportRequest", {
    currentTime: optional(octetString()),
    variables: sequenceOf(variableAccess),
    data: sequenceOf(data),
  }),
);
