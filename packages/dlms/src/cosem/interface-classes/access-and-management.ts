/** Classes for associations, security and device management (Blue Book 4.4). */
import { type InterfaceClass, parseClasses } from "../interface-class.ts";

export const accessAndManagementClasses: readonly InterfaceClass[] = parseClasses(`
12 v0 generic Association SN
  object_list: array
12 v1 generic Association SN
  object_list: array
  access_rights_list: array
  -()
  -()
  read_by_logicalname() +30
  -()
  change_secret() +40
  -()
  -()
  reply_to_HLS_authentication() +58
12 v2 generic Association SN
  object_list: array
  access_rights_list: array
  security_setup_reference: octet-string
  -()
  -()
  read_by_logicalname() +30
  -()
  change_secret() +40
  -()
  -()
  reply_to_HLS_authentication() +58
12 v3 generic Association SN
  object_list: array
  access_rights_list: array
  security_setup_reference: octet-string
  user_list: array
  current_user: structure
  -()
  -()
  read_by_logicalname() +30
  -()
  change_secret() +40
  -()
  -()
  reply_to_HLS_authentication() +58
  add_user() +60
  remove_user() +68
12 v4 generic Association SN
  object_list: array
  access_rights_list: array
  security_setup_reference: octet-string
  user_list: array
  current_user: structure
  -()
  -()
  read_by_logicalname() +30
  -()
  change_secret() +40
  -()
  -()
  reply_to_HLS_authentication() +58
  add_user() +60
  remove_user() +68
15 v0 Association LN
  object_list: array
  associated_partners_id: associated_partners_type
  application_context_name: application_context_name
  xDLMS_context_info: xDLMS_context_type
  authentication_mechanism_name: mechanism_name
  secret: octet-string
  association_status: enum
  reply_to_HLS_authentication()
  change_HLS_secret()
  add_object()
  remove_object()
15 v1 Association LN
  object_list: array
  associated_partners_id: associated_partners_type
  application_context_name: application_context_name
  xDLMS_context_info: xDLMS_context_type
  authentication_mechanism_name: mechanism_name
  secret: octet-string
  association_status: enum
  security_setup_reference: octet-string
  reply_to_HLS_authentication()
  change_HLS_secret()
  add_object()
  remove_object()
15 v2 Association LN
  object_list: array
  associated_partners_id: associated_partners_type
  application_context_name: application_context_name
  xDLMS_context_info: xDLMS_context_type
  authentication_mechanism_name: mechanism_name
  secret: octet-string
  association_status: enum
  security_setup_reference: octet-string
  user_list: array
  current_user: structure
  reply_to_HLS_authentication()
  change_HLS_secret()
  add_object()
  remove_object()
  add_user()
  remove_user()
15 v3 Association LN
  object_list: array
  associated_partners_id: associated_partners_type
  application_context_name: application_context_name
  xDLMS_context_info: xDLMS_context_type
  authentication_mechanism_name: mechanism_name
  secret: octet-string
  association_status: enum
  security_setup_reference: octet-string
  user_list: array
  current_user: structure
  reply_to_HLS_authentication()
  change_HLS_secret()
  add_object()
  remove_object()
  add_user()
  remove_user()
17 v0 SAP assignment
  SAP_assignment_list: array
  connect_logical_device() +20
18 v0 Image transfer
  image_block_size: double-long-unsigned
  image_transferred_blocks_status: bit-string
  image_first_not_transferred_block_number: double-long-unsigned
  image_transfer_enabled: boolean
  image_transfer_status: enum
  image_to_activate_info: array
  image_transfer_initiate() +40
  image_block_transfer() +48
  image_verify() +50
  image_activate() +58
30 v0 Data protection
  protection_buffer: octet-string
  protection_object_list: array
  protection_parameters_get: array
  protection_parameters_set: array
  required_protection: enum
  get_protected_attributes()
  set_protected_attributes()
  invoke_protected_method()
40 v0 Push setup
  push_object_list: array
  send_destination_and_method: structure
  communication_window: array
  randomisation_start_interval: long-unsigned
  number_of_retries: unsigned
  repetition_delay: long-unsigned
  push() +38
40 v1 Push setup
  push_object_list: array
  send_destination_and_method: structure
  communication_window: array
  randomisation_start_interval: long-unsigned
  number_of_retries: unsigned
  repetition_delay: long-unsigned
  port_reference: octet-string
  push_client_SAP: integer
  push_protection_parameters: array
  push()
40 v2 Push setup
  push_object_list: array
  send_destination_and_method: structure
  communication_window: array
  randomisation_start_interval: long-unsigned
  number_of_retries: unsigned
  repetition_delay: structure
  port_reference: octet-string
  push_client_SAP: integer
  push_protection_parameters: array
  push_operation_method: enum
  confirmation_parameters: structure
  last_confirmation_date_time: date-time
  push()
  reset()
40 v3 Push setup
  push_object_list: array
  send_destination_and_method: structure
  communication_window: array
  randomisation_start_interval: long-unsigned
  number_of_retries: unsigned
  repetition_delay: structure
  port_reference: octet-string
  push_client_SAP: integer
  push_protection_parameters: array
  push_operation_method: enum
  confirmation_parameters: structure
  last_confirmation_date_time: date-time
  push()
  reset()
64 v0 Security setup
  security_policy: enum
  security_suite: enum
  client_system_title: octet-string
  server_system_title: octet-string
  security_activate() +28
  global_key_transfer() +30
64 v1 Security setup
  security_policy: enum
  security_suite: enum
  client_system_title: octet-string
  server_system_title: octet-string
  certificates: array
  security_activate() +30
  key_transfer() +38
  key_agreement() +40
  generate_key_pair() +48
  generate_certificate_request() +50
  import_certificate() +58
  export_certificate() +60
  remove_certificate() +68
122 v0 Function control
  activation_status: array
  function_list: array
  set_function_status()
  add_function()
  remove_function()
123 v0 Array manager
  array_object_list: array
  retrieve_number_of_entries()
  retrieve_entries()
  insert_entry()
  update_entry()
  remove_entries()
124 v0 Communication port protection
  protection_mode: enum
  allowed_failed_attempts: long-unsigned
  initial_lockout_time: double-long-unsigned
  steepness_factor: unsigned
  max_lockout_time: double-long-unsigned
  port_reference: octet-string
  protection_status: enum
  failed_attempts: double-long-unsigned
  cumulative_failed_attempts: double-long-unsigned
  reset()
`);
