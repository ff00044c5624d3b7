import type { FuzzTarget } from "./target.ts";
import { apduTargets } from "./targets/apdus.ts";
import { cipheringTargets } from "./targets/ciphering.ts";
import { dialogueTargets } from "./targets/dialogues.ts";
import { framingTargets } from "./targets/framing.ts";
import { linkTargets } from "./targets/links.ts";
import { readoutTargets } from "./targets/readouts.ts";
import { translationTargets } from "./targets/translations.ts";

/** Everything that reads octets of a stranger. */
export const targets: readonly FuzzTarget[] = [
  ...framingTargets,
  ...linkTargets,
  ...readoutTargets,
  ...apduTargets,
  ...dialogueTargets,
  ...cipheringTargets,
  ...translationTargets,
];
