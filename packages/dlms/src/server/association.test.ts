import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { obis } from "../cosem/obis.ts";
import { fromHex, OctetWriter, toHex } from "../octets.ts";
import { Secret } from "../security/secret.ts";
import { answerOctetsCeiling, ServerAssociation } from "./association.ts";
import { currentAssociation } from "./current-association.ts";
import type { ServerObject } from "./object.ts";
import { type AssociationView, ObjectDirectory } from "./view.ts";

const noLlc = new Uint8Array(0);
const writes: string[] = [];

const voltage: ServerObject = {
  classId: 3,
  version: 0,
  logicalName: obis("1.1.32.7.0.255"),
  attributes: {
    2: { read: () => ({ type: "double-long", value: 13_519 }) },
    3: {
      read: () => ({
        type: "structure",
        value: [
          { type: "integer", value: -2 },
          { type: "enum", value: 35 },
        ],
      }),
    },
  },
  methods: { 1: { invoke: () => ({ result: "success" }) } },
};

const text: ServerObject = {
  classId: 1,
  version: 0,
  logicalName: obis("0.0.96.1.0.255"),
  attributes: {
    2: {
      access: "read-write",
      types: ["octet-string"],
      read: () => ({ type: "octet-string", value: new Uint8Array(40).fill(0x61) }),
      write: (value) => {
        writes.push(value.type === "octet-string" ? toHex(value.value) : value.type);
        return "success";
      },
    },
    3: { access: "none" },
    4: { access: "write", write: () => "hardware-fault" },
    5: {
      selectors: [2],
      read: ({ selection }) => ({ type: "unsigned", value: selection?.selector ?? 0 }),
    },
  },
  methods: {
    1: { invoke: (parameters) => ({ result: "success", returned: parameters ?? "other-reason" }) },
    2: {
      invoke: () => ({
        result: "success",
        returned: { type: "octet-string", value: new Uint8Array(40).fill(0x62) },
      }),
    },
  },
};

const all = 0x00_7e1f;

function view(changes: Partial<AssociationView> = {}): AssociationView {
  return {
    clientSap: 1,
    authentication: { mechanism: "low", password: Secret.fromText("22222222") },
    objects: new ObjectDirectory([voltage, text, currentAssociation(1)]),
    conformance: all,
    maxPduOctets: 0x1900,
    ...changes,
  };
}

function server(changes: Partial<AssociationView> = {}): (request: string) => string {
  const writer = new OctetWriter(answerOctetsCeiling);
  const association = new ServerAssociation({ view: view(changes), prefix: noLlc, writer });
  return (request) => {
    const answer = association.receive(fromHex(request), 0);
    return answer === undefined ? "" : toHex(answer);
  };
}

const lls = (password: string, initiate = initiateRequest): string =>
  wrapTlv("60", [
    "a109060760857405080101",
    "8a020780",
    "8b0760857405080201",
    wrapTlv("ac", [wrapTlv("80", [toHex(new TextEncoder().encode(password))])]),
    wrapTlv("be", [wrapTlv("04", [initiate])]),
  ]);
const initiateRequest = "01000000065f1f0400007e1f04b0";
const aarq = lls("22222222");
const accepted =
  "6129a109060760857405080101a203020100a305a103020100be10040e0800065f1f0400007e1f19000007";

/** Octets as `toHex` writes them; blanks between fields are for the reader. */
function hex(text: string): string {
  return toHex(fromHex(text));
}

function wrapTlv(tag: string, parts: readonly string[]): string {
  const body = parts.join("");
  return tag + (body.length / 2).toString(16).padStart(2, "0") + body;
}

function associated(changes: Partial<AssociationView> = {}, request = aarq): typeof serve {
  const serve = server(changes);
  expect(serve(request).slice(0, 2)).toBe("61");
  return serve;
}

