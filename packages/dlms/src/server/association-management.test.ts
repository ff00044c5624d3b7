/** What clients change of their own association: secrets, users, the objects it shows. */
import { nodeCrypto as crypto } from "@lectura/testkit";
import { describe, expect, test } from "vitest";
import { array, i8, octetString, structure, u16, u8, visibleString } from "../axdr/construct.ts";
import type { Data } from "../axdr/data.ts";
import { encodeAarq } from "../acse/codec.ts";
import { ActionExchange } from "../client/action-exchange.ts";
import {
  type AssociationProfile,
  clientConformance,
  standardQuirks,
} from "../client/association-profile.ts";
import { clientHls } from "../client/protection.ts";
import { GetExchange } from "../client/get-exchange.ts";
import { ReadExchange } from "../client/read-exchange.ts";
import { SetExchange } from "../client/set-exchange.ts";
import { WriteExchange } from "../client/write-exchange.ts";
import {
  decodeObjectList,
  encodeObjectList,
  type ObjectListElement,
} from "../cosem/object-list.ts";
import { obis, obisToOctets } from "../cosem/obis.ts";
import { fromHex } from "../octets.ts";
import { hlsSha1 } from "../security/hls-digest.ts";
import { Secret } from "../security/secret.ts";
import { conformanceToMask } from "../xdlms/conformance.ts";
import { AssociationSecret } from "./association-secret.ts";
import { AssociationUsers } from "./association-users.ts";
import { currentAssociation, type CurrentAssociationOptions } from "./current-association.ts";
import { dialogue, type Dialogue } from "./dialogue.fixture.ts";
import type { ServerObject } from "./object.ts";
import { shortNameAssociation } from "./short-name-association.ts";
import { associationBaseName } from "./short-names.ts";
import { type AssociationView, ObjectDirectory, type ViewAuthentication } from "./view.ts";

const ownName = obis("0.0.40.0.0.255");
const older = "12345678";
const newer = "87654321";

function secret(stores = true): { readonly secret: AssociationSecret; readonly stored: Secret[] } {
  const stored: Secret[] = [];
  const kept = new AssociationSecret({
    initial: Secret.fromText(older),
    store: (next) => {
      if (stores) stored.push(next);
      return stores;
    },
  });
  return { secret: kept, stored };
}

function clientOf(password: string, high: boolean): AssociationProfile["authentication"] {
  if (!high) return { mechanism: "lls", password: Secret.fromText(password) };
  const mechanism = hlsSha1(crypto, Secret.fromText(password));
  return { mechanism: "hls-sha1", hls: clientHls(mechanism, new Uint8Array(16).fill(2)) };
}

function viewOf(kept: AssociationSecret, high: boolean): ViewAuthentication {
  if (!high) return { mechanism: "low", password: () => kept.current };
  return {
    mechanism: "high-sha1",
    hls: () => hlsSha1(crypto, kept.current),
    challenge: () => new Uint8Array(16).fill(1),
  };
}

const profile: AssociationProfile = {
  authentication: { mechanism: "none" },
  conformance: clientConformance,
  maxPduOctets: 1024,
  quirks: standardQuirks,
};

function served(
  view: Partial<AssociationView>,
  options: CurrentAssociationOptions,
  client: Partial<AssociationProfile> = {},
): Dialogue {
  return dialogue(
    {
      clientSap: 1,
      authentication: { mechanism: "none" },
      objects: new ObjectDirectory([currentAssociation(1, options)]),
      conformance: conformanceToMask(clientConformance),
      ...view,
    },
    { ...profile, ...client },
  );
}

const call = (talk: Dialogue, methodId: number, parameters: Data): string => {
  const method = { classId: 15, logicalName: ownName, methodId };
  return talk.run(new ActionExchange({ method, parameters }, 0xc1, talk.context())).result;
};
const get = (talk: Dialogue, attributeId: number): Data | string => {
  const attribute = { classId: 15, logicalName: ownName, attributeId };
  const result = talk.run(new GetExchange(attribute, 0xc1, talk.context()));
  return result.ok ? result.value : result.reason;
};
const textOctets = (text: string): Data => octetString(Secret.fromText(text).reveal().slice());

