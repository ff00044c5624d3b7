/** Parity of a character on a serial line. */
export type SerialParity = "none" | "even" | "odd";

/** Rate and character format of a serial line. */
export interface SerialSettings {
  /** Bd. */
  readonly baudRate: number;
  readonly dataBits: 7 | 8;
  readonly parity: SerialParity;
  readonly stopBits: 1 | 2;
}

/** A serial port of this machine, and how its line is set when it opens. */
export interface SerialEndpoint extends Partial<SerialSettings> {
  /** `"/dev/ttyUSB0"`, `"COM3"`. */
  readonly path: string;
  /**
   * The transceiver of a two-wire line is switched to sending by RTS, for as long as octets leave
   * the line: "rts" where RTS on means sending, "rts-inverted" where RTS off does. Absent: the
   * adapter switches by itself, or the line needs no switching.
   */
  readonly rs485?: "rts" | "rts-inverted";
}

/** What most meters keep to behind no sign-on (IEC 62056-46 clause 5.4: 9600 Bd 8N1). */
const defaultSerialSettings: SerialSettings = {
  baudRate: 9600,
  dataBits: 8,
  parity: "none",
  stopBits: 1,
};

const baudRateMax = 4_000_000;
const keys: readonly string[] = ["baud", "data", "parity", "stop", "rs485"];

/**
 * `/dev/ttyUSB0?baud=9600&data=8&parity=none&stop=1&rs485=rts`: a path, behind it what differs from
 * 9600 8N1. A leading `serial:` is dropped.
 *
 * @throws {RangeError} no path, an unknown key, or a value out of range.
 */
export function parseSerialEndpoint(text: string): SerialEndpoint {
  const [path = "", query = ""] = text.replace(/^serial:/, "").split("?", 2);
  if (path === "") throw new RangeError(`serial "${text}" names no port`);
  const parameters = new URLSearchParams(query);
  for (const key of parameters.keys()) {
    if (!keys.includes(key)) throw new RangeError(`serial "${text}": "${key}" is not known`);
  }
  const given = (key: string): string | undefined => parameters.get(key) ?? undefined;
  const rs485 = given("rs485");
  if (rs485 !== undefined && rs485 !== "rts" && rs485 !== "rts-inverted") {
    throw new RangeError(`rs485 "${rs485}" is not rts or rts-inverted`);
  }
  const settings = completeSerialSettings({
    ...numberOf("baudRate", given("baud")),
    ...numberOf("dataBits", given("data")),
    ...numberOf("stopBits", given("stop")),
    ...(given("parity") === undefined ? {} : { parity: given("parity") as SerialParity }),
  });
  return { path, ...settings, ...(rs485 === undefined ? {} : { rs485 }) };
}

/** With every default filled in. @throws {RangeError} a value out of range. */
export function completeSerialSettings(given: Partial<SerialSettings>): SerialSettings {
  const baudRate = given.baudRate ?? defaultSerialSettings.baudRate;
  const dataBits = given.dataBits ?? defaultSerialSettings.dataBits;
  const parity = given.parity ?? defaultSerialSettings.parity;
  const stopBits = given.stopBits ?? defaultSerialSettings.stopBits;
  if (!Number.isInteger(baudRate) || baudRate < 50 || baudRate > baudRateMax) {
    throw new RangeError(`baud rate ${baudRate} is not 50..${baudRateMax}`);
  }
  if (dataBits !== 7 && dataBits !== 8) throw new RangeError(`data bits ${dataBits as number}`);
  if (stopBits !== 1 && stopBits !== 2) throw new RangeError(`stop bits ${stopBits as number}`);
  if (parity !== "none" && parity !== "even" && parity !== "odd") {
    throw new RangeError(`parity "${parity as string}" is not none, even or odd`);
  }
  return { baudRate, dataBits, parity, stopBits };
}

function numberOf(name: keyof SerialSettings, text: string | undefined): Partial<SerialSettings> {
  return text === undefined ? {} : { [name]: Number(text) };
}
