import { type Clock, systemClock } from "../clock.ts";
import type { LinePort } from "./line-port.ts";
import { PortError } from "./port-error.ts";
import type { PortReceiver } from "./port.ts";
import {
  loadSerialDriver,
  type SerialDriver,
  type SerialDriverDone,
  type SerialDriverPort,
} from "./serial-driver.ts";
import {
  completeSerialSettings,
  type SerialEndpoint,
  type SerialSettings,
} from "./serial-endpoint.ts";
import { serialErrorFrom } from "./serial-error.ts";
import { ticking, wakeOnPoll } from "./serial-wake.ts";

/** A serial line and how to open it. */
export interface SerialPortOptions extends SerialEndpoint {
  /** Absent: the package `serialport`, which is installed beside this one where it is wanted. */
  readonly driver?: SerialDriver;
  /** Aborts the opening. */
  readonly signal?: AbortSignal;
  /** Absent: the machine's. */
  readonly clock?: Clock;
}

/** Octets that wait for a slow line; beyond, the port is given up: `serial/flooded`. */
const unsentOctetsMax = 256 * 1024;
/** What is sent last has so long to leave the line when the port is closed. */
const lingerMs = 1500;

/**
 * Opens a serial port: RS-232, RS-485, an optical head. The line is locked: nobody else on this
 * machine can open it meanwhile.
 *
 * @throws {PortError} serial/module-missing, not-found, not-permitted, busy, settings-refused
 * @throws {RangeError} a setting is out of range
 */
export async function openSerialPort(options: SerialPortOptions): Promise<LinePort> {
  const settings = completeSerialSettings(options);
  const { path, signal } = options;
  signal?.throwIfAborted();
  const driver = options.driver ?? (await loadSerialDriver(path));
  const port = new SerialPort(driver, options, settings);
  await port.open();
  if (signal?.aborted === true) await port[Symbol.asyncDispose]();
  signal?.throwIfAborted();
  return port;
}

class SerialPort implements LinePort {
  readonly label: string;
  readonly #driver: SerialDriver;
  readonly #rs485: SerialEndpoint["rs485"];
  readonly #clock: Clock;
  #settings: SerialSettings;
  #line: SerialDriverPort | undefined;
  /** Steps that must not overlap: writing under RTS, draining, setting the line. */
  #steps: Promise<void> | undefined;
  #waitingOctets = 0;
  #waking: Disposable | undefined;
  #receiver: PortReceiver | undefined;
  #disposed = false;
  #ended: PortError | undefined | false = false;
  #told = false;
  #closing: Promise<void> | undefined;

  constructor(driver: SerialDriver, options: SerialPortOptions, settings: SerialSettings) {
    this.label = options.path;
    this.#driver = driver;
    this.#rs485 = options.rs485;
    this.#clock = options.clock ?? systemClock;
    this.#settings = settings;
  }

  get settings(): SerialSettings {
    return this.#settings;
  }