describe("association", () => {
  test("accepts the right password and answers the agreed conformance and max PDU", () => {
    expect(server()(aarq)).toBe(accepted);
    expect(server({ conformance: 0x30_1d })(aarq)).toBe(accepted.replace("007e1f", "00301d"));
  });

  const refused = (value: string): string =>
    `6129a109060760857405080101a203020101a305a1030201${value}be10040e0800065f1f0400007e1f19000007`;

  test.each([
    ["a wrong password", lls("22222223"), refused("0d")],
    ["a password that is too short", lls("2222222"), refused("0d")],
    ["an empty password", lls(""), refused("0d")],
    ["a longer password", lls("2222222222"), refused("0d")],
    ["no authentication", `601da109060760857405080101be10040e${initiateRequest}`, refused("0e")],
    ["a challenge", aarq.replace("8b0760857405080201", "8b0760857405080205"), refused("0b")],
  ])("refuses %s permanently with its diagnostic", (_name, request, answer) => {
    expect(server()(request)).toBe(hex(answer));
  });

  test("refuses another application context with diagnostic 2", () => {
    const ciphered = aarq.replace("060760857405080101", "060760857405080103");
    expect(server()(ciphered)).toBe("6117a109060760857405080101a203020101a305a103020102");
  });

  test.each([
    ["an old version", "01000000055f1f0400007e1f04b0", "0e010601"],
    ["no common service", "01000000065f1f040000000004b0", "0e010602"],
    ["a max PDU below 12", "01000000065f1f0400007e1f000b", "0e010603"],
  ])("refuses %s by confirmedServiceError", (_name, initiate, error) => {
    expect(server()(lls("22222222", initiate))).toBe(
      `611fa109060760857405080101a203020101a305a103020101be060404${error}`,
    );
  });

  test("answers an AARQ that does not decode with a refusal without a reason", () => {
    expect(server()("6003a10906")).toBe("6117a109060760857405080101a203020101a305a103020101");
  });

  test("serves nothing without an association", () => {
    expect(server()("c001c100030101200700ff0200")).toBe("d80101");
    expect(server()("ff")).toBe("d80101");
    const serve = server();
    serve(lls("wrong"));
    expect(serve("c001c100030101200700ff0200")).toBe("d80101");
  });

  test("releases: RLRE, then nothing is served", () => {
    const serve = associated();
    expect(serve("6203800100")).toBe("6303800100");
    expect(serve("c001c100030101200700ff0200")).toBe("d80101");
  });

  test("an AARQ while associated starts anew or is refused, as the view says", () => {
    expect(associated()(aarq)).toBe(accepted);
    expect(associated({ whenAssociated: "refuse" })(aarq)).toBe("d80101");
  });

  test("the public client needs no authentication", () => {
    const request = `601da109060760857405080101be10040e${initiateRequest}`;
    expect(server({ authentication: { mechanism: "none" } })(request)).toBe(accepted);
    expect(server({ authentication: { mechanism: "none" } })(aarq)).toContain("a10302010b");
  });
});

