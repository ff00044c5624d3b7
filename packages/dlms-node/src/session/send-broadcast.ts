import type { Data } from "@lectura/dlms/axdr";
import {
  allStation,
  buildFrame,
  controlUi,
  encodeClientAddress,
  encodeServerAddress,
  llcCommand,
  type ServerAddress,
} from "@lectura/dlms/hdlc";
import { concatOctets } from "@lectura/dlms/octets";
import type { ApduCiphering } from "@lectura/dlms/security";
import { allStationWPort, encodeWrapper } from "@lectura/dlms/wrapper";
import {
  type Apdu,
  type AttributeDescriptor,
  encodeApdu,
  type MethodDescriptor,
  type VariableAccess,
} from "@lectura/dlms/xdlms";
import type { Port } from "../ports/port.ts";

/** What can be said to many meters at once: services nobody answers. */
export type Broadcast =
  | { readonly attribute: AttributeDescriptor; readonly data: Data }
  | { readonly method: MethodDescriptor; readonly parameters?: Data }
  | { readonly variables: readonly VariableAccess[]; readonly data: readonly Data[] };

/** The way of a broadcast. */
export interface BroadcastOptions {
  readonly port: Port;
  /** Default "hdlc". */
  readonly framing?: "hdlc" | "wrapper";
  /** Client SAP that the meters' pre-established association is with. Default 16. */
  readonly clientSap?: number;
  /** HDLC: default the one-octet form of all stations, 7F. */
  readonly server?: ServerAddress;
  /** Default: plain. Many meters at once need the broadcast key: `ApduCipheringOptions.broadcast`. */
  readonly ciphering?: Pick<ApduCiphering, "protect" | "reserve">;
}

const invoke = { invokeId: 0, confirmed: false, highPriority: false } as const;

/**
 * Says something to every meter on a line: one UI frame, or one unit of the wrapper (to many over
 * UDP: a port to a multicast address). Nothing comes back; whether it was heard only reading tells.
 * The port must not be in the middle of an exchange.
 * @throws {ProtocolError} security/counter-exhausted @throws {RangeError} addresses
 */
export async function sendBroadcast(
  broadcast: Broadcast,
  { port, framing = "hdlc", clientSap = 16, server, ciphering }: BroadcastOptions,
): Promise<void> {
  await ciphering?.reserve();
  const plain = encodeApdu(apduOf(broadcast));
  const apdu = ciphering?.protect(plain) ?? plain;
  if (framing === "wrapper") {
    port.send(encodeWrapper(clientSap, allStationWPort, apdu));
    return;
  }
  const destination = server ?? { size: 1, upper: allStation, lower: 0 };
  port.send(
    buildFrame({
      destination: encodeServerAddress(destination),
      source: encodeClientAddress(clientSap),
      control: controlUi,
      segmented: false,
      information: concatOctets([llcCommand, apdu]),
    }),
  );
}

function apduOf(broadcast: Broadcast): Apdu {
  if ("attribute" in broadcast) {
    const { attribute, data: value } = broadcast;
    return { kind: "set-request", type: "normal", invoke, attribute, value };
  }
  if ("method" in broadcast) {
    return { kind: "action-request", type: "normal", invoke, ...broadcast };
  }
  return { kind: "unconfirmed-write-request", ...broadcast };
}
