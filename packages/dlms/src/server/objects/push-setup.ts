/** Push setup of a server (Blue Book 4.4.8, class 40 versions 0 to 3). */
import { nullData } from "../../axdr/construct.ts";
import type { Data } from "../../axdr/data.ts";
import { pushSetup } from "../../cosem/attributes/objects.ts";
import { type CosemDateTime, dateTimeOf } from "../../cosem/date-time.ts";
import type { ObisText } from "../../cosem/descriptor.ts";
import { obis } from "../../cosem/obis.ts";
import type { ActionResult } from "../../xdlms/data-access-result.ts";
import type { AccessContext, ServerObject } from "../object.ts";
import type { PushTiming } from "../push-timing.ts";
import { isWindowOpen, nextOpening } from "../runtime/communication-window.ts";
import { WallClock } from "../runtime/wall-clock.ts";
import type { ObjectDirectory } from "../view.ts";
import type { ServedClock } from "./clock-object.ts";
import { pushBody, type PushedObject } from "./push-body.ts";
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
  /** Versions 2 and 3, push_operation_method 2: the client confirms it. */
  readonly confirmed: boolean;
}

/** What a push setup sends, and to whom. */
export interface ServedPushSetupOptions {
  /** Absent: 0-0:25.9.0*255. */
  readonly logicalName?: ObisText;
  /** Absent = 1. */
  readonly version?: 0 | 1 | 2 | 3;
  /** What the receiver of pushes may see; asked when a push starts. */
  readonly directory: () => ObjectDirectory;
  readonly pushObjects: readonly PushedObject[];
  readonly destination: PushDestination;
  /** 0..65535. Absent = 0. */
  readonly randomisationSeconds?: number;
  /** 0..255. Absent = 0. */
  readonly retries?: number;
  /** 0..65535. Absent = 0. */
  readonly repetitionDelaySeconds?: number;
  /** Version 2: per cent of the delay before that a delay is. Absent = 100. */
  readonly repetitionDelayPercent?: number;
  /** Version 2: no delay is longer, 0..65535; 0 or absent: no end. */
  readonly repetitionDelaySecondsMax?: number;
  /** Version 1: client SAP that pushes are for, 1..127. Absent = 1. */
  readonly clientSap?: number;
  /** Version 2: 0 and 1 unconfirmed, 2 confirmed. Absent = 0. */
  readonly operationMethod?: 0 | 1 | 2;
  /** The meter's time: with it communication windows are kept to. Absent: clients write in vain. */
  readonly clock?: Pick<ServedClock, "timeMs" | "dateTime">;
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
  readonly pushObjects: readonly PushedObject[];
  readonly destination: PushDestination;
  readonly timing: PushTiming;
  readonly windows: readonly CommunicationWindow[];
  /** A push waits for its window. */
  readonly waits: boolean;
  /**
   * Starts a push as method 1 does: by a schedule or an alarm of the meter. Outside of its windows
   * it waits for the next one, one push at most: its values are those of its start.
   */
  push(nowMs: number): ActionResult;
  /**
   * Starts what waits, where a window has opened. UTC ms of the next opening, if something waits.
   */
  tick(nowMs: number): number | undefined;
  /** A client has confirmed a push: version 2 shows when. */
  confirmed(atMs: number): void;
  /** The values now; null-data for what is not there or may not be read. */
  body(nowMs: number): Data;
}

const millisecondsPerSecond = 1000;
const noRestriction = { restrictionType: 0, restrictionValue: nullData() };
const confirmedMethod = 2;

/** Class 40. */
export function servedPushSetup(options: ServedPushSetupOptions): ServedPushSetup {
  const setup = new PushSetup(options);
  return setup;
}

