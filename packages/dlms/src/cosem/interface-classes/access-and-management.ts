/** Classes for associations, security and device management (Blue Book 4.4). */
import {
  type AttributeRow,
  interfaceClass,
  type InterfaceClass,
  type MethodRow,
} from "../interface-class.ts";

const associationLnV0: readonly AttributeRow[] = [
  ["object_list", "array"],
  ["associated_partners_id", "structure"],
  ["application_context_name", "application_context_name"],
  ["xDLMS_context_info", "structure"],
  ["authentication_mechanism_name", "mechanism_name"],
  ["secret", "octet-string"],
  ["association_status", "enum"],
];

const associationLnV1: readonly AttributeRow[] = [
  ...associationLnV0,
  ["security_setup_reference", "octet-string"],
];

const associationLnV2: readonly AttributeRow[] = [
  ...associationLnV1,
  ["user_list", "array"],
  ["current_user", "structure"],
];

/** Logical names have no short names: Association LN is not used with short-name referencing. */
const associationLnMethodsV0: readonly MethodRow[] = [
  ["reply_to_HLS_authentication"],
  ["change_HLS_secret"],
  ["add_object"],
  ["remove_object"],
];

const associationLnMethodsV2: readonly MethodRow[] = [
  ...associationLnMethodsV0,
  ["add_user"],
  ["remove_user"],
];

export const accessAndManagementClasses: readonly InterfaceClass[] = [
  interfaceClass(15, 0, "Association LN", associationLnV0, associationLnMethodsV0),
  interfaceClass(15, 1, "Association LN", associationLnV1, associationLnMethodsV0),
  interfaceClass(15, 2, "Association LN", associationLnV2, associationLnMethodsV2),
  interfaceClass(15, 3, "Association LN", associationLnV2, associationLnMethodsV2),
];
