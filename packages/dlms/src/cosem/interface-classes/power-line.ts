/** Classes for power line communication (Blue Book 4.10 to 4.14): S-FSK, LLC, PRIME, G3, HS-PLC. */
import { type InterfaceClass, parseClasses } from "../interface-class.ts";

export const powerLineClasses: readonly InterfaceClass[] = parseClasses(`
50 v1 S-FSK Phy&MAC set-up
  initiator_electrical_phase: enum
  delta_electrical_phase: enum
  max_receiving_gain: unsigned
  max_transmitting_gain: unsigned
  search_initiator_threshold: unsigned
  frequencies: frequencies_type
  mac_address: long-unsigned
  mac_group_addresses: array
  repeater: enum
  repeater_status: boolean
  min_delta_credit: unsigned
  initiator_mac_address: long-unsigned
  synchronization_locked: boolean
  transmission_speed: enum
51 v0 generic S-FSK Active initiator
  active_initiator: initiator_descriptor
  reset_NEW_not_synchronized()
52 v0 generic S-FSK MAC synchronization timeouts
  search_initiator_timeout: long-unsigned
  synchronization_confirmation_timeout: long-unsigned
  time_out_not_addressed: long-unsigned
  time_out_frame_not_OK: long-unsigned
53 v0 generic S-FSK MAC counters
  synchronization_register: array
  desynchronization_listing: structure
  broadcast_frames_counter: array
  repetitions_counter: double-long-unsigned
  transmissions_counter: double-long-unsigned
  CRC_OK_frames_counter: double-long-unsigned
  CRC_NOK_frames_counter: double-long-unsigned
  reset()
55 v1 generic IEC 61334-4-32 LLC setup
  max_frame_length: unsigned
  reply_status_list: array
56 v0 generic S-FSK Reporting system list
  reporting_system_list: array
57 v0 generic ISO/IEC 8802-2 LLC Type 1 setup
  max_octets_ui_pdu: long-unsigned
58 v0 generic ISO/IEC 8802-2 LLC Type 2 setup
  transmit_window_size_k: unsigned
  receive_window_size_rw: unsigned
  max_octets_i_pdu_n1: long-unsigned
  max_number_transmissions_n2: unsigned
  acknowledgement_timer: long-unsigned
  p_bit_timer: long-unsigned
  reject_timer: long-unsigned
  busy_state_timer: long-unsigned
59 v0 generic ISO/IEC 8802-2 LLC Type 3 setup
  max_octets_acn_pdu_n3: long-unsigned
  max_number_transmissions_n4: unsigned
  acknowledgement_time_t1: long-unsigned
  receive_lifetime_var_t2: long-unsigned
  transmit_lifetime_var_t3: long-unsigned
80 v0 generic 61334-4-32 LLC SSCS setup
  service_node_address: long-unsigned
  base_node_address: long-unsigned
  reset()
81 v0 generic PRIME NB OFDM PLC Physical layer counters
  phy_stats_crc_incorrect_count: long-unsigned
  phy_stats_crc_fail_count: long-unsigned
  phy_stats_tx_drop_count: long-unsigned
  phy_stats_rx_drop_count: long-unsigned
  reset()
82 v0 generic PRIME NB OFDM PLC MAC setup
  mac_min_switch_search_time: unsigned
  mac_max_promotion_pdu: unsigned
  mac_promotion_pdu_tx_period: unsigned
  mac_beacons_per_frame: unsigned
  mac_scp_max_tx_attempts: unsigned
  mac_ctl_re_tx_timer: unsigned
  mac_max_ctl_re_tx: unsigned
83 v0 generic PRIME NB OFDM PLC MAC functional parameters
  mac_LNID: CHOICE
  mac_LSID: CHOICE
  mac_SID: CHOICE
  mac_SNA: CHOICE
  mac_state: CHOICE
  mac_scp_length: CHOICE
  mac_node_hierarchy_level: CHOICE
  mac_beacon_slot_count: CHOICE
  mac_beacon_rx_slot: CHOICE
  mac_beacon_tx_slot: CHOICE
  mac_beacon_rx_frequency: CHOICE
  mac_beacon_tx_frequency: CHOICE
  mac_capabilities: CHOICE
84 v0 generic PRIME NB OFDM PLC MAC counters
  mac_tx_data_pkt_count: double-long-unsigned
  mac_rx_data_pkt_count: double-long-unsigned
  mac_tx_ctrl_pkt_count: double-long-unsigned
  mac_rx_ctrl_pkt_count: double-long-unsigned
  mac_csma_fail_count: double-long-unsigned
  mac_csma_ch_busy_count: double-long-unsigned
  reset()
85 v0 PRIME NB OFDM PLC MAC network administration data
  mac_list_multicast_entries: array
  mac_list_switch_table: array
  mac_list_direct_table: array
  mac_list_available_switches: array
  mac_list_phy_comm: array
  reset()
86 v0 generic PRIME NB OFDM PLC Application identification
  firmware_version: octet-string
  vendor_id: long-unsigned
  product_id: long-unsigned
90 v1 generic G3-PLC MAC layer counters
  mac_Tx_data_packet_count: double-long-unsigned
  mac_Rx_data_packet_count: double-long-unsigned
  mac_Tx_cmd_packet_count: double-long-unsigned
  mac_Rx_cmd_packet_count: double-long-unsigned
  mac_CSMA_fail_count: double-long-unsigned
  mac_CSMA_no_ACK_count: double-long-unsigned
  mac_bad_CRC_count: double-long-unsigned
  mac_Tx_data_broadcast_count: double-long-unsigned
  mac_Rx_data_broadcast_count: double-long-unsigned
  reset()
91 v4 generic G3-PLC MAC setup
  mac_short_address: CHOICE
  mac_RC_coord: CHOICE
  mac_PAN_id: CHOICE
  mac_key_table: CHOICE
  mac_frame_counter: CHOICE
  mac_tone_mask: CHOICE
  mac_TMR_TTL: CHOICE
  mac_max_frame_retries: CHOICE
  mac_POS_table_entry_TTL: CHOICE
  mac_neighbour_table: CHOICE
  mac_high_priority_window_size: CHOICE
  mac_CSMA_fairness_limit: CHOICE
  mac_beacon_randomization_window_length: CHOICE
  mac_A: CHOICE
  mac_K: CHOICE
  mac_min_CW_attempts: CHOICE
  mac_cenelec_legacy_mode: CHOICE
  mac_FCC_legacy_mode: CHOICE
  mac_max_BE: CHOICE
  mac_max_CSMA_backoffs: CHOICE
  mac_min_BE: CHOICE
  mac_broadcast_max_CW_enabled: CHOICE
  mac_transmit_atten: CHOICE
  mac_POS_table: CHOICE
  mac_duplicate_detection_TTL: CHOICE
  mac_POS_recent_entry_threshold: CHOICE
  mac_POS_recent_entries: CHOICE
  mac_preamble_length: CHOICE
  mac_get_neighbour_table_entry()
  mac_get_POS_table_entry()
92 v4 generic G3-PLC 6LoWPAN adaptation layer setup
140 v0 generic HS-PLC ISO/IEC 12139-1 MAC setup
  group_id: CHOICE
  secondary_group_id: CHOICE
  station_id: CHOICE
  parent_station_id: CHOICE
  repeater_status: CHOICE
  encryption_mode: CHOICE
  initial_encryption_key: CHOICE
  RTS/CTS: CHOICE
141 v0 generic HS-PLC ISO/IEC 12139-1 CPAS setup
  CPAS_address: CHOICE
  CPAS_ether_type: CHOICE
  master_station_CPAS_address: CHOICE
142 v0 generic HS-PLC ISO/IEC 12139-1 IP SSAS setup
  IP_header_comp_type: CHOICE
  IP_alive_time: CHOICE
143 v0 generic HS-PLC ISO/IEC 12139-1 HDLC SSAS setup
  master_station_id: CHOICE
160 v0 generic G3-PLC Hybrid RF MAC layer counters
161 v1 generic G3-PLC Hybrid RF MAC setup
162 v1 generic G3-PLC Hybrid 6LoWPAN adaptation layer setup
  adp_routing_table: CHOICE
  adp_blacklist_table: CHOICE
  adp_low_LQI_value_RF: CHOICE
  adp_high_LQI_value_RF: CHOICE
  adp_routing_configuration_RF: CHOICE
  adp_use_backup_media: CHOICE
  adp_weak_LQI_value_RF: CHOICE
  adp_trickle_LQI_threshold_low_RF: CHOICE
  adp_delay_low_LQI_RF: CHOICE
  adp_delay_high_LQI_RF: CHOICE
  adp_RREQ_jitter_low_LQI_RF: CHOICE
  adp_RREQ_jitter_high_LQI_RF: CHOICE
  adp_cluster_trickle_I_RF: CHOICE
  adp_cluster_trickle_K_RF: CHOICE
  adp_cluster_min_LQI_RF: CHOICE
  adp_last_gasp: CHOICE
  adp_probing_interval: CHOICE
  adp_trickle_LQI_threshold_high_RF: CHOICE
`);
