/** What both roles refuse, over every suite, form and protection, and that they serve on. */
import { nodeCrypto as crypto } from "@lectura/testkit";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DecodeError, DlmsError, ProtocolError } from "../error.ts";
import { fromHex, toHex } from "../octets.ts";
import { ApduCiphering } from "./apdu-ciphering.ts";
import type { ApduCipheringOptions } from "./apdu-ciphering-options.ts";
import type { GeneralKeyKind } from "./general-protection.ts";
import { InvocationCounter } from "./invocation-counter.ts";
import { Secret } from "./secret.ts";
import type { Protection } from "./security-control.ts";
import { type SecuritySuite, suites } from "./suite.ts";

const clientTitle = fromHex("4c43540000000001");
const serverTitle = fromHex("4c43540000000002");
const get = fromHex("c001c100010000600100ff0200");
const answer = fromHex("c401c100090412345678");

const secret = (count: number, first: number): Secret =>
  new Secret(Uint8Array.from({ length: count }, (_, at) => (first + at) & 0xff));

const forms = ["service", "general", "dedicated", "identified", "wrapped"] as const;
type Form = (typeof forms)[number];
const protections = ["authenticated", "encrypted", "authenticated-encrypted"] as const;
const roles = ["client", "server"] as const;

interface Pair {
  readonly client: ApduCiphering;
  readonly server: ApduCiphering;
}

function optionsOf(
  suite: SecuritySuite,
  form: Form,
  protection: Protection,
): Omit<ApduCipheringOptions, "ownSystemTitle" | "counter"> {
  const { keyOctets } = suites[suite];
  const general = form === "identified" || form === "wrapped";
  return {
    crypto,
    suite,
    protection,
    keys: {
      unicast: secret(keyOctets, 0),
      authentication: secret(keyOctets, 0x40),
      ...(form === "dedicated" ? { dedicated: secret(keyOctets, 0x80) } : {}),
    },
    ...(form === "general" ? { form } : {}),
    ...(general
      ? { general: { send: form as GeneralKeyKind, keys: { master: secret(keyOctets, 0xc0) } } }
      : {}),
  };
}

function pairOf(suite: SecuritySuite, form: Form, protection: Protection): Pair {
  const options = optionsOf(suite, form, protection);
  const side = (own: Uint8Array, peer: Uint8Array, answersInKind: boolean): ApduCiphering =>
    new ApduCiphering({
      ...options,
      ownSystemTitle: own,
      peerSystemTitle: peer,
      counter: new InvocationCounter({ next: 5 }),
      answersInKind,
    });
  return {
    client: side(clientTitle, serverTitle, false),
    server: side(serverTitle, clientTitle, true),
  };
}

/** An honest APDU to `role`, and who is to open it. */
function deliver(
  pair: Pair,
  role: (typeof roles)[number],
): { readonly sealed: Uint8Array; readonly receiver: ApduCiphering; readonly plain: Uint8Array } {
  const request = pair.client.protect(get);
  if (role === "server") return { sealed: request, receiver: pair.server, plain: get };
  pair.server.unprotect(request);
  return { sealed: pair.server.protect(answer), receiver: pair.client, plain: answer };
}

function refusalOf(run: () => unknown): DlmsError | undefined {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(DlmsError);
    const refusal = error as DlmsError;
    if (refusal instanceof DecodeError) {
      expect(refusal.layer).toMatch(/^(security|xdlms|axdr)$/);
      expect(refusal.field).not.toBe("");
      expect(refusal.offset).toBeGreaterThanOrEqual(0);
    } else {
      expect(refusal).toBeInstanceOf(ProtocolError);
      expect(refusal.code).toMatch(/^security\//);
    }
    return refusal;
  }
  return undefined;
}

