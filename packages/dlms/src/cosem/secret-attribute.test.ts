import { expect, test } from "vitest";
import { interfaceClasses } from "./class-directory.ts";
import { holdsSecret } from "./secret-attribute.ts";

test("finds passwords, PINs, keys and tokens in every class by their names", () => {
  const secret = interfaceClasses.flatMap(({ classId, version, attributes }) =>
    attributes
      .filter(({ attributeId }) => holdsSecret(classId, attributeId, version))
      .map(({ name }) => `${classId} ${name}`),
  );
  expect([...new Set(secret)]).toEqual([
    "15 secret",
    "19 pass_p1",
    "19 pass_p2",
    "19 pass_w5",
    "44 PPP_authentication",
    "45 PIN_code",
    "46 login_password",
    "91 mac_key_table",
    "100 authentication_keys",
    "100 client_key",
    "101 link_key",
    "101 network_key",
    "115 token",
    "140 initial_encryption_key",
  ]);
});

test("takes the newest version where none is told or known, and knows no maker's classes", () => {
  expect(holdsSecret(15, 7)).toBe(true);
  expect(holdsSecret(15, 7, 9)).toBe(true);
  expect(holdsSecret(40_000, 2, 0)).toBe(false);
});
