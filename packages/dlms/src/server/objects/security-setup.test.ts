import { nodeCrypto as crypto } from "@lectura/testkit";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { array, enumeration, i8, octetString, structure } from "../../axdr/construct.ts";
import type { Data } from "../../axdr/data.ts";
import { fromHex } from "../../octets.ts";
import { beginKeyAgreement, finishKeyAgreement } from "../../security/class-key-agreement.ts";
import { InvocationCounter } from "../../security/invocation-counter.ts";
import { keyTransferData, type NumberedKey, numberedData } from "../../security/key-transfer.ts";
import { Secret } from "../../security/secret.ts";
import { type SecuritySuite, suites } from "../../security/suite.ts";
import type { AccessContext, MethodOutcome } from "../object.ts";
import { SecuritySetup, type SecuritySetupOptions } from "./security-setup.ts";

const clientTitle = fromHex("4c43540000000001");
const serverTitle = fromHex("4c43540000000002");
const secret = (count: number): Secret => new Secret(crypto.randomOctets(count));

const context: AccessContext = {
  nowMs: 0,
  association: {
    clientSap: 1,
    mechanism: "none",
    conformance: 0,
    serverMaxPduOctets: 65_535,
    clientMaxPduOctets: 65_535,
    entries: [],
    clientSystemTitle: clientTitle,
  },
};

function setupOf(
  suite: SecuritySuite,
  changes: Partial<SecuritySetupOptions> = {},
): { readonly setup: SecuritySetup; readonly master: Secret } {
  const { keyOctets } = suites[suite];
  const master = secret(keyOctets);
  const keys = { unicast: secret(keyOctets), authentication: secret(keyOctets), master };
  const base = { crypto, version: 1, suite, policy: 0, serverSystemTitle: serverTitle } as const;
  const counter = new InvocationCounter({ next: 500 });
  return { setup: new SecuritySetup({ ...base, keys, ...changes }, counter), master };
}

const call = (setup: SecuritySetup, method: number, data?: Data): MethodOutcome =>
  setup.object.methods![method]!.invoke(data, context);

const read = (setup: SecuritySetup, attribute: number): Data | string =>
  setup.object.attributes[attribute]!.read!(context);

test("attributes say policy, suite, titles and certificates", () => {
  const { setup } = setupOf(1, { policy: 0x6c });
  expect([2, 3, 4, 5, 6].map((id) => read(setup, id))).toEqual([
    enumeration(0x6c),
    enumeration(1),
    octetString(clientTitle),
    octetString(serverTitle),
    array([]),
  ]);
  const { setup: old } = setupOf(0, { version: 0 });
  expect(Object.keys(old.object.attributes)).toEqual(["2", "3", "4", "5"]);
  expect(Object.keys(old.object.methods!)).toEqual(["1", "2"]);
});

test("security and replay begin anew with another unicast key, and only then", () => {
  const { setup, master } = setupOf(0);
  const security = setup.viewSecurity();
  const before = { keys: security.keys, counter: security.counter };
  security.windowsOf!(clientTitle).of("unicast").accept(77, true);
  const transfer = (...keys: NumberedKey[]): MethodOutcome =>
    call(setup, 2, keyTransferData(crypto, master, keys));
  expect(transfer({ keyId: 2, key: secret(16) }).result).toBe("success");
  expect(security.counter).toBe(before.counter);
  expect(setup.lastCounterOf(clientTitle)).toBe(77);
  expect(security.keys.unicast).toBe(before.keys.unicast);
  const key = secret(16);
  expect(transfer({ keyId: 0, key }).result).toBe("success");
  expect(security.keys.unicast!.reveal()).toEqual(key.reveal());
  expect(security.counter.next).toBe(0);
  expect(setup.lastCounterOf(clientTitle)).toBeUndefined();
});

describe("key_transfer", () => {
  test("changes all keys or none", () => {
    const { setup, master } = setupOf(0);
    const before = setup.state;
    const good = { keyId: 0, key: secret(16) };
    const bad: readonly Data[] = [
      keyTransferData(crypto, master, [good, { keyId: 9, key: secret(16) }]),
      keyTransferData(crypto, master, [good, { keyId: 2, key: secret(32) }]),
      keyTransferData(crypto, master, [good, good]),
      keyTransferData(crypto, secret(16), [good]),
      numberedData([{ keyId: 0, octets: new Uint8Array(23) }]),
      array([]),
    ];
    for (const data of bad) expect(call(setup, 2, data).result).toBe("other-reason");
    for (const data of [undefined, i8(0), array([structure([i8(1)])])]) {
      expect(call(setup, 2, data).result).toBe("type-unmatched");
    }
    expect(setup.state).toBe(before);
  });

  test("is refused without a master key, and where it cannot be kept", () => {
    const { setup } = setupOf(0, { keys: {} });
    const data = keyTransferData(crypto, secret(16), [{ keyId: 0, key: secret(16) }]);
    expect(call(setup, 2, data).result).toBe("read-write-denied");
    const full = setupOf(0, {
      keep: () => {
        throw new Error("no space");
      },
    });
    const before = full.setup.state;
    const mine = keyTransferData(crypto, full.master, [{ keyId: 0, key: secret(16) }]);
    expect(call(full.setup, 2, mine).result).toBe("hardware-fault");
    expect(full.setup.state).toBe(before);
  });
});

