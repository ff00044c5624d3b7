import { PortError } from "./port-error.ts";
import type { SerialSettings } from "./serial-endpoint.ts";

/** What is used of the package `serialport` (13): its documented interface, no more. */
export interface SerialDriver {
  readonly SerialPort: new (options: SerialDriverOptions) => SerialDriverPort;
}

/** How the driver opens a port; flow control stays off, the lock stays on. */
export interface SerialDriverOptions extends SerialSettings {
  readonly path: string;
  readonly autoOpen: false;
  /** False: DTR and RTS, which feed optical heads, stay on while the format changes. */
  readonly hupcl: false;
}

/** Called with what went wrong, or null. */
export type SerialDriverDone = (error: Error | null) => void;

/** One port of the driver: a duplex stream with a line under it. */
export interface SerialDriverPort {
  readonly isOpen: boolean;
  /** Octets written that the system has not taken yet. */
  readonly writableLength: number;
  open(done: SerialDriverDone): void;
  close(done: SerialDriverDone): void;
  write(octets: Uint8Array): boolean;
  /** Calls back when everything written has left the line (tcdrain). */
  drain(done: SerialDriverDone): void;
  /** Only the rate can be changed on an open port. */
  update(options: { readonly baudRate: number }, done: SerialDriverDone): void;
  /** Sets every control line: what is not given takes the driver's default, on. */
  set(options: { readonly rts: boolean; readonly dtr: boolean }, done: SerialDriverDone): void;
  on(event: "data", take: (octets: Uint8Array) => void): unknown;
  on(event: "error" | "close", take: (error?: Error | null) => void): unknown;
}

/** The package is optional, so its name is no static import. */
const driverPackage = "serialport";

/** @throws {PortError} serial/module-missing: not installed, or not for this platform. */
export async function loadSerialDriver(label: string): Promise<SerialDriver> {
  try {
    const module = (await import(driverPackage)) as Partial<SerialDriver>;
    if (typeof module.SerialPort === "function") return { SerialPort: module.SerialPort };
  } catch (cause) {
    throw new PortError(
      "serial/module-missing",
      label,
      `the package ${driverPackage} does not load: npm install ${driverPackage}`,
      { cause },
    );
  }
  throw new PortError("serial/module-missing", label, `${driverPackage} is another package`);
}
