import type { FuzzTarget } from "./target.ts";
import { apduTargets } from "./targets/apdus.ts";
import { arrivalTargets } from "./targets/arrivals.ts";
import { attributeTargets } from "./targets/attributes.ts";
import { cipheringTargets } from "./targets/ciphering.ts";
import { dialogueTargets } from "./targets/dialogues.ts";
import { framingTargets } from "./targets/framing.ts";
import { keyTargets } from "./targets/keys.ts";
import { linkTargets } from "./targets/links.ts";
import { procedureTargets } from "./targets/procedures.ts";
import { readoutTargets } from "./targets/readouts.ts";
import { roleTargets } from "./targets/roles.ts";
import { securedTargets } from "./targets/secured-associations.ts";
import { serverObjectTargets } from "./targets/server-objects.ts";
import { sessionTargets } from "./targets/sessions.ts";
import { settingsFileTargets } from "./targets/settings-files.ts";
import { translationTargets } from "./targets/translations.ts";
import { treeTargets } from "./targets/trees.ts";
import { userFileTargets } from "./targets/user-files.ts";

/** Everything that reads octets of a stranger, or a person's file. */
export const targets: readonly FuzzTarget[] = [
  ...framingTargets,
  ...linkTargets,
  ...readoutTargets,
  ...apduTargets,
  ...attributeTargets,
  ...serverObjectTargets,
  ...dialogueTargets,
  ...cipheringTargets,
  ...keyTargets,
  ...securedTargets,
  ...roleTargets,
  ...sessionTargets,
  ...procedureTargets,
  ...arrivalTargets,
  ...translationTargets,
  ...treeTargets,
  ...userFileTargets,
  ...settingsFileTargets,
];
