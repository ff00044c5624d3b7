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
  HighMechanism,
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
  type ViewSecurity,
} from "./view.ts";
