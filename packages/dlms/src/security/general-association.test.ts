/** Client and server back to back: general-ciphering and general-signing of whole associations. */
import { nodeCrypto as crypto } from "@lectura/testkit";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { octetString } from "../axdr/construct.ts";
import {
  type AssociationState,
  closedAssociation,
  stepAssociation,
} from "../client/association.ts";
import {
  type AssociationProfile,
  clientConformance,
  standardQuirks,
} from "../client/association-profile.ts";
import { clientProtection } from "../client/protection.ts";
import { obis } from "../cosem/obis.ts";
import { DecodeError, DlmsError } from "../error.ts";
import { fromHex, OctetWriter, toHex } from "../octets.ts";
import { answerOctetsCeiling, ObjectDirectory, ServerAssociation } from "../server/index.ts";
import { ApduCiphering } from "./apdu-ciphering.ts";
import type { ApduCipheringOptions } from "./apdu-ciphering-options.ts";
import type { GeneralKeys } from "./general-ciphering.ts";
import type { GeneralKeyKind, GeneralProtection, SigningProtection } from "./general-protection.ts";
import { InvocationCounter } from "./invocation-counter.ts";
import { Secret } from "./secret.ts";
import type { Protection } from "./security-control.ts";
import { type SecuritySuite, suites } from "./suite.ts";
import { TransactionWindow } from "./transaction-window.ts";

const clientTitle = fromHex("4c43540000000001");
const serverTitle = fromHex("4c43540000000002");
const serial = fromHex("3132303030303137");
const get = fromHex("c001c100010000600100ff0200");
const answered = `c401c1000908${toHex(serial)}`;
const now = Date.UTC(2026, 0, 31, 12);

const secret = (count: number): Secret => new Secret(crypto.randomOctets(count));

type Extra = Omit<GeneralKeys, "unicast" | "broadcast" | "authentication" | "dedicated">;

/** Keys of both sides of one suite. */
interface Ring {
  readonly keys: { readonly unicast: Secret; readonly authentication: Secret };
  readonly client: Extra;
  readonly server: Extra;
  readonly clientSigning?: Pick<SigningProtection, "privateKey" | "peerPublicKey">;
  readonly serverSigning?: Pick<SigningProtection, "privateKey" | "peerPublicKey">;
}

function ringOf(suite: SecuritySuite): Ring {
  const { keyOctets, curve } = suites[suite];
  const keys = { unicast: secret(keyOctets), authentication: secret(keyOctets) };
  const master = secret(keyOctets);
  if (curve === undefined) return { keys, client: { master }, server: { master } };
  const [a, b, c, d] = [0, 1, 2, 3].map(() => crypto.generateKeyPair(curve));
  const side = (
    agreement: typeof a,
    peer: typeof a,
    signing: typeof a,
    other: typeof a,
  ): Extra => ({
    master,
    agreementPrivate: new Secret(agreement!.privateKey),
    peerAgreementPublic: peer!.publicKey,
    signingPrivate: new Secret(signing!.privateKey),
    peerSigningPublic: other!.publicKey,
  });
  const signing = (own: typeof c, peer: typeof c): Ring["clientSigning"] & object => ({
    privateKey: new Secret(own!.privateKey),
    peerPublicKey: peer!.publicKey,
  });
  return {
    keys,
    client: side(a, b, c, d),
    server: side(b, a, d, c),
    clientSigning: signing(c, d),
    serverSigning: signing(d, c),
  };
}

const rings = { 0: ringOf(0), 1: ringOf(1), 2: ringOf(2) };

interface Case {
  readonly suite: SecuritySuite;
  readonly protection: Protection;
  readonly send?: GeneralKeyKind;
  readonly signs?: "inside" | "outside";
  readonly general?: Partial<GeneralProtection>;
  readonly serverGeneral?: Partial<GeneralProtection> | "none";
  readonly serverSigns?: Partial<SigningProtection>;
  readonly serverProtection?: Protection;
  readonly window?: TransactionWindow;
}

interface Bench {
  readonly profile: AssociationProfile;
  readonly client: ApduCiphering;
  readonly server: ServerAssociation;
}

