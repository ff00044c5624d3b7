/** Push setup of a server (Blue Book 4.4.8, class 40 versions 0 and 1). */
import { nullData, structure } from "../../axdr/construct.ts";
import type { Data } from "../../axdr/data.ts";
import { pushSetup } from "../../cosem/attributes/objects.ts";
import type { CaptureObject } from "../../cosem/capture-object.ts";
import type { CosemDateTime } from "../../cosem/date-time.ts";
import type { ObisText } from "../../cosem/descriptor.ts";
import { obis } from "../../cosem/obis.ts";
import { apduOctetsMax } from "../../limits.ts";
import type { ActionResult } from "../../xdlms/data-access-result.ts";
import { readEntry } from "../access.ts";
import type { AccessContext, ServerObject } from "../object.ts";
import type { PushTiming } from "../push-timing.ts";
import type { ObjectDirectory } from "../view.ts";
import { type Cell, cell, fixed, serveObject } from "./serve-object.ts";

/** Where pushes go, attribute 3. */
export interface PushDestination {
  /** 0 TCP, 1 UDP, 5 HDLC, 6 M-Bus; 200 and above are the manufacturer's. */
  readonly transportService: number;
  /** As the transport writes it: `host:port` in ASCII for TCP and UDP. */
  readonly destination: Uint8Array;
  /** 0 an xDLMS APDU, 1 XML. */
  readonly message: number;
}

/** One push as it is to be sent. */
export interface StartedPush {
  /** Of the DataNotification: a structure with one element for each pushed object. */
  readonly body: Data;
  readonly destination: PushDestination;
  readonly timing: PushTiming;
}

/** What a push setup sends, and to whom. */
export interface ServedPushSetupOptions {
  /** Absent: 0-0:25.9.0*255. */
  readonly logicalName?: ObisText;
  /** Absent = 1. */
  readonly version?: 0 | 1;
  /** What the receiver of pushes may see; asked when a push starts. */
  readonly directory: () => ObjectDirectory;
  readonly pushObjects: readonly CaptureObject[];
  readonly destination: PushDestination;
  /** 0..65535. Absent = 0. */
  readonly randomisationSeconds?: number;
  /** 0..255. Absent = 0. */
  readonly retries?: number;
  /** 0..65535. Absent = 0. */
  readonly repetitionDelaySeconds?: number;
  /** Version 1: client SAP that pushes are for, 1..127. Absent = 1. */
  readonly clientSap?: number;
  /** Method 1 takes the push on its way; the result is the method's. */
  readonly push: (push: StartedPush) => ActionResult;
}

/** When pushes are possible, attribute 4. */
export interface CommunicationWindow {
  readonly startTime: CosemDateTime;
  readonly endTime: CosemDateTime;
}

/** A push setup (Blue Book class 40) that is served, and how to make it push. */
export interface ServedPushSetup {
  readonly object: ServerObject;
  /** What clients have written, or the options. */
  readonly pushObjects: readonly CaptureObject[];
  readonly destination: PushDestination;
  readonly timing: PushTiming;
  readonly windows: readonly CommunicationWindow[];
  /** Starts a push as method 1 does: by a schedule or an alarm of the meter. */
  push(nowMs: number): ActionResult;
  /** The values now; null-data for what is not there or may not be read. */
  body(nowMs: number): Data;
}

/** Protection is the sender's: what a directory shows is shown. */
const allProtection = 0xfc;
const wholeAttribute = 0;
const millisecondsPerSecond = 1000;

/** Class 40. The communication window is kept for clients; when to push is the meter's to decide. */
export function servedPushSetup(options: ServedPushSetupOptions): ServedPushSetup {
  const { version = 1, directory, clientSap = 1 } = options;
  const name = options.logicalName ?? "0.0.25.9.0.255";
  const objects: Cell<readonly CaptureObject[]> = cell(options.pushObjects);
  const destination: Cell<PushDestination> = cell(options.destination);
  const randomisation = cell(options.randomisationSeconds ?? 0);
  const retries = cell(options.retries ?? 0);
  const delay = cell(options.repetitionDelaySeconds ?? 0);
  const windows: Cell<readonly CommunicationWindow[]> = cell<readonly CommunicationWindow[]>([]);
  const setup = {
    get windows(): readonly CommunicationWindow[] {
      return windows.value;
    },
    get pushObjects(): readonly CaptureObject[] {
      return objects.value;
    },
    get destination(): PushDestination {
      return destination.value;
    },
    get timing(): PushTiming {
      return {
        randomisationMs: randomisation.value * millisecondsPerSecond,
        retries: retries.value,
        repetitionDelay: { minMs: delay.value * millisecondsPerSecond },
      };
    },
    body: (nowMs: number): Data => bodyOf(objects.value, directory(), clientSap, nowMs),
    push: (nowMs: number): ActionResult =>
      options.push({
        body: setup.body(nowMs),
        destination: setup.destination,
        timing: setup.timing,
      }),
  };
  const members = {
    pushObjectList: objects,
    sendDestinationAndMethod: destination,
    communicationWindow: windows,
    randomisationStartInterval: randomisation,
    numberOfRetries: retries,
    repetitionDelay: delay,
    push: (_: number, { nowMs }: AccessContext) => setup.push(nowMs),
  };
  const object =
    version === 0
      ? serveObject(pushSetup(name, 0), members)
      : serveObject(pushSetup(name, 1), {
          ...members,
          portReference: fixed(obis("0.0.25.0.0.255")),
          pushClientSap: fixed(clientSap),
          pushProtectionParameters: fixed<readonly Data[]>([]),
        });
  return Object.assign(setup, { object });
}

function bodyOf(
  pushObjects: readonly CaptureObject[],
  directory: ObjectDirectory,
  clientSap: number,
  nowMs: number,
): Data {
  const context: AccessContext = {
    nowMs,
    protection: allProtection,
    association: {
      clientSap,
      mechanism: "none",
      conformance: 0,
      serverMaxPduOctets: apduOctetsMax,
      clientMaxPduOctets: apduOctetsMax,
      entries: directory.entries,
    },
  };
  return structure(
    pushObjects.map(({ classId, logicalName, attributeId, dataIndex }) => {
      const entry = directory.find(logicalName);
      const value = readEntry(entry, classId, attributeId, context);
      if (typeof value === "string") return nullData();
      return dataIndex === wholeAttribute ? value : elementOf(value, dataIndex);
    }),
  );
}

/** Element `index` of a structure or an array, counted from 1. */
function elementOf(value: Data, index: number): Data {
  const isList = value.type === "structure" || value.type === "array";
  return (isList ? value.value[index - 1] : undefined) ?? nullData();
}
