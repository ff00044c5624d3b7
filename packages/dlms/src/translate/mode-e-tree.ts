import { parseSignOnLine } from "../iec62056-21/line.ts";
import type { JsonObject } from "./json.ts";

/** Layer `iec62056-21`: one line of the sign-on with its CR LF. @throws {DecodeError} none of them. */
export function translateSignOnLine(octets: Uint8Array): JsonObject {
  const line = parseSignOnLine(octets);
  const parity = line.parityStripped ? { strip_parity: true } : {};
  switch (line.kind) {
    case "request":
      return { type: "request", address: line.address, ...parity };
    case "identification":
      return {
        type: "identification",
        manufacturer: line.manufacturer,
        baud_char: line.baudCharacter,
        max_baud: line.baudMax ?? null,
        mode: line.mode,
        identification: line.text,
        ...parity,
      };
    case "option-select":
      return {
        type: "ack",
        protocol: line.protocol,
        baud_char: line.baudCharacter,
        mode: line.mode,
        baud: line.baud ?? null,
        ...parity,
      };
  }
}
