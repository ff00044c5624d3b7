import { nodeCrypto as crypto } from "@lectura/testkit";
import { describe, expect, test } from "vitest";
import { octetString } from "../axdr/construct.ts";
import { closedAssociation, stepAssociation } from "../client/association.ts";
import { type AssociationProfile, standardQuirks } from "../client/association-profile.ts";
import type { ApduProtection } from "../client/authentication.ts";
import { clientHls, clientProtection } from "../client/protection.ts";
import { obis } from "../cosem/obis.ts";
import { fromHex, toHex } from "../octets.ts";
import { ApduCiphering } from "../security/apdu-ciphering.ts";
import { hlsMd5 } from "../security/hls-digest.ts";
import { InvocationCounter } from "../security/invocation-counter.ts";
import { Secret } from "../security/secret.ts";
import { encodeUnit } from "../xdlms/apdu-codec.ts";
import { type ConformanceBit, conformanceToMask } from "../xdlms/conformance.ts";
import { getResponse } from "../xdlms/get-response.ts";
import { setRequest } from "../xdlms/set-request.ts";
import { exchange } from "./block-exchange.fixture.ts";
import { dialogue, type Dialogue } from "./dialogue.fixture.ts";
import { type AssociationView, ObjectDirectory } from "./view.ts";

const longText = Uint8Array.from({ length: 700 }, (_, at) => at & 0xff);
const name = obis("0.0.96.1.0.255");
const getText = fromHex("c001c100010000600100ff0200");
let writes = 0;
const objects = new ObjectDirectory([
  {
    classId: 1,
    version: 0,
    logicalName: name,
    attributes: {
      2: {
        // Rights that only protected requests meet, with protected answers.
        access: "authenticated-read-write",
        read: () => octetString(longText),
        write: () => {
          writes++;
          return "success";
        },
      },
    },
  },
]);
const bits: readonly ConformanceBit[] = [
  "general-protection",
  "general-block-transfer",
  "get",
  "set",
  "action",
];
const textAnswer = toHex(
  encodeUnit(getResponse, {
    kind: "get-response",
    type: "normal",
    invoke: { invokeId: 1, confirmed: true, highPriority: true },
    result: { ok: true, value: octetString(longText) },
  }),
);

function setText(confirmed: boolean): Uint8Array {
  return encodeUnit(setRequest, {
    kind: "set-request",
    type: "normal",
    invoke: { invokeId: 1, confirmed, highPriority: true },
    attribute: { classId: 1, logicalName: name, attributeId: 2 },
    value: octetString(longText),
  });
}

const keys = {
  unicast: new Secret(new Uint8Array(16).fill(1)),
  authentication: new Secret(new Uint8Array(16).fill(2)),
};
const common = { crypto, suite: 0, keys, protection: "authenticated-encrypted" } as const;

interface Ciphered {
  readonly talk: Dialogue;
  /** Of the association. */
  readonly seal: ApduProtection;
  /** Under the global key alone. */
  readonly around: ApduCiphering;
}

function ciphered({ dedicated }: { readonly dedicated?: Secret } = {}): Ciphered {
  const ownSystemTitle = fromHex("4c43540000000001");
  const peerSystemTitle = fromHex("4c43540000000002");
  const counter = new InvocationCounter({ next: 1 });
  const client = { ...common, ownSystemTitle, counter };
  const seal = clientProtection(new ApduCiphering(client), dedicated);
  const talk = dialogue(
    viewOf({
      security: { ...common, counter: new InvocationCounter({ next: 1 }) },
      systemTitle: peerSystemTitle,
    }),
    profileOf({ protection: seal }),
  );
  talk.open();
  return { talk, seal, around: new ApduCiphering({ ...client, peerSystemTitle }) };
}

function viewOf(changes: Partial<AssociationView>): AssociationView {
  return {
    clientSap: 1,
    authentication: { mechanism: "none" },
    objects,
    conformance: conformanceToMask(bits),
    ...changes,
  };
}

function profileOf(changes: Partial<AssociationProfile>): AssociationProfile {
  return {
    authentication: { mechanism: "none" },
    conformance: bits,
    maxPduOctets: 128,
    quirks: standardQuirks,
    ...changes,
  };
}

