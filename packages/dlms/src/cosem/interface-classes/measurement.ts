/** Classes that hold measured values and profiles of them (Blue Book 4.3). */
import { interfaceClass, type InterfaceClass } from "../interface-class.ts";

export const measurementClasses: readonly InterfaceClass[] = [
  interfaceClass(1, 0, "Data", [["value", "CHOICE"]]),
  interfaceClass(
    3,
    0,
    "Register",
    [
      ["value", "CHOICE"],
      ["scaler_unit", "scal_unit_type"],
    ],
    [["reset", 0x28]],
  ),
  interfaceClass(
    4,
    0,
    "Extended register",
    [
      ["value", "CHOICE"],
      ["scaler_unit", "scal_unit_type"],
      ["status", "CHOICE"],
      ["capture_time", "octet-string"],
    ],
    [["reset", 0x38]],
  ),
  interfaceClass(
    5,
    0,
    "Demand register",
    [
      ["current_average_value", "CHOICE"],
      ["last_average_value", "CHOICE"],
      ["scaler_unit", "scal_unit_type"],
      ["status", "CHOICE"],
      ["capture_time", "octet-string"],
      ["start_time_current", "octet-string"],
      ["period", "double-long-unsigned"],
      ["number_of_periods", "long-unsigned"],
    ],
    [
      ["reset", 0x48],
      ["next_period", 0x50],
    ],
  ),
  interfaceClass(
    6,
    0,
    "Register activation",
    [
      ["register_assignment", "array"],
      ["mask_list", "array"],
      ["active_mask", "octet-string"],
    ],
    [
      ["add_register", 0x30],
      ["add_mask", 0x38],
      ["delete_mask", 0x40],
    ],
  ),
  interfaceClass(
    7,
    0,
    "Profile generic",
    [
      ["buffer", "array"],
      ["capture_objects", "array"],
      ["capture_period", "double-long-unsigned"],
      ["sort_method", "enum"],
      ["sort_object", "capture_object_definition"],
      ["entries_in_use", "double-long-unsigned"],
      ["profile_entries", "double-long-unsigned"],
    ],
    [
      ["reset", 0x58],
      ["capture", 0x60],
      ["get_buffer_by_range", 0x68],
      ["get_buffer_by_index", 0x70],
    ],
  ),
  interfaceClass(
    7,
    1,
    "Profile generic",
    [
      ["buffer", "compact-array or array"],
      ["capture_objects", "array"],
      ["capture_period", "double-long-unsigned"],
      ["sort_method", "enum"],
      ["sort_object", "capture_object_definition"],
      ["entries_in_use", "double-long-unsigned"],
      ["profile_entries", "double-long-unsigned"],
    ],
    [
      ["reset", 0x58],
      ["capture", 0x60],
    ],
  ),
];