describe.each([1, 2] as const)("key_agreement of suite %i", (suite) => {
  const curve = suites[suite].curve!;
  const meter = crypto.generateKeyPair(curve);
  const client = crypto.generateKeyPair(curve);
  const signing = { privateKey: new Secret(meter.privateKey), clientPublic: client.publicKey };
  const side = {
    crypto,
    suite,
    signingPrivate: new Secret(client.privateKey),
    peerSigningPublic: meter.publicKey,
    clientSystemTitle: clientTitle,
    serverSystemTitle: serverTitle,
  };

  test("gives both sides one key for each number", () => {
    const { setup } = setupOf(suite, { signing });
    const request = beginKeyAgreement(side, [0, 1, 2, 3]);
    const { result, returned } = call(setup, 3, request.data);
    expect(result).toBe("success");
    const keys = finishKeyAgreement(side, request, returned as Data);
    const { unicast, broadcast, authentication, master } = setup.state.keys;
    const theirs = [unicast, broadcast, authentication, master].map((key) => key!.reveal());
    expect(keys.map(({ key }) => key.reveal())).toEqual(theirs);
    expect(new Set(theirs.map((key) => key.toHex())).size).toBe(4);
  });

  test("is refused with a changed octet, twice the same key, and where nobody signs", () => {
    const { setup } = setupOf(suite, { signing });
    const before = setup.state;
    const { data } = beginKeyAgreement(side, [0]);
    const member = data.type === "array" ? data.value[0]! : data;
    const octets = member.type === "structure" ? member.value[1]! : member;
    if (octets.type !== "octet-string") throw new Error("no octets");
    for (const at of [0, octets.value.length >> 1, octets.value.length - 1]) {
      const bad = octets.value.slice();
      bad[at]! ^= 1;
      expect(call(setup, 3, numberedData([{ keyId: 0, octets: bad }])).result).toBe("other-reason");
    }
    const short = numberedData([{ keyId: 0, octets: octets.value.subarray(1) }]);
    expect(call(setup, 3, short).result).toBe("other-reason");
    const other = numberedData([{ keyId: 1, octets: octets.value }]);
    expect(call(setup, 3, other).result).toBe("other-reason");
    expect(call(setup, 3, array([member, member])).result).toBe("other-reason");
    expect(setup.state).toBe(before);
    expect(call(setupOf(suite).setup, 3, data).result).toBe("read-write-denied");
  });
});

describe("certificates", () => {
  const der = fromHex("3003020101");
  const info = {
    entity: 0,
    type: 1,
    serialNumber: fromHex("01"),
    issuer: fromHex("3000"),
    subject: fromHex("3001"),
    subjectAltName: new Uint8Array(0),
  } as const;
  const bySerial = structure([
    enumeration(1),
    structure([octetString(info.serialNumber), octetString(info.issuer)]),
  ]);
  const byEntity = structure([
    enumeration(0),
    structure([enumeration(0), enumeration(1), octetString(serverTitle)]),
  ]);

  test("are the host's: listed, found, added, removed", () => {
    const certificates = {
      list: () => [info],
      find: ({ by }: { by: string }) => (by === "serial" ? der : undefined),
      add: (octets: Uint8Array) => octets.length === der.length,
      remove: ({ by }: { by: string }) => by === "entity",
      generateKeyPair: (type: number) => type === 0,
      request: (type: number) => (type === 0 ? der : undefined),
    };
    const { setup } = setupOf(1, { certificates });
    expect(read(setup, 6)).toMatchObject({ type: "array", value: [{ type: "structure" }] });
    expect(call(setup, 4, enumeration(0)).result).toBe("success");
    expect(call(setup, 4, enumeration(1)).result).toBe("other-reason");
    expect(call(setup, 5, enumeration(0))).toEqual({
      result: "success",
      returned: octetString(der),
    });
    expect(call(setup, 6, octetString(der)).result).toBe("success");
    expect(call(setup, 7, bySerial)).toEqual({ result: "success", returned: octetString(der) });
    expect(call(setup, 7, byEntity).result).toBe("read-write-denied");
    expect(call(setup, 8, byEntity).result).toBe("success");
    expect(call(setup, 8, bySerial).result).toBe("other-reason");
  });

  test("a meter without any refuses cleanly", () => {
    const { setup } = setupOf(1);
    const asked = [enumeration(0), enumeration(0), octetString(der), bySerial, byEntity];
    asked.forEach((data, at) => {
      expect(call(setup, 4 + at, data).result).toBe("read-write-denied");
    });
    for (let method = 4; method <= 8; method++) {
      expect(call(setup, method).result).toBe("type-unmatched");
      expect(call(setup, method, enumeration(200)).result).toBe("type-unmatched");
    }
  });
});

test("a policy takes known bits, and only adds", () => {
  const { setup } = setupOf(1);
  expect(call(setup, 1, enumeration(0x24)).result).toBe("success");
  expect(call(setup, 1, enumeration(0x04)).result).toBe("read-write-denied");
  expect(call(setup, 1, enumeration(0xfc)).result).toBe("other-reason");
  expect(call(setup, 1, enumeration(0x01)).result).toBe("other-reason");
  expect(call(setup, 1, i8(0)).result).toBe("type-unmatched");
  expect(setup.viewSecurity()).toMatchObject({
    protection: "authenticated",
    required: "authenticated",
  });
});

test("no method throws, whatever its parameters", () => {
  const { setup } = setupOf(0);
  const leaves: fc.Arbitrary<Data> = fc.oneof(
    fc.integer({ min: 0, max: 255 }).map(enumeration),
    fc.uint8Array({ maxLength: 48 }).map(octetString),
    fc.integer({ min: -128, max: 127 }).map(i8),
  );
  const data = fc.oneof(
    leaves,
    fc.array(fc.array(leaves, { maxLength: 3 }).map(structure), { maxLength: 3 }).map(array),
    fc.array(leaves, { maxLength: 3 }).map(structure),
  );
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 8 }),
      fc.option(data, { nil: undefined }),
      (id, given) => {
        expect(call(setup, id, given).result).toBeTypeOf("string");
      },
    ),
  );
});
