/** SAP assignment and port setups of a server (Blue Book 4.4.5, 4.7.2, 4.9.1). */
import { iecHdlcSetup, sapAssignment, tcpUdpSetup } from "../../cosem/attributes/objects.ts";
import type { ObisText } from "../../cosem/descriptor.ts";
import { obis } from "../../cosem/obis.ts";
import type { HdlcParameters } from "../../hdlc/parameters.ts";
import type { ServerObject } from "../object.ts";
import { fixed, serveObject } from "./serve-object.ts";

/** One logical device of a physical device. */
export interface AssignedSap {
  /** HDLC upper address or wrapper port of the server. */
  readonly sap: number;
  /** Its COSEM logical device name, up to 16 octets. */
  readonly logicalDeviceName: Uint8Array;
}

/** SAP assignment (class 17), 0-0:41.0.0*255. */
export function servedSapAssignment(devices: readonly AssignedSap[]): ServerObject {
  return serveObject(sapAssignment("0.0.41.0.0.255"), { sapAssignmentList: fixed(devices) });
}

/** What the HDLC link of a meter offers. */
export interface ServedHdlcSetupOptions {
  /** Absent: 0-0:22.0.0*255. */
  readonly logicalName?: ObisText;
  readonly parameters: HdlcParameters;
  /** 0..9 as in `comm_speed`; absent: 5, 9600 Bd. */
  readonly commSpeed?: number;
  readonly interOctetTimeOutMs?: number;
  readonly inactivityTimeOutSeconds?: number;
  /** Lower HDLC address. */
  readonly deviceAddress: number;
}

/** IEC HDLC setup (class 23 version 1): what the link offers, as clients may read it. */
export function servedHdlcSetup(options: ServedHdlcSetupOptions): ServerObject {
  const { parameters } = options;
  return serveObject(iecHdlcSetup(options.logicalName ?? "0.0.22.0.0.255"), {
    commSpeed: fixed(options.commSpeed ?? 5),
    windowSizeTransmit: fixed(parameters.transmitWindow),
    windowSizeReceive: fixed(parameters.receiveWindow),
    maxInfoFieldLengthTransmit: fixed(parameters.transmitOctetsMax),
    maxInfoFieldLengthReceive: fixed(parameters.receiveOctetsMax),
    interOctetTimeOut: fixed(options.interOctetTimeOutMs ?? 25),
    inactivityTimeOut: fixed(options.inactivityTimeOutSeconds ?? 120),
    deviceAddress: fixed(options.deviceAddress),
  });
}

/** Where a meter listens; defaults are the usual ones. */
export interface ServedTcpUdpSetupOptions {
  /** Absent: 0-0:25.0.0*255. */
  readonly logicalName?: ObisText;
  /** Absent: 4059. */
  readonly port?: number;
  /** Absent: 0-0:25.1.0*255, the IPv4 setup. */
  readonly ipReference?: ObisText;
  /** Octets of a segment. Absent: 576. */
  readonly segmentOctetsMax?: number;
  /** Absent: 1. */
  readonly connectionsMax?: number;
  /** Absent: 180. */
  readonly inactivityTimeOutSeconds?: number;
}

/** TCP-UDP setup (class 41). */
export function servedTcpUdpSetup(options: ServedTcpUdpSetupOptions = {}): ServerObject {
  return serveObject(tcpUdpSetup(options.logicalName ?? "0.0.25.0.0.255"), {
    tcpUdpPort: fixed(options.port ?? 4059),
    ipReference: fixed(obis(options.ipReference ?? "0.0.25.1.0.255")),
    mss: fixed(options.segmentOctetsMax ?? 576),
    nbOfSimConn: fixed(options.connectionsMax ?? 1),
    inactivityTimeOut: fixed(options.inactivityTimeOutSeconds ?? 180),
  });
}
