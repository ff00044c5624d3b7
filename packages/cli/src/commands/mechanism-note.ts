import { type MechanismWeakness, mechanismStrength } from "@lectura/dlms/security";
import type { Meter } from "@lectura/gateway";
import type { Sentence, Texts } from "../texts/vocabulary.ts";

const sentences = {
  "proves-nothing": "weakProvesNothing",
  "password-in-clear": "weakPasswordInClear",
  "broken-hash": "weakBrokenHash",
  "manufacturers-own": "weakManufacturersOwn",
} as const satisfies Readonly<Record<MechanismWeakness, Sentence>>;

/**
 * What is to be said of how a meter is asked for its proof (R77), with the next step; undefined
 * where it is sound. It is said, and nothing is refused for it.
 */
export function mechanismNote(texts: Texts, { association }: Meter): string | undefined {
  const { weakness } = mechanismStrength[association.authentication];
  return weakness === undefined ? undefined : texts.sentences[sentences[weakness]];
}

/** The notes of a fleet, one line each, with the meters they are about. */
export function mechanismNotes(texts: Texts, meters: readonly Meter[]): readonly string[] {
  const about = new Map<string, string[]>();
  for (const meter of meters) {
    const note = mechanismNote(texts, meter);
    if (note !== undefined) about.set(note, [...(about.get(note) ?? []), meter.name]);
  }
  return [...about].map(([note, names]) => `${shortened(names)}: ${note}`);
}

/** Names in one line. */
const namesMax = 3;

function shortened(names: readonly string[]): string {
  const more = names.length - namesMax;
  return names.slice(0, namesMax).join(", ") + (more > 0 ? `, ... +${more}` : "");
}