function bench(question: Case): Bench {
  const { suite, protection, send, signs } = question;
  const ring = rings[suite];
  const client = new ApduCiphering({
    crypto,
    suite,
    ownSystemTitle: clientTitle,
    keys: ring.keys,
    counter: new InvocationCounter({ next: 0 }),
    protection,
    ...(send === undefined ? {} : { general: { keys: ring.client, send, ...question.general } }),
    ...(signs === undefined ? {} : { signing: { ...ring.clientSigning!, place: signs } }),
  });
  const profile: AssociationProfile = {
    authentication: { mechanism: "none" },
    protection: clientProtection(client),
    conformance: clientConformance,
    maxPduOctets: 1200,
    quirks: standardQuirks,
  };
  const window = question.window ?? new TransactionWindow({ nowMs: () => now });
  const general: GeneralProtection = {
    keys: ring.server,
    window,
    nowMs: () => now,
    ...(question.serverGeneral === "none" ? {} : question.serverGeneral),
  };
  const security: Omit<ApduCipheringOptions, "ownSystemTitle"> = {
    crypto,
    suite,
    keys: ring.keys,
    counter: new InvocationCounter({ next: 1000 }),
    protection: question.serverProtection ?? protection,
    ...(question.serverGeneral === "none" ? {} : { general }),
    ...(suite === 0
      ? {}
      : {
          signing: {
            ...ring.serverSigning!,
            window,
            send: false,
            ...question.serverSigns,
          },
        }),
  };
  const view = {
    clientSap: 1,
    authentication: { mechanism: "none" },
    systemTitle: serverTitle,
    conformance: 0x00_7e1f,
    objects: new ObjectDirectory([
      {
        classId: 1,
        version: 0,
        logicalName: obis("0.0.96.1.0.255"),
        attributes: { 2: { read: () => octetString(serial) } },
      },
    ]),
    security,
  } as const;
  const writer = new OctetWriter(answerOctetsCeiling);
  return {
    profile,
    client,
    server: new ServerAssociation({ view, prefix: new Uint8Array(0), writer }),
  };
}

const ask = ({ server }: Bench, apdu: Uint8Array): Uint8Array =>
  server.receive(apdu.slice(), now)!.slice();

/** Opens the association. */
function associated(question: Case): Bench {
  const parts = bench(question);
  const opened = stepAssociation(closedAssociation, { type: "open" }, parts.profile);
  if (opened.command.type !== "send") throw new Error("no AARQ");
  const apdu = ask(parts, opened.command.apdu);
  const state: AssociationState = opened.state;
  const { command } = stepAssociation(state, { type: "apdu", apdu }, parts.profile);
  if (command.type === "failed") throw command.error;
  expect(command.type).toBe("associated");
  return parts;
}

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof DlmsError) return error.code;
    throw error;
  }
  return "accepted";
}

const kindsOf = (suite: SecuritySuite): readonly GeneralKeyKind[] =>
  suite === 0 ? ["identified", "wrapped"] : ["identified", "wrapped", "one-pass", "static"];
const protections = ["authenticated", "encrypted", "authenticated-encrypted"] as const;

