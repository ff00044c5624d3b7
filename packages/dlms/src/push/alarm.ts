import { DecodeError } from "../error.ts";
import { textOf } from "../cosem/text.ts";

/** The alarm push of DSMR 4 meters, which is no DLMS at all (R60). */
export interface RawAlarm {
  /** Equipment identifier, printable ASCII; 17 characters in the field. */
  readonly equipmentId: string;
  /** Octet between identifier and register: a comma. */
  readonly separator: number;
  /** 0..2^32 - 1, most significant octet first. */
  readonly alarmRegister: number;
}

const comma = 0x2c;
const registerOctets = 4;
/** Octets of the longest identifier taken. */
const equipmentIdOctetsMax = 48;

/**
 * `identifier | 2C | alarm register 4`. @throws {DecodeError} cosem/malformed: it is not that.
 */
export function decodeRawAlarm(octets: Uint8Array): RawAlarm {
  const at = octets.length - registerOctets - 1;
  if (at < 1) refuse("alarm", 0, `has ${octets.length} octets`);
  if (octets[at] !== comma) refuse("separator", at, "is no comma");
  const id = octets.subarray(0, at);
  if (at > equipmentIdOctetsMax) refuse("equipment id", 0, `has ${at} octets`);
  const odd = id.findIndex((octet) => octet < 0x20 || octet > 0x7e);
  if (odd >= 0) refuse("equipment id", odd, "is not printable");
  const register = new DataView(octets.buffer, octets.byteOffset + at + 1, registerOctets);
  return {
    equipmentId: textOf(id, "visible-string"),
    separator: comma,
    alarmRegister: register.getUint32(0),
  };
}

function refuse(field: string, offset: number, problem: string): never {
  throw new DecodeError("cosem", field, offset, problem);
}
