/** What views say beyond plain logical names: rights, versions, limits, no AARQ at all. */
import { nodeCrypto as crypto } from "@lectura/testkit";
import { describe, expect, test } from "vitest";
import { array, nullData, octetString, structure, u16, u8 } from "../axdr/construct.ts";
import type { Data } from "../axdr/data.ts";
import { ActionExchange, ActionListExchange } from "../client/action-exchange.ts";
import { type AssociationProfile, standardQuirks } from "../client/association-profile.ts";
import { GetExchange } from "../client/get-exchange.ts";
import { clientProtection } from "../client/protection.ts";
import { SetListExchange } from "../client/set-exchange.ts";
import { obis, obisToOctets } from "../cosem/obis.ts";
import { decodeObjectList } from "../cosem/object-list.ts";
import { fromHex, OctetWriter, toHex } from "../octets.ts";
import { ApduCiphering } from "../security/apdu-ciphering.ts";
import { InvocationCounter } from "../security/invocation-counter.ts";
import { Secret } from "../security/secret.ts";
import type { Protection } from "../security/security-control.ts";
import { type ConformanceBit, conformanceToMask } from "../xdlms/conformance.ts";
import type { AttributeDescriptor } from "../xdlms/descriptor.ts";
import { accessBit, type AccessRights } from "./access-rights.ts";
import { answerOctetsCeiling, ServerAssociation } from "./association.ts";
import { currentAssociation } from "./current-association.ts";
import { dialogue, type Dialogue } from "./dialogue.fixture.ts";
import type { ServerObject } from "./object.ts";
import { type AssociationView, ObjectDirectory } from "./view.ts";

const name = obis("0.0.96.1.0.255");
const associationName = obis("0.0.40.0.0.255");
let calls = 0;

function object(rights: AccessRights = "read-write"): ServerObject {
  return {
    classId: 1,
    version: 0,
    logicalName: name,
    attributes: { 2: { access: rights, read: () => u8(5), write: () => "success" } },
    methods: {
      1: {
        invoke: () => {
          calls++;
          return { result: "success", returned: octetString(new Uint8Array(60)) };
        },
      },
      2: {
        access: accessBit.read | accessBit.authenticatedRequest,
        invoke: () => ({ result: "success" }),
      },
    },
  };
}

const bits: readonly ConformanceBit[] = [
  "block-transfer-get-or-read",
  "multiple-references",
  "get",
  "set",
  "action",
  "selective-access",
];

function view(
  objects: readonly ServerObject[],
  changes: Partial<AssociationView>,
): AssociationView {
  return {
    clientSap: 1,
    authentication: { mechanism: "none" },
    objects: new ObjectDirectory(objects),
    conformance: conformanceToMask([...bits, "block-transfer-action"]),
    ...changes,
  };
}

function profile(changes: Partial<AssociationProfile> = {}): AssociationProfile {
  return {
    authentication: { mechanism: "none" },
    conformance: bits,
    maxPduOctets: 1024,
    quirks: standardQuirks,
    ...changes,
  };
}

function opened(
  objects: readonly ServerObject[],
  changes: Partial<AssociationView> = {},
  profileChanges: Partial<AssociationProfile> = {},
): Dialogue {
  const talk = dialogue(view(objects, changes), profile(profileChanges));
  talk.open();
  return talk;
}

const keys = {
  unicast: new Secret(new Uint8Array(16).fill(1)),
  authentication: new Secret(new Uint8Array(16).fill(2)),
};
const clientTitle = fromHex("4c43540000000001");
const systemTitle = fromHex("4c43540000000002");

/** A client that protects so, a server that takes anything and protects by itself as told. */
function ciphered(objects: readonly ServerObject[], client: Protection, server: Protection) {
  const counter = (): InvocationCounter => new InvocationCounter({ next: 1 });
  const common = { crypto, suite: 0, keys, required: "none" } as const;
  const ciphering = new ApduCiphering({
    ...common,
    ownSystemTitle: clientTitle,
    counter: counter(),
    protection: client,
  });
  const security = { ...common, counter: counter(), protection: server };
  return opened(objects, { security, systemTitle }, { protection: clientProtection(ciphering) });
}

