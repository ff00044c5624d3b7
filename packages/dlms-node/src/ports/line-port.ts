import type { Port } from "./port.ts";
import type { SerialSettings } from "./serial-endpoint.ts";

/** A port whose line this machine sets: a serial port. A converter's line is set at the converter. */
export interface LinePort extends Port {
  /** How the line is set, or about to be. */
  readonly settings: SerialSettings;
  /** Resolves when everything sent has left the line. @throws {PortError} it broke before. */
  drain(): Promise<void>;
  /**
   * Sets the line once everything sent is out. What is sent after the call goes out at the new
   * rate. Octets that come while the format changes may be lost.
   *
   * @throws {RangeError} a value out of range
   * @throws {PortError} serial/settings-refused: the line stays open; serial/closed and others
   */
  configure(settings: Partial<SerialSettings>): Promise<void>;
}

/** True for a port whose rate can be changed while it is open. */
export function isLinePort(port: Port): port is LinePort {
  return "configure" in port && typeof port.configure === "function";
}
