import fc from "fast-check";
import type { FrameParts, HdlcParameters, ServerAddress } from "@lectura/dlms/hdlc";
import { encodeClientAddress, encodeServerAddress } from "@lectura/dlms/hdlc";

/** Cuts octets at arbitrary places: the pieces joined are the octets. */
export function chunksOf(octets: Uint8Array): fc.Arbitrary<readonly Uint8Array[]> {
  return fc.array(fc.nat({ max: octets.length }), { maxLength: 12 }).map((cuts) => {
    const at = [0, ...cuts.toSorted((a, b) => a - b), octets.length];
    return at.slice(1).map((end, index) => octets.subarray(at[index], end));
  });
}

/** Octets with flags and format octets far more often than by chance. */
export const hostileOctets: fc.Arbitrary<Uint8Array> = fc
  .array(
    fc.oneof(
      { arbitrary: fc.nat({ max: 255 }), weight: 4 },
      { arbitrary: fc.constant(0x7e), weight: 3 },
      { arbitrary: fc.integer({ min: 0xa0, max: 0xaf }), weight: 2 },
      { arbitrary: fc.constantFrom(0x00, 0x01, 0x03, 0x21), weight: 2 },
    ),
    { maxLength: 3000 },
  )
  .map((octets) => Uint8Array.from(octets));

export const serverAddresses: fc.Arbitrary<ServerAddress> = fc.oneof(
  fc.nat({ max: 0x7f }).map((upper): ServerAddress => ({ size: 1, upper, lower: 0 })),
  fc
    .tuple(fc.nat({ max: 0x7f }), fc.nat({ max: 0x7f }))
    .map(([upper, lower]): ServerAddress => ({ size: 2, upper, lower })),
  fc
    .tuple(fc.nat({ max: 0x3fff }), fc.nat({ max: 0x3fff }))
    .map(([upper, lower]): ServerAddress => ({ size: 4, upper, lower })),
);

export const clientSaps: fc.Arbitrary<number> = fc.nat({ max: 0x7f });

export const hdlcParameters: fc.Arbitrary<HdlcParameters> = fc.record({
  transmitOctetsMax: fc.integer({ min: 32, max: 2030 }),
  receiveOctetsMax: fc.integer({ min: 32, max: 2030 }),
  transmitWindow: fc.integer({ min: 1, max: 7 }),
  receiveWindow: fc.integer({ min: 1, max: 7 }),
});

/** Parts of a valid frame, from a client to a server. */
export const frameParts: fc.Arbitrary<FrameParts> = fc
  .record({
    server: serverAddresses,
    client: clientSaps,
    control: fc.nat({ max: 255 }),
    segmented: fc.boolean(),
    information: fc.uint8Array({ maxLength: 200 }),
  })
  .map(({ server, client, ...rest }) => ({
    ...rest,
    destination: encodeServerAddress(server),
    source: encodeClientAddress(client),
  }));
