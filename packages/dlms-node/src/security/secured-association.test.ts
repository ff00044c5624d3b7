import { fromHex } from "@lectura/dlms/octets";
import { InvocationCounter, Secret } from "@lectura/dlms/security";
import { expect, test } from "vitest";
import { checkSecurity } from "./check-security.ts";
import { securedAssociation, type SecuritySettings } from "./secured-association.ts";
import type { SecuritySettingsErrorCode } from "./security-settings-error.ts";

const key = (octets: number): Secret => new Secret(new Uint8Array(octets).fill(1));
const clientSystemTitle = fromHex("4c45430000000001");
const gmac: SecuritySettings = {
  mechanism: "hls-gmac",
  protection: "authenticated-encrypted",
  keys: { unicast: key(16), authentication: key(16) },
  clientSystemTitle,
  counter: new InvocationCounter({ next: 0 }),
};
const { counter: _counter, ...withoutCounter } = gmac;

function changed(changes: Partial<SecuritySettings>): SecuritySettings {
  return { ...gmac, ...changes };
}

const ecdsa = changed({
  mechanism: "hls-ecdsa",
  suite: 1,
  keys: { ...gmac.keys, signing: key(32), serverSigning: new Uint8Array(64) },
});

test("every association has a challenge and a dedicated key of its own", () => {
  const settings = changed({ dedicatedKey: true, challengeOctets: 64 });
  const made = [securedAssociation(settings), securedAssociation(settings)];
  const seen = made.map(({ authentication, protection }) => {
    if (!("hls" in authentication)) throw new TypeError("no HLS");
    expect(authentication.hls.challenge).toHaveLength(64);
    return `${authentication.hls.challenge.join()} ${protection!.dedicatedKey!.reveal().join()}`;
  });
  expect(new Set(seen).size).toBe(2);
});

test("nothing is ciphered where nothing says so, and the mechanism still knows its title", () => {
  const { authentication, protection } = securedAssociation(changed({ protection: "none" }));
  expect(protection).toBeUndefined();
  expect("hls" in authentication && authentication.hls.systemTitle).toEqual(clientSystemTitle);
});

const refused: readonly [string, SecuritySettings, SecuritySettingsErrorCode][] = [
  ["an LLS without password", { mechanism: "lls" }, "security/secret-absent"],
  ["a digest without secret", { mechanism: "hls-md5" }, "security/secret-absent"],
  [
    "a long secret for AES",
    { mechanism: "hls-manufacturer", secret: key(17) },
    "security/secret-length",
  ],
  [
    "GMAC without keys, though nothing is ciphered",
    { mechanism: "hls-gmac", clientSystemTitle },
    "security/key-absent",
  ],
  [
    "a key of another suite",
    changed({ suite: 2, keys: { unicast: key(32), authentication: key(16) } }),
    "security/key-length",
  ],
  [
    "a broadcast key of another length",
    changed({ keys: { ...gmac.keys, broadcast: key(15) } }),
    "security/key-length",
  ],
  [
    "a title of seven octets",
    changed({ clientSystemTitle: new Uint8Array(7) }),
    "security/title-length",
  ],
  [
    "SHA-256 without a title",
    { mechanism: "hls-sha256", secret: key(16) },
    "security/title-absent",
  ],
  ["a challenge of seven octets", changed({ challengeOctets: 7 }), "security/challenge-length"],
  ["a short challenge for ECDSA", { ...ecdsa, challengeOctets: 16 }, "security/challenge-length"],
  ["ECDSA in suite 0", { ...ecdsa, suite: 0 }, "security/mechanism-suite"],
  ["ECDSA without the meter's key", { ...ecdsa, keys: gmac.keys! }, "security/key-absent"],
  [
    "a dedicated key without ciphering",
    changed({ protection: "none", dedicatedKey: true }),
    "security/not-ciphered",
  ],
  [
    "a form without ciphering",
    changed({ protection: "none", form: "general" }),
    "security/not-ciphered",
  ],
  [
    "general-ciphering without ciphering",
    changed({ protection: "none", general: {} }),
    "security/not-ciphered",
  ],
  [
    "signing without ciphering",
    { ...ecdsa, protection: "none", signing: {} },
    "security/not-ciphered",
  ],
  ["signing in suite 0", changed({ signing: {} }), "security/mechanism-suite"],
  [
    "signing without the meter's key",
    { ...ecdsa, mechanism: "none", keys: { ...gmac.keys, signing: key(32) }, signing: {} },
    "security/key-absent",
  ],
  [
    "agreed keys in suite 0",
    changed({ general: { send: "one-pass" } }),
    "security/mechanism-suite",
  ],
  ["ciphering without a counter", withoutCounter, "security/counter-absent"],
];

test.each(refused)("%s is refused before anything is sent", (_what, settings, code) => {
  expect(() => {
    checkSecurity(settings);
  }).toThrow(expect.objectContaining({ code, recovery: "operator" }));
  expect(() => securedAssociation(settings)).toThrow(expect.objectContaining({ code }));
});

test("a proof by GMAC takes as many counters as the settings say", () => {
  const counter = new InvocationCounter({ next: 10 });
  const { authentication } = securedAssociation(changed({ counter, counterStep: 3 }));
  if (!("hls" in authentication)) throw new TypeError("no HLS");
  authentication.hls.reply({
    clientToServer: new Uint8Array(16).fill(1),
    serverToClient: new Uint8Array(16).fill(2),
    clientSystemTitle,
    serverSystemTitle: fromHex("4c45430000000002"),
  });
  expect(counter.take()).toBe(13);
  expect(() => securedAssociation(changed({ counterStep: 17 }))).toThrow(RangeError);
});

test("encryption alone asks for no authentication key", () => {
  const { unicast } = gmac.keys!;
  const encrypted = { protection: "encrypted", initiateProtection: "encrypted" } as const;
  checkSecurity(changed({ mechanism: "none", ...encrypted, keys: { unicast: unicast! } }));
});
