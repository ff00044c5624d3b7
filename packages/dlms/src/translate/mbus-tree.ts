import { parseMbusFrame } from "../mbus/frame.ts";
import { toHex } from "../octets.ts";
import type { JsonObject } from "./json.ts";

const octet = (value: number): string => value.toString(16).padStart(2, "0");

/** Layer `mbus-wired`: one long frame, 68 to 16. @throws {DecodeError} mbus/malformed, checksum. */
export function translateMbus(octets: Uint8Array): JsonObject {
  const frame = parseMbusFrame(octets);
  const { transport } = frame;
  return {
    length: octets[1],
    control: octet(frame.control),
    address: octet(frame.address),
    ci: octet(frame.controlInformation),
    ...(transport === undefined
      ? {}
      : {
          stsap: transport.source,
          dtsap: transport.destination,
          sequence: transport.sequence,
          final: transport.final,
        }),
    user_data: toHex(frame.userData),
    checksum: octet(frame.checksum),
  };
}
