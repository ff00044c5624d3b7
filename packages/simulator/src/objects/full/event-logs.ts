/** Event logs of a full meter: what has happened to it since it was switched on. */
import { u8 } from "@lectura/dlms/axdr";
import { clockColumn, obis } from "@lectura/dlms/cosem";
import { servedData, servedProfile, type ServerObject } from "@lectura/dlms/server";
import { writeTime } from "../meter-time.ts";

/** Codes of the logs, numbered as companion specifications do. */
export const eventCodes = {
  powerUp: 2,
  clockBefore: 4,
  clockAfter: 5,
  alarmsCleared: 11,
  imageActivated: 18,
  remoteDisconnection: 63,
  remoteConnection: 64,
  limitExceeded: 66,
  limitKept: 67,
  voltageHigh: 79,
  voltageNormal: 85,
} as const;

/** Which log: the standard one, or that of the disconnector. */
export type EventLogName = "standard" | "disconnector";

/** The logs, and the way into them. */
export interface EventLogs {
  readonly objects: readonly ServerObject[];
  add(log: EventLogName, code: number, nowMs: number): void;
}

/** Entries of one log; one more pushes the oldest out. */
const entriesMax = 100;
const places = {
  standard: { profile: "0.0.99.98.0.255", code: "0.0.96.11.0.255" },
  disconnector: { profile: "0.0.99.98.2.255", code: "0.0.96.11.2.255" },
} as const;

/** Event logs as profiles that events fill. */
export function eventLogs(utcOffsetMinutes: number): EventLogs {
  const open = (name: EventLogName): { objects: ServerObject[]; add: EventLogs["add"] } => {
    const { profile, code } = places[name];
    let last = 0;
    const codeColumn = { classId: 1, logicalName: obis(code), attributeId: 2, dataIndex: 0 };
    const log = servedProfile(profile, {
      columns: [
        {
          ...clockColumn,
          capture: ({ nowMs }) => writeTime(nowMs, utcOffsetMinutes),
        },
        { ...codeColumn, capture: () => u8(last) },
      ],
      capturePeriodSeconds: 0,
      entriesMax,
    });
    return {
      objects: [log.object, servedData(code, { value: () => u8(last) })],
      add: (_, number, nowMs) => {
        last = number;
        log.append([writeTime(nowMs, utcOffsetMinutes), u8(number)]);
      },
    };
  };
  const logs = { standard: open("standard"), disconnector: open("disconnector") };
  return {
    objects: [...logs.standard.objects, ...logs.disconnector.objects],
    add: (log, code, nowMs) => logs[log].add(log, code, nowMs),
  };
}
