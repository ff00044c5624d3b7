/** A meter of three objects for tests that care about the way to it. */
import { type AttributeDescriptor, register } from "@lectura/dlms";
import { obis } from "@lectura/dlms/cosem";
import { OctetWriter } from "@lectura/dlms/octets";
import { Secret } from "@lectura/dlms/security";
import { answerOctetsCeiling, ObjectDirectory, type ServerObject } from "@lectura/dlms/server";
import type { Clock } from "../clock.ts";
import type { Port } from "../ports/port.ts";
import { type ServerSessionOptions, serveSession } from "./server-session.ts";

type ServedMeter = ServerSessionOptions["meters"][number];

/** What the meter holds as its voltage. */
export const voltageValue = 23_012;
/** Where. */
export const voltage: AttributeDescriptor = register("1-1:32.7.0");
/** Of its management client, SAP 1. */
export const meterPassword = "12345678";

/** Public client 16 and management client 1; address 1, lower 17. */
export function servedMeter(
  name = "LEC0000000000001",
  changes: Partial<ServedMeter> = {},
): ServedMeter {
  const objects = new ObjectDirectory([
    dataObject("0.0.42.0.0.255", { type: "octet-string", value: octetsOf(name) }),
    {
      classId: 3,
      version: 0,
      logicalName: obis("1.1.32.7.0.255"),
      attributes: { 2: { read: () => ({ type: "double-long", value: voltageValue }) } },
    },
  ]);
  const view = { objects, conformance: 0x00_301d, maxPduOctets: 0x400 };
  return {
    address: { size: 4, upper: 1, lower: 17 },
    device: {
      views: [
        { ...view, clientSap: 16, authentication: { mechanism: "none" } },
        {
          ...view,
          clientSap: 1,
          authentication: { mechanism: "low", password: Secret.fromText(meterPassword) },
        },
      ],
    },
    ...changes,
  };
}

/** Serves the meters on the port until it closes. */
export function serveOn(port: Port, clock: Clock, meters = [servedMeter()]): void {
  serveSession({ port, meters, clock, writer: new OctetWriter(answerOctetsCeiling, 1024) });
}

function dataObject(code: string, value: ReturnType<Read>): ServerObject {
  return {
    classId: 1,
    version: 0,
    logicalName: obis(code),
    attributes: { 2: { read: () => value } },
  };
}

type Read = NonNullable<NonNullable<ServerObject["attributes"][number]>["read"]>;

function octetsOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
