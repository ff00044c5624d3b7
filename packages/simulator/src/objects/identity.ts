import { array, type Data, structure, u16 } from "@lectura/dlms/axdr";
import { obis } from "@lectura/dlms/cosem";
import type { ServerObject } from "@lectura/dlms/server";
import type { Identity } from "../model/identity.ts";
import { ascii } from "./text.ts";

/** Logical device name, both places of the serial number, firmware, SAP assignment. */
export function identityObjects({ serial, logicalDeviceName, upper }: Identity): ServerObject[] {
  const device = ascii(logicalDeviceName);
  const assignment = array([structure([u16(upper), device])]);
  return [
    constant("0.0.42.0.0.255", device),
    constant("1.0.0.0.0.255", ascii(serial)),
    constant("0.0.96.1.0.255", ascii(serial)),
    constant("1.0.0.2.0.255", ascii("lectura-sim 1")),
    {
      classId: 17,
      version: 0,
      logicalName: obis("0.0.41.0.0.255"),
      attributes: { 2: { read: () => assignment } },
    },
  ];
}

function constant(code: string, value: Data): ServerObject {
  return {
    classId: 1,
    version: 0,
    logicalName: obis(code),
    attributes: { 2: { read: () => value } },
  };
}