class PushSetup implements ServedPushSetup {
  readonly object: ServerObject;
  readonly #options: ServedPushSetupOptions;
  readonly #objects: Cell<readonly PushedObject[]>;
  readonly #destination: Cell<PushDestination>;
  readonly #randomisation: Cell<number>;
  readonly #retries: Cell<number>;
  /** Seconds; percent and maximum from version 2 on. */
  readonly #delay: Cell<number>;
  readonly #growth: Cell<Growth>;
  readonly #windows: Cell<readonly CommunicationWindow[]> = cell<readonly CommunicationWindow[]>(
    [],
  );
  readonly #method: Cell<number>;
  #lastConfirmation: CosemDateTime = dateTimeOf({});
  #waits = false;

  constructor(options: ServedPushSetupOptions) {
    this.#options = options;
    this.#objects = cell(options.pushObjects);
    this.#destination = cell(options.destination);
    this.#randomisation = cell(options.randomisationSeconds ?? 0);
    this.#retries = cell(options.retries ?? 0);
    this.#delay = cell(options.repetitionDelaySeconds ?? 0);
    this.#growth = cell({
      repetitionDelayMin: options.repetitionDelaySeconds ?? 0,
      repetitionDelayExponent: options.repetitionDelayPercent ?? 100,
      repetitionDelayMax: options.repetitionDelaySecondsMax ?? 0,
    });
    this.#method = cell<number>(options.operationMethod ?? 0, (method) =>
      method <= confirmedMethod ? "success" : "other-reason",
    );
    this.object = this.#makeObject();
  }

  get pushObjects(): readonly PushedObject[] {
    return this.#objects.value;
  }

  get destination(): PushDestination {
    return this.#destination.value;
  }

  get windows(): readonly CommunicationWindow[] {
    return this.#windows.value;
  }

  get waits(): boolean {
    return this.#waits;
  }

  get timing(): PushTiming {
    return {
      randomisationMs: this.#randomisation.value * millisecondsPerSecond,
      retries: this.#retries.value,
      repetitionDelay: this.#grows
        ? growingDelay(this.#growth.value)
        : { minMs: this.#delay.value * millisecondsPerSecond },
    };
  }

  body(nowMs: number): Data {
    const { directory, clientSap = 1 } = this.#options;
    return pushBody(this.pushObjects, directory(), clientSap, nowMs);
  }

  push(nowMs: number): ActionResult {
    if (this.#isOpen(nowMs)) return this.#start(nowMs);
    this.#waits = true;
    return "success";
  }

  tick(nowMs: number): number | undefined {
    if (!this.#waits) return undefined;
    if (this.#isOpen(nowMs)) {
      this.#start(nowMs);
      return undefined;
    }
    const { clock } = this.#options;
    if (clock === undefined) return undefined;
    const wall = new WallClock(clock, nowMs);
    const opensMs = nextOpening(this.windows, wall, clock.timeMs(nowMs));
    return opensMs === Number.POSITIVE_INFINITY ? undefined : wall.worldMs(opensMs);
  }

  confirmed(atMs: number): void {
    const { clock } = this.#options;
    if (clock !== undefined) this.#lastConfirmation = clock.dateTime(atMs);
  }

  get #grows(): boolean {
    return (this.#options.version ?? 1) >= 2;
  }

  #isOpen(nowMs: number): boolean {
    const { clock } = this.#options;
    if (clock === undefined || this.windows.length === 0) return true;
    return isWindowOpen(this.windows, new WallClock(clock, nowMs), clock.timeMs(nowMs));
  }

  #start(nowMs: number): ActionResult {
    this.#waits = false;
    const confirmed = this.#grows && this.#method.value === confirmedMethod;
    const { destination, timing } = this;
    return this.#options.push({ body: this.body(nowMs), destination, timing, confirmed });
  }

  #makeObject(): ServerObject {
    const { version = 1, clientSap = 1, logicalName: name = "0.0.25.9.0.255" } = this.#options;
    const common = {
      sendDestinationAndMethod: this.#destination,
      communicationWindow: this.#windows,
      randomisationStartInterval: this.#randomisation,
      numberOfRetries: this.#retries,
      push: (_: number, { nowMs }: AccessContext) => this.push(nowMs),
    };
    const older = { ...common, pushObjectList: this.#objects, repetitionDelay: this.#delay };
    const addressed = {
      portReference: fixed(obis("0.0.25.0.0.255")),
      pushClientSap: fixed(clientSap),
    };
    const pushProtectionParameters = fixed([]);
    if (version === 0) return serveObject(pushSetup(name, 0), older);
    if (version === 1) {
      const members = { ...older, ...addressed, pushProtectionParameters };
      return serveObject(pushSetup(name, 1), members);
    }
    const members = { ...common, ...addressed, ...this.#newerMembers(), pushProtectionParameters };
    return serveObject(pushSetup(name, version), members);
  }

  #newerMembers() {
    const objects = this.#objects;
    return {
      pushObjectList: {
        read: () =>
          objects.value.map(({ restriction = noRestriction, columns = [], ...object }) => ({
            ...object,
            restriction,
            columns,
          })),
        write: (list: readonly PushedObject[]) => {
          objects.value = list;
          return "success" as const;
        },
      },
      repetitionDelay: this.#growth,
      pushOperationMethod: this.#method,
      confirmationParameters: cell({
        confirmationStartDate: dateTimeOf({}),
        confirmationInterval: 0,
      }),
      lastConfirmationDateTime: { read: () => this.#lastConfirmation },
      /** Nothing waits any more, nothing has been confirmed. */
      reset: (): ActionResult => {
        this.#waits = false;
        this.#lastConfirmation = dateTimeOf({});
        return "success";
      },
    };
  }
}

/** repetition_delay of version 2, seconds and per cent. */
interface Growth {
  readonly repetitionDelayMin: number;
  readonly repetitionDelayExponent: number;
  readonly repetitionDelayMax: number;
}

function growingDelay(growth: Growth): NonNullable<PushTiming["repetitionDelay"]> {
  const { repetitionDelayMin, repetitionDelayExponent, repetitionDelayMax } = growth;
  const minMs = repetitionDelayMin * millisecondsPerSecond;
  const exponentPercent = repetitionDelayExponent;
  if (repetitionDelayMax === 0) return { minMs, exponentPercent };
  return { minMs, exponentPercent, maxMs: repetitionDelayMax * millisecondsPerSecond };
}
