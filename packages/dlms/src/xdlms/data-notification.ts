import { type Codec, type ObjectCodec, sequence } from "../axdr/codec.ts";
import { data } from "../axdr/data-codec.ts";
import type { Data } from "../axdr/data.ts";
import { apdu, type ApduCodec } from "./apdu-codec.ts";
import { dateTimeField, taggedDateTimeField } from "./date-time-field.ts";
import { longInvokeIdAndPriority, type LongInvokeIdAndPriority } from "./invoke-id.ts";

/** Data-Notification: an unsolicited push. */
export interface DataNotification {
  readonly kind: "data-notification";
  readonly invoke: LongInvokeIdAndPriority;
  /** 0 octets, or a COSEM date-time of 12. */
  readonly dateTime: Uint8Array;
  readonly body: Data;
}

/** Data-Notification-Confirm: the receiver's answer to a confirmed push (newer editions). */
export interface DataNotificationConfirm {
  readonly kind: "data-notification-confirm";
  readonly invoke: LongInvokeIdAndPriority;
  readonly dateTime: Uint8Array;
}

function declared(dateTime: Codec<Uint8Array>): ApduCodec<DataNotification> {
  return apdu(
    "data-notification",
    0x0f,
    sequence("Data-Notification", { invoke: longInvokeIdAndPriority, dateTime, body: data }),
  );
}

export const dataNotification: ApduCodec<DataNotification> = declared(dateTimeField);

/** Reads also a date-time that carries a Data tag (leniency `taggedDateTime`). */
export const taggedDataNotification: ApduCodec<DataNotification> = declared(taggedDateTimeField);

/** What stands between tag and body: for bodies that are no Data. */
export const dataNotificationHead: ObjectCodec<Omit<DataNotification, "body" | "kind">> = sequence(
  "Data-Notification",
  { invoke: longInvokeIdAndPriority, dateTime: dateTimeField },
);

export const dataNotificationConfirm: ApduCodec<DataNotificationConfirm> = apdu(
  "data-notification-confirm",
  0x10,
  sequence("Data-Notification-Confirm", {
    invoke: longInvokeIdAndPriority,
    dateTime: dateTimeField,
  }),
);
