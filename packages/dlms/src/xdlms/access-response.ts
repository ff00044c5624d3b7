import { choice, type ObjectCodec, optional, sequence, sequenceOf } from "../axdr/codec.ts";
import { data } from "../axdr/data-codec.ts";
import type { Data } from "../axdr/data.ts";
import { type AccessSpecification, accessSpecifications } from "./access-request.ts";
import { apdu, type ApduCodec } from "./apdu-codec.ts";
import {
  type ActionResult,
  actionResult,
  type DataAccessResult,
  dataAccessResult,
} from "./data-access-result.ts";
import { dateTimeField } from "./date-time-field.ts";
import { longInvokeIdAndPriority, type LongInvokeIdAndPriority } from "./invoke-id.ts";

/** Access-Response-Specification: how one access went. */
export type AccessOutcome =
  | { readonly type: "get"; readonly result: DataAccessResult }
  | { readonly type: "set"; readonly result: DataAccessResult }
  | { readonly type: "action"; readonly result: ActionResult };

/** Access-Response: a value (null-data where there is none) and an outcome for every access. */
export interface AccessResponse {
  readonly kind: "access-response";
  readonly invoke: LongInvokeIdAndPriority;
  /** 0 octets, or a COSEM date-time of 12. */
  readonly dateTime: Uint8Array;
  /** The request's specifications repeated, where the server does so. */
  readonly specifications?: readonly AccessSpecification[];
  readonly data: readonly Data[];
  readonly results: readonly AccessOutcome[];
}

const attributeOutcome = sequence("Access-Response-Specification", { result: dataAccessResult });

const accessOutcome: ObjectCodec<AccessOutcome> = choice("Access-Response-Specification", "type", {
  get: [1, attributeOutcome],
  set: [2, attributeOutcome],
  action: [3, sequence("Access-Response-Specification", { result: actionResult })],
});

export const accessResponse: ApduCodec<AccessResponse> = apdu(
  "access-response",
  0xda,
  sequence("Access-Response", {
    invoke: longInvokeIdAndPriority,
    dateTime: dateTimeField,
    specifications: optional(accessSpecifications),
    data: sequenceOf(data),
    results: sequenceOf(accessOutcome),
  }),
);
