export {
  answerOctetsCeiling,
  ServerAssociation,
  type ServerAssociationOptions,
} from "./association.ts";
export { accessBit, type AccessMode, type AccessRights } from "./access-rights.ts";
export { currentAssociation, type CurrentAssociationOptions } from "./current-association.ts";
export type {
  AccessContext,
  AssociationFacts,
  DirectoryEntry,
  HighMechanism,
  MethodOutcome,
  Refusal,
  ServerAttribute,
  ServerMethod,
  ServerObject,
  ShortNameIndex,
} from "./object.ts";
export {
  shortNameAssociation,
  type ShortNameAssociationOptions,
} from "./short-name-association.ts";
export { associationBaseName, ShortNames, type ShortNameTarget } from "./short-names.ts";
export {
  type AssociationView,
  type LogicalDevice,
  ObjectDirectory,
  type PreEstablished,
  type ViewAuthentication,
  type ViewRights,
  type ViewSecurity,
} from "./view.ts";
