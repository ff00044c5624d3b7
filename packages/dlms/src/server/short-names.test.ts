import { nodeCrypto as crypto } from "@lectura/testkit";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { array, i8, octetString, structure, u16, u32, u8 } from "../axdr/construct.ts";
import type { Data } from "../axdr/data.ts";
import {
  type AssociationProfile,
  shortNameConformance,
  standardQuirks,
} from "../client/association-profile.ts";
import type { ClientAuthentication } from "../client/authentication.ts";
import { clientHls, clientProtection } from "../client/protection.ts";
import { ReadExchange } from "../client/read-exchange.ts";
import { attributeVariable } from "../client/short-name-exchange.ts";
import { WriteExchange } from "../client/write-exchange.ts";
import { obis, obisToOctets } from "../cosem/obis.ts";
import { fromHex, OctetWriter, toHex } from "../octets.ts";
import { ApduCiphering } from "../security/apdu-ciphering.ts";
import { hlsMd5 } from "../security/hls-digest.ts";
import { InvocationCounter } from "../security/invocation-counter.ts";
import { Secret } from "../security/secret.ts";
import { encodeUnit } from "../xdlms/apdu-codec.ts";
import { conformanceToMask } from "../xdlms/conformance.ts";
import { unconfirmedWriteRequest } from "../xdlms/unconfirmed-write-request.ts";
import { answerOctetsCeiling, ServerAssociation } from "./association.ts";
import { currentAssociation } from "./current-association.ts";
import { dialogue, type Dialogue } from "./dialogue.fixture.ts";
import type { ServerObject } from "./object.ts";
import { shortNameAssociation } from "./short-name-association.ts";
import { ShortNames } from "./short-names.ts";
import { type AssociationView, ObjectDirectory } from "./view.ts";

const written: Data[] = [];
const calls: (Data | undefined)[] = [];
const longText = new Uint8Array(500).fill(0x61);

/** Class 7 has reset at +58 and capture at +60. */
const profile: ServerObject = {
  classId: 7,
  version: 1,
  logicalName: obis("1.0.99.1.0.255"),
  baseName: 0x2000,
  attributes: {
    2: {
      selectors: [2],
      read: ({ selection }) => array([u8(selection?.selector ?? 0)]),
    },
    7: { read: () => u32(9) },
  },
  methods: {
    1: {
      invoke: (parameters) => {
        calls.push(parameters);
        return { result: "success" };
      },
    },
  },
};

const text: ServerObject = {
  classId: 1,
  version: 0,
  logicalName: obis("0.0.96.1.0.255"),
  baseName: 0x3000,
  attributes: {
    2: {
      access: "read-write",
      types: ["octet-string"],
      read: () => octetString(longText),
      write: (value) => {
        written.push(value);
        return "success";
      },
    },
  },
};

const objects = new ObjectDirectory([shortNameAssociation(), profile, text]);

function view(changes: Partial<AssociationView> = {}): AssociationView {
  return {
    clientSap: 1,
    authentication: { mechanism: "none" },
    objects,
    conformance: conformanceToMask(shortNameConformance),
    referencing: "sn",
    ...changes,
  };
}

function client(changes: Partial<AssociationProfile> = {}): AssociationProfile {
  return {
    authentication: { mechanism: "none" },
    referencing: "sn",
    conformance: shortNameConformance,
    maxPduOctets: 1024,
    quirks: standardQuirks,
    ...changes,
  };
}

function opened(
  changes: Partial<AssociationView> = {},
  profileChanges: Partial<AssociationProfile> = {},
): Dialogue {
  const talk = dialogue(view(changes), client(profileChanges));
  talk.open();
  return talk;
}

function read(talk: Dialogue, ...names: readonly number[]): unknown {
  const variables = names.map((variableName) => ({ variableName }));
  return talk.run(new ReadExchange(variables, talk.context()));
}

