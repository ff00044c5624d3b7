import { nodeCrypto as crypto } from "@lectura/testkit";
import { describe, expect, test } from "vitest";
import { DlmsError } from "../error.ts";
import { fromHex } from "../octets.ts";
import { encodeApdu, decodeApdu } from "../xdlms/apdu.ts";
import type { GeneralCiphering, GeneralHeader } from "../xdlms/general-ciphering.ts";
import {
  type GeneralKeys,
  type GeneralReceiveRules,
  openGeneral,
  sealGeneral,
  type SendKey,
} from "./general-ciphering.ts";
import { signPublicKey, splitSignedKey, verifyPublicKey } from "./key-agreement.ts";
import { keyTransferData, readKeyTransfer, transferredKeyIds } from "./key-transfer.ts";
import { Secret } from "./secret.ts";
import { openSigned, signApdu } from "./signing.ts";
import { coordinateOctets, type SecuritySuite, suites } from "./suite.ts";

const header: GeneralHeader = {
  transactionId: fromHex("0102030405060708"),
  originator: fromHex("4c43540000000001"),
  recipient: fromHex("4c43540000000002"),
  dateTime: new Uint8Array(0),
  otherInformation: fromHex("aabb"),
};
const get = fromHex("c001c100030100010800ff0200");
const secret = (count: number): Secret => new Secret(crypto.randomOctets(count));

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof DlmsError) return error.code;
    throw error;
  }
  return "accepted";
}

interface Sides {
  readonly sender: GeneralKeys;
  readonly receiver: GeneralKeys;
  readonly forms: readonly SendKey[];
}

function sidesOf(suite: SecuritySuite): Sides {
  const { keyOctets, curve } = suites[suite];
  const unicast = secret(keyOctets);
  const broadcast = secret(keyOctets);
  const authentication = secret(keyOctets);
  const master = secret(keyOctets);
  const symmetric = { unicast, broadcast, authentication, master };
  const forms: SendKey[] = [
    { type: "identified", keyId: undefined },
    { type: "identified", keyId: 0 },
    { type: "identified", keyId: 1 },
    { type: "wrapped", contentKey: secret(keyOctets) },
  ];
  if (curve === undefined) return { sender: symmetric, receiver: symmetric, forms };
  const [own, peer, signing] = [0, 1, 2].map(() => crypto.generateKeyPair(curve));
  forms.push(
    {
      type: "one-pass",
      ephemeral: crypto.generateKeyPair(curve),
      recipientPublic: peer!.publicKey,
    },
    { type: "static", recipientPublic: peer!.publicKey },
  );
  return {
    sender: {
      ...symmetric,
      agreementPrivate: new Secret(own!.privateKey),
      signingPrivate: new Secret(signing!.privateKey),
    },
    receiver: {
      ...symmetric,
      agreementPrivate: new Secret(peer!.privateKey),
      peerAgreementPublic: own!.publicKey,
      peerSigningPublic: signing!.publicKey,
    },
    forms,
  };
}

describe.each([0, 1, 2] as const)("general-ciphering of suite %i", (suite) => {
  const { sender, receiver, forms } = sidesOf(suite);
  const rules: GeneralReceiveRules = { crypto, keys: receiver, suite, required: "none" };

  describe.each(forms.map((key) => [key.type, key] as const))(
    "with a key that is %s",
    (_type, key) => {
      test.each(["authenticated", "encrypted", "authenticated-encrypted"] as const)(
        "opens what it seals: %s",
        (protection) => {
          const send = { crypto, keys: sender, suite, protection, key, header };
          const sealed = encodeApdu(sealGeneral(get, { ...send, invocationCounter: 3 }));
          const apdu = decodeApdu(sealed) as GeneralCiphering;
          const opened = openGeneral(apdu, { ...rules, required: protection });
          expect(opened.plaintext).toEqual(get);
          expect(opened.verified).toBe(protection !== "encrypted");
        },
      );

      test("holds the header under the tag as the option says", () => {
        const send = { crypto, keys: sender, suite, key, header, invocationCounter: 3 };
        const protection = "authenticated-encrypted";
        for (const form of ["members", "members-with-lengths", "nothing"] as const) {
          const apdu = sealGeneral(get, { ...send, protection, headerInAdditionalData: form });
          expect(openGeneral(apdu, { ...rules, headerInAdditionalData: form }).plaintext).toEqual(
            get,
          );
          const other = form === "nothing" ? "members" : "nothing";
          expect(codeOf(() => openGeneral(apdu, { ...rules, headerInAdditionalData: other }))).toBe(
            "security/tag",
          );
          const moved = { ...apdu, otherInformation: fromHex("aabc") };
          const code = codeOf(() => openGeneral(moved, { ...rules, headerInAdditionalData: form }));
          expect(code).toBe(form === "nothing" ? "accepted" : "security/tag");
        }
      });

      test("is refused without the key it needs", () => {
        const send = { crypto, keys: sender, suite, key, header, invocationCounter: 3 };
        const apdu = sealGeneral(get, { ...send, protection: "encrypted" });
        expect(codeOf(() => openGeneral(apdu, { ...rules, keys: {} }))).toBe(
          "security/key-missing",
        );
        expect(codeOf(() => openGeneral(apdu, { ...rules, required: "authenticated" }))).toBe(
          "security/policy",
        );
      });
    },
  );
});

