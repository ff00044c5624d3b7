import { octetString } from "@lectura/dlms/axdr";
import type { Data } from "@lectura/dlms/axdr";

/** Octet-string of US-ASCII text. */
export function ascii(text: string): Data {
  return octetString(Uint8Array.from(text, (character) => character.charCodeAt(0)));
}
