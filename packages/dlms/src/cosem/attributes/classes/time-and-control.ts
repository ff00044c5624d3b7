/** Types of the classes for the clock, schedules and switching (Blue Book 4.5). */
import type { TypedClass } from "../shape.ts";

/** Class 8 Clock. */
export const clockClass = {
  classId: 8,
  versions: {
    0: {
      attributes: {
        time: "date-time-octets",
        /** Minutes from local time to UTC, daylight saving not included. */
        timeZone: "long",
        status: "unsigned",
        daylightSavingsBegin: "date-time-octets",
        daylightSavingsEnd: "date-time-octets",
        /** Minutes. */
        daylightSavingsDeviation: "integer",
        daylightSavingsEnabled: "boolean",
        clockBase: [
          "enum",
          {
            0: "not-defined",
            1: "internal-crystal",
            2: "mains-50-hz",
            3: "mains-60-hz",
            4: "gps",
            5: "radio-controlled",
          },
        ],
      },
      methods: {
        adjustToQuarter: "integer",
        adjustToMeasuringPeriod: "integer",
        adjustToMinute: "integer",
        adjustToPresetTime: "integer",
        presetAdjustingTime: {
          presetTime: "date-time-octets",
          validityIntervalStart: "date-time-octets",
          validityIntervalEnd: "date-time-octets",
        },
        /** Seconds, -900..900. */
        shiftTime: "long",
      },
    },
  },
} as const satisfies TypedClass;

/** Class 9 Script table. */
export const scriptTableClass = {
  classId: 9,
  versions: {
    0: {
      attributes: {
        scripts: [
          {
            /** From 1; 0 is the script that does nothing. */
            scriptId: "long-unsigned",
            actions: [
              {
                serviceId: ["enum", { 1: "write", 2: "execute" }],
                classId: "long-unsigned",
                logicalName: "logical-name",
                /** Attribute to write or method to execute. */
                index: "integer",
                parameter: "any",
              },
            ],
          },
        ],
      },
      methods: { execute: "long-unsigned" },
    },
  },
} as const satisfies TypedClass;

const scheduleEntry = {
  /** 1..9999 */
  index: "long-unsigned",
  enable: "boolean",
  scriptLogicalName: "logical-name",
  scriptSelector: "long-unsigned",
  switchTime: "time-octets",
  /** Minutes in which a missed switch is made up for; 65535 = always. */
  validityWindow: "long-unsigned",
  /** Monday first. */
  execWeekdays: "bit-string",
  execSpecdays: "bit-string",
  beginDate: "date-octets",
  endDate: "date-octets",
} as const;

/** Class 10 Schedule. */
export const scheduleClass = {
  classId: 10,
  versions: {
    0: {
      attributes: { entries: [scheduleEntry] },
      methods: {
        /** Range A is disabled, then range B enabled; first > last is no range. */
        enableDisable: {
          firstIndexA: "long-unsigned",
          lastIndexA: "long-unsigned",
          firstIndexB: "long-unsigned",
          lastIndexB: "long-unsigned",
        },
        insert: scheduleEntry,
        delete: { firstIndex: "long-unsigned", lastIndex: "long-unsigned" },
      },
    },
  },
} as const satisfies TypedClass;

const specialDay = {
  index: "long-unsigned",
  specialdayDate: "date-octets",
  dayId: "unsigned",
} as const;

/** Class 11 Special days table. */
export const specialDaysTableClass = {
  classId: 11,
  versions: {
    0: {
      attributes: { entries: [specialDay] },
      methods: { insert: specialDay, delete: "long-unsigned" },
    },
  },
} as const satisfies TypedClass;

const seasons = [
  { seasonProfileName: "octet-string", seasonStart: "date-time-octets", weekName: "octet-string" },
] as const;
const weeks = [
  {
    weekProfileName: "octet-string",
    monday: "unsigned",
    tuesday: "unsigned",
    wednesday: "unsigned",
    thursday: "unsigned",
    friday: "unsigned",
    saturday: "unsigned",
    sunday: "unsigned",
  },
] as const;
const days = [
  {
    dayId: "unsigned",
    daySchedule: [
      {
        startTime: "time-octets",
        scriptLogicalName: "logical-name",
        scriptSelector: "long-unsigned",
      },
    ],
  },
] as const;

