import type { Json } from "./json.ts";

export function translateApdu(octets: Uint8Array): Json {
  return octets.length;
}
export function translateData(octets: Uint8Array): Json {
  return octets.length;
}