describe("association by short names", () => {
  test("accepts the context SN, answers vaa-name FA00, and refuses the context LN", () => {
    expect(dialogue(view(), client()).open().vaaName).toBe(0xfa00);
    const refused = (): unknown => dialogue(view(), client({ referencing: "ln" })).open();
    expect(refused).toThrowError(/application-context-name-not-supported/);
  });

  test("takes either context where the view speaks both, and serves its services alone", () => {
    const both = new ObjectDirectory([
      currentAssociation(1),
      shortNameAssociation({ logicalName: obis("0.0.40.0.1.255") }),
      text,
    ]);
    const change = { objects: both, referencing: "both", conformance: 0x1c_1e_3f } as const;
    const short = opened(change);
    const getName = fromHex("c001c1000f0000280000ff0100");
    expect(read(short, 0x3000)).toMatchObject([{ ok: true }]);
    expect(short.ask(getName).map(toHex)).toEqual(["d80102"]);
    const long = opened(change, { referencing: "ln", conformance: ["get", "read"] });
    expect(long.ask(fromHex("0501023000")).map(toHex)).toEqual(["d80102"]);
    expect(long.ask(getName).map(toHex)).toEqual(["c401c10009060000280000ff"]);
  });

  test.each([
    ["the right password", "22222222", true],
    ["a wrong password", "22222223", false],
  ])("answers %s of low level security", (_name, password, ok) => {
    const open = (): unknown =>
      dialogue(
        view({ authentication: { mechanism: "low", password: Secret.fromText("22222222") } }),
        client({ authentication: { mechanism: "lls", password: Secret.fromText(password) } }),
      ).open();
    if (ok) expect(open()).toMatchObject({ vaaName: 0xfa00 });
    else expect(open).toThrowError(/authentication-failure/);
  });

  test.each([
    ["proves both sides", 0x30, true],
    ["refuses a wrong secret", 0x31, false],
  ])("%s by passes 3 and 4 as a READ", (_name, first, ok) => {
    const secret = (octet: number): Secret => new Secret(new Uint8Array(16).fill(octet));
    const authentication: ClientAuthentication = {
      mechanism: "hls-md5",
      hls: clientHls(hlsMd5(crypto, secret(first)), new Uint8Array(16).fill(1)),
    };
    const talk = dialogue(
      view({
        authentication: {
          mechanism: "high-md5",
          hls: hlsMd5(crypto, secret(0x30)),
          challenge: () => new Uint8Array(16).fill(2),
        },
      }),
      client({ authentication }),
    );
    if (ok) {
      talk.open();
      expect(read(talk, 0x2000)).toMatchObject([{ ok: true }]);
    } else {
      expect(() => talk.open()).toThrowError();
      expect(talk.server.facts).toBeUndefined();
    }
  });

  test("ciphers services by their glo forms", () => {
    const keys = {
      unicast: new Secret(new Uint8Array(16).fill(1)),
      authentication: new Secret(new Uint8Array(16).fill(2)),
    };
    const titles = [fromHex("4c43540000000001"), fromHex("4c43540000000002")] as const;
    const common = { crypto, suite: 0, keys, protection: "authenticated-encrypted" } as const;
    const counter = (): InvocationCounter => new InvocationCounter({ next: 1 });
    const ciphering = new ApduCiphering({
      ...common,
      ownSystemTitle: titles[0],
      counter: counter(),
    });
    const talk = opened(
      { security: { ...common, counter: counter() }, systemTitle: titles[1] },
      { protection: clientProtection(ciphering) },
    );
    expect(read(talk, 0x2030)).toEqual([{ ok: true, value: u32(9) }]);
    expect(toHex(talk.ask(fromHex("0501022030"))[0]!)).toBe("0e050201");
  });
});

describe("READ", () => {
  test("answers attributes, several at once, and what is no variable", () => {
    const talk = opened();
    expect(read(talk, attributeVariable(0x2000, 7), 0x2000, 0x4444, 0x2028)).toEqual([
      { ok: true, value: u32(9) },
      { ok: true, value: octetString(obisToOctets(profile.logicalName)) },
      { ok: false, reason: "object-undefined" },
      { ok: false, reason: "object-undefined" },
    ]);
  });

  test("selects with a parameter, and calls methods where their class puts them", () => {
    const talk = opened();
    const select = { variableName: 0x2008, selection: { selector: 2, parameters: u8(0) } };
    const call = { variableName: 0x2058, selection: { selector: 0, parameters: i8(7) } };
    const context = talk.context();
    expect(talk.run(new ReadExchange([select], context))).toEqual([
      { ok: true, value: array([u8(2)]) },
    ]);
    const bad = { ...select, selection: { selector: 1, parameters: u8(0) } };
    expect(talk.run(new ReadExchange([bad], context))).toEqual([
      { ok: false, reason: "scope-of-access-violated" },
    ]);
    calls.length = 0;
    talk.run(new ReadExchange([call], context));
    talk.run(new WriteExchange([{ name: { variableName: 0x2058 }, data: i8(8) }], context));
    expect(calls).toEqual([i8(7), i8(8)]);
  });

  test("answers in blocks what is longer than the client takes", () => {
    const talk = opened({}, { maxPduOctets: 40 });
    expect(read(talk, 0x3008, 0x2030)).toEqual([
      { ok: true, value: octetString(longText) },
      { ok: true, value: u32(9) },
    ]);
  });

  test("refuses a block out of turn, and one of no transfer", () => {
    const talk = opened({}, { maxPduOctets: 40 });
    expect(talk.ask(fromHex("0501050001")).map(toHex)).toEqual(["0c010110"]);
    expect(toHex(talk.ask(fromHex("0501023008"))[0]!.subarray(0, 6))).toBe("0c0102000001");
    expect(talk.ask(fromHex("0501050002")).map(toHex)).toEqual(["0c01010f"]);
  });

  test("takes its list of variables in blocks", () => {
    const talk = opened();
    expect(talk.ask(fromHex("05010600000103020220")).map(toHex)).toEqual(["0c01030001"]);
    const [answer] = talk.ask(fromHex("0501060100020430022000"));
    expect(toHex(answer!)).toBe("0c020006000000090009060100630100ff");
  });

  test("says by a service error that an answer is too long without blocks", () => {
    const talk = opened({}, { maxPduOctets: 40, conformance: ["read"] });
    expect(talk.ask(fromHex("0501023008")).map(toHex)).toEqual(["0e050301"]);
  });
});

