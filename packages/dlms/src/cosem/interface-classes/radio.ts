/** Classes for radio networks (Blue Book 4.15 to 4.19): ZigBee, SCHC, LoRaWAN, Wi-SUN, ISO/IEC 14908. */
import { type InterfaceClass, parseClasses } from "../interface-class.ts";

export const radioClasses: readonly InterfaceClass[] = parseClasses(`
95 v0 generic Wi-SUN setup
  network_name: CHOICE
  routing_method: CHOICE
  PAN_id: CHOICE
  disc_imin: CHOICE
  disc_imax: CHOICE
  data_message_imin: CHOICE
  data_message_imax: CHOICE
  default_DIO_interval_min: CHOICE
  default_DIO_interval_doublings: CHOICE
  channel_plan: CHOICE
  channel_function: CHOICE
  excluded_channels: CHOICE
  join_state: CHOICE
  reg_channel_exclusions: CHOICE
  reset_join_state()
96 v0 generic Wi-SUN diagnostic
97 v0 generic RPL diagnostic
  rpl_instance_id: CHOICE
  dodag_version_number: CHOICE
  dodag_rank: CHOICE
  grounded: CHOICE
  mode_of_operation: CHOICE
  dodag_prf: CHOICE
  dodag_dtsn: CHOICE
  dodag_id: CHOICE
  reset()
98 v0 generic MPL diagnostic
  proactive_forwarding: CHOICE
  z: CHOICE
  tunit: CHOICE
  se_lifetime: CHOICE
  dm_k: CHOICE
  dm_imin: CHOICE
  dm_imax: CHOICE
  dm_t_exp: CHOICE
  c_k: CHOICE
  c_imin: CHOICE
  c_imax: CHOICE
  c_t_exp: CHOICE
  reset()
101 v0 generic ZigBee SAS startup
  short_address: CHOICE
  extended_pan_id: CHOICE
  pan_id: CHOICE
  channel_mask: CHOICE
  protocol_version: CHOICE
  stack_profile: CHOICE
  start_up_control: CHOICE
  trust_center_address: CHOICE
  link_key: CHOICE
  network_key: CHOICE
  use_insecure_join: CHOICE
102 v0 generic ZigBee SAS join
  scan_attempts: CHOICE
  time_between_scans: CHOICE
  rejoin_interval: CHOICE
  rejoin_retry_interval: CHOICE
103 v0 generic ZigBee SAS APS fragmentation
  aps_interframe_delay: CHOICE
  aps_max_window_size: CHOICE
104 v0 generic ZigBee network control
  enable_disable_joining: CHOICE
  join_timeout: CHOICE
  active_devices: CHOICE
  register_device()
  unregister_device()
  unregister_all_devices()
  backup_PAN()
  restore_PAN()
  identify_device()
  remove_mirror()
  update_network_key()
  update_link_key()
  create_PAN()
  remove_PAN()
105 v0 generic ZigBee tunnel setup
  maximum_incoming_transfer_size: CHOICE
  maximum_outgoing_transfer_size: CHOICE
  protocol_address: CHOICE
  close_tunnel_timeout: CHOICE
126 v0 generic SCHC-LPWAN setup
  lpwan_reference: CHOICE
  schc_cd_rules: CHOICE
  schc_fr_param: CHOICE
127 v0 generic SCHC-LPWAN diagnostic
  schc_packets_tx_counter: CHOICE
  schc_packets_rx_counter: CHOICE
  schc_fragments_tx_counter: CHOICE
  schc_fragments_rx_counter: CHOICE
  schc_ack_tx_counter: CHOICE
  schc_ack_rx_counter: CHOICE
  reset()
128 v0 generic LoRaWAN setup
  class: CHOICE
  state: CHOICE
  max_transmit_EIRP_setting: CHOICE
  ADR_mode: CHOICE
  regional_parameters: CHOICE
  device_operation: CHOICE
  modem_versions: CHOICE
  devAddr: CHOICE
  join_strategy: CHOICE
  multicasts_parameters: CHOICE
  disconnect_from_network()
  change_class()
  change_region()
129 v0 generic LoRaWAN diagnostic
  internal_error_code: CHOICE
  out_frames_u_counter: CHOICE
  out_frames_c_counter: CHOICE
  in_frames_u_counter: CHOICE
  in_frames_c_counter: CHOICE
  in_mac_command_counter: CHOICE
  in_mac_ans_error_counter: CHOICE
  in_mac_ignored_counter: CHOICE
  in_per: CHOICE
  in_mean_rssi_rx1: CHOICE
  in_mean_snr_rx1: CHOICE
  in_mean_rssi_rx2: CHOICE
  in_mean_snr_rx2: CHOICE
  reset()
130 v0 generic ISO/IEC 14908 identification
131 v0 generic ISO/IEC 14908 protocol setup
132 v0 generic ISO/IEC 14908 protocol status
133 v0 generic ISO/IEC 14908 diagnostic
`);
