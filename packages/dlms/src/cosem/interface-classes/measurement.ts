/** Classes that hold measured values and profiles of them (Blue Book 4.3). */
import { type InterfaceClass, parseClasses } from "../interface-class.ts";

export const measurementClasses: readonly InterfaceClass[] = parseClasses(`
1 v0 Data
  value: CHOICE
3 v0 Register
  value: CHOICE
  scaler_unit: scal_unit_type
  reset() +28
4 v0 Extended register
  value: CHOICE
  scaler_unit: scal_unit_type
  status: CHOICE
  capture_time: octet-string
  reset() +38
5 v0 Demand register
  current_average_value: CHOICE
  last_average_value: CHOICE
  scaler_unit: scal_unit_type
  status: CHOICE
  capture_time: octet-string
  start_time_current: octet-string
  period: double-long-unsigned
  number_of_periods: long-unsigned
  reset() +48
  next_period() +50
6 v0 Register activation
  register_assignment: array
  mask_list: array
  active_mask: octet-string
  add_register() +30
  add_mask() +38
  delete_mask() +40
7 v0 Profile generic
  buffer: array
  capture_objects: array
  capture_period: double-long-unsigned
  sort_method: enum
  sort_object: capture_object_definition
  entries_in_use: double-long-unsigned
  profile_entries: double-long-unsigned
  reset() +58
  capture() +60
  get_buffer_by_range() +68
  get_buffer_by_index() +70
7 v1 Profile generic
  buffer: compact-array or array
  capture_objects: array
  capture_period: double-long-unsigned
  sort_method: enum
  sort_object: capture_object_definition
  entries_in_use: double-long-unsigned
  profile_entries: double-long-unsigned
  reset() +58
  capture() +60
26 v0 generic Utility tables
  table_ID: long-unsigned
  length: double-long-unsigned
  buffer: octet-string
61 v0 generic Register table
  table_cell_values: compact-array or array
  table_cell_definition: structure
  scaler_unit: scal_unit_type
  reset()
  capture()
62 v0 generic Compact data
  buffer: octet-string
  capture_objects: array
  template_id: unsigned
  template_description: octet-string
  capture_method: enum
  reset()
  capture()
62 v1 Compact data
  buffer: octet-string
  capture_objects: array
  template_id: unsigned
  template_description: octet-string
  capture_method: enum
  reset()
  capture()
63 v0 Status mapping
  status_word: CHOICE
  mapping_table: structure
66 v0 generic Measurement data monitoring
`);
