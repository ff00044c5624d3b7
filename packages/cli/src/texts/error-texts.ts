import type { ErrorText, ErrorTexts } from "./error-text.ts";
import { englishErrors } from "./errors-en-table.ts";
import { spanishErrors } from "./errors-es-table.ts";
import type { Language } from "./language.ts";
import { fill } from "./texts.ts";

const tables: Readonly<Record<Language, ErrorTexts>> = { en: englishErrors, es: spanishErrors };

/** Whether a code has a sentence of its own. */
export function hasErrorText(code: string, language: Language): boolean {
  return code in tables[language];
}

/** A malformed unit of any layer shares one text: where and what is in the detail. */
function textOf(code: string, language: Language): ErrorText {
  const table = tables[language];
  const known = table[code];
  if (known !== undefined) return known;
  const kind = code.slice(code.indexOf("/") + 1);
  return table[`*/${kind}`] ?? table["cli/unexpected"] ?? { message: code, next: "" };
}

export function errorText(
  code: string,
  params: Readonly<Record<string, string | number>>,
  detail: string,
  language: Language,
): ErrorText {
  const { message, next } = textOf(code, language);
  const filled = { detail, ...params };
  return { message: fill(message, filled), next: fill(next, filled) };
}
