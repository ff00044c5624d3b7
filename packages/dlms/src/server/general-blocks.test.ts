import { nodeCrypto as crypto } from "@lectura/testkit";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { octetString, u8 } from "../axdr/construct.ts";
import { type AssociationProfile, standardQuirks } from "../client/association-profile.ts";
import { clientProtection } from "../client/protection.ts";
import { obis } from "../cosem/obis.ts";
import { fromHex, toHex } from "../octets.ts";
import { ApduCiphering } from "../security/apdu-ciphering.ts";
import { InvocationCounter } from "../security/invocation-counter.ts";
import { Secret } from "../security/secret.ts";
import { encodeUnit } from "../xdlms/apdu-codec.ts";
import { type ConformanceBit, conformanceToMask } from "../xdlms/conformance.ts";
import { generalBlockTransfer } from "../xdlms/general-block-transfer.ts";
import { getResponse } from "../xdlms/get-response.ts";
import { setRequest } from "../xdlms/set-request.ts";
import { exchange } from "./block-exchange.fixture.ts";
import { dialogue, type Dialogue } from "./dialogue.fixture.ts";
import { type AssociationView, ObjectDirectory } from "./view.ts";

const longText = Uint8Array.from({ length: 700 }, (_, at) => at & 0xff);
const name = obis("0.0.96.1.0.255");
const getText = fromHex("c001c100010000600100ff0200");
const getShort = fromHex("c001c100010000600100ff0300");
let writes = 0;
const objects = new ObjectDirectory([
  {
    classId: 1,
    version: 0,
    logicalName: name,
    attributes: {
      2: {
        access: "read-write",
        read: () => octetString(longText),
        write: (value) => {
          if (value.type === "octet-string" && value.value.length === longText.length) writes++;
          return "success";
        },
      },
      3: { read: () => u8(5) },
    },
  },
]);

const bits: readonly ConformanceBit[] = [
  "general-protection",
  "general-block-transfer",
  "block-transfer-get-or-read",
  "get",
  "set",
  "access",
];

function opened(
  changes: Partial<AssociationView> = {},
  profileChanges: Partial<AssociationProfile> = {},
): Dialogue {
  const talk = dialogue(
    {
      clientSap: 1,
      authentication: { mechanism: "none" },
      objects,
      conformance: conformanceToMask(bits),
      ...changes,
    },
    {
      authentication: { mechanism: "none" },
      conformance: bits,
      maxPduOctets: 128,
      quirks: standardQuirks,
      ...profileChanges,
    },
  );
  talk.open();
  return talk;
}

const textAnswer = toHex(
  encodeUnit(getResponse, {
    kind: "get-response",
    type: "normal",
    invoke: { invokeId: 1, confirmed: true, highPriority: true },
    result: { ok: true, value: octetString(longText) },
  }),
);

const setText = encodeUnit(setRequest, {
  kind: "set-request",
  type: "normal",
  invoke: { invokeId: 1, confirmed: true, highPriority: true },
  attribute: { classId: 1, logicalName: name, attributeId: 2 },
  value: octetString(longText),
});