describe.each([
  ["low, by attribute 7", false],
  ["high, by method 2", true],
] as const)("a secret that is %s", (_, high) => {
  const change = (talk: Dialogue, data: Data): string => {
    if (high) return call(talk, 2, data);
    const attribute = { classId: 15, logicalName: ownName, attributeId: 7 };
    return talk.run(new SetExchange({ attribute, data }, 0xc1, talk.context()));
  };
  const open = (kept: AssociationSecret, password: string): Dialogue => {
    const options = { changeSecret: (octets: Uint8Array) => kept.change(octets) };
    const authentication = clientOf(password, high);
    return served({ authentication: viewOf(kept, high) }, options, { authentication });
  };

  test("is changed once it is stored, and holds from the next association on", () => {
    const { secret: kept, stored } = secret();
    const talk = open(kept, older);
    talk.open();
    expect(change(talk, textOctets(newer))).toBe("success");
    expect(stored.map((each) => each.reveal())).toEqual([Secret.fromText(newer).reveal()]);
    // The association it was changed in goes on.
    expect(get(talk, 8)).toEqual({ type: "enum", value: 2 });
    expect(() => open(kept, older).open()).toThrow();
    open(kept, newer).open();
  });

  test("stays what it was where it cannot be stored, is too short, or no text", () => {
    const { secret: kept } = secret(false);
    const talk = open(kept, older);
    talk.open();
    expect(change(talk, textOctets(newer))).toBe("temporary-failure");
    expect(change(talk, textOctets("short"))).toBe("other-reason");
    expect(change(talk, u8(1))).toBe("type-unmatched");
    open(kept, older).open();
  });

  test("is nobody's to read, nor to change the other way", () => {
    const { secret: kept } = secret();
    const talk = open(kept, older);
    talk.open();
    expect(get(talk, 7)).toBe("read-write-denied");
    const attribute = { classId: 15, logicalName: ownName, attributeId: 7 };
    const set = new SetExchange({ attribute, data: textOctets(newer) }, 0xc1, talk.context());
    const results = [talk.run(set), call(talk, 2, textOctets(newer))];
    expect(results[high ? 0 : 1]).toBe("read-write-denied");
  });
});

describe("users", () => {
  const user = (userId: number, userName: string): Data =>
    structure([u8(userId), visibleString(userName)]);
  const aarq = (userId?: number): Uint8Array =>
    encodeAarq({
      kind: "aarq",
      applicationContext: "LN",
      ...(userId === undefined ? {} : { callingAeInvocationId: userId }),
      userInformation: fromHex("01000000065f1f0400007e1f04b0"),
    });
  const diagnostic = (talk: Dialogue, userId?: number): number => {
    const [aare] = talk.ask(aarq(userId));
    return aare![aare!.indexOf(0xa3) + 6]!;
  };

  test("are asked for where there are any, and refused by diagnostic 6", () => {
    const users = new AssociationUsers([{ userId: 4, userName: "reader" }]);
    const talk = served({ users }, { version: 2 });
    expect([diagnostic(talk), diagnostic(talk, 5)]).toEqual([6, 6]);
    expect(talk.server.facts).toBeUndefined();
    expect(diagnostic(talk, 4)).toBe(0);
    expect(talk.server.facts?.userId).toBe(4);
  });

  test("are added and removed by clients, and kept by whoever is told", () => {
    const told: number[] = [];
    const users = new AssociationUsers([], (list) => void told.push(list.length));
    const talk = served({ users }, { version: 3 });
    talk.open();
    expect(call(talk, 5, user(7, "seven"))).toBe("success");
    expect(call(talk, 5, user(9, "nine"))).toBe("success");
    expect(get(talk, 10)).toEqual(array([user(7, "seven"), user(9, "nine")]));
    expect(get(talk, 11)).toEqual(user(0, ""));
    expect(call(talk, 6, user(9, "nine"))).toBe("success");
    expect(call(talk, 6, user(9, "nine"))).toBe("object-undefined");
    expect(call(talk, 5, u8(1))).toBe("type-unmatched");
    expect(told).toEqual([1, 2, 1]);
    // Who is associated stays so; the next must be on the list.
    expect(diagnostic(talk)).toBe(6);
    expect(diagnostic(talk, 7)).toBe(0);
    expect(users.find(7)).toEqual({ userId: 7, userName: "seven" });
  });

  test("are not there in older associations, nor where a view has none", () => {
    const talk = served({}, { version: 1 });
    talk.open();
    expect(call(talk, 5, user(1, "one"))).toBe("object-undefined");
    const newest = served({}, { version: 2 });
    newest.open();
    expect(call(newest, 5, user(1, "one"))).toBe("read-write-denied");
    expect(get(newest, 10)).toEqual(array([]));
  });
});

