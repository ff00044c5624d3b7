import { attributeOf } from "./class-directory.ts";

/** What the Blue Book calls attributes that hold a password, a PIN, a key or a paid token. */
const secretName = /secret|password|^pass_|^pin_|(?:_|^)keys?(?:_|$)|^token$|ppp_authentication/i;
/** Names that only speak of a key. */
const harmlessName = /status|revision|type|expiry/i;

/**
 * Whether an attribute may hold a secret (a password, a PIN, a key, a paid token), by its name in
 * the class tables. Without `version`, or with one no table knows, the newest known says it. False
 * for what no table describes: what only a maker knows of classes of its own cannot be told.
 */
export function holdsSecret(classId: number, attributeId: number, version?: number): boolean {
  const attribute = attributeOf(classId, attributeId, version) ?? attributeOf(classId, attributeId);
  if (attribute === undefined || harmlessName.test(attribute.name)) return false;
  return secretName.test(attribute.name);
}
