import { choice, sequence, sequenceOf, uint32 } from "../axdr/codec.ts";
import { writeLength } from "../axdr/length.ts";
import type { OctetWriter } from "../octets.ts";
import { apdu, type ApduCodec } from "./apdu-codec.ts";
import { type AttributeDescriptor, attributeDescriptor, writeAttribute } from "./descriptor.ts";
import { type InvokeIdAndPriority, invokeIdAndPriority, invokeIdToOctet } from "./invoke-id.ts";

/** Get-Request. `next` acknowledges the block just received and asks for the one after it. */
export type GetRequest =
  | {
      readonly kind: "get-request";
      readonly type: "normal";
      readonly invoke: InvokeIdAndPriority;
      readonly attribute: AttributeDescriptor;
    }
  | {
      readonly kind: "get-request";
      readonly type: "next";
      readonly invoke: InvokeIdAndPriority;
      readonly blockNumber: number;
    }
  | {
      readonly kind: "get-request";
      readonly type: "with-list";
      readonly invoke: InvokeIdAndPriority;
      readonly attributes: readonly AttributeDescriptor[];
    };

export const getRequest: ApduCodec<GetRequest> = apdu(
  "get-request",
  0xc0,
  choice("Get-Request", "type", {
    normal: [
      1,
      sequence("Get-Request-Normal", {
        invoke: invokeIdAndPriority,
        attribute: attributeDescriptor,
      }),
    ],
    next: [2, sequence("Get-Request-Next", { invoke: invokeIdAndPriority, blockNumber: uint32 })],
    "with-list": [
      3,
      sequence("Get-Request-With-List", {
        invoke: invokeIdAndPriority,
        attributes: sequenceOf(attributeDescriptor),
      }),
    ],
  }),
);

/** Writes `C0 01 iip descriptor`. */
export function encodeGetRequestNormal(
  writer: OctetWriter,
  invoke: InvokeIdAndPriority,
  attribute: AttributeDescriptor,
): void {
  writer.uint16(0xc001);
  writer.uint8(invokeIdToOctet(invoke));
  writeAttribute(writer, attribute);
}

/** Writes `C0 02 iip block-number`; `blockNumber` is the number of the block just received. */
export function encodeGetRequestNext(
  writer: OctetWriter,
  invoke: InvokeIdAndPriority,
  blockNumber: number,
): void {
  writer.uint16(0xc002);
  writer.uint8(invokeIdToOctet(invoke));
  writer.uint32(blockNumber);
}

/** Writes `C0 03 iip count descriptors`. */
export function encodeGetRequestWithList(
  writer: OctetWriter,
  invoke: InvokeIdAndPriority,
  attributes: readonly AttributeDescriptor[],
): void {
  writer.uint16(0xc003);
  writer.uint8(invokeIdToOctet(invoke));
  writeLength(writer, attributes.length);
  for (const attribute of attributes) writeAttribute(writer, attribute);
}