describe("general blocks that are ciphered", () => {
  test("carry request and answer, within the client's PDU", () => {
    const { talk, seal } = ciphered();
    const { received, longest, blocks } = exchange(talk, getText, { seal });
    expect(received.map(toHex)).toEqual([textAnswer]);
    expect(blocks.length).toBeGreaterThan(6);
    expect(longest).toBeLessThanOrEqual(128);
    writes = 0;
    expect(exchange(talk, setText(true), { seal }).received.map(toHex)).toEqual(["c501c100"]);
    expect(writes).toBe(1);
  });

  test("carry what is ciphered under another key, and its answer is so, too", () => {
    const dedicated = new Secret(new Uint8Array(16).fill(3));
    const { talk, seal, around } = ciphered({ dedicated });
    const { received } = exchange(talk, seal.protect(getText), { seal: around });
    expect(received.map((apdu) => apdu[0])).toEqual([0xd4]);
    expect(received.map((apdu) => toHex(seal.unprotect(apdu)))).toEqual([textAnswer]);
    const short = exchange(talk, seal.protect(setText(true)), { seal: around });
    expect(short.received.map((apdu) => toHex(seal.unprotect(apdu)))).toEqual(["c501c100"]);
  });

  test("carry nothing that was ciphered before them under their own key: its counter is over", () => {
    const { talk, seal } = ciphered();
    const { received } = exchange(talk, seal.protect(getText), { seal });
    expect(received.map((apdu) => toHex(apdu.subarray(0, 3)))).toEqual(["d80106"]);
  });

  test("are repeated where they are lost, each time under a counter of its own", () => {
    for (let at = 0; at < 14; at++) {
      writes = 0;
      const { talk, seal } = ciphered();
      const lost = Array.from({ length: at + 1 }, (_, index) => index === at);
      const set = exchange(talk, setText(true), { seal, lost });
      expect([set.received.map(toHex), set.failures, writes]).toEqual([["c501c100"], [], 1]);
      const get = exchange(talk, getText, { seal, lost });
      expect(get.received.map(toHex)).toEqual([textAnswer]);
    }
  });

  test("take no plain block among them, and go on without it", () => {
    const { talk, seal } = ciphered();
    const first = fromHex("e04400010000020102");
    expect(talk.ask(seal.protect(first))).toEqual([]);
    expect(talk.ask(fromHex("e084000200000103")).map(toHex)).toEqual(["d80101"]);
    const last = seal.protect(fromHex("e0840002000005c001c10001"));
    expect(talk.ask(last).map((apdu) => apdu[0])).toEqual([0xdb]);
  });
});

describe("general blocks around what has no answer", () => {
  test("are acknowledged by an empty last block, however often the client asks", () => {
    writes = 0;
    const talk = dialogue(viewOf({ objects: openObjects() }), profileOf({}));
    talk.open();
    const { pending, failures } = exchange(talk, setText(false));
    expect([pending, writes]).toEqual([false, 1]);
    // Nobody answers, so the client machine's own wait ends in silence.
    expect(failures).toEqual(["xdlms/no-answer"]);
  });

  test("are acknowledged by nobody where they stream to the end without a window", () => {
    writes = 0;
    const talk = dialogue(viewOf({ objects: openObjects() }), profileOf({}));
    talk.open();
    const apdu = fromHex("c1018100010000600100ff0200120001");
    expect(talk.ask(Uint8Array.of(0xe0, 0xc0, 0, 1, 0, 0, apdu.length, ...apdu))).toEqual([]);
    expect(writes).toBe(1);
  });
});

test("pass 3 may come in general blocks, and pass 4 goes back in them", () => {
  const secret = Secret.fromText("meter secret");
  const challenge = (first: number): Uint8Array => new Uint8Array(64).fill(first);
  const talk = dialogue(
    viewOf({
      authentication: {
        mechanism: "high-md5",
        hls: hlsMd5(crypto, secret),
        challenge: () => challenge(1),
      },
    }),
    profileOf({}),
  );
  const profile = profileOf({
    authentication: { mechanism: "hls-md5", hls: clientHls(hlsMd5(crypto, secret), challenge(2)) },
  });
  let step = stepAssociation(closedAssociation, { type: "open" }, profile);
  if (step.command.type !== "send") throw new Error(step.command.type);
  const [aare] = talk.ask(step.command.apdu);
  step = stepAssociation(step.state, { type: "apdu", apdu: aare! }, profile);
  if (step.command.type !== "send") throw new Error(step.command.type);
  expect(talk.server.facts).toBeUndefined();
  const [pass4] = exchange(talk, step.command.apdu).received;
  step = stepAssociation(step.state, { type: "apdu", apdu: pass4! }, profile);
  expect(step.command.type).toBe("associated");
  expect(talk.server.facts?.mechanism).toBe("high-md5");
});

function openObjects(): ObjectDirectory {
  return new ObjectDirectory(
    [...objects.entries].map(({ object }) => object),
    {
      attribute: () => "read-write",
    },
  );
}
