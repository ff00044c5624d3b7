import type { Language } from "./language.ts";
import { english } from "./texts-en.ts";
import { spanish } from "./texts-es.ts";
import type { Texts } from "./vocabulary.ts";

const tables: Readonly<Record<Language, Texts>> = { en: english, es: spanish };

export function textsFor(language: Language): Texts {
  return tables[language];
}

/** Puts parameters into `{name}` places; a missing one stays visible. */
export function fill(
  text: string,
  params: Readonly<Record<string, string | number | undefined>>,
): string {
  return text.replaceAll(/\{(\w+)\}/g, (place, name: string) => String(params[name] ?? place));
}