describe("objects of an association", () => {
  const text: ServerObject = {
    classId: 1,
    version: 0,
    logicalName: obis("0.0.96.1.0.255"),
    attributes: {
      2: { access: "read-write", read: () => u8(1), write: () => "success" },
      3: { access: "read", read: () => u8(2) },
    },
    methods: { 1: { invoke: () => ({ result: "success" }) } },
  };
  const options = { associationVersion: 1 };
  const none = {
    authenticatedRequest: false,
    encryptedRequest: false,
    signedRequest: false,
    authenticatedResponse: false,
    encryptedResponse: false,
    signedResponse: false,
  };
  const element: ObjectListElement = {
    classId: 1,
    version: 0,
    logicalName: text.logicalName,
    attributes: [2, 3].map((attributeId) => ({
      attributeId,
      mode: attributeId === 2 ? 1 : 3,
      read: true,
      write: attributeId === 3,
      protection: none,
      selectors: [],
    })),
    methods: [{ methodId: 1, mode: 1, execute: true, protection: none }],
  };
  const data = (changes: Partial<ObjectListElement> = {}): Data => {
    const list = encodeObjectList([{ ...element, ...changes }], options);
    return list.type === "array" ? list.value[0]! : list;
  };
  const read = (talk: Dialogue, attributeId: number): unknown => {
    const attribute = { classId: 1, logicalName: text.logicalName, attributeId };
    const result = talk.run(new GetExchange(attribute, 0xc1, talk.context()));
    return result.ok ? result.value : result.reason;
  };
  const open = (): Dialogue => {
    const talk = served({}, { addable: [text] });
    talk.open();
    return talk;
  };

  test("are added with the rights asked for, as far as they are declared, and removed", () => {
    const talk = open();
    expect(read(talk, 2)).toBe("object-undefined");
    expect(call(talk, 3, data())).toBe("success");
    expect(call(talk, 3, data())).toBe("read-write-denied");
    expect([read(talk, 2), read(talk, 3)]).toEqual([u8(1), u8(2)]);
    const set = (attributeId: number): string => {
      const attribute = { classId: 1, logicalName: text.logicalName, attributeId };
      return talk.run(new SetExchange({ attribute, data: u8(5) }, 0xc1, talk.context()));
    };
    // Not asked for; not declared.
    expect([set(2), set(3)]).toEqual(["read-write-denied", "read-write-denied"]);
    const list = decodeObjectList(get(talk, 2) as Data, options);
    expect(list.map(({ logicalName }) => logicalName)).toEqual([ownName, text.logicalName]);
    expect(call(talk, 4, data())).toBe("success");
    expect(call(talk, 4, data())).toBe("object-undefined");
    expect(read(talk, 2)).toBe("object-undefined");
  });

  test("are those the meter has to give, and nothing else", () => {
    const talk = open();
    expect(call(talk, 3, data({ logicalName: obis("0.0.96.1.1.255") }))).toBe("object-undefined");
    expect(call(talk, 4, data({ logicalName: ownName, classId: 15, version: 1 }))).toBe(
      "object-undefined",
    );
    expect(call(talk, 3, structure([u16(1)]))).toBe("type-unmatched");
    expect(call(talk, 3, data({ version: 1 }))).toBe("object-undefined");
  });

  test("ask for protection where the element does", () => {
    const talk = open();
    const attributes = element.attributes.map((each) => ({
      ...each,
      mode: 4,
      protection: { ...none, authenticatedRequest: true },
    }));
    expect(call(talk, 3, data({ attributes }))).toBe("success");
    expect(read(talk, 2)).toBe("read-write-denied");
  });
});

