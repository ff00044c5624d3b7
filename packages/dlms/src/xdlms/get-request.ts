import { choice, sequence, sequenceOf, uint32 } from "../axdr/codec.ts";
import { writeLength } from "../axdr/length.ts";
import { OctetWriter } from "../octets.ts";
import { apdu, type ApduCodec } from "./apdu-codec.ts";
import { type AttributeDescriptor, attributeDescriptor } from "./descriptor.ts";
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

/** Octets of descriptors already written once; a descriptor is immutable, so are its octets. */
const writtenDescriptors = new WeakMap<AttributeDescriptor, Uint8Array>();

function descriptorOctets(attribute: AttributeDescriptor): Uint8Array {
  const known = writtenDescriptors.get(attribute);
  if (known !== undefined) return known;
  const writer = new OctetWriter(0xffff, 16);
  attributeDescriptor.encode(writer, attribute);
  const octets = writer.finish();
  writtenDescriptors.set(attribute, octets);
  return octets;
}

/** Writes `C0 01 iip descriptor`. The descriptor's octets are remembered per descriptor object. */
export function encodeGetRequestNormal(
  writer: OctetWriter,
  invoke: InvokeIdAndPriority,
  attribute: AttributeDescriptor,
): void {
  writer.uint16(0xc001);
  writer.uint8(invokeIdToOctet(invoke));
  writer.octets(descriptorOctets(attribute));
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

/** Writes `C0 03 iip count descriptors`; octets are remembered per descriptor object. */
export function encodeGetRequestWithList(
  writer: OctetWriter,
  invoke: InvokeIdAndPriority,
  attributes: readonly AttributeDescriptor[],
): void {
  writer.uint16(0xc003);
  writer.uint8(invokeIdToOctet(invoke));
  writeLength(writer, attributes.length);
  for (const attribute of attributes) writer.octets(descriptorOctets(attribute));
}
