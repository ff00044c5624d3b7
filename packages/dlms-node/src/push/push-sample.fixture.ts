/** A push of one register value in the wrapper. */
import { fromHex } from "@lectura/dlms/octets";
import { encodeWrapper } from "@lectura/dlms/wrapper";
import { encodeApdu } from "@lectura/dlms/xdlms";

/** The APDU alone. */
export function dataNotificationApdu(invokeId = 1): Uint8Array {
  return encodeApdu({
    kind: "data-notification",
    invoke: {
      invokeId,
      selfDescriptive: false,
      breakOnError: false,
      confirmed: false,
      highPriority: false,
    },
    dateTime: new Uint8Array(0),
    body: {
      type: "structure",
      value: [
        { type: "octet-string", value: fromHex("0100010800ff") },
        { type: "double-long-unsigned", value: 4711 },
      ],
    },
  });
}

export function dataNotification(invokeId = 1): Uint8Array {
  return encodeWrapper(1, 102, dataNotificationApdu(invokeId));
}