const attribute: AttributeDescriptor = { classId: 1, logicalName: name, attributeId: 2 };

describe("rights", () => {
  const get = (talk: Dialogue): unknown =>
    talk.run(new GetExchange(attribute, 0xc1, talk.context()));

  test.each<[AccessRights, Protection, Protection, boolean]>([
    ["read", "none", "none", true],
    ["authenticated-read", "none", "none", false],
    ["authenticated-read", "authenticated", "none", true],
    ["authenticated-read", "authenticated-encrypted", "none", true],
    ["authenticated-write", "authenticated", "none", false],
    [accessBit.read | accessBit.encryptedRequest, "authenticated", "authenticated", false],
    [accessBit.read | accessBit.encryptedRequest, "encrypted", "none", true],
    [accessBit.read | accessBit.authenticatedResponse, "none", "none", false],
    [accessBit.read | accessBit.authenticatedResponse, "none", "authenticated", true],
    [accessBit.read | accessBit.signedRequest, "authenticated-encrypted", "none", false],
  ])("%s, asked with %s, answered with %s: %s", (rights, client, server, ok) => {
    const result = get(ciphered([object(rights)], client, server));
    expect(result).toMatchObject(ok ? { ok } : { ok, reason: "read-write-denied" });
  });

  test("that ask for protection are never met in a plain association", () => {
    const talk = opened([object("authenticated-read-write")]);
    expect(get(talk)).toEqual({ ok: false, reason: "read-write-denied" });
    const call = { classId: 1, logicalName: name, methodId: 2 };
    const exchange = new ActionExchange({ method: call }, 0xc1, talk.context());
    expect(talk.run(exchange)).toMatchObject({ result: "read-write-denied" });
  });

  test.each([0, 1, 2, 3] as const)(
    "are shown as version %i of the association codes them",
    (version) => {
      const talk = opened([object("authenticated-read"), currentAssociation(1, { version })]);
      const list = { classId: 15, logicalName: associationName, attributeId: 2 };
      const read = talk.run(new GetExchange(list, 0xc1, talk.context()));
      const [first] = decodeObjectList(read.ok ? read.value : nullData(), {
        associationVersion: version,
      });
      const authenticated = { authenticatedRequest: true, authenticatedResponse: true };
      expect(first!.attributes[1]).toMatchObject({
        read: true,
        write: false,
        mode: version === 3 ? 0x25 : 4,
        protection: authenticated,
      });
      expect(first!.methods.map(({ mode }) => mode)).toEqual(
        [
          [1, 1],
          [1, 2],
          [1, 2],
          [1, 5],
        ][version],
      );
    },
  );
});

describe("object_list", () => {
  const objectId = structure([u16(1), octetString(obisToOctets(name))]);

  test.each<[number, Data, number[], boolean]>([
    [1, array([u16(15), u16(7)]), [15], false],
    [2, array([objectId, structure([u16(3), octetString(obisToOctets(name))])]), [1], true],
    [3, objectId, [1], true],
    [4, nullData(), [1, 15], false],
  ])("is selected by %i", (selector, parameters, classes, withRights) => {
    const talk = opened([object(), currentAssociation(1)]);
    const list = {
      classId: 15,
      logicalName: associationName,
      attributeId: 2,
      selection: { selector, parameters },
    };
    const read = talk.run(new GetExchange(list, 0xc1, talk.context()));
    const elements = read.ok && read.value.type === "array" ? read.value.value : [];
    expect(
      elements.map((element) => (element.type === "structure" ? element.value[0] : undefined)),
    ).toEqual(classes.map((classId) => u16(classId)));
    expect(elements[0]).toMatchObject({ value: { length: withRights ? 4 : 3 } });
  });

  test.each<[number, Data, string]>([
    [1, array([u8(1)]), "type-unmatched"],
    [2, array([u8(1)]), "type-unmatched"],
    [3, nullData(), "type-unmatched"],
    [5, nullData(), "scope-of-access-violated"],
  ])("refuses what is no parameter of selector %i", (selector, parameters, reason) => {
    const talk = opened([object(), currentAssociation(1)]);
    const selection = { selector, parameters };
    const list = { classId: 15, logicalName: associationName, attributeId: 2, selection };
    const read = talk.run(new GetExchange(list, 0xc1, talk.context()));
    expect(read).toEqual({ ok: false, reason });
  });
});

