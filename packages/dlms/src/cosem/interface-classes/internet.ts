/** Classes for data exchange over the Internet (Blue Book 4.9). */
import { type InterfaceClass, parseClasses } from "../interface-class.ts";

export const internetClasses: readonly InterfaceClass[] = parseClasses(`
41 v0 TCP-UDP setup
  TCP-UDP_port: long-unsigned
  IP_reference: octet-string
  MSS: long-unsigned
  nb_of_sim_conn: unsigned
  inactivity_time_out: long-unsigned
42 v0 IPv4 setup
  DL_reference: octet-string
  IP_address: double-long-unsigned
  multicast_IP_address: array
  IP_options: array
  subnet_mask: double-long-unsigned
  gateway_IP_address: double-long-unsigned
  use_DHCP_flag: boolean
  primary_DNS_address: double-long-unsigned
  secondary_DNS_address: double-long-unsigned
  add_mc_IP_address() +60
  delete_mc_IP_address() +68
  get_nbof_mc_IP_addresses() +70
43 v0 generic MAC address setup
  MAC_address: octet-string
44 v0 PPP setup
  PHY_reference: octet-string
  LCP_options: LCP_options_type
  IPCP_options: IPCP_options_type
  PPP_authentication: PPP_auth_type
46 v0 SMTP setup
  server_port: long-unsigned
  user_name: octet-string
  login_password: octet-string
  server_address: octet-string
  sender_address: octet-string
48 v0 IPv6 setup
  DL_reference: octet-string
  address_config_mode: enum
  unicast_IPv6_addresses: array
  multicast_IPv6_addresses: array
  gateway_IPv6_addresses: array
  primary_DNS_address: octet-string
  secondary_DNS_address: octet-string
  traffic_class: unsigned
  neighbor_discovery_setup: array
  add_IPv6_address()
  remove_IPv6_address()
100 v0 NTP setup
  activated: boolean
  server_address: octet-string
  server_port: long-unsigned
  authentication_method: enum
  authentication_keys: array
  client_key: octet-string
  synchronize()
  add_authentication_key()
  delete_authentication_key()
152 v0 generic CoAP setup
  UDP_reference: octet-string
  ack_timeout: long-unsigned
  ack_random_factor: long-unsigned
  max_retransmit: long-unsigned
  nstart: long-unsigned
  delay_ack_timeout: long-unsigned
  exponential_back_off: long-unsigned
  probing_rate: long-unsigned
  CoAP_uri_path: octet-string
  transport_mode: enum
  version: CHOICE
  token_length: unsigned
153 v0 generic CoAP diagnostic
  messages_counter: structure
  request_response_counter: structure
  coap_bt_counter: structure
  capture_time: capture_time_type
  reset()
`);
