/** Types of the classes that hold measured values (Blue Book 4.3). */
import type { TypedClass } from "../shape.ts";

/** Class 3 Register. */
export const registerClass = {
  classId: 3,
  versions: {
    0: { attributes: { value: "any", scalerUnit: "scaler-unit" }, methods: { reset: "integer" } },
  },
} as const satisfies TypedClass;

/** Class 4 Extended register. */
export const extendedRegisterClass = {
  classId: 4,
  versions: {
    0: {
      attributes: {
        value: "any",
        scalerUnit: "scaler-unit",
        status: "any",
        captureTime: "date-time-octets",
      },
      methods: { reset: "integer" },
    },
  },
} as const satisfies TypedClass;

/** Class 5 Demand register. */
export const demandRegisterClass = {
  classId: 5,
  versions: {
    0: {
      attributes: {
        currentAverageValue: "any",
        lastAverageValue: "any",
        scalerUnit: "scaler-unit",
        status: "any",
        captureTime: "date-time-octets",
        startTimeCurrent: "date-time-octets",
        /** Seconds. */
        period: "double-long-unsigned",
        numberOfPeriods: "long-unsigned",
      },
      methods: { reset: "integer", nextPeriod: "integer" },
    },
  },
} as const satisfies TypedClass;

const mask = { maskName: "octet-string", indexList: ["unsigned"] } as const;

/** Class 6 Register activation. */
export const registerActivationClass = {
  classId: 6,
  versions: {
    0: {
      attributes: {
        registerAssignment: ["object-id"],
        maskList: [mask],
        activeMask: "octet-string",
      },
      methods: { addRegister: "object-id", addMask: mask, deleteMask: "octet-string" },
    },
  },
} as const satisfies TypedClass;

const profileAttributes = {
  /** Rows; `decodeProfileBuffer` resolves them. */
  buffer: "any",
  captureObjects: ["capture-object"],
  /** Seconds; 0 = captured by events. */
  capturePeriod: "double-long-unsigned",
  sortMethod: [
    "enum",
    { 1: "fifo", 2: "lifo", 3: "largest", 4: "smallest", 5: "nearest-to-zero", 6: "farthest" },
  ],
  sortObject: "capture-object",
  entriesInUse: "double-long-unsigned",
  profileEntries: "double-long-unsigned",
} as const;

/** Class 7 Profile generic. */
export const profileGenericClass = {
  classId: 7,
  versions: {
    0: {
      attributes: profileAttributes,
      methods: {
        reset: "integer",
        capture: "integer",
        getBufferByRange: "any",
        getBufferByIndex: "any",
      },
    },
    1: { attributes: profileAttributes, methods: { reset: "integer", capture: "integer" } },
  },
} as const satisfies TypedClass;

/** Class 26 Utility tables. */
export const utilityTablesClass = {
  classId: 26,
  versions: {
    0: {
      attributes: {
        tableId: "long-unsigned",
        length: "double-long-unsigned",
        buffer: "octet-string",
      },
    },
  },
} as const satisfies TypedClass;

const compactData = <const CaptureObject>(captureObject: CaptureObject) =>
  ({
    attributes: {
      /** The values without tags; the template says what they are. */
      buffer: "octet-string",
      captureObjects: [captureObject],
      templateId: "unsigned",
      templateDescription: "octet-string",
      captureMethod: ["enum", { 0: "invoked", 1: "implicit" }],
    },
    methods: { reset: "integer", capture: "integer" },
  }) as const;

/** Class 62 Compact data. */
export const compactDataClass = {
  classId: 62,
  versions: { 0: compactData("capture-object"), 1: compactData("any") },
} as const satisfies TypedClass;

/** Class 63 Status mapping. */
export const statusMappingClass = {
  classId: 63,
  versions: {
    0: {
      attributes: {
        statusWord: "any",
        mappingTable: { refTableId: "unsigned", refTableMapping: "any" },
      },
    },
  },
} as const satisfies TypedClass;