  async open(): Promise<void> {
    this.#line = await this.#openLine(this.#settings);
    if (this.#rs485 !== undefined) await this.#switchTo("receiving");
  }

  send(octets: Uint8Array): void {
    if (this.#disposed || this.#ended !== false || this.#line === undefined) return;
    const copy = Buffer.from(octets);
    if (this.#rs485 === undefined && this.#steps === undefined) {
      this.#line.write(copy);
    } else {
      this.#waitingOctets += copy.length;
      // What goes wrong ends the port, and is told there.
      this.#step(() => this.#transmit(copy)).catch(() => undefined);
    }
    if (this.#line.writableLength + this.#waitingOctets > unsentOctetsMax) {
      this.#fail(new PortError("serial/flooded", this.label, `${unsentOctetsMax} octets unsent`));
    }
  }

  listen(receiver: PortReceiver): void {
    this.#receiver = receiver;
    this.#tell();
  }

  drain(): Promise<void> {
    return this.#step(() => this.#drained());
  }

  configure(wanted: Partial<SerialSettings>): Promise<void> {
    const before = this.#settings;
    const next = completeSerialSettings({ ...before, ...wanted });
    this.#settings = next;
    return this.#step(async () => {
      if (sameSettings(before, next)) return;
      await this.#drained();
      if (sameFormat(before, next)) await this.#changeRate(next);
      else await this.#reopen(before, next);
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** One step after the other; those behind one that failed run all the same. */
  #step(run: () => Promise<void>): Promise<void> {
    const guarded = async (): Promise<void> => {
      if (this.#ended !== false) throw this.#ended ?? this.#closedHere();
      await run();
    };
    const result = this.#steps === undefined ? guarded() : this.#steps.then(guarded);
    const settled = result.then(
      () => undefined,
      () => undefined,
    );
    this.#steps = settled;
    void settled.then(() => {
      if (this.#steps === settled) this.#steps = undefined;
    });
    return result;
  }

  async #transmit(octets: Uint8Array): Promise<void> {
    this.#waitingOctets -= octets.length;
    if (this.#rs485 === undefined) {
      this.#line?.write(octets);
      return;
    }
    try {
      await this.#switchTo("sending");
      this.#line?.write(octets);
      await this.#drained();
      await this.#switchTo("receiving");
    } catch (error) {
      this.#fail(serialErrorFrom(error, this.label));
    }
  }

  #drained(): Promise<void> {
    return this.#call((line, done) => line.drain(done));
  }

  #switchTo(direction: "sending" | "receiving"): Promise<void> {
    const rts = (direction === "sending") === (this.#rs485 === "rts");
    return this.#call((line, done) => line.set({ rts, dtr: true }, done));
  }

  async #changeRate(next: SerialSettings): Promise<void> {
    try {
      await this.#call((line, done) => line.update({ baudRate: next.baudRate }, done));
    } catch (error) {
      throw this.#refused(error);
    }
  }

  /** The driver changes nothing but the rate of an open line. */
  async #reopen(before: SerialSettings, next: SerialSettings): Promise<void> {
    const old = this.#line;
    this.#line = undefined;
    if (old !== undefined) await called((done) => old.close(done));
    try {
      this.#line = await this.#openLine(next);
    } catch (error) {
      this.#settings = before;
      const refused = serialErrorFrom(error, this.label);
      try {
        this.#line = await this.#openLine(before);
      } catch (lost) {
        this.#fail(serialErrorFrom(lost, this.label));
      }
      throw refused.code === "serial/failed" ? this.#refused(error) : refused;
    }
    if (this.#disposed) await this.#closeLine();
    else if (this.#rs485 !== undefined) await this.#switchTo("receiving");
  }

  async #openLine(settings: SerialSettings): Promise<SerialDriverPort> {
    try {
      const line = new this.#driver.SerialPort({
        ...settings,
        path: this.label,
        autoOpen: false,
        hupcl: false,
      });
      line.on("data", (octets) => {
        if (!this.#disposed && this.#ended === false) this.#receiver?.receive(octets);
      });
      line.on("error", (error) => this.#broken(line, error));
      line.on("close", (error) => this.#broken(line, error));
      await called((done) => line.open(done));
      this.#waking?.[Symbol.dispose]();
      this.#waking = wakeOnPoll(line);
      return line;
    } catch (error) {
      throw serialErrorFrom(error, this.label);
    }
  }

  /** A line of before, or one that never opened, is told of by its own callbacks. */
  #broken(line: SerialDriverPort, error: Error | null | undefined): void {
    if (line !== this.#line || this.#disposed) return;
    const known = error === undefined || error === null ? undefined : error;
    this.#fail(
      known === undefined || !line.isOpen
        ? new PortError("serial/closed", this.label, known?.message ?? "the port is gone")
        : serialErrorFrom(known, this.label),
    );
  }

  async #call(call: (line: SerialDriverPort, done: SerialDriverDone) => void): Promise<void> {
    const line = this.#line;
    if (line === undefined) throw this.#closedHere();
    try {
      await called((done) => call(line, done));
    } catch (error) {
      throw serialErrorFrom(error, this.label);
    }
  }

  #fail(error: PortError): void {
    if (this.#ended !== false) return;
    this.#ended = this.#disposed ? undefined : error;
    void this.#closeLine();
    this.#tell();
  }

  async #close(): Promise<void> {
    this.#disposed = true;
    if (this.#ended === false) {
      const { promise, resolve } = Promise.withResolvers<void>();
      using _linger = this.#clock.timer(lingerMs, resolve);
      const out = this.#step(() => this.#drained()).catch(() => undefined);
      await Promise.race([out, promise]);
    }
    await this.#closeLine();
    if (this.#ended === false) this.#ended = undefined;
    this.#tell();
  }

  /** The far side sees the control lines fall, as it does when a program ends. */
  async #closeLine(): Promise<void> {
    const line = this.#line;
    this.#line = undefined;
    this.#waking?.[Symbol.dispose]();
    if (line === undefined || !line.isOpen) return;
    // Adapters without control lines refuse this, and it matters to none of them.
    await called((done) => line.set({ rts: false, dtr: false }, done)).catch(() => undefined);
    if (line.isOpen) await called((done) => line.close(done)).catch(() => undefined);
  }

  #refused(error: unknown): PortError {
    const { baudRate, dataBits, parity } = this.#settings;
    const detail = `${baudRate} Bd ${dataBits}${parity[0]}`;
    return new PortError("serial/settings-refused", this.label, detail, { cause: error });
  }

  #closedHere(): PortError {
    return new PortError("serial/closed", this.label, "closed on this side");
  }

  #tell(): void {
    if (this.#told || this.#ended === false || this.#receiver === undefined) return;
    this.#told = true;
    this.#receiver.closed(this.#ended);
  }
}

async function called(call: (done: SerialDriverDone) => void): Promise<void> {
  using _ticking = ticking();
  await new Promise<void>((resolve, reject) => {
    call((error) => {
      if (error === null || error === undefined) resolve();
      else reject(error);
    });
  });
}

function sameFormat(one: SerialSettings, other: SerialSettings): boolean {
  return (
    one.dataBits === other.dataBits &&
    one.parity === other.parity &&
    one.stopBits === other.stopBits
  );
}

function sameSettings(one: SerialSettings, other: SerialSettings): boolean {
  return one.baudRate === other.baudRate && sameFormat(one, other);
}