describe.each([1, 2] as const)("keys of suite %i", (suite) => {
  const { curve } = suites[suite] as Required<(typeof suites)[1]>;
  const signing = crypto.generateKeyPair(curve);
  const ephemeral = crypto.generateKeyPair(curve);

  test("an ephemeral key is taken with its signature only", () => {
    const { sender, receiver, forms } = sidesOf(suite);
    const key = forms.find(({ type }) => type === "one-pass")!;
    const send = { crypto, keys: sender, suite, key, header, invocationCounter: 0 };
    const apdu = sealGeneral(get, { ...send, protection: "encrypted" });
    const rules = { crypto, keys: receiver, suite, required: "none" } as const;
    const data = (apdu.keyInfo as { cipheredData: Uint8Array }).cipheredData.slice();
    data[data.length - 1]! ^= 1;
    const forged: GeneralCiphering = {
      ...apdu,
      keyInfo: { type: "agreed", parameters: Uint8Array.of(1), cipheredData: data },
    };
    expect(codeOf(() => openGeneral(forged, rules))).toBe("security/tag");
    const looked = openGeneral(forged, { ...rules, allowUnsignedEphemeral: true });
    expect(looked).toMatchObject({ plaintext: get, ephemeralVerified: false });
    const { peerSigningPublic: _none, ...unsigned } = receiver;
    expect(codeOf(() => openGeneral(apdu, { ...rules, keys: unsigned }))).toBe(
      "security/key-missing",
    );
  });

  test("key agreement data are a key and a signature, in the form agreed", () => {
    for (const form of ["with-key-id", "key-alone"] as const) {
      const data = signPublicKey(crypto, curve, signing.privateKey, ephemeral, 0, form);
      expect(data).toHaveLength(4 * coordinateOctets(curve));
      const signed = splitSignedKey(curve, data);
      const check = (accepted: "with-key-id" | "key-alone" | "either", keyId = 0): boolean =>
        verifyPublicKey(crypto, curve, signing.publicKey, signed, keyId, accepted);
      expect(check(form)).toBe(true);
      expect(check("either")).toBe(true);
      expect(check(form === "key-alone" ? "with-key-id" : "key-alone")).toBe(false);
      expect(check("with-key-id", 1)).toBe(false);
    }
    expect(codeOf(() => splitSignedKey(curve, new Uint8Array(3)))).toBe("security/key-missing");
  });

  test("general-signing gives the APDU under the signature, and no other", () => {
    const { privateKey, publicKey } = signing;
    for (const contentLength of ["omitted", "included"] as const) {
      const options = { crypto, curve, contentLength };
      const signed = signApdu(options, privateKey, header, get);
      const received = decodeApdu(encodeApdu(signed)) as typeof signed;
      expect(openSigned(options, publicKey, received)).toEqual(get);
      const other = contentLength === "omitted" ? "included" : "omitted";
      for (const [changed, changedOptions] of [
        [{ ...received, content: get.toReversed() }, options],
        [{ ...received, recipient: header.originator }, options],
        [received, { ...options, contentLength: other } as const],
      ] as const) {
        expect(codeOf(() => openSigned(changedOptions, publicKey, changed))).toBe("security/tag");
      }
    }
  });
});

describe("key transfer", () => {
  const master = secret(16);

  test("carries keys under the master key alone", () => {
    const keys = [transferredKeyIds.unicast, transferredKeyIds.authentication].map((keyId) => ({
      keyId,
      key: secret(16),
    }));
    const data = keyTransferData(crypto, master, keys);
    const taken = readKeyTransfer(crypto, master, data);
    expect(taken.map(({ keyId, key }) => [keyId, key.reveal()])).toEqual(
      keys.map(({ keyId, key }) => [keyId, key.reveal()]),
    );
    expect(codeOf(() => readKeyTransfer(crypto, secret(16), data))).toBe("security/tag");
  });

  test("refuses what is no list of numbered keys", () => {
    expect(codeOf(() => readKeyTransfer(crypto, master, { type: "null-data", value: null }))).toBe(
      "security/malformed",
    );
    const member = { type: "unsigned", value: 0 } as const;
    const list = { type: "array", value: [member] } as const;
    expect(codeOf(() => readKeyTransfer(crypto, master, list))).toBe("security/malformed");
  });
});