describe("general blocks", () => {
  test("carry an answer the client's PDU is too short for, streaming within its window", () => {
    const talk = opened();
    const { received, blocks } = exchange(talk, getText, { whole: true });
    expect(received.map(toHex)).toEqual([textAnswer]);
    // One block before the client has said its window.
    expect(blocks).toEqual([1, 2, 3, 4, 5, 6]);
    expect(talk.ask(getShort).map(toHex)).toEqual(["c401c1001105"]);
  });

  test("carry an answer longer than the server's own PDU to a client that takes more", () => {
    const talk = opened({ maxPduOctets: 300 }, { maxPduOctets: 0xffff });
    const { received, longest } = exchange(talk, getText, { whole: true });
    expect(received.map(toHex)).toEqual([textAnswer]);
    expect(longest).toBeLessThanOrEqual(300);
  });

  test("are given up for a client that acknowledges the same block for ever", () => {
    const talk = opened();
    expect(talk.ask(getText).map((answer) => answer[0])).toEqual([0xe0]);
    const stuck = encodeUnit(generalBlockTransfer, {
      kind: "general-block-transfer",
      lastBlock: true,
      streaming: false,
      window: 1,
      blockNumber: 1,
      blockNumberAck: 1,
      blockData: new Uint8Array(0),
    });
    const tags = [1, 2, 3, 4, 5].map(() => talk.ask(stuck)[0]?.[0]);
    // The first is new, three are repetitions; then an exception-response.
    expect(tags).toEqual([0xe0, 0xe0, 0xe0, 0xe0, 0xd8]);
    expect(talk.ask(getShort).map(toHex)).toEqual(["c401c1001105"]);
  });

  test("carry a request, and then its answer, however short", () => {
    const talk = opened();
    writes = 0;
    expect(exchange(talk, setText).received.map(toHex)).toEqual(["c501c100"]);
    expect(exchange(talk, setText).received.map(toHex)).toEqual(["c501c100"]);
    expect(writes).toBe(2);
    expect(exchange(talk, getShort).received.map(toHex)).toEqual(["c401c1001105"]);
  });

  test("repeat what was lost and execute nothing twice", () => {
    fc.assert(
      fc.property(fc.nat({ max: 16 }), fc.integer({ min: 1, max: 9 }), (at, window) => {
        writes = 0;
        const lost = Array.from({ length: 17 }, (_, index) => index === at);
        const set = exchange(opened(), setText, { window, lost });
        expect([set.received.map(toHex), set.failures, writes]).toEqual([["c501c100"], [], 1]);
        const get = exchange(opened(), getText, { window, lost });
        expect([get.received.map(toHex), get.failures]).toEqual([[textAnswer], []]);
      }),
    );
  });

  test("leave the answer to the service's own blocks where the view says so", () => {
    const talk = opened({ longAnswers: "service-blocks" });
    expect(toHex(talk.ask(getText)[0]!.subarray(0, 4))).toBe("c402c100");
    // ACCESS has none of its own.
    const access = fromHex("d94000000100010100010000600100ff020100");
    expect(talk.ask(access)[0]![0]).toBe(0xe0);
  });

  test("are no longer than either side takes", () => {
    const talk = opened({ maxPduOctets: 60 });
    expect(talk.ask(getText)[0]).toHaveLength(60);
  });

  test("are refused without an association, and where they are not agreed", () => {
    const block = fromHex("e0840001000003c00100");
    const plain = opened({}, { conformance: ["get"] });
    expect(plain.ask(block).map(toHex)).toEqual(["d80102"]);
    plain.server.reset();
    expect(plain.ask(block).map(toHex)).toEqual(["d80101"]);
    expect(opened().ask(fromHex("e08400")).map(toHex)).toEqual(["d80103"]);
  });

  test("give up what is under way when another request comes", () => {
    const talk = opened();
    expect(talk.ask(getText)).toHaveLength(1);
    expect(talk.ask(getShort).map(toHex)).toEqual(["c401c1001105"]);
    expect(talk.ask(fromHex("e0840001000100"))).toEqual([]);
  });

  test("stand around the ciphering", () => {
    const keys = {
      unicast: new Secret(new Uint8Array(16).fill(1)),
      authentication: new Secret(new Uint8Array(16).fill(2)),
    };
    const common = { crypto, suite: 0, keys, protection: "authenticated-encrypted" } as const;
    const counter = (): InvocationCounter => new InvocationCounter({ next: 1 });
    const ciphering = new ApduCiphering({
      ...common,
      form: "general",
      ownSystemTitle: fromHex("4c43540000000001"),
      counter: counter(),
    });
    const protection = clientProtection(ciphering);
    const systemTitle = fromHex("4c43540000000002");
    const talk = opened(
      { security: { ...common, counter: counter() }, systemTitle },
      { protection },
    );
    const { received } = exchange(talk, protection.protect(setText));
    expect(received.map((apdu) => toHex(protection.unprotect(apdu)))).toEqual(["c501c100"]);
    const whole = exchange(talk, protection.protect(getText), { whole: true });
    expect(whole.received.map((apdu) => toHex(protection.unprotect(apdu)))).toEqual([textAnswer]);
    const plain = exchange(talk, getText);
    expect(plain.received.map(toHex)).toEqual(["d80101"]);
  });

  test("of any content are answered without throwing, at most a window at a time", () => {
    const talk = opened({ transferWindow: 5 });
    const block = fc.record({
      kind: fc.constant("general-block-transfer" as const),
      lastBlock: fc.boolean(),
      streaming: fc.boolean(),
      window: fc.nat({ max: 63 }),
      blockNumber: fc.oneof(fc.nat({ max: 6 }), fc.nat({ max: 0xffff })),
      blockNumberAck: fc.oneof(fc.nat({ max: 6 }), fc.nat({ max: 0xffff })),
      blockData: fc.oneof(fc.constant(getText), fc.uint8Array({ maxLength: 30 })),
    });
    fc.assert(
      fc.property(fc.array(block, { maxLength: 20 }), (blocks) => {
        for (const each of blocks) {
          const answers = talk.ask(encodeUnit(generalBlockTransfer, each));
          expect(answers.length).toBeLessThanOrEqual(63);
          expect(answers.every((answer) => answer.length <= 128)).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });
});
