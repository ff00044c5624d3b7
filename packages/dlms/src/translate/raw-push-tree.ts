import { decodeRawAlarm } from "../push/alarm.ts";
import type { JsonObject } from "./json.ts";

/** Layer `raw-push`: an alarm that is no APDU. @throws {DecodeError} it is none. */
export function translateRawPush(octets: Uint8Array): JsonObject {
  const { equipmentId, separator, alarmRegister } = decodeRawAlarm(octets);
  return {
    equipment_id: equipmentId,
    separator: separator.toString(16).padStart(2, "0"),
    alarm_register: `0x${alarmRegister.toString(16).padStart(8, "0")}`,
  };
}
