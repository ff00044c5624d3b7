/** Classes for the clock, schedules and switching (Blue Book 4.5). */
import { interfaceClass, type InterfaceClass } from "../interface-class.ts";

export const timeAndControlClasses: readonly InterfaceClass[] = [
  interfaceClass(
    8,
    0,
    "Clock",
    [
      ["time", "octet-string"],
      ["time_zone", "long"],
      ["status", "unsigned"],
      ["daylight_savings_begin", "octet-string"],
      ["daylight_savings_end", "octet-string"],
      ["daylight_savings_deviation", "integer"],
      ["daylight_savings_enabled", "boolean"],
      ["clock_base", "enum"],
    ],
    [
      ["adjust_to_quarter", 0x60],
      ["adjust_to_measuring_period", 0x68],
      ["adjust_to_minute", 0x70],
      ["adjust_to_preset_time", 0x78],
      ["preset_adjusting_time", 0x80],
      ["shift_time", 0x88],
    ],
  ),
];
