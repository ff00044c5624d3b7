import { obis } from "@lectura/dlms/cosem";
import type { ServerObject } from "@lectura/dlms/server";

/** Where clients look what counter the meter has seen last (Blue Book 6.2.16). */
export const invocationCounterName = "0.0.43.1.0.255";

/** Invocation counter object (class 1): the last counter accepted under the unicast key. */
export function invocationCounterObject(last: () => number): ServerObject {
  return {
    classId: 1,
    version: 0,
    logicalName: obis(invocationCounterName),
    attributes: { 2: { read: () => ({ type: "double-long-unsigned", value: last() }) } },
  };
}
