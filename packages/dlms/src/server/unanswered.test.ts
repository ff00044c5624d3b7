import { nodeCrypto as crypto } from "@lectura/testkit";
import * as fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { octetString } from "../axdr/construct.ts";
import { obis } from "../cosem/obis.ts";
import { fromHex, OctetWriter, toHex } from "../octets.ts";
import { ApduCiphering } from "../security/apdu-ciphering.ts";
import { InvocationCounter } from "../security/invocation-counter.ts";
import { ReplayWindows } from "../security/keys.ts";
import { Secret } from "../security/secret.ts";
import { answerOctetsCeiling, ServerAssociation } from "./association.ts";
import { type AssociationView, ObjectDirectory } from "./view.ts";

const done: string[] = [];
const objects = new ObjectDirectory([
  {
    classId: 1,
    version: 0,
    logicalName: obis("0.0.96.1.0.255"),
    attributes: {
      2: {
        access: "read-write",
        read: () => octetString(new Uint8Array(40)),
        write: (value) => {
          done.push(`set ${value.type === "unsigned" ? value.value : value.type}`);
          return "success";
        },
      },
    },
    methods: {
      1: {
        invoke: () => {
          done.push("called");
          return { result: "success" };
        },
      },
    },
  },
]);

const set = "c1018100010000600100ff02001105";
const confirmedSet = "c101c100010000600100ff02001105";
const action = "c3018100010000600100ff0100";
const access = "d90000000100010200010000600100ff02011106";
const get = "c001c100010000600100ff0200";
const aarq = fromHex("601da109060760857405080101be10040e01000000065f1f0400007e5f0019");

beforeEach(() => {
  done.length = 0;
});

function server(changes: Partial<AssociationView> = {}): ServerAssociation {
  return new ServerAssociation({
    view: {
      clientSap: 1,
      authentication: { mechanism: "none" },
      objects,
      conformance: 0x04_7e5f,
      ...changes,
    },
    prefix: new Uint8Array(0),
    writer: new OctetWriter(answerOctetsCeiling),
  });
}

describe("a request nobody answers", () => {
  test("is carried out within an association and nowhere else", () => {
    const closed = server();
    for (const request of [set, action, access]) closed.receiveUnanswered(fromHex(request), 0);
    expect(done).toEqual([]);
    const open = server({ preEstablished: {} });
    for (const request of [set, action, access]) open.receiveUnanswered(fromHex(request), 0);
    expect(done).toEqual(["set 5", "called", "set 6"]);
  });

  test("is passed over where its service wants an answer", () => {
    const open = server({ preEstablished: {} });
    for (const request of [confirmedSet, get, toHex(aarq), "6200", "e0840001000000", "", "c1"]) {
      open.receiveUnanswered(fromHex(request), 0);
    }
    expect(done).toEqual([]);
  });

  test("leaves a transfer in blocks where it stands", () => {
    const open = server();
    open.receive(aarq, 0);
    expect(toHex(open.receive(fromHex(get), 0)!.subarray(0, 8))).toBe("c402c10000000001");
    open.receiveUnanswered(fromHex(set), 0);
    expect(done).toEqual(["set 5"]);
    const next = open.receive(fromHex("c002c100000001"), 0)!;
    expect(toHex(next.subarray(0, 8))).toBe("c402c10000000002");
  });

  test("is UNCONFIRMED WRITE where names are short", () => {
    const directory = new ObjectDirectory(
      objects.entries.map(({ object }) => ({ ...object, baseName: 0x1000 })),
    );
    const open = server({ preEstablished: {}, referencing: "sn", objects: directory });
    open.receiveUnanswered(fromHex("160102100801110a"), 0);
    open.receiveUnanswered(fromHex("060102100801110b"), 0);
    expect(done).toEqual(["set 10"]);
  });

  test("is not refused by an answer either, over a link that carries some", () => {
    const idle = server();
    expect(idle.receive(fromHex(set), 0)).toBeUndefined();
    expect(idle.receive(fromHex(confirmedSet), 0)).toBeDefined();
    const readOnly = server({ preEstablished: {}, conformance: 0x10 });
    for (const request of [set, action, access]) {
      expect(readOnly.receive(fromHex(request), 0)).toBeUndefined();
    }
    expect(done).toEqual([]);
  });

  test("of any content makes nothing throw", () => {
    const open = server({ preEstablished: {} });
    const head = fc.constantFrom(0xc1, 0xc3, 0xd9, 0x16, 0xdb, 0xe0);
    fc.assert(
      fc.property(head, fc.uint8Array({ maxLength: 30 }), (tag, rest) => {
        open.receiveUnanswered(Uint8Array.of(tag, ...rest), 0);
      }),
      { numRuns: 500 },
    );
  });
});

test("a ciphered request for all is opened once, and a replay changes nothing", () => {
  const keys = {
    unicast: new Secret(new Uint8Array(16).fill(1)),
    broadcast: new Secret(new Uint8Array(16).fill(3)),
    authentication: new Secret(new Uint8Array(16).fill(2)),
  };
  const common = { crypto, suite: 0, keys, protection: "authenticated-encrypted" } as const;
  const clientSystemTitle = fromHex("4c43540000000001");
  const windows = new ReplayWindows();
  const meter = server({
    preEstablished: { clientSystemTitle },
    security: {
      ...common,
      counter: new InvocationCounter({ next: 1 }),
      windowsOf: () => windows,
    },
    systemTitle: fromHex("4c43540000000002"),
  });
  const client = new ApduCiphering({
    ...common,
    form: "general",
    ownSystemTitle: clientSystemTitle,
    counter: new InvocationCounter({ next: 1 }),
  });
  const request = client.protect(fromHex(set)).slice();
  meter.receiveUnanswered(request, 0);
  meter.receiveUnanswered(request, 0);
  meter.receiveUnanswered(fromHex(action), 0);
  expect(done).toEqual(["set 5"]);
});