describe("an association by short names", () => {
  const kept = secret().secret;
  const users = new AssociationUsers();
  const directory = new ObjectDirectory([
    shortNameAssociation({ version: 4, changeSecret: (octets) => kept.change(octets) }),
    {
      classId: 3,
      version: 0,
      logicalName: obis("1.0.1.8.0.255"),
      baseName: 0x1000,
      attributes: { 2: { read: () => u8(1) } },
    },
  ]);
  const open = (password: string): Dialogue => {
    const talk = served(
      {
        referencing: "sn",
        objects: directory,
        users,
        authentication: viewOf(kept, false),
        conformance: 0x1c_0320,
      },
      {},
      {
        referencing: "sn",
        authentication: clientOf(password, false),
        conformance: ["read", "write", "parameterized-access"],
      },
    );
    talk.open();
    return talk;
  };
  const write = (talk: Dialogue, offset: number, data: Data): readonly string[] =>
    talk.run(
      new WriteExchange(
        [{ name: { variableName: associationBaseName + offset }, data }],
        talk.context(),
      ),
    );

  test("lists the classes and objects a selector names", () => {
    const talk = open(older);
    const list = (selector: number, parameters: Data): unknown => {
      const name = {
        variableName: associationBaseName + 8,
        selection: { selector, parameters },
      };
      const result = talk.run(new ReadExchange([name], talk.context()))[0]!;
      if (!result.ok || result.value.type !== "array") return result;
      return result.value.value.length;
    };
    const id = structure([u16(3), octetString(obisToOctets(obis("1.0.1.8.0.255")))]);
    expect(list(1, array([u16(3)]))).toBe(1);
    expect(list(1, array([u16(3), u16(12)]))).toBe(2);
    expect(list(2, array([id]))).toBe(1);
    expect(list(3, id)).toBe(1);
    expect(list(1, u16(3))).toBe(1);
    expect(list(2, id)).toMatchObject({ ok: true, value: { type: "structure" } });
    const nobody = structure([u16(3), octetString(obisToOctets(obis("1.0.9.9.9.255")))]);
    expect(list(2, nobody)).toEqual({ ok: false, reason: "object-undefined" });
    expect(list(3, u8(1))).toEqual({ ok: false, reason: "type-unmatched" });
    expect(list(9, u8(1))).toEqual({ ok: false, reason: "scope-of-access-violated" });
  });

  test("takes a new secret by method 5, and users by 9 and 10", () => {
    const talk = open(older);
    expect(write(talk, 0x40, textOctets(newer))).toEqual(["success"]);
    expect(() => open(older)).toThrow();
    const again = open(newer);
    const user = structure([u8(3), visibleString("three")]);
    expect(write(again, 0x60, user)).toEqual(["success"]);
    expect(users.list).toEqual([{ userId: 3, userName: "three" }]);
    expect(write(again, 0x68, user)).toEqual(["success"]);
    expect(write(again, 0x40, i8(1))).toEqual(["type-unmatched"]);
  });
});
