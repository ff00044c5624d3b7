export type {
  AccessContext,
  AccessMode,
  AssociationFacts,
  MethodOutcome,
  Refusal,
  ServerAttribute,
  ServerMethod,
  ServerObject,
} from "./object.ts";
export {
  type AssociationView,
  type DirectoryEntry,
  type LogicalDevice,
  logicalNameKey,
  logicalNameOctets,
  ObjectDirectory,
  type ViewAuthentication,
  type ViewRights,
} from "./view.ts";