describe("answers to lists where the client takes very little", () => {
  const method = { classId: 1, logicalName: name, methodId: 1 };

  test("SET is refused before anything is written", () => {
    const talk = opened([object()], {}, { maxPduOctets: 12 });
    const values = Array.from({ length: 5 }, () => ({ attribute, data: u8(1) }));
    const send = (): unknown => talk.run(new SetListExchange(values, 0xc1, talk.context()));
    expect(send).toThrowError(/pdu-too-long/);
    expect(talk.run(new SetListExchange(values.slice(0, 2), 0xc1, talk.context()))).toEqual([
      "success",
      "success",
    ]);
  });

  test("ACTION leaves return values out, and is refused where not even results have room", () => {
    const talk = opened([object()], {}, { maxPduOctets: 20 });
    const list = (count: number): unknown =>
      talk.run(
        new ActionListExchange(
          Array.from({ length: count }, () => ({ method, parameters: u8(0) })),
          0xc1,
          talk.context(),
        ),
      );
    calls = 0;
    expect(list(2)).toEqual([{ result: "success" }, { result: "success" }]);
    expect(calls).toBe(2);
    expect(() => list(8)).toThrowError(/pdu-too-long/);
    expect(calls).toBe(2);
  });

  test("ACTION answers in blocks where they are agreed", () => {
    const conformance = [...bits, "block-transfer-action"] as const;
    const talk = opened([object()], {}, { maxPduOctets: 20, conformance });
    const results = talk.run(
      new ActionListExchange([{ method }, { method }], 0xc1, talk.context()),
    );
    expect(results).toMatchObject([{ returned: { ok: true } }, { returned: { ok: true } }]);
  });
});

describe("a pre-established association", () => {
  const get = fromHex("c001c100010000600100ff0200");
  const writer = new OctetWriter(answerOctetsCeiling, 4096);
  const served = (changes: Partial<AssociationView>): ServerAssociation =>
    new ServerAssociation({ view: view([object()], changes), prefix: new Uint8Array(0), writer });
  const answer = (server: ServerAssociation, apdu: Uint8Array): string =>
    toHex(server.receive(apdu, 0) ?? new Uint8Array(0));

  test("serves without an AARQ, also after the link was lost, and takes no AARQ nor RLRQ", () => {
    const server = served({ preEstablished: { clientMaxPduOctets: 64 } });
    expect(answer(server, get)).toBe("c401c1001105");
    expect(answer(server, fromHex("6200"))).toBe("d80101");
    const aarq = "601da109060760857405080101be10040e01000000065f1f0400007e1f04b0";
    expect(answer(server, fromHex(aarq))).toBe("d80101");
    server.reset();
    expect(answer(server, get)).toBe("c401c1001105");
    expect(server.facts).toMatchObject({ clientMaxPduOctets: 64, mechanism: "none" });
  });

  test("is ciphered with the client's title known beforehand", () => {
    const counter = (): InvocationCounter => new InvocationCounter({ next: 1 });
    const common = { crypto, suite: 0, keys, protection: "authenticated-encrypted" } as const;
    const server = served({
      preEstablished: { clientSystemTitle: clientTitle },
      security: { ...common, counter: counter() },
      systemTitle,
    });
    const client = new ApduCiphering({
      ...common,
      ownSystemTitle: clientTitle,
      peerSystemTitle: systemTitle,
      counter: counter(),
    });
    const sealed = server.receive(client.protect(get), 0)!;
    expect(toHex(client.unprotect(sealed))).toBe("c401c1001105");
    expect(answer(server, get)).toBe("d80101");
  });

  test("is refused where its view says too little or asks for credentials", () => {
    const security = {
      crypto,
      suite: 0,
      keys,
      protection: "none",
      counter: new InvocationCounter({ next: 1 }),
    } as const;
    expect(() => served({ preEstablished: {}, security, systemTitle })).toThrowError(RangeError);
    const authentication = { mechanism: "low", password: Secret.fromText("1") } as const;
    expect(() => served({ preEstablished: {}, authentication })).toThrowError(RangeError);
  });
});
