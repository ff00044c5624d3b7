export {
  answerOctetsCeiling,
  ServerAssociation,
  type ServerAssociationOptions,
} from "./association.ts";
export { currentAssociation } from "./current-association.ts";
export type {
  AccessContext,
  AccessMode,
  AssociationFacts,
  DirectoryEntry,
  MethodOutcome,
  Refusal,
  ServerAttribute,
  ServerMethod,
  ServerObject,
} from "./object.ts";
export {
  type AssociationView,
  type LogicalDevice,
  ObjectDirectory,
  type ViewAuthentication,
  type ViewRights,
} from "./view.ts";