/** Where the security control stands; general-ciphering has a header of its own before it. */
function controlAt(sealed: Uint8Array, form: Form): number {
  if (form === "service" || form === "dedicated") return 2;
  if (form === "general") return 1 + 9 + 1;
  const keyInfo = form === "identified" ? 3 : 4 + sealed[1 + 9 + 9 + 9 + 1 + 1 + 3]!;
  return 1 + 9 + 9 + 9 + 1 + 1 + keyInfo + 1;
}

const cases = ([0, 1, 2] as const).flatMap((suite) =>
  forms.flatMap((form) =>
    protections.flatMap((protection) =>
      roles.map((role) => ({ suite, form, protection, role }) as const),
    ),
  ),
);

describe.each(cases)("suite $suite, $form, $protection, to the $role", (given) => {
  const { suite, form, protection, role } = given;

  test("every truncation is refused, and the whole is taken after all", () => {
    const { sealed, receiver, plain } = deliver(pairOf(suite, form, protection), role);
    for (let count = 0; count < sealed.length; count++) {
      expect(refusalOf(() => receiver.unprotect(sealed.subarray(0, count)))).toBeDefined();
    }
    const longer = Uint8Array.of(...sealed, 0);
    expect(refusalOf(() => receiver.unprotect(longer))?.code).toBe("xdlms/malformed");
    expect(toHex(receiver.unprotect(sealed))).toBe(toHex(plain));
    expect(refusalOf(() => receiver.unprotect(sealed))?.code).toBe("security/replay");
  });

  test("another suite, compression, another key set and less protection are refused", () => {
    const { sealed, receiver, plain } = deliver(pairOf(suite, form, protection), role);
    const at = controlAt(sealed, form);
    const changed = (mask: number): string | undefined => {
      const bad = sealed.slice();
      bad[at]! ^= mask;
      return refusalOf(() => receiver.unprotect(bad))?.code;
    };
    expect(sealed[at]! & 0x0f).toBe(suite);
    for (const other of [suite ^ 1, suite ^ 2, suite ^ 0x0f]) {
      expect(changed(suite ^ other)).toBe("security/policy");
    }
    expect(changed(0x80)).toBe("security/policy");
    if (protection !== "encrypted") expect(changed(0x10)).toBe("security/policy");
    if (protection !== "authenticated") expect(changed(0x20)).toBe("security/policy");
    if (form === "service" || form === "general") {
      expect(changed(0x40)).toBe("security/key-missing");
    }
    expect(toHex(receiver.unprotect(sealed))).toBe(toHex(plain));
  });

  test("a plain APDU is refused, one that says why it refuses is not", () => {
    const { receiver } = deliver(pairOf(suite, form, protection), role);
    const plain = role === "server" ? get : answer;
    expect(refusalOf(() => receiver.unprotect(plain))?.code).toBe("security/policy");
    const exception = fromHex("d80105");
    expect(receiver.unprotect(exception)).toBe(exception);
  });

  if (protection !== "encrypted") {
    test("any octet changed is refused, and nothing is remembered of it", () => {
      const { sealed, receiver, plain } = deliver(pairOf(suite, form, protection), role);
      fc.assert(
        fc.property(fc.nat(sealed.length - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
          const bad = sealed.slice();
          bad[at]! ^= mask;
          // A tag that says "plain refusal" passes as one: it carries nothing.
          if (bad[0] === 0xd8 || bad[0] === 0x0e || (bad[0]! >= 0x60 && bad[0]! <= 0x63)) return;
          expect(refusalOf(() => receiver.unprotect(bad))).toBeDefined();
        }),
        { numRuns: 60 },
      );
      expect(toHex(receiver.unprotect(sealed))).toBe(toHex(plain));
    });
  }
});

test("an answer under another key or in another envelope than its request is never sent", () => {
  const pair = pairOf(0, "dedicated", "authenticated-encrypted");
  pair.server.unprotect(pair.client.protect(get));
  expect(pair.server.protect(answer)[0]).toBe(0xd4);
  const general = pairOf(0, "general", "authenticated");
  general.server.unprotect(general.client.protect(get));
  expect(general.server.protect(answer)[0]).toBe(0xdb);
});
