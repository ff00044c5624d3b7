import { attributeOf } from "@lectura/dlms/cosem";

/** What the Blue Book calls attributes that hold a password, a PIN, a key or a paid token. */
const secretName = /secret|password|^pass_|^pin_|(?:_|^)keys?(?:_|$)|^token$|ppp_authentication/i;
/** Names that only speak of a key. */
const harmlessName = /status|revision|type|expiry/i;

/**
 * Whether an attribute may hold a secret, by its name in the class tables. What only a maker knows
 * of classes of its own cannot be told.
 */
export function holdsSecret(classId: number, version: number, attributeId: number): boolean {
  const attribute = attributeOf(classId, attributeId, version) ?? attributeOf(classId, attributeId);
  if (attribute === undefined || harmlessName.test(attribute.name)) return false;
  return secretName.test(attribute.name);
}
