/** Structures that several classes share, by the Blue Book's names. */
import type { Shape } from "./shape.ts";

/** The structures behind their names. */
export const namedShapes = {
  /** Registers, attribute 3; `value = raw * 10^scaler` in `unit`. */
  "scaler-unit": { scaler: "integer", unit: "enum" },
  /** capture_object_definition: one column of a profile. dataIndex 0 = the whole attribute. */
  "capture-object": {
    classId: "long-unsigned",
    logicalName: "logical-name",
    attributeId: "integer",
    dataIndex: "long-unsigned",
  },
  /** object_definition: one object. */
  "object-id": { classId: "long-unsigned", logicalName: "logical-name" },
  /** A script of a script table (class 9). */
  script: { scriptLogicalName: "logical-name", scriptSelector: "long-unsigned" },
  /** value_definition: the attribute a monitor or limiter looks at. */
  "value-definition": {
    classId: "long-unsigned",
    logicalName: "logical-name",
    attributeId: "integer",
  },
  /** action_set of a register monitor, action of a limiter: scripts for both directions. */
  "action-set": { actionUp: "script", actionDown: "script" },
  /** window_element: a time from which and until which something is active. */
  window: { startTime: "date-time-octets", endTime: "date-time-octets" },
} as const satisfies Readonly<Record<string, unknown>>;

/** The shape behind a name, for the interpreters. */
export function namedShape(name: keyof typeof namedShapes): Shape {
  return namedShapes[name];
}