describe("GET", () => {
  test.each([
    ["a value", "c001c200030101200700ff0200", "c401c20005000034cf"],
    ["a scaler", "c001c100030101200700ff0300", "c401c10002020ffe1623"],
    ["a logical name", "c001c100030101200700ff0100", "c401c10009060101200700ff"],
    [
      "all attributes",
      "c001c100030101200700ff0000",
      "c401c100020309060101200700ff05000034cf02020ffe1623",
    ],
    ["an absent object", "c001c300030101630700ff0200", "c401c30104"],
    ["an absent attribute", "c001c300030101200700ff0400", "c401c30104"],
    ["the wrong class", "c001c300040101200700ff0200", "c401c30109"],
    ["an attribute without right", "c001c300010000600100ff0300", "c401c30103"],
    ["a write-only attribute", "c001c300010000600100ff0400", "c401c30103"],
    ["selective access", "c001c300010000600100ff0501021107", "c401c3001102"],
    ["an unknown selector", "c001c300010000600100ff0501031107", "c401c3010d"],
    ["an unconfirmed GET all the same", "c0010100030101200700ff0200", "c4010100 05000034cf"],
    ["a list", "c003c402 00030101200700ff0200 00030101630700ff0200", "c403c402 0005000034cf 0104"],
  ])("answers %s", (_name, request, answer) => {
    expect(associated()(request)).toBe(hex(answer));
  });

  test("refuses what was not agreed", () => {
    const serve = associated({ conformance: 0x1018 });
    expect(serve("c003c401 00030101200700ff0200")).toBe("d80102");
    expect(serve("c001c300010000600100ff0501021107")).toBe("c401c3010d");
    expect(serve("c001c100030101200700ff0000")).toBe("c401c1010d");
    expect(serve("c301c100030101200700ff0100")).toBe("d80102");
    const lenient = associated({ conformance: 0x1018, enforceConformance: false });
    expect(lenient("c003c401 00030101200700ff0200")).toBe("c403c4010005000034cf");
  });

  test.each(["05", "d9", "e0"])("refuses service %s as not supported", (tag) => {
    expect(associated()(tag)).toBe("d80102");
  });

  test.each(["00", "c8", "ff"])("does not know service %s", (tag) => {
    expect(associated()(tag)).toBe("d80202");
  });

  test.each(["c0", "c001", "c004c1", "c001c100030101200700ff02", "c101c1", "c3"])(
    "answers the truncated request %s with an exception",
    (request) => {
      expect(associated()(request)).toBe("d80103");
    },
  );

  test("splits what is longer than the client's max PDU into blocks", () => {
    const serve = associated({}, lls("22222222", "01000000065f1f0400007e1f0019"));
    const first = serve("c001c100010000600100ff0200");
    expect(first).toBe(`c402c10000000001000f0928${"61".repeat(13)}`);
    expect(serve("c002c100000001")).toBe(`c402c10000000002000f${"61".repeat(15)}`);
    expect(serve("c002c100000002")).toBe(`c402c10100000003000c${"61".repeat(12)}`);
    expect(serve("c002c100000003")).toBe("c402c101000000030110");
  });

  test("gives the block it has just sent again to who asks for it again, the last one too", () => {
    const serve = associated({}, lls("22222222", "01000000065f1f0400007e1f0019"));
    const last = `c402c10100000003000c${"61".repeat(12)}`;
    const second = `c402c10000000002000f${"61".repeat(15)}`;
    serve("c001c100010000600100ff0200");
    for (let time = 0; time < 3; time++) expect(serve("c002c100000001")).toBe(second);
    expect(serve("c002c100000002")).toBe(last);
    expect(serve("c002c100000002")).toBe(last);
    expect(serve("c002c100000003")).toBe("c402c101000000030110");
    expect(serve("c002c100000002")).toBe("c402c101000000020110");
    // Block 1 answers the GET: nobody asks for it by number, but who gives up.
    serve("c001c100010000600100ff0200");
    expect(serve("c002c100000000")).toBe("c402c10100000000010f");
    serve("c001c100010000600100ff0200");
    serve("c002c100000001");
    serve("c002c100000002");
    expect(serve("c002c100000001")).toBe("c402c101000000010110");
  });

  test("a wrong block number aborts, another request gives the transfer up", () => {
    const short = lls("22222222", "01000000065f1f0400007e1f0019");
    const serve = associated({}, short);
    serve("c001c100010000600100ff0200");
    expect(serve("c002c100000005")).toBe("c402c10100000005010f");
    expect(serve("c002c100000001")).toBe("c402c101000000010110");
    serve("c001c100010000600100ff0200");
    expect(serve("c001c200030101200700ff0200")).toBe("c401c20005000034cf");
    expect(serve("c002c100000001")).toBe("c402c101000000010110");
  });

  test("splits a list as a whole, by the server's own max PDU", () => {
    const serve = associated({ maxPduOctets: 64 });
    const list = `c003c403${"00010000600100ff0200".repeat(2)}00030101200700ff0200`;
    const whole = `03${`000928${"61".repeat(40)}`.repeat(2)}0005000034cf`;
    const first = serve(list);
    expect(first).toBe(`c402c400000000010036${whole.slice(0, 108)}`);
    expect(serve("c002c400000001")).toBe(`c402c401000000020027${whole.slice(108)}`);
  });

  test("says so when blocks were not agreed", () => {
    const serve = associated({ maxPduOctets: 25, conformance: 0x10 });
    expect(serve("c001c100010000600100ff0200")).toBe("c401c101fa");
  });

  test("refuses a request longer than its own max PDU", () => {
    const serve = associated({ maxPduOctets: 64 });
    expect(serve("c003c407 00030101200700ff0200".repeat(7))).toBe("d80104");
  });
});

describe("SET", () => {
  test.each([
    ["a right type", "c101c100010000600100ff02000903414243", "c501c100"],
    ["a wrong type", "c101c100010000600100ff02001141", "c501c10c"],
    ["a read-only attribute", "c101c100030101200700ff020005000034cf", "c501c103"],
    ["a device fault", "c101c100010000600100ff04001100", "c501c101"],
    ["an absent object", "c101c100010000600200ff02001100", "c501c104"],
    ["a wrong class", "c101c100030000600100ff02001100", "c501c109"],
    ["a list", "c104c102 00010000600100ff0200 00030101200700ff0200 02 090141 1100", "c505c1020003"],
    ["an unconfirmed one", "c1018100010000600100ff0200090144", ""],
    ["a list of unequal lengths", "c104c10100010000600100ff020000", "d80103"],
  ])("answers %s", (_name, request, answer) => {
    expect(associated()(request)).toBe(hex(answer));
  });

  test("takes a value in blocks", () => {
    const serve = associated();
    writes.length = 0;
    expect(serve("c102c100010000600100ff0200 00000000010309044d")).toBe("c502c100000001");
    expect(serve("c103c101000000020345 4647")).toBe("c503c10000000002");
    expect(writes).toEqual(["4d454647"]);
  });

  test("takes a list of values in blocks", () => {
    const serve = associated();
    const list = "02 00010000600100ff0200 00030101200700ff0200";
    expect(serve(`c105c1${list}0000000001020209`)).toBe("c502c100000001");
    expect(serve("c103c10100000002040141 1100")).toBe("c504c102000300000002");
  });

  test.each([
    ["out of turn", ["c102c100010000600100ff0200 00000000010309044d"], "c503c11300000004"],
    ["without a beginning", [], "c503c11200000004"],
  ])("refuses a block %s", (_name, before, answer) => {
    const serve = associated();
    for (const request of before) serve(request);
    expect(serve("c103c1010000000401 45")).toBe(hex(answer));
  });
});

