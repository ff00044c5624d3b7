import { nodeCrypto as crypto } from "@lectura/testkit";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DlmsError } from "../error.ts";
import { fromHex, toHex } from "../octets.ts";
import { decodeApdu } from "../xdlms/apdu.ts";
import { sealContent } from "./content.ts";
import {
  type CipheredApdu,
  cipheredTag,
  openEnvelope,
  type ReceiveRules,
  writeEnvelope,
} from "./envelope.ts";
import { ReplayWindows } from "./keys.ts";
import { Secret } from "./secret.ts";
import { protectionBits, type Protection } from "./security-control.ts";
import { type SecuritySuite, suites } from "./suite.ts";

const title = fromHex("4c43540000000001");
const get = fromHex("c001c100030100010800ff0200");
const protections = ["authenticated", "encrypted", "authenticated-encrypted"] as const;

const keyOf = (suite: SecuritySuite, first: number): Uint8Array =>
  Uint8Array.from({ length: suites[suite].keyOctets }, (_, at) => first + at);

function rulesOf(suite: SecuritySuite, changes: Partial<ReceiveRules> = {}): ReceiveRules {
  return {
    crypto,
    suite,
    keys: {
      unicast: new Secret(keyOf(suite, 0)),
      broadcast: new Secret(keyOf(suite, 0x20)),
      authentication: new Secret(keyOf(suite, 0x40)),
      dedicated: new Secret(keyOf(suite, 0x60)),
    },
    required: "none",
    peerSystemTitle: title,
    ...changes,
  };
}

interface Sent {
  readonly suite?: SecuritySuite;
  readonly protection?: Protection;
  readonly form?: "service" | "general";
  readonly scope?: "global" | "dedicated";
  readonly counter?: number;
  readonly plain?: Uint8Array;
}

function seal(sent: Sent = {}): Uint8Array {
  const { suite = 0, protection = "authenticated-encrypted", form = "service" } = sent;
  const { scope = "global", counter = 1, plain = get } = sent;
  const content = sealContent(
    crypto,
    { suite, ...protectionBits(protection) },
    {
      encryption: keyOf(suite, scope === "global" ? 0 : 0x60),
      authentication: keyOf(suite, 0x40),
    },
    { systemTitle: title, invocationCounter: counter },
    plain,
  );
  return writeEnvelope(content, plain[0]!, scope, form, title).slice();
}

const open = (octets: Uint8Array, rules: ReceiveRules): ReturnType<typeof openEnvelope> =>
  openEnvelope(decodeApdu(octets) as CipheredApdu, rules);

function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof DlmsError) return error.code;
    throw error;
  }
  return "accepted";
}

describe("golden octets of our own, checked with an independent AES-GCM", () => {
  test.each([
    [0, "authenticated", "c81e1000000001c001c100030100010800ff02001a70478465a27da5b4e641fa"],
    [2, "authenticated", "c81e1200000001c001c100030100010800ff020030a9b1eb11fc4ec192d720aa"],
    [0, "encrypted", "c8122000000001669932d1ecef81354c67aa1cc5"],
    [2, "encrypted", "c8122200000001391da8acd37025dff3b7c086ed"],
    [
      0,
      "authenticated-encrypted",
      "c81e3000000001669932d1ecef81354c67aa1cc531c8f17d52e23d0e329fe45b",
    ],
    [
      2,
      "authenticated-encrypted",
      "c81e3200000001391da8acd37025dff3b7c086ed6157f2bfba427a9658745e44",
    ],
  ] as const)("suite %i, %s", (suite, protection, octets) => {
    expect(toHex(seal({ suite, protection }))).toBe(octets);
  });
});

describe.each([0, 1, 2] as const)("suite %i", (suite) => {
  describe.each(protections)("%s", (protection) => {
    test("opens what it seals, in every envelope", () => {
      fc.assert(
        fc.property(
          fc.uint8Array({ maxLength: 300 }),
          fc.integer({ min: 0, max: 0xffff_ffff }),
          fc.constantFrom("service", "general"),
          fc.constantFrom("global", "dedicated"),
          (rest, counter, form, scope) => {
            const plain = Uint8Array.of(0xc0, ...rest);
            const sealed = seal({ suite, protection, form, scope, counter, plain });
            const before = sealed.slice();
            const opened = open(sealed, rulesOf(suite, { required: protection }));
            expect(opened.plaintext).toEqual(plain);
            expect(opened.secured.invocationCounter).toBe(counter);
            expect(opened.verified).toBe(protection !== "encrypted");
            expect(opened.key).toBe(scope === "global" ? "unicast" : "dedicated");
            expect(sealed).toEqual(before);
          },
        ),
        { numRuns: 40 },
      );
    });

    test("is refused when weaker than required", () => {
      const weaker: Protection = protection === "authenticated" ? "encrypted" : "authenticated";
      const sealed = seal({ suite, protection: weaker });
      const code = refusal(() => open(sealed, rulesOf(suite, { required: protection })));
      expect(code).toBe("security/policy");
    });
  });

  test("refuses every single bit flipped under a tag", () => {
    for (const protection of ["authenticated", "authenticated-encrypted"] as const) {
      const sealed = seal({ suite, protection });
      for (let bit = 8 * 2; bit < 8 * sealed.length; bit++) {
        const bad = sealed.slice();
        bad[bit >> 3]! ^= 0x80 >> (bit & 7);
        expect(refusal(() => open(bad, rulesOf(suite, { required: protection })))).toMatch(
          /^security\//,
        );
      }
    }
  });

  test("refuses keys of another suite's length and content of another suite", () => {
    const other = suite === 2 ? 0 : 2;
    const sealed = seal({ suite });
    const { suite: _any, ...anySuite } = rulesOf(other);
    expect(refusal(() => open(sealed, rulesOf(other)))).toBe("security/policy");
    expect(refusal(() => open(sealed, anySuite))).toBe("security/key-missing");
  });
});

