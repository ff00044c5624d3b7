import type { Codec } from "../axdr/codec.ts";

/**
 * Invoke-Id-And-Priority. `invokeId` is 0..15 (bits 0-3), `confirmed` the service class (bit 6),
 * `highPriority` bit 7; bits 4 and 5 are reserved. A response is matched by `invokeId` alone: meters
 * answer with other flags than they were asked with.
 */
export interface InvokeIdAndPriority {
  readonly invokeId: number;
  readonly confirmed: boolean;
  readonly highPriority: boolean;
}

/** Long-Invoke-Id-And-Priority of data-notification and access: a 24-bit id and four flags. */
export interface LongInvokeIdAndPriority {
  readonly invokeId: number;
  readonly selfDescriptive: boolean;
  /** Processing option: stop at the first error of an access request. */
  readonly breakOnError: boolean;
  readonly confirmed: boolean;
  readonly highPriority: boolean;
}

const byOctet: readonly InvokeIdAndPriority[] = Array.from({ length: 256 }, (_, octet) =>
  Object.freeze({
    invokeId: octet & 0x0f,
    confirmed: (octet & 0x40) !== 0,
    highPriority: (octet & 0x80) !== 0,
  }),
);

/** The octet's meaning; the same frozen object for the same octet. */
export function invokeIdFromOctet(octet: number): InvokeIdAndPriority {
  return byOctet[octet & 0xff]!;
}

/** The octet on the wire, reserved bits zero. @throws {RangeError} id not in 0..15. */
export function invokeIdToOctet(invoke: InvokeIdAndPriority): number {
  const { invokeId } = invoke;
  if ((invokeId & 0x0f) !== invokeId) throw new RangeError(`invoke-id ${invokeId} is not 0..15`);
  return invokeId | (invoke.confirmed ? 0x40 : 0) | (invoke.highPriority ? 0x80 : 0);
}

export const invokeIdAndPriority: Codec<InvokeIdAndPriority> = {
  name: "Invoke-Id-And-Priority",
  encode: (writer, value) => writer.uint8(invokeIdToOctet(value)),
  decode: (reader, field) => invokeIdFromOctet(reader.uint8(field)),
};

export const longInvokeIdAndPriority: Codec<LongInvokeIdAndPriority> = {
  name: "Long-Invoke-Id-And-Priority",
  encode: (writer, value) => {
    const { invokeId } = value;
    if ((invokeId & 0xff_ffff) !== invokeId) {
      throw new RangeError(`long invoke-id ${invokeId} is not 0..16777215`);
    }
    writer.uint8(
      (value.selfDescriptive ? 0x10 : 0) |
        (value.breakOnError ? 0x20 : 0) |
        (value.confirmed ? 0x40 : 0) |
        (value.highPriority ? 0x80 : 0),
    );
    writer.uint24(invokeId);
  },
  decode: (reader, field) => {
    const flags = reader.uint8(field);
    return {
      invokeId: reader.uint24(field),
      selfDescriptive: (flags & 0x10) !== 0,
      breakOnError: (flags & 0x20) !== 0,
      confirmed: (flags & 0x40) !== 0,
      highPriority: (flags & 0x80) !== 0,
    };
  },
};