/** Class 20 Activity calendar. */
export const activityCalendarClass = {
  classId: 20,
  versions: {
    0: {
      attributes: {
        calendarNameActive: "octet-string",
        seasonProfileActive: seasons,
        weekProfileTableActive: weeks,
        dayProfileTableActive: days,
        calendarNamePassive: "octet-string",
        seasonProfilePassive: seasons,
        weekProfileTablePassive: weeks,
        dayProfileTablePassive: days,
        activatePassiveCalendarTime: "date-time-octets",
      },
      methods: { activatePassiveCalendar: "integer" },
    },
  },
} as const satisfies TypedClass;

/** Class 21 Register monitor. */
export const registerMonitorClass = {
  classId: 21,
  versions: {
    0: {
      attributes: {
        /** Each of the type of the monitored attribute. */
        thresholds: ["any"],
        monitoredValue: "value-definition",
        /** One for each threshold. */
        actions: ["action-set"],
      },
    },
  },
} as const satisfies TypedClass;

/** Class 22 Single action schedule. */
export const singleActionScheduleClass = {
  classId: 22,
  versions: {
    0: {
      attributes: {
        executedScript: "script",
        /** 1 one time with wildcards in the date, 2..5 several times (Blue Book 4.5.7). */
        type: "enum",
        executionTime: [{ time: "time-octets", date: "date-octets" }],
      },
    },
  },
} as const satisfies TypedClass;

/** The sources agree on the lists, not on what is in them. */
const parameterMethods = { addParameter: "any", deleteParameter: "any" } as const;

/** Class 65 Parameter monitor. */
export const parameterMonitorClass = {
  classId: 65,
  versions: {
    0: {
      attributes: {
        changedParameter: "any",
        captureTime: "date-time",
        parameterList: ["any"],
      },
      methods: parameterMethods,
    },
    1: {
      attributes: {
        changedParameter: "any",
        captureTime: "date-time",
        parameterList: ["any"],
        parameterListName: "octet-string",
        hashAlgorithmId: "enum",
        parameterValueDigest: "octet-string",
        parameterValues: "any",
      },
      methods: parameterMethods,
    },
  },
} as const satisfies TypedClass;

/** Class 68 Arbitrator. */
export const arbitratorClass = {
  classId: 68,
  versions: {
    0: {
      attributes: {
        actions: ["script"],
        /** One for each actor, a bit for each action. */
        permissionsTable: ["bit-string"],
        weightingsTable: [["long-unsigned"]],
        mostRecentRequestsTable: ["bit-string"],
        /** Number of the action that won, 0 = none. */
        lastOutcome: "unsigned",
      },
      methods: {
        requestAction: { requestActor: "unsigned", requestActionList: "bit-string" },
        reset: "integer",
      },
    },
  },
} as const satisfies TypedClass;

const disconnectControl = {
  attributes: {
    /** True: the supply is connected. */
    outputState: "boolean",
    controlState: ["enum", { 0: "disconnected", 1: "connected", 2: "ready-for-reconnection" }],
    /** 0..6: which transitions are allowed (Blue Book 4.5.8). */
    controlMode: "enum",
  },
  methods: { remoteDisconnect: "integer", remoteReconnect: "integer" },
} as const;

/** Class 70 Disconnect control. */
export const disconnectControlClass = {
  classId: 70,
  versions: { 0: disconnectControl, 1: disconnectControl, 2: disconnectControl },
} as const satisfies TypedClass;

/** Class 71 Limiter. */
export const limiterClass = {
  classId: 71,
  versions: {
    0: {
      attributes: {
        monitoredValue: "value-definition",
        /** Thresholds are of the type of the monitored attribute. */
        thresholdActive: "any",
        thresholdNormal: "any",
        thresholdEmergency: "any",
        /** Seconds. */
        minOverThresholdDuration: "double-long-unsigned",
        minUnderThresholdDuration: "double-long-unsigned",
        emergencyProfile: {
          emergencyProfileId: "long-unsigned",
          emergencyActivationTime: "date-time-octets",
          emergencyDuration: "double-long-unsigned",
        },
        emergencyProfileGroupIdList: ["long-unsigned"],
        emergencyProfileActive: "boolean",
        actions: { actionOverThreshold: "script", actionUnderThreshold: "script" },
      },
    },
  },
} as const satisfies TypedClass;
