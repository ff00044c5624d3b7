/** Every object a meter of ours can have. */
import { dateTimeFromUtcMs, obis } from "@lectura/dlms/cosem";
import { defaultHdlcParameters } from "@lectura/dlms/hdlc";
import { fromHex } from "@lectura/dlms/octets";
import { InvocationCounter, Secret } from "@lectura/dlms/security";
import {
  certificateList,
  ObjectDirectory,
  SecuritySetup,
  servedActivityCalendar,
  servedClock,
  servedData,
  servedDemandRegister,
  servedDisconnectControl,
  servedExtendedRegister,
  servedHdlcSetup,
  servedImageTransfer,
  servedLimiter,
  servedProfile,
  servedPushSetup,
  servedRegister,
  servedRegisterMonitor,
  servedSapAssignment,
  servedSchedule,
  servedScriptTable,
  servedSingleActionSchedule,
  servedSpecialDays,
  servedTcpUdpSetup,
  type ServerObject,
} from "@lectura/dlms/server";
import { encodeData } from "@lectura/dlms/axdr";
import type { Data } from "@lectura/dlms/axdr";
import { nodeCrypto as crypto } from "@lectura/testkit";
import { fixedKeyPair } from "./own-certificates.ts";

/** When it is. */
export const nowMs = 1_780_315_200_000;
const dateTime = dateTimeFromUtcMs(nowMs, 0);
const serverTitle = fromHex("4c43540000000002");
const table = obis("0.0.10.0.106.255");
const relay = "0.0.96.3.10.255";
const script = (selector: number) => ({ scriptLogicalName: table, scriptSelector: selector });
const monitored = { classId: 3, logicalName: obis("1.0.1.7.0.255"), attributeId: 2 };
const energy = {
  classId: 3,
  logicalName: obis("1.0.1.8.0.255"),
  attributeId: 2,
  dataIndex: 0,
} as const;
const clockColumn = {
  classId: 8,
  logicalName: obis("0.0.1.0.0.255"),
  attributeId: 2,
  dataIndex: 0,
} as const;
const u32 = (value: number): Data => ({ type: "double-long-unsigned", value });
const scalerUnit = { scaler: -1, unit: 30 };
export const master: Secret = new Secret(new Uint8Array(16).fill(3));
const own = fixedKeyPair("P-256", 1);
const peer = fixedKeyPair("P-256", 2);
const imageOctetsMax = 1024;

function security(version: 0 | 1): ServerObject {
  const setup = new SecuritySetup(
    {
      crypto,
      version,
      suite: version,
      policy: 0,
      logicalName: obis(`0.0.43.0.${version}.255`),
      keys: { unicast: master, authentication: master, master },
      serverSystemTitle: serverTitle,
      signing: { privateKey: new Secret(own.privateKey), clientPublic: peer.publicKey },
      certificates: certificateList({
        crypto,
        authorities: [own.publicKey],
        serverSystemTitle: serverTitle,
      }),
    },
    new InvocationCounter({ next: 1 }),
  );
  return setup.object;
}

function profile(): ServerObject {
  const time = fromHex("07ea0601010c000000ffc400");
  const served = servedProfile("1.0.99.1.0.255", {
    columns: [
      { ...clockColumn, capture: () => ({ type: "octet-string", value: time }) },
      { ...energy, capture: ({ nowMs: at }) => u32(at % 1000) },
    ],
    capturePeriodSeconds: 900,
    entriesMax: 8,
  });
  for (let row = 0; row < 3; row++) {
    served.append([{ type: "octet-string", value: time }, u32(row)]);
  }
  return served.object;
}

function measured(): readonly ServerObject[] {
  let kept: Data = u32(1);
  return [
    servedData("0.0.96.1.0.255", {
      value: () => kept,
      write: (value) => {
        kept = structuredClone(value);
        return "success";
      },
    }),
    servedRegister("1.0.1.8.0.255", { value: () => u32(7), scalerUnit, reset: () => "success" }),
    servedExtendedRegister("1.0.2.8.0.255", {
      value: () => u32(5),
      scalerUnit,
      status: () => u32(1),
      captureTime: () => dateTime,
    }),
    servedDemandRegister("1.0.1.4.0.255", {
      currentAverage: () => u32(10),
      lastAverage: () => u32(9),
      scalerUnit,
      status: () => u32(0),
      captureTime: () => dateTime,
      startTime: () => dateTime,
      periodSeconds: 900,
      periods: 1,
    }),
    profile(),
  ];
}

function controls(): readonly ServerObject[] {
  const control = servedDisconnectControl(relay, { mode: 4 });
  const clock = servedClock();
  const limits = { monitored, thresholdNormal: u32(100), thresholdEmergency: u32(50) };
  return [
    clock.object,
    control.object,
    servedScriptTable({
      logicalName: table,
      objects: () => [control.object, clock.object],
      scripts: [
        {
          scriptId: 1,
          actions: [
            {
              serviceId: "execute",
              classId: 70,
              logicalName: obis(relay),
              index: 1,
              parameter: { type: "integer", value: 0 },
            },
          ],
        },
      ],
    }).object,
    servedRegisterMonitor("0.0.16.1.0.255", {
      monitored,
      thresholds: [u32(100)],
      actions: [{ actionUp: script(1), actionDown: script(2) }],
      run: () => undefined,
    }).object,
    servedLimiter("0.0.17.0.0.255", {
      ...limits,
      minOverSeconds: 10,
      minUnderSeconds: 5,
      actionOver: script(1),
      actionUnder: script(2),
      emergencyGroups: [7],
      run: () => undefined,
    }).object,
  ];
}

function setups(): readonly ServerObject[] {
  return [
    servedActivityCalendar("0.0.13.0.0.255", {
      name: Uint8Array.of(0x41),
      seasons: [],
      weeks: [],
      days: [],
    }).object,
    servedSchedule("0.0.12.0.0.255").object,
    servedSpecialDays("0.0.11.0.0.255").object,
    servedSingleActionSchedule("0.0.15.0.0.255", { script: script(1) }).object,
    servedSapAssignment([{ sap: 1, logicalDeviceName: Uint8Array.of(0x4c, 0x45, 0x43) }]),
    servedHdlcSetup({ parameters: defaultHdlcParameters, deviceAddress: 17 }),
    servedTcpUdpSetup(),
    servedImageTransfer({ blockOctets: 16, imageOctetsMax }).object,
  ];
}

/** A meter of its own for every input: what one has written the next does not find. */
export function meterObjects(): readonly ServerObject[] {
  const push = servedPushSetup({
    logicalName: obis("0.7.25.9.0.255"),
    version: 1,
    directory: () => directory,
    pushObjects: [energy],
    destination: { transportService: 0, destination: Uint8Array.of(1), message: 0 },
    retries: 3,
    randomisationSeconds: 30,
    repetitionDelaySeconds: 60,
    push: ({ body }) => {
      encodeData(body);
      return "success";
    },
  });
  const objects: readonly ServerObject[] = [
    ...measured(),
    ...controls(),
    ...setups(),
    push.object,
    security(0),
    security(1),
  ];
  const directory = new ObjectDirectory(objects);
  return objects;
}
