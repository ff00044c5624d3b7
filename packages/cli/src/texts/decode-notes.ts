import type { Language } from "./language.ts";

/** What the translator says in words of people; the standard's own names stay as they are. */
const spanish: Readonly<Record<string, string>> = {
  octets: "octetos",
  masked: "enmascarado",
  absent: "ausente",
  "not specified": "sin especificar",
  "out of range": "fuera de rango",
  confirmed: "confirmado",
  "high priority": "prioridad alta",
  "self descriptive": "autodescriptivo",
  "break on error": "se detiene al primer error",
  "last block": "\u00faltimo bloque",
  streaming: "en serie",
  authenticated: "autenticado",
  encrypted: "cifrado",
  compressed: "comprimido",
  "broadcast key": "clave de difusi\u00f3n",
  "octets between the flags": "octetos entre las banderas",
  "more segments follow": "siguen m\u00e1s segmentos",
  "upper/lower": "superior/inferior",
  "a form outside the standard": "una forma fuera de la norma",
  "nothing proves its sender": "nada prueba qui\u00e9n lo envi\u00f3",
  "parity in bit 7": "paridad en el bit 7",
};

/** A note in the person's language, part by part. */
export function decodeNote(note: string, language: Language): string {
  if (language !== "es") return note;
  return note
    .split(", ")
    .map((part) => spanish[part] ?? part)
    .join(", ");
}