describe("WRITE", () => {
  const value = octetString(new Uint8Array(300).fill(7));

  test("writes whole and in blocks, and answers for each variable", () => {
    const talk = opened({ maxPduOctets: 64 });
    written.length = 0;
    const short = octetString(Uint8Array.of(1));
    const values = [
      { name: { variableName: 0x3008 }, data: short },
      { name: { variableName: 0x3008 }, data: u8(1) },
      { name: { variableName: 0x3000 }, data: short },
      { name: { variableName: 0x3010 }, data: short },
    ];
    expect(talk.run(new WriteExchange(values, talk.context()))).toEqual([
      "success",
      "type-unmatched",
      "read-write-denied",
      "object-undefined",
    ]);
    const long = [{ name: { variableName: 0x3008 }, data: value }];
    expect(talk.run(new WriteExchange(long, talk.context()))).toEqual(["success"]);
    expect(written).toEqual([short, value]);
  });

  test("writes nothing where the results have no room", () => {
    const talk = opened({}, { maxPduOctets: 12 });
    written.length = 0;
    const values = Array.from({ length: 9 }, () => ({
      name: { variableName: 0x3008 },
      data: octetString(Uint8Array.of(1)),
    }));
    expect(() => talk.run(new WriteExchange(values, talk.context()))).toThrowError();
    expect(written).toEqual([]);
  });

  test("carries out an unconfirmed write, and never answers one", () => {
    const talk = opened();
    written.length = 0;
    const data = octetString(Uint8Array.of(9));
    const apdu = encodeUnit(unconfirmedWriteRequest, {
      kind: "unconfirmed-write-request",
      variables: [{ type: "variable-name", variableName: 0x3008 }],
      data: [data],
    });
    expect(talk.ask(apdu)).toEqual([]);
    expect(written).toEqual([data]);
    expect(talk.ask(fromHex("1601"))).toEqual([]);
  });
});

describe("short name objects", () => {
  test("Association SN lists its objects with base names and rights", () => {
    const talk = opened();
    const [list, rights] = read(talk, 0xfa08, 0xfa10) as readonly { readonly value: Data }[];
    const named = (name: number, classId: number, version: number, ln: string): Data =>
      structure([
        { type: "long", value: name },
        u16(classId),
        u8(version),
        octetString(obisToOctets(obis(ln))),
      ]);
    expect(list!.value).toEqual(
      array([
        named(-1536, 12, 2, "0.0.40.0.0.255"),
        named(0x2000, 7, 1, "1.0.99.1.0.255"),
        named(0x3000, 1, 0, "0.0.96.1.0.255"),
      ]),
    );
    expect(rights!.value).toMatchObject({ type: "array", value: { length: 3 } });
    const item = structure([u16(7), octetString(obisToOctets(profile.logicalName)), i8(7)]);
    const byName = { variableName: 0xfa30, selection: { selector: 1, parameters: array([item]) } };
    expect(talk.run(new ReadExchange([byName], talk.context()))).toEqual([
      { ok: true, value: array([u32(9)]) },
    ]);
  });

  test("objects without a base name get one that is free", () => {
    const { baseName: _, ...unnamed } = profile;
    const second = { ...unnamed, logicalName: obis("1.0.99.2.0.255") };
    const { entries } = new ObjectDirectory([profile, unnamed, second].slice(1));
    const names = new ShortNames(entries);
    expect(entries.map((entry) => names.baseNameOf(entry))).toEqual([0x0100, 0x0160]);
    expect(names.find(0x0158)).toMatchObject({ member: "method", id: 1 });
  });

  test("names that overlap are refused", () => {
    const other = { ...text, logicalName: obis("0.0.96.1.1.255"), baseName: 0x3008 };
    expect(() => new ObjectDirectory([text, other]).shortNames).toThrowError(RangeError);
  });
});

test("an information report goes out where it is agreed", () => {
  const report = {
    kind: "information-report",
    variables: [{ type: "variable-name", variableName: 0x2030 }],
    data: [u32(9)],
  } as const;
  const report9 = "180001022030010600000009";
  expect(opened().server.unasked(report).map(toHex)).toEqual([report9]);
  expect(opened({}, { conformance: ["read"] }).server.unasked(report)).toEqual([]);
});

test("answers any octets, before and after it is associated", () => {
  const writer = new OctetWriter(answerOctetsCeiling, 4096);
  const talk = opened();
  const idle = new ServerAssociation({ view: view(), prefix: new Uint8Array(0), writer });
  fc.assert(
    fc.property(
      fc.constantFrom(0x05, 0x06, 0x16, 0xe0, 0x25, 0xc0),
      fc.uint8Array({ maxLength: 40 }),
      (first, rest) => {
        const apdu = Uint8Array.of(first, ...rest);
        talk.ask(apdu);
        idle.receive(apdu, 0);
      },
    ),
    { numRuns: 2000 },
  );
});
