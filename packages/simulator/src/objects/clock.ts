import { bool, enumeration, i16, i8, u8 } from "@lectura/dlms/axdr";
import { obis } from "@lectura/dlms/cosem";
import type { ServerObject } from "@lectura/dlms/server";
import { readTime, writeTime } from "./meter-time.ts";

const clockBaseCrystal = 1;

/**
 * Clock (class 8), settable. Registers and profiles go on with the world's time: only attribute 2
 * shows what was set.
 */
export function clockObject(utcOffsetMinutes: number): ServerObject {
  // The meter's own state, lost with the process like a clock without battery.
  let offsetMs = 0;
  const never = writeTime(0, 0);
  return {
    classId: 8,
    version: 0,
    logicalName: obis("0.0.1.0.0.255"),
    attributes: {
      2: {
        access: "read-write",
        types: ["octet-string", "date-time"],
        read: ({ nowMs }) =>
          writeTime(Math.floor((nowMs + offsetMs) / 1000) * 1000, utcOffsetMinutes),
        write: (value, { nowMs }) => {
          const atMs = readTime(value, utcOffsetMinutes);
          if (atMs === undefined) return "type-unmatched";
          offsetMs = atMs - nowMs;
          return "success";
        },
      },
      3: { read: () => i16(-utcOffsetMinutes) },
      4: { read: () => u8(0) },
      5: { read: () => never },
      6: { read: () => never },
      7: { read: () => i8(0) },
      8: { read: () => bool(false) },
      9: { read: () => enumeration(clockBaseCrystal) },
    },
  };
}