describe("ACTION", () => {
  test.each([
    ["a method without answer", "c301c100030101200700ff0100", "c701c10000"],
    ["return parameters", "c301c100010000600100ff01011105", "c701c10001001105"],
    ["missing parameters", "c301c100010000600100ff0100", "c701c1000101fa"],
    ["an absent method", "c301c100010000600100ff0900", "c701c10400"],
    ["an absent object", "c301c100010000600200ff0100", "c701c10400"],
    ["a wrong class", "c301c100040101200700ff0100", "c701c10900"],
    [
      "a list",
      "c303c102 00030101200700ff01 00010000600100ff01 02 00 1107",
      "c703c102 0000 0001001107",
    ],
  ])("answers %s", (_name, request, answer) => {
    expect(associated()(request)).toBe(hex(answer));
  });

  test("takes parameters in blocks", () => {
    const serve = associated();
    expect(serve("c304c100010000600100ff01 00000000010309044d")).toBe("c704c100000001");
    expect(serve("c306c101000000020345 4647")).toBe("c701c100010009044d454647");
    expect(serve("c306c1010000000301 45")).toBe("c701c11000");
  });

  test("answers in blocks", () => {
    const serve = associated({}, lls("22222222", "01000000065f1f0400007e1f0020"));
    const whole = `0001000928${"62".repeat(40)}`;
    expect(serve("c301c100010000600100ff0200")).toBe(`c702c1000000000117${whole.slice(0, 46)}`);
    expect(serve("c302c100000001")).toBe(`c702c1010000000216${whole.slice(46)}`);
    expect(serve("c302c100000002")).toBe("c701c11000");
  });

  test("respects a view's rights on methods", () => {
    const objects = new ObjectDirectory([voltage], { method: () => false });
    expect(associated({ objects })("c301c100030101200700ff0100")).toBe("c701c10300");
  });
});

describe("current association", () => {
  test("lists the objects of the view with its rights", () => {
    const objects = new ObjectDirectory([text], {
      attribute: (_object, _id, mode) => (mode === "read-write" ? "read" : mode),
      method: (_object, id) => id === 1,
    });
    const own = new ObjectDirectory(
      [...objects.entries.map(({ object }) => object), currentAssociation(1)],
      {
        attribute: (object, id, mode) => (object === text && id === 2 ? "read" : mode),
        method: (_object, id) => id === 1,
      },
    );
    const answer = associated({ objects: own })("c001c1000f0000280000ff0200");
    expect(answer).toContain(
      hex(
        "0204 120001 1100 09060000600100ff 0202 0105 02030f01160100 02030f02160100 02030f03160000 02030f04160200 02030f0516010101 0f02 0101 02020f011601",
      ),
    );
  });

  test("shows what was agreed", () => {
    const serve = associated();
    expect(serve("c001c1000f0000280000ff0300")).toBe("c401c10002020f01120001");
    expect(serve("c001c1000f0000280000ff0500")).toBe(
      hex("c401c1000206 0418007e1f 121900 1204b0 1106 0f00 0900"),
    );
    expect(serve("c001c1000f0000280000ff0600")).toBe(
      hex("c401c1000207 1102 1110 1202f4 1105 1108 1102 1101"),
    );
    expect(serve("c001c1000f0000280000ff0700")).toBe("c401c10103");
  });
});

test("octets of any kind never throw and never give an answer beyond the client's max PDU", () => {
  const head = fc.constantFrom(
    "",
    "c001c1",
    "c003c1",
    "c102c1",
    "c103c1",
    "c303c1",
    "c306c1",
    "60",
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(head, fc.uint8Array({ maxLength: 60 }))), (requests) => {
      const serve = associated({ maxPduOctets: 100 });
      for (const [start, rest] of requests) {
        const answer = serve(start + toHex(rest));
        expect(answer.length / 2).toBeLessThanOrEqual(100);
      }
    }),
  );
});

test("a name declared twice is the programmer's mistake", () => {
  expect(() => new ObjectDirectory([voltage, voltage])).toThrow(RangeError);
});
