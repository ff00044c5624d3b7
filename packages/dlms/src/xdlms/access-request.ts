import { choice, type Codec, type ObjectCodec, sequence, sequenceOf } from "../axdr/codec.ts";
import { data } from "../axdr/data-codec.ts";
import type { Data } from "../axdr/data.ts";
import { apdu, type ApduCodec } from "./apdu-codec.ts";
import { dateTimeField } from "./date-time-field.ts";
import {
  type AttributeDescriptor,
  type MethodDescriptor,
  methodDescriptor,
  plainAttribute,
  type SelectiveAccess,
  selectiveAccess,
} from "./descriptor.ts";
import { longInvokeIdAndPriority, type LongInvokeIdAndPriority } from "./invoke-id.ts";

/** An attribute without a selection. */
export type PlainAttribute = Omit<AttributeDescriptor, "selection">;

/** Access-Request-Specification: one of the accesses of an ACCESS service. */
export type AccessSpecification =
  | { readonly type: "get"; readonly attribute: PlainAttribute }
  | { readonly type: "set"; readonly attribute: PlainAttribute }
  | { readonly type: "action"; readonly method: MethodDescriptor }
  | {
      readonly type: "get-with-selection";
      readonly attribute: PlainAttribute;
      readonly selection: SelectiveAccess;
    }
  | {
      readonly type: "set-with-selection";
      readonly attribute: PlainAttribute;
      readonly selection: SelectiveAccess;
    };

/** Access-Request: any number of get, set and action in one APDU. */
export interface AccessRequest {
  readonly kind: "access-request";
  readonly invoke: LongInvokeIdAndPriority;
  /** 0 octets, or a COSEM date-time of 12. */
  readonly dateTime: Uint8Array;
  readonly specifications: readonly AccessSpecification[];
  /** One for each specification; null-data for a get. */
  readonly data: readonly Data[];
}

const attribute = sequence("Access-Request-Specification", { attribute: plainAttribute });
const selected = sequence("Access-Request-Specification", {
  attribute: plainAttribute,
  selection: selectiveAccess,
});

const accessSpecification: ObjectCodec<AccessSpecification> = choice(
  "Access-Request-Specification",
  "type",
  {
    get: [1, attribute],
    set: [2, attribute],
    action: [3, sequence("Access-Request-Specification", { method: methodDescriptor })],
    "get-with-selection": [4, selected],
    "set-with-selection": [5, selected],
  },
);

/** The list of specifications, which a response may repeat. */
export const accessSpecifications: Codec<readonly AccessSpecification[]> =
  sequenceOf(accessSpecification);

export const accessRequest: ApduCodec<AccessRequest> = apdu(
  "access-request",
  0xd9,
  sequence("Access-Request", {
    invoke: longInvokeIdAndPriority,
    dateTime: dateTimeField,
    specifications: accessSpecifications,
    data: sequenceOf(data),
  }),
);
