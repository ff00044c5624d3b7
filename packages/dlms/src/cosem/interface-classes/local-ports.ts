/** Classes for local ports and modems (Blue Book 4.7). */
import { type InterfaceClass, parseClasses } from "../interface-class.ts";

export const localPortClasses: readonly InterfaceClass[] = parseClasses(`
19 v0 IEC local port setup
  default_mode: enum
  default_baud: enum
  prop_baud: enum
  response_time: enum
  device_addr: octet-string
  pass_p1: octet-string
  pass_p2: octet-string
  pass_w5: octet-string
19 v1 IEC local port setup
  default_mode: enum
  default_baud: enum
  prop_baud: enum
  response_time: enum
  device_addr: octet-string
  pass_p1: octet-string
  pass_p2: octet-string
  pass_w5: octet-string
23 v0 IEC HDLC setup
  comm_speed: enum
  window_size_transmit: unsigned
  window_size_receive: unsigned
  max_info_field_length_transmit: unsigned
  max_info_field_length_receive: unsigned
  inter_octet_time_out: long-unsigned
  inactivity_time_out: long-unsigned
  device_address: long-unsigned
23 v1 IEC HDLC setup
  comm_speed: enum
  window_size_transmit: unsigned
  window_size_receive: unsigned
  max_info_field_length_transmit: long-unsigned
  max_info_field_length_receive: long-unsigned
  inter_octet_time_out: long-unsigned
  inactivity_time_out: long-unsigned
  device_address: long-unsigned
24 v0 generic IEC twisted pair (1) setup
  secondary_address: octet-string
  primary_address_list: array
  tabi_list: array
  fatal_error: enum
24 v1 generic IEC twisted pair (1) setup
  mode: enum
  speed: enum
  primary_address_list: array
  tabi_list: array
27 v0 generic PSTN modem configuration
  comm_speed: enum
  initialization_string: array
  modem_profile: array
27 v1 Modem configuration
  comm_speed: enum
  initialization_string: array
  modem_profile: array
28 v0 generic PSTN auto answer
  mode: enum
  listening_window: array
  status: enum
  number_of_calls: unsigned
  number_of_rings: nr_rings_type
28 v2 Auto answer
  mode: enum
  listening_window: array
  status: enum
  number_of_calls: unsigned
  number_of_rings: nr_rings_type
  list_of_allowed_callers: array
29 v0 PSTN auto dial
  mode: enum
  repetitions: unsigned
  repetition_delay: long-unsigned
  calling_window: array
  phone_list: array
29 v1 Auto connect
  mode: enum
  repetitions: unsigned
  repetition_delay: long-unsigned
  calling_window: array
  destination_list: array
29 v2 Auto connect
  mode: enum
  repetitions: unsigned
  repetition_delay: long-unsigned
  calling_window: array
  destination_list: array
  connect()
45 v0 GPRS modem setup
  APN: octet-string
  PIN_code: long-unsigned
  quality_of_service: structure
47 v0 GSM diagnostic
  operator: visible-string
  status: enum
  cs_attachment: enum
  ps_status: enum
  cell_info: cell_info_type
  adjacent_cells: array
  capture_time: date-time
47 v1 GSM diagnostic
  operator: visible-string
  status: enum
  cs_attachment: enum
  ps_status: enum
  cell_info: cell_info_type
  adjacent_cells: array
  capture_time: date-time
47 v2 GSM diagnostic
  operator: visible-string
  status: enum
  cs_attachment: enum
  ps_status: enum
  cell_info: cell_info_type
  adjacent_cells: array
  capture_time: date-time
151 v1 generic LTE monitoring
  LTE_network_parameters: LTE_network_parameters_type
  LTE_quality_of_service: LTE_QoS_type
`);
