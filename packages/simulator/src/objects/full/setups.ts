/** Communication setups, identification and state data of a full meter. */
import { type Data, u16, u32, u8 } from "@lectura/dlms/axdr";
import { ipv4Setup, obis } from "@lectura/dlms/cosem";
import {
  cell,
  fixed,
  servedData,
  servedHdlcSetup,
  servedTcpUdpSetup,
  serveObject,
  type ServerObject,
} from "@lectura/dlms/server";
import type { Identity } from "../../model/identity.ts";
import type { Personality } from "../../personalities/personality.ts";
import { ascii } from "../text.ts";

/** HDLC, TCP-UDP and IPv4 setup, as the meter is reached. */
export function communicationSetups(personality: Personality, identity: Identity): ServerObject[] {
  const octets = personality.informationOctetsMax;
  const { window } = personality;
  const parameters = {
    transmitOctetsMax: octets,
    receiveOctetsMax: octets,
    transmitWindow: window,
    receiveWindow: window,
  };
  const loopback = 0x7f00_0001;
  return [
    servedHdlcSetup({ parameters, deviceAddress: identity.lower }),
    servedTcpUdpSetup(),
    serveObject(ipv4Setup("0.0.25.1.0.255"), {
      dlReference: fixed(obis("0.0.25.2.0.255")),
      ipAddress: fixed(loopback),
      multicastIpAddress: fixed([]),
      ipOptions: fixed([]),
      subnetMask: fixed(0xff00_0000),
      gatewayIpAddress: fixed(0),
      useDhcpFlag: cell(false),
      primaryDnsAddress: cell(0),
      secondaryDnsAddress: cell(0),
    }),
  ];
}

/** State of alarms and errors, and who may clear it. */
export interface AlarmState {
  readonly objects: readonly ServerObject[];
  /** Attribute 2 of the alarm register now. */
  readonly value: Data;
  /** Sets a bit of the alarm register where the filter lets it through; true when it is new. */
  raise(bit: number): boolean;
}

/** Alarm register and filter, error register. */
export function alarmState(cleared: (nowMs: number) => void): AlarmState {
  let alarms = 0;
  let filter = 0xffff_ffff;
  return {
    objects: [
      servedData("0.0.97.97.0.255", { value: () => u32(0) }),
      servedData("0.0.97.98.0.255", {
        value: () => u32(alarms),
        write: (value, { nowMs }) => {
          if (value.type !== "double-long-unsigned") return "type-unmatched";
          // Written bits stay, so that an alarm raised meanwhile is not lost.
          alarms &= value.value;
          cleared(nowMs);
          return "success";
        },
      }),
      servedData("0.0.97.98.10.255", {
        value: () => u32(filter),
        write: (value) => {
          if (value.type !== "double-long-unsigned") return "type-unmatched";
          filter = value.value;
          return "success";
        },
      }),
    ],
    get value() {
      return u32(alarms);
    },
    raise: (bit) => {
      const mask = ((1 << bit) & filter) >>> 0;
      const isNew = mask !== 0 && (alarms & mask) === 0;
      alarms = (alarms | mask) >>> 0;
      return isNew;
    },
  };
}

/** What the meter says of itself beyond its name and serial number. */
export function identificationData(
  identity: Identity,
  tariff: (atMs: number) => 1 | 2,
): ServerObject[] {
  const { serial, name } = identity;
  let message = ascii("");
  return [
    servedData("0.0.96.1.1.255", { value: () => ascii("LEC") }),
    servedData("0.0.96.1.2.255", { value: () => ascii(`${serial}-${name}`) }),
    servedData("0.0.96.1.3.255", { value: () => ascii("lectura full meter") }),
    servedData("1.0.0.2.8.255", { value: () => ascii("00000001") }),
    servedData("1.0.0.4.2.255", { value: () => u16(1) }),
    servedData("1.0.0.4.3.255", { value: () => u16(1) }),
    servedData("0.0.96.7.21.255", { value: () => u16(0) }),
    servedData("0.0.96.10.1.255", { value: () => u8(0) }),
    servedData("0.0.96.14.0.255", { value: ({ nowMs }) => ascii(`T${tariff(nowMs)}`) }),
    servedData("0.0.96.13.0.255", {
      value: () => message,
      write: (value) => {
        if (value.type !== "octet-string") return "type-unmatched";
        if (value.value.length > messageOctetsMax) return "other-reason";
        message = { type: "octet-string", value: value.value.slice() };
        return "success";
      },
    }),
  ];
}

/** Octets of the consumer message; a longer one is refused. */
const messageOctetsMax = 160;
