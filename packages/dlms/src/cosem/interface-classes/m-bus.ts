/** Classes for M-Bus (Blue Book 4.8). */
import { type InterfaceClass, parseClasses } from "../interface-class.ts";

export const mBusClasses: readonly InterfaceClass[] = parseClasses(`
25 v0 generic M-Bus slave port setup
  default_baud: enum
  avail_baud: enum
  addr_state: enum
  bus_address: unsigned
72 v0 M-Bus client
  mbus_port_reference: octet-string
  capture_definition: array
  capture_period: double-long-unsigned
  primary_address: unsigned
  identification_number: double-long-unsigned
  manufacturer_id: long-unsigned
  version: unsigned
  device_type: unsigned
  access_number: unsigned
  status: unsigned
  alarm: unsigned
  slave_install() +60
  slave_deinstall() +68
  capture() +70
  reset_alarm() +78
  synchronize_clock() +80
  data_send() +88
  set_encryption_key() +90
  transfer_key() +98
72 v1 M-Bus client
  mbus_port_reference: octet-string
  capture_definition: array
  capture_period: double-long-unsigned
  primary_address: unsigned
  identification_number: double-long-unsigned
  manufacturer_id: long-unsigned
  version: unsigned
  device_type: unsigned
  access_number: unsigned
  status: unsigned
  alarm: unsigned
  configuration: long-unsigned
  encryption_key_status: enum
  slave_install() +70
  slave_deinstall() +78
  capture() +80
  reset_alarm() +88
  synchronize_clock() +90
  data_send() +98
  set_encryption_key() +A0
  transfer_key() +A8
72 v2 generic M-Bus client
  mbus_port_reference: octet-string
  capture_definition: array
  capture_period: double-long-unsigned
  primary_address: unsigned
  identification_number: double-long-unsigned
  manufacturer_id: long-unsigned
  version: unsigned
  device_type: unsigned
  access_number: unsigned
  status: unsigned
  alarm: unsigned
  configuration: long-unsigned
  encryption_key_status: enum
  slave_install()
  slave_deinstall()
  capture()
  reset_alarm()
  synchronize_clock()
  data_send()
  set_encryption_key()
  transfer_key()
73 v1 generic Wireless Mode Q channel
  addr_state: enum
  device_address: octet-string
  address_mask: octet-string
74 v0 generic M-Bus master port setup
  comm_speed: enum
76 v0 generic DLMS server M-Bus port setup
  M-Bus_profile_selection: enum
  M-Bus_port_communication_state: enum
  M-Bus_Data_Header_Type: enum
  primary_address: unsigned
  identification_number: double-long-unsigned
  manufacturer_id: long-unsigned
  version: unsigned
  device_type: unsigned
  max_pdu_size: long-unsigned
  listening_window: array
77 v0 generic M-Bus diagnostic
  received_signal_strength: unsigned
  channel_id: unsigned
  link_status: enum
  broadcast_frames_counter: array
  transmissions_counter: double-long-unsigned
  FCS_OK_frames_counter: double-long-unsigned
  FCS_NOK_frames_counter: double-long-unsigned
  capture_time: capture_time_type
  reset()
`);
