import { readData } from "../axdr/data-decode.ts";
import { readLength } from "../axdr/length.ts";
import { equalOctets, OctetReader } from "../octets.ts";
import { dataNotificationHead } from "../xdlms/data-notification.ts";
import { plainAttribute } from "../xdlms/descriptor.ts";
import type { LongInvokeIdAndPriority } from "../xdlms/invoke-id.ts";
import type { PushValue } from "./push-values.ts";

/** A push of Czech meters, which is a data-notification whose body is no Data (R62). */
export interface UntaggedPush {
  readonly invoke: LongInvokeIdAndPriority;
  /** 0 or 12 octets. */
  readonly dateTime: Uint8Array;
  /** What stands before the list. */
  readonly enumValue: number;
  readonly values: readonly PushValue[];
}

/** `02 02 16`: a structure of an enum and the list. */
const beginning = Uint8Array.of(0x02, 0x02, 0x16);
const field = "untagged push";

/**
 * EG.D, Sagemcom XT211: the body is a structure of an enum and an array of structures { attribute
 * descriptor without any tag, Data }. @throws {DecodeError} it is not that.
 */
export function decodeUntaggedPush(octets: Uint8Array): UntaggedPush {
  const reader = new OctetReader(octets, "xdlms");
  if (reader.uint8(field) !== 0x0f) reader.fail(field, "no data-notification");
  const { invoke, dateTime } = dataNotificationHead.decode(reader, field);
  if (!equalOctets(reader.take(3, field), beginning)) reader.fail(field, "no enum and list");
  const enumValue = reader.uint8(field);
  if (reader.uint8(field) !== 0x01) reader.fail(field, "no array");
  const count = readLength(reader, field);
  if (count > reader.remaining) reader.fail(field, `${count} rows in ${reader.remaining} octets`);
  const values: PushValue[] = [];
  for (let index = 0; index < count; index++) {
    if (reader.uint16(field) !== 0x0202) reader.fail(field, "no structure of two");
    const { classId, logicalName, attributeId } = plainAttribute.decode(reader, field);
    values.push({ classId, logicalName, attributeId, value: readData(reader) });
  }
  reader.finish(field);
  return { invoke, dateTime, enumValue, values };
}