describe("receiving", () => {
  test("refuses a replay, and remembers nothing of what does not verify", () => {
    const windows = new ReplayWindows();
    const rules = rulesOf(0, { windows });
    const forged = seal({ counter: 4_000_000_000 });
    forged[forged.length - 1]! ^= 1;
    expect(refusal(() => open(forged, rules))).toBe("security/tag");
    expect(refusal(() => open(seal({ counter: 0 }), rules))).toBe("accepted");
    expect(refusal(() => open(seal({ counter: 0 }), rules))).toBe("security/replay");
    expect(refusal(() => open(seal({ counter: 7 }), rules))).toBe("accepted");
    expect(refusal(() => open(seal({ counter: 6 }), rules))).toBe("security/replay");
    expect(refusal(() => open(seal({ counter: 0xffff_ffff }), rules))).toBe("accepted");
    expect(windows.of("unicast").last).toBe(0xffff_ffff);
  });

  test("counts each key by itself", () => {
    const rules = rulesOf(0, { windows: new ReplayWindows() });
    expect(refusal(() => open(seal({ counter: 9 }), rules))).toBe("accepted");
    expect(refusal(() => open(seal({ counter: 0, scope: "dedicated" }), rules))).toBe("accepted");
  });

  test("lets no APDU without a tag push the counter of those with one", () => {
    const rules = rulesOf(0, { windows: new ReplayWindows() });
    const bare = (counter: number): Uint8Array => seal({ counter, protection: "encrypted" });
    expect(refusal(() => open(bare(100), rules))).toBe("accepted");
    expect(refusal(() => open(bare(100), rules))).toBe("security/replay");
    expect(refusal(() => open(seal({ counter: 5 }), rules))).toBe("accepted");
  });

  test("refuses compression, unknown suites, missing keys and other titles", () => {
    const compressed = seal();
    compressed[2]! |= 0x80;
    expect(refusal(() => open(compressed, rulesOf(0)))).toBe("security/policy");
    const unknown = seal();
    unknown[2] = 0x33;
    expect(refusal(() => open(unknown, rulesOf(0)))).toBe("security/policy");
    expect(refusal(() => open(seal(), rulesOf(0, { keys: {} })))).toBe("security/key-missing");
    const { peerSystemTitle: _known, ...untitled } = rulesOf(0);
    expect(refusal(() => open(seal(), untitled))).toBe("security/key-missing");
    const other = rulesOf(0, { peerSystemTitle: fromHex("4c43540000000002") });
    expect(refusal(() => open(seal(), other))).toBe("security/tag");
    expect(refusal(() => open(seal({ form: "general" }), other))).toBe("security/key-missing");
  });

  test("refuses a service that is not the one the tag names", () => {
    const set = seal();
    set[0] = 0xc9;
    expect(refusal(() => open(set, rulesOf(0)))).toBe("security/malformed");
  });

  test("takes the configured title where a general envelope has none", () => {
    const sealed = seal({ form: "general" });
    const untitled = Uint8Array.of(0xdb, 0x00, ...sealed.subarray(10));
    const apdu = decodeApdu(untitled, { emptySystemTitle: true }) as CipheredApdu;
    expect(openEnvelope(apdu, rulesOf(0)).plaintext).toEqual(get);
    expect(refusal(() => decodeApdu(untitled))).toBe("xdlms/malformed");
  });

  test("opens unverified only where asked and without an authentication key", () => {
    const { authentication: _none, ...keys } = rulesOf(0).keys;
    expect(refusal(() => open(seal(), rulesOf(0, { keys })))).toBe("security/key-missing");
    const opened = open(seal(), rulesOf(0, { keys, allowUnverified: true }));
    expect(opened).toMatchObject({ plaintext: get, verified: false });
  });

  test("gives a typed error for any octets", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (octets) => {
        const apdu = Uint8Array.of(0xc8, octets.length, ...octets);
        expect(refusal(() => open(apdu, rulesOf(0)))).not.toBe("");
      }),
    );
  });
});

describe("tags", () => {
  test.each([
    [0x01, 0x21, 0x41],
    [0x08, 0x28, 0x48],
    [0x0e, 0x2e, 0x4e],
    [0x18, 0x38, 0x58],
    [0xc0, 0xc8, 0xd0],
    [0xc2, 0xca, 0xd2],
    [0xc7, 0xcf, 0xd7],
    [0x0f, undefined, undefined],
    [0xd8, undefined, undefined],
    [0xd9, undefined, undefined],
    [0xc8, undefined, undefined],
  ])("of %i are %i and %i", (plain, global, dedicated) => {
    expect(cipheredTag(plain, "global")).toBe(global);
    expect(cipheredTag(plain, "dedicated")).toBe(dedicated);
  });

  test("of an APDU without a form of its own are the general ones", () => {
    const push = seal({ plain: fromHex("0f0000000100020100") });
    expect(push[0]).toBe(0xdb);
    expect(seal({ plain: fromHex("d9000000000000"), scope: "dedicated" })[0]).toBe(0xdc);
  });
});