describe.each([0, 1, 2] as const)("suite %i", (suite) => {
  describe.each(kindsOf(suite))("general-ciphering under a key that is %s", (send) => {
    test.each(protections)("carries a whole association: %s", (protection) => {
      const parts = associated({ suite, protection, send });
      for (let turn = 0; turn < 3; turn++) {
        const sent = parts.client.protect(get);
        expect(sent[0]).toBe(0xdd);
        expect(sent.length).toBeLessThanOrEqual(get.length + parts.client.overheadOctets);
        const answer = ask(parts, sent);
        expect(answer[0]).toBe(0xdd);
        expect(toHex(parts.client.unprotect(answer))).toBe(answered);
      }
    });

    test("refuses a replayed request, and a replayed answer", () => {
      const parts = associated({ suite, protection: "authenticated-encrypted", send });
      const sent = parts.client.protect(get);
      const answer = ask(parts, sent);
      expect(toHex(parts.client.unprotect(answer))).toBe(answered);
      expect(toHex(ask(parts, sent))).toMatch(/^d801(05|06)/);
      expect(codeOf(() => parts.client.unprotect(answer))).toBe("security/replay");
      const next = parts.client.protect(get);
      expect(codeOf(() => parts.client.unprotect(answer))).toBe("security/replay");
      expect(toHex(parts.client.unprotect(ask(parts, next)))).toBe(answered);
    });

    test("refuses an answer that is weaker, or in another envelope", () => {
      const parts = associated({ suite, protection: "authenticated-encrypted", send });
      parts.client.protect(get);
      const plain = fromHex(answered);
      expect(codeOf(() => parts.client.unprotect(plain))).toBe("security/policy");
      const sealedBy = (protection: Protection, kind?: GeneralKeyKind): Uint8Array => {
        const ring = rings[suite];
        const peer = new ApduCiphering({
          crypto,
          suite,
          ownSystemTitle: serverTitle,
          peerSystemTitle: clientTitle,
          keys: ring.keys,
          counter: new InvocationCounter({ next: 5000 }),
          protection,
          ...(kind === undefined ? {} : { general: { keys: ring.server, send: kind } }),
        });
        return peer.protect(plain);
      };
      const refused = (octets: Uint8Array): string => codeOf(() => parts.client.unprotect(octets));
      expect(refused(sealedBy("authenticated-encrypted"))).toBe("security/policy");
      expect(refused(sealedBy("authenticated", send))).toBe("security/policy");
      expect(refused(sealedBy("encrypted", send))).toBe("security/policy");
      for (const other of kindsOf(suite)) {
        if (other === send) continue;
        expect(refused(sealedBy("authenticated-encrypted", other))).toBe("security/policy");
      }
    });

    test("refuses every octet changed and every truncation, and serves on", () => {
      const parts = associated({ suite, protection: "authenticated-encrypted", send });
      const sent = parts.client.protect(get);
      for (let at = 0; at < sent.length; at++) {
        expect(ask(parts, sent.subarray(0, Math.max(1, at)))[0]).toBe(0xd8);
        const bad = sent.slice();
        bad[at]! ^= 0x01;
        const answer = ask(parts, bad);
        expect(answer[0]).toBe(0xd8);
      }
      expect(toHex(parts.client.unprotect(ask(parts, sent)))).toBe(answered);
    });

    test("is refused by a server that does not know it, or knows other kinds only", () => {
      const protection = "authenticated-encrypted";
      const strange = associated({ suite, protection, send, serverGeneral: "none" });
      expect(toHex(ask(strange, strange.client.protect(get)))).toBe("d80101");
      const accepts = kindsOf(suite).filter((kind) => kind !== send);
      const other = associated({ suite, protection, send, serverGeneral: { accepts } });
      expect(toHex(ask(other, other.client.protect(get)))).toBe("d80101");
    });
  });

  test("names of others are refused", () => {
    const parts = associated({ suite, protection: "authenticated-encrypted", send: "wrapped" });
    const ring = rings[suite];
    const from = (own: Uint8Array, peer: Uint8Array): Uint8Array =>
      new ApduCiphering({
        crypto,
        suite,
        ownSystemTitle: own,
        peerSystemTitle: peer,
        keys: ring.keys,
        counter: new InvocationCounter({ next: 0 }),
        protection: "authenticated-encrypted",
        general: { keys: ring.client, send: "wrapped" },
      }).protect(get);
    const stranger = fromHex("4c435400000000ff");
    expect(toHex(ask(parts, from(stranger, serverTitle)))).toBe("d80105");
    expect(toHex(ask(parts, from(clientTitle, stranger)))).toBe("d80105");
    expect(ask(parts, from(clientTitle, serverTitle))[0]).toBe(0xdd);
  });
});

describe.each([1, 2] as const)("general-signing of suite %i", (suite) => {
  describe.each(["inside", "outside"] as const)("%s the cipher", (signs) => {
    const forms = ["none", ...protections] as const;

    test.each(forms)("carries a whole association: %s", (protection) => {
      const parts = associated({ suite, protection, signs });
      for (let turn = 0; turn < 2; turn++) {
        const sent = parts.client.protect(get);
        const expected = signs === "outside" || protection === "none" ? 0xdf : 0xdb;
        expect(sent[0]).toBe(expected);
        expect(sent.length).toBeLessThanOrEqual(get.length + parts.client.overheadOctets + 17 + 14);
        const answer = ask(parts, sent);
        expect(answer[0]).toBe(expected);
        expect(toHex(parts.client.unprotect(answer))).toBe(answered);
        expect(toHex(ask(parts, sent))).toMatch(/^d801(05|06)/);
      }
    });

    test("goes with general-ciphering, and refuses who leaves one of them out", () => {
      const protection = "authenticated-encrypted";
      const parts = associated({ suite, protection, signs, send: "one-pass" });
      const sent = parts.client.protect(get);
      expect(sent[0]).toBe(signs === "outside" ? 0xdf : 0xdd);
      const answer = ask(parts, sent);
      expect(answer[0]).toBe(sent[0]);
      expect(toHex(parts.client.unprotect(answer))).toBe(answered);
      const unsigned = associated({
        suite,
        protection,
        send: "static",
        serverSigns: { required: true },
      });
      expect(toHex(ask(unsigned, unsigned.client.protect(get)))).toBe("d80101");
    });

    test("refuses a signature of somebody else, and a changed octet", () => {
      const parts = associated({ suite, protection: "none", signs });
      const sent = parts.client.protect(get);
      for (let at = 0; at < sent.length; at++) {
        const bad = sent.slice();
        bad[at]! ^= 0x01;
        expect(ask(parts, bad)[0]).toBe(0xd8);
        expect(ask(parts, sent.subarray(0, Math.max(1, at)))[0]).toBe(0xd8);
      }
      expect(toHex(parts.client.unprotect(ask(parts, sent)))).toBe(answered);
    });
  });

  test("an answer without the signature agreed on is refused", () => {
    const parts = associated({ suite, protection: "none", signs: "inside" });
    parts.client.protect(get);
    expect(codeOf(() => parts.client.unprotect(fromHex(answered)))).toBe("security/policy");
  });
});

