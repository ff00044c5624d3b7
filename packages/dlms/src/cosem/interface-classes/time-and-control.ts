/** Classes for the clock, schedules and switching (Blue Book 4.5). */
import { type InterfaceClass, parseClasses } from "../interface-class.ts";

export const timeAndControlClasses: readonly InterfaceClass[] = parseClasses(`
8 v0 Clock
  time: octet-string
  time_zone: long
  status: unsigned
  daylight_savings_begin: octet-string
  daylight_savings_end: octet-string
  daylight_savings_deviation: integer
  daylight_savings_enabled: boolean
  clock_base: enum
  adjust_to_quarter() +60
  adjust_to_measuring_period() +68
  adjust_to_minute() +70
  adjust_to_preset_time() +78
  preset_adjusting_time() +80
  shift_time() +88
9 v0 Script table
  scripts: array
  execute() +20
10 v0 Schedule
  entries: array
  enable_disable() +20
  insert() +28
  delete() +30
11 v0 Special days table
  entries: array
  insert() +10
  delete() +18
20 v0 Activity calendar
  calendar_name_active: octet-string
  season_profile_active: array
  week_profile_table_active: array
  day_profile_table_active: array
  calendar_name_passive: octet-string
  season_profile_passive: array
  week_profile_table_passive: array
  day_profile_table_passive: array
  activate_passive_calendar_time: octet-string
  activate_passive_calendar() +50
21 v0 Register monitor
  thresholds: array
  monitored_value: value_definition
  actions: array
22 v0 Single action schedule
  executed_script: script
  type: enum
  execution_time: array
65 v0 Parameter monitor
  changed_parameter: structure
  capture_time: date-time
  parameter_list: array
  add_parameter()
  delete_parameter()
65 v1 Parameter monitor
  changed_parameter: structure
  capture_time: date-time
  parameter_list: array
  parameter_list_name: octet-string
  hash_algorithm_id: enum
  parameter_value_digest: octet-string
  parameter_values: structure
  add_parameter()
  delete_parameter()
67 v0 Sensor manager
  serial_number: octet-string
  metrological_identification: octet-string
  output_type: enum
  adjustment_method: octet-string
  sealing_method: enum
  raw_value: CHOICE
  scaler_unit: scal_unit_type
  status: CHOICE
  capture_time: date-time
  raw_value_thresholds: array
  raw_value_actions: array
  processed_value: processed_value_definition
  processed_value_thresholds: array
  processed_value_actions: array
  reset()
68 v0 Arbitrator
  actions: array
  permissions_table: array
  weightings_table: array
  most_recent_requests_table: array
  last_outcome: unsigned
  request_action() +30
  reset() +38
70 v0 Disconnect control
  output_state: boolean
  control_state: enum
  control_mode: enum
  remote_disconnect() +20
  remote_reconnect() +28
70 v1 generic Disconnect control
  output_state: boolean
  control_state: enum
  control_mode: enum
  remote_disconnect()
  remote_reconnect()
70 v2 generic Disconnect control
  output_state: boolean
  control_state: enum
  control_mode: enum
  remote_disconnect()
  remote_reconnect()
71 v0 Limiter
  monitored_value: value_definition
  threshold_active: threshold
  threshold_normal: threshold
  threshold_emergency: threshold
  min_over_threshold_duration: double-long-unsigned
  min_under_threshold_duration: double-long-unsigned
  emergency_profile: emergency_profile_type
  emergency_profile_group_id_list: array
  emergency_profile_active: boolean
  actions: action_type
`);
