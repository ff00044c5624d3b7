import { optional, type OptionalCodec, sequence } from "../axdr/codec.ts";
import { data } from "../axdr/data-codec.ts";
import type { Data } from "../axdr/data.ts";
import { apdu, type ApduCodec } from "./apdu-codec.ts";
import { dateTimeField } from "./date-time-field.ts";
import { type AttributeDescriptor, plainAttribute } from "./descriptor.ts";

/** Event-Notification-Request: one attribute's value, unsolicited. */
export interface EventNotification {
  readonly kind: "event-notification";
  /** COSEM date-time of 12 octets (0 in the field). */
  readonly time?: Uint8Array;
  readonly attribute: Omit<AttributeDescriptor, "selection">;
  readonly value: Data;
}

const optionalTime = optional(dateTimeField);

/** Kaifa MX382 puts the Data tag 09 where OPTIONAL's flag 01 belongs (R61). */
const taggedTime: OptionalCodec<Uint8Array> = {
  name: optionalTime.name,
  omittable: true,
  encode: optionalTime.encode,
  decode: (reader, field) => {
    if (reader.peek() !== 0x09) return optionalTime.decode(reader, field);
    reader.offset++;
    return dateTimeField.decode(reader, field);
  },
};

function declared(time: OptionalCodec<Uint8Array>): ApduCodec<EventNotification> {
  return apdu(
    "event-notification",
    0xc2,
    sequence("Event-Notification-Request", { time, attribute: plainAttribute, value: data }),
  );
}

export const eventNotification: ApduCodec<EventNotification> = declared(optionalTime);

/** Reads also a time behind the flag 09 (leniency `taggedEventTime`). */
export const taggedEventNotification: ApduCodec<EventNotification> = declared(taggedTime);