describe("transactions", () => {
  const options: Case = { suite: 0, protection: "authenticated-encrypted", send: "wrapped" };

  test("older or newer than the window are refused", () => {
    for (const ageMs of [-11, 11]) {
      const nowMs = (): number => now + ageMs * 60_000;
      const parts = associated({ ...options, general: { nowMs } });
      expect(toHex(ask(parts, parts.client.protect(get)))).toBe("d80105");
    }
    const parts = associated({ ...options, general: { nowMs: () => now - 9 * 60_000 } });
    expect(ask(parts, parts.client.protect(get))[0]).toBe(0xdd);
  });

  test("that are replayed in a new association are refused where the window is shared", () => {
    const window = new TransactionWindow({ nowMs: () => now });
    const first = associated({ ...options, window });
    const sent = first.client.protect(get);
    expect(ask(first, sent)[0]).toBe(0xdd);
    const second = associated({ ...options, window });
    expect(toHex(ask(second, sent))).toBe("d80105");
  });

  test("that are not under the tag are told apart by it", () => {
    const form = { headerInAdditionalData: "nothing" } as const;
    const parts = associated({ ...options, general: form, serverGeneral: form });
    const sent = parts.client.protect(get);
    expect(toHex(parts.client.unprotect(ask(parts, sent)))).toBe(answered);
    const renamed = sent.slice();
    renamed[3]! ^= 0xff;
    expect(toHex(ask(parts, renamed))).toBe("d80105");
  });

  test("are refused beyond the limit, until old ones have passed", () => {
    let nowMs = now;
    const window = new TransactionWindow({ nowMs: () => nowMs, transactionsMax: 2, ageMs: 1000 });
    const take = (id: number, dated = true): string =>
      codeOf(() =>
        window.accept({
          originator: clientTitle,
          identity: Uint8Array.of(id),
          dateTime: dated ? fromHex("07ea011f060c00000000000000".slice(0, 24)) : new Uint8Array(0),
        }),
      );
    expect(take(1)).toBe("accepted");
    expect(take(1)).toBe("security/replay");
    expect(take(2)).toBe("accepted");
    expect(take(3)).toBe("security/window-full");
    expect(window.size).toBe(2);
    nowMs += 1001;
    expect(take(3)).toBe("security/replay");
    expect(take(4, false)).toBe("accepted");
    expect(take(5, false)).toBe("accepted");
    expect(take(6, false)).toBe("security/window-full");
    expect(codeOf(() => window.accept({ ...blank, identity: new Uint8Array(0) }))).toBe(
      "security/replay",
    );
    const strict = new TransactionWindow({ dateTime: "required" });
    expect(codeOf(() => strict.accept(blank))).toBe("security/policy");
    expect(() => new TransactionWindow({ transactionsMax: 0 })).toThrow(RangeError);
  });
});

const blank = {
  originator: clientTitle,
  identity: Uint8Array.of(1),
  dateTime: new Uint8Array(0),
};

test("any octets behind a general tag give a typed error", () => {
  const parts = associated({
    suite: 1,
    protection: "none",
    send: "static",
    signs: "inside",
  });
  fc.assert(
    fc.property(
      fc.constantFrom(0xdd, 0xdf, 0xdb),
      fc.uint8Array({ maxLength: 80 }),
      (tag, rest) => {
        const octets = Uint8Array.of(tag, ...rest);
        let error: unknown;
        try {
          parts.client.unprotect(octets);
        } catch (thrown) {
          error = thrown;
        }
        expect(error).toBeInstanceOf(DlmsError);
        if (error instanceof DecodeError) expect(error.field).not.toBe("");
        expect(parts.server.receive(octets, now)?.[0]).toBe(0xd8);
      },
    ),
    { numRuns: 400 },
  );
});
