import { describe, expect, test } from "vitest";
import fc from "fast-check";
import { octetString, u16, u8, visibleString } from "../axdr/construct.ts";
import { encodeData } from "../axdr/data-encode.ts";
import { obis } from "../cosem/obis.ts";
import { DlmsError } from "../error.ts";
import { fromHex, OctetWriter, toHex } from "../octets.ts";
import type { AttributeDescriptor, MethodDescriptor } from "../xdlms/descriptor.ts";
import { ActionExchange, ActionListExchange } from "./action-exchange.ts";
import type { Exchange, ExchangeContext } from "./exchange.ts";
import { GetExchange, GetListExchange } from "./get-exchange.ts";
import { SetExchange, SetListExchange } from "./set-exchange.ts";

const context: ExchangeContext = {
  sendOctetsMax: 0xffff,
  transferOctetsMax: 4096,
  invokeIdAlwaysOne: false,
  blockSet: true,
  blockAction: true,
};
const voltage: AttributeDescriptor = {
  classId: 3,
  logicalName: obis("1.1.32.7.0.255"),
  attributeId: 2,
};
const energy: AttributeDescriptor = { ...voltage, logicalName: obis("1.1.1.8.0.255") };
const reset: MethodDescriptor = { classId: 18, logicalName: obis("0.0.44.0.0.255"), methodId: 2 };

const writer = new OctetWriter(0xffff);
const start = (exchange: Exchange<unknown>): string => {
  writer.reset();
  exchange.start(writer);
  return toHex(writer.view());
};
/** The step, and what is to be sent if anything. */
const take = (exchange: Exchange<unknown>, apdu: string): string => {
  writer.reset();
  const step = exchange.receive(fromHex(apdu), writer);
  return step === "send" ? toHex(writer.view()) : step;
};
/** Hexadecimal without the blanks between its fields. */
const packed = (hex: string): string => hex.replaceAll(" ", "");
const thrown = (act: () => unknown): unknown => {
  try {
    return act();
  } catch (error) {
    return error;
  }
};
const block = (tag: string, last: boolean, blockNumber: number, raw: Uint8Array): string =>
  `${tag}02C1${last ? "01" : "00"}${blockNumber.toString(16).padStart(8, "0")}` +
  `${tag === "C4" ? "00" : ""}82${raw.length.toString(16).padStart(4, "0")}${toHex(raw)}`;

describe("GET of one attribute", () => {
  const get = (invoke = 0xc1, over: Partial<ExchangeContext> = {}): GetExchange =>
    new GetExchange(voltage, invoke, { ...context, ...over });

  test("asks by class, logical name and attribute", () => {
    expect(start(get(0xc2))).toBe("c001c200030101200700ff0200");
  });

  test("asks with selective access", () => {
    const selection = { selector: 2, parameters: u8(1) };
    const exchange = new GetExchange({ ...voltage, selection }, 0xc1, context);
    expect(start(exchange)).toBe("c001c100030101200700ff0201021101");
  });

  test("takes a value, and a refusal as a value", () => {
    const exchange = get();
    expect(take(exchange, "C401C10005000034CF")).toBe("done");
    expect(exchange.result).toEqual({ ok: true, value: { type: "double-long", value: 13_519 } });
    const refused = get();
    expect(take(refused, "C401C10104")).toBe("done");
    expect(refused.result).toEqual({ ok: false, reason: "object-undefined" });
  });

  test("matches the reply by bits 0 to 3 of the invoke octet alone", () => {
    expect(take(get(), "C401810005000034CF")).toBe("done");
    expect(take(get(), "C401010005000034CF")).toBe("done");
    expect(take(get(), "C401C00005000034CF")).toBe("late");
    expect(take(get(), "C401C20005000034CF")).toBe("late");
  });

  test("takes invoke-id 1 for any where the meter is known to answer so", () => {
    expect(take(get(0xc7), "C401C10005000034CF")).toBe("late");
    expect(take(get(0xc7, { invokeIdAlwaysOne: true }), "C401C10005000034CF")).toBe("done");
    expect(take(get(0xc7, { invokeIdAlwaysOne: true }), "C401C20005000034CF")).toBe("late");
  });

  test("keeps what it returns when the receive buffer is used again", () => {
    const exchange = get();
    const buffer = fromHex("C401C1000904 01020304");
    exchange.receive(buffer, writer);
    buffer.fill(0xee);
    expect(exchange.result).toEqual({
      ok: true,
      value: { type: "octet-string", value: fromHex("01020304") },
    });
  });

  test("leaves notifications to others and answers of other requests aside", () => {
    expect(take(get(), "0F00000001000600000001")).toBe("unsolicited");
    expect(take(get(), "C20000030101200700FF0206 00000000")).toBe("unsolicited");
    expect(take(get(), "C501C200")).toBe("late");
    expect(take(get(), "6303800100")).toBe("late");
  });

  test.each([
    ["D80101", "xdlms/exception", "reopen-session"],
    ["D80201", "xdlms/service-not-supported", "park-object"],
    ["D80102", "xdlms/service-not-supported", "park-object"],
    ["D80104", "xdlms/pdu-too-long", "park-object"],
    ["D8010600000007", "xdlms/exception", "reopen-session"],
    ["0E010600", "xdlms/exception", "reopen-session"],
    ["D801", "xdlms/malformed", "reopen-session"],
  ])("ends by %s with %s", (apdu, code, recovery) => {
    expect(thrown(() => take(get(), apdu))).toMatchObject({ code, recovery });
  });

  test("says which counter the meter expects", () => {
    expect(thrown(() => take(get(), "D8010600000007"))).toMatchObject({
      response: { serviceError: "invocation-counter-error", invocationCounter: 7 },
    });
  });

  test("refuses what does not decode, what is left over and forms it has not asked for", () => {
    for (const apdu of ["C401C1", "C401C10006000034", "C401C10005000034CF00", "C401C10200"]) {
      expect(thrown(() => take(get(), apdu))).toMatchObject({ code: "xdlms/malformed" });
    }
    expect(thrown(() => take(get(), "C4"))).toMatchObject({ code: "xdlms/malformed" });
    expect(thrown(() => take(get(), "C403C1010005000034CF"))).toMatchObject({
      code: "xdlms/unexpected",
    });
  });
});

describe("GET in blocks", () => {
  const value = encodeData(octetString(new Uint8Array(700).fill(0x7e)));
  const get = (over: Partial<ExchangeContext> = {}): GetExchange =>
    new GetExchange(voltage, 0xc1, { ...context, ...over });

  test("asks for each block by the number of the one before", () => {
    const exchange = get();
    expect(take(exchange, block("C4", false, 1, value.subarray(0, 300)))).toBe("c002c100000001");
    expect(exchange.transferredOctets).toBe(300);
    expect(take(exchange, block("C4", false, 2, value.subarray(300, 600)))).toBe("c002c100000002");
    expect(take(exchange, block("C4", true, 3, value.subarray(600)))).toBe("done");
    expect(exchange.result).toEqual({
      ok: true,
      value: { type: "octet-string", value: new Uint8Array(700).fill(0x7e) },
    });
  });

  test("puts any value together from any blocks", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 600 }),
        fc.array(fc.integer({ min: 0, max: 200 }), { maxLength: 8 }),
        fc.integer({ min: 0, max: 1 }),
        (octets, cuts, firstNumber) => {
          const raw = encodeData(octetString(octets));
          const exchange = get();
          let at = 0;
          let number = firstNumber;
          for (const cut of cuts) {
            const piece = raw.subarray(at, at + cut);
            at += piece.length;
            const next = `c002c1${number.toString(16).padStart(8, "0")}`;
            expect(take(exchange, block("C4", false, number, piece))).toBe(next);
            number++;
          }
          expect(take(exchange, block("C4", true, number, raw.subarray(at)))).toBe("done");
          expect(exchange.result).toEqual({
            ok: true,
            value: { type: "octet-string", value: octets },
          });
        },
      ),
    );
  });

  test("takes an error in place of a block as the meter's answer", () => {
    const exchange = get();
    take(exchange, block("C4", false, 1, value.subarray(0, 300)));
    expect(take(exchange, "C402C10100000002010F")).toBe("done");
    expect(exchange.result).toEqual({ ok: false, reason: "long-get-aborted" });
  });

  test.each([
    ["a block missing", [1, 3]],
    ["a block twice", [1, 1]],
    ["a first block that is neither 0 nor 1", [2]],
  ])("refuses %s", (_, numbers) => {
    const exchange = get();
    const results = numbers.map((number) =>
      thrown(() => take(exchange, block("C4", false, number, value.subarray(0, 10)))),
    );
    expect(results.at(-1)).toMatchObject({ code: "xdlms/block", recovery: "retry-request" });
  });

  test("refuses more than the limit and ends the transfer at the meter, once", () => {
    const exchange = get({ transferOctetsMax: 400 });
    take(exchange, block("C4", false, 1, value.subarray(0, 300)));
    const second = block("C4", false, 2, value.subarray(300, 600));
    expect(thrown(() => take(exchange, second))).toMatchObject({ code: "xdlms/limit" });
    writer.reset();
    expect(exchange.abandon(fromHex(second), writer)).toBe(true);
    expect(toHex(writer.view())).toBe("c002c1ffffffff");
    expect(exchange.abandon(fromHex("C402C10100000003010F"), writer)).toBe(false);
    expect(exchange.abandon(fromHex(second), writer)).toBe(false);
  });

  test("refuses blocks that are no value when put together", () => {
    const exchange = get();
    expect(thrown(() => take(exchange, block("C4", true, 1, value.subarray(0, 90))))).toMatchObject(
      {
        code: "axdr/malformed",
      },
    );
  });
});

describe("GET of a list", () => {
  const get = (): GetListExchange => new GetListExchange([voltage, energy], 0xc4, context);
  const values = [
    { ok: true, value: { type: "double-long", value: 13_519 } },
    { ok: false, reason: "object-undefined" },
  ];

  test("asks for all in one request and takes all results in order", () => {
    const exchange = get();
    expect(start(exchange)).toBe(packed("c003c402 00030101200700ff0200 00030101010800ff0200"));
    expect(take(exchange, "C403C40200 05000034CF 0104")).toBe("done");
    expect(exchange.result).toEqual(values);
  });

  test("keeps what it returns, numbers and octets, when the receive buffer is used again", () => {
    for (const [hex, value] of [
      ["12 002A", { type: "long-unsigned", value: 42 }],
      ["09 02 0102", { type: "octet-string", value: fromHex("0102") }],
    ] as const) {
      const exchange = get();
      const buffer = fromHex(`EEEE C403C402 00 ${hex} 00 11 07 EE`);
      exchange.receive(buffer, writer, 2, buffer.length - 1);
      buffer.fill(0xee);
      const results = [
        { ok: true, value },
        { ok: true, value: { type: "unsigned", value: 7 } },
      ];
      expect(exchange.result).toEqual(results);
    }
  });

  test("counts the offset of what is wrong from the APDU's first octet", () => {
    const buffer = fromHex("EEEE C403C402 00 12 002A 00 12 00");
    expect(thrown(() => get().receive(buffer, writer, 2))).toMatchObject({ offset: 10 });
    const more = fromHex("EEEE C403C402 00 11 00 00 11 07 00");
    expect(thrown(() => get().receive(more, writer, 2))).toMatchObject({ offset: 10 });
  });

  test("takes the list in blocks", () => {
    const exchange = get();
    const raw = fromHex("0200 05000034CF 0104");
    expect(take(exchange, block("C4", false, 1, raw.subarray(0, 4)).replace("02C1", "02C4"))).toBe(
      "c002c400000001",
    );
    expect(take(exchange, block("C4", true, 2, raw.subarray(4)).replace("02C1", "02C4"))).toBe(
      "done",
    );
    expect(exchange.result).toEqual(values);
  });

  test("takes one refusal of the whole for every attribute", () => {
    const exchange = get();
    expect(take(exchange, "C401C40103")).toBe("done");
    const refused = { ok: false, reason: "read-write-denied" };
    expect(exchange.result).toEqual([refused, refused]);
  });

  test("refuses results that are not as many as the attributes", () => {
    for (const apdu of ["C403C4010104", "C403C403010401040104"]) {
      expect(thrown(() => take(get(), apdu))).toMatchObject({ code: "xdlms/malformed" });
    }
  });
});

describe("SET", () => {
  const text = visibleString("0123456789");

  test("goes whole while it fits the meter's max PDU", () => {
    const exchange = new SetExchange({ attribute: voltage, data: text }, 0xc1, {
      ...context,
      sendOctetsMax: 25,
    });
    expect(start(exchange)).toBe(packed("c101c100030101200700ff0200 0a0a30313233343536373839"));
    expect(exchange.outcomeUnknown).toBe(true);
    expect(take(exchange, "C501C100")).toBe("done");
    expect(exchange.result).toBe("success");
  });

  test("goes in blocks beyond it, each confirmed by its number", () => {
    const exchange = new SetExchange({ attribute: voltage, data: text }, 0xc1, {
      ...context,
      sendOctetsMax: 24,
    });
    expect(start(exchange)).toBe(packed("c102c100030101200700ff0200 00 00000001 05 0a0a303132"));
    expect(exchange.outcomeUnknown).toBe(false);
    expect(take(exchange, "C502C100000001")).toBe(packed("c103c1 01 00000002 07 33343536373839"));
    expect(exchange.outcomeUnknown).toBe(true);
    expect(exchange.transferredOctets).toBe(12);
    expect(take(exchange, "C503C10300000002")).toBe("done");
    expect(exchange.result).toBe("read-write-denied");
  });

  test("refuses clearly what the meter can take in no form", () => {
    const exchange = new SetExchange({ attribute: voltage, data: text }, 0xc1, {
      ...context,
      sendOctetsMax: 24,
      blockSet: false,
    });
    expect(thrown(() => start(exchange))).toMatchObject({
      code: "xdlms/pdu-too-long",
      recovery: "park-object",
    });
    const narrow = new SetExchange({ attribute: voltage, data: text }, 0xc1, {
      ...context,
      sendOctetsMax: 19,
    });
    expect(thrown(() => start(narrow))).toMatchObject({ code: "xdlms/limit" });
  });

  test("ends on a confirmation out of turn", () => {
    const exchange = new SetExchange({ attribute: voltage, data: text }, 0xc1, {
      ...context,
      sendOctetsMax: 24,
    });
    start(exchange);
    expect(thrown(() => take(exchange, "C502C100000002"))).toMatchObject({ code: "xdlms/block" });
    const whole = new SetExchange({ attribute: voltage, data: text }, 0xc1, context);
    start(whole);
    expect(thrown(() => take(whole, "C502C100000001"))).toMatchObject({ code: "xdlms/block" });
  });

  test("of a list carries descriptors, then values, and takes one result for each", () => {
    const values = [
      { attribute: voltage, data: u16(1) },
      { attribute: energy, data: u8(2) },
    ];
    const exchange = new SetListExchange(values, 0xc1, context);
    expect(start(exchange)).toBe(
      packed("c104c102 00030101200700ff0200 00030101010800ff0200 02 120001 1102"),
    );
    expect(take(exchange, "C505C1020003")).toBe("done");
    expect(exchange.result).toEqual(["success", "read-write-denied"]);
    expect(
      thrown(() => take(new SetListExchange(values, 0xc1, context), "C505C10100")),
    ).toMatchObject({ code: "xdlms/unexpected" });
  });

  test("of a list in blocks", () => {
    const values = [
      { attribute: voltage, data: text },
      { attribute: energy, data: u8(2) },
    ];
    const exchange = new SetListExchange(values, 0xc1, { ...context, sendOctetsMax: 36 });
    expect(start(exchange)).toBe(
      packed("c105c102 00030101200700ff0200 00030101010800ff0200 00 00000001 06 020a0a303132"),
    );
    expect(take(exchange, "C502C100000001")).toBe(
      packed("c103c1 01 00000002 09 333435363738391102"),
    );
    expect(take(exchange, "C504C102000000000002")).toBe("done");
    expect(exchange.result).toEqual(["success", "success"]);
  });
});

describe("ACTION", () => {
  test("goes with and without parameters, and returns what the method returns", () => {
    const without = new ActionExchange({ method: reset }, 0xc1, context);
    expect(start(without)).toBe("c301c1001200002c0000ff0200");
    expect(take(without, "C701C10000")).toBe("done");
    expect(without.result).toEqual({ result: "success" });

    const withOne = new ActionExchange({ method: reset, parameters: u8(5) }, 0xc1, context);
    expect(start(withOne)).toBe("c301c1001200002c0000ff02011105");
    expect(take(withOne, "C701C100010009020102")).toBe("done");
    expect(withOne.result).toEqual({
      result: "success",
      returned: { ok: true, value: octetString(fromHex("0102")) },
    });
    const refused = new ActionExchange({ method: reset }, 0xc1, context);
    expect(take(refused, "C701C1030101FA")).toBe("done");
    expect(refused.result).toEqual({
      result: "read-write-denied",
      returned: { ok: false, reason: "other-reason" },
    });
  });

  test("goes in blocks both ways", () => {
    const parameters = octetString(new Uint8Array(20).fill(0x55));
    const exchange = new ActionExchange({ method: reset, parameters }, 0xc1, {
      ...context,
      sendOctetsMax: 30,
    });
    expect(start(exchange)).toBe(
      packed("c304c1001200002c0000ff02 00 00000001 0c 0914") + "55".repeat(10),
    );
    expect(take(exchange, "C704C100000001")).toBe(
      packed("c306c1 01 00000002 0a") + "55".repeat(10),
    );
    const raw = fromHex("00 01 00 0904 AABBCCDD");
    expect(take(exchange, block("C7", false, 1, raw.subarray(0, 5)))).toBe("c302c100000001");
    expect(take(exchange, block("C7", true, 2, raw.subarray(5)))).toBe("done");
    expect(exchange.result).toEqual({
      result: "success",
      returned: { ok: true, value: octetString(fromHex("AABBCCDD")) },
    });
  });

  test("takes blocks that hold the return parameters alone", () => {
    const exchange = new ActionExchange({ method: reset }, 0xc1, context);
    expect(take(exchange, block("C7", true, 1, fromHex("0904AABBCCDD")))).toBe("done");
    expect(exchange.result).toEqual({
      result: "success",
      returned: { ok: true, value: octetString(fromHex("AABBCCDD")) },
    });
  });

  test("of a list takes one outcome for each method", () => {
    const calls = [{ method: reset, parameters: u8(1) }, { method: reset }];
    const exchange = new ActionListExchange(calls, 0xc1, context);
    expect(start(exchange)).toBe(
      "c303c102" + "001200002c0000ff02".repeat(2) + packed("02 1101 00"),
    );
    expect(take(exchange, "C703C102 0000 030100 1101")).toBe("done");
    expect(exchange.result).toEqual([
      { result: "success" },
      { result: "read-write-denied", returned: { ok: true, value: u8(1) } },
    ]);
    const refused = new ActionListExchange(calls, 0xc1, context);
    expect(take(refused, "C701C10300")).toBe("done");
    expect(refused.result).toEqual([
      { result: "read-write-denied" },
      { result: "read-write-denied" },
    ]);
    const inBlocks = new ActionListExchange(calls, 0xc1, context);
    expect(take(inBlocks, block("C7", true, 1, fromHex("0200000300")))).toBe("done");
    expect(inBlocks.result).toEqual([{ result: "success" }, { result: "read-write-denied" }]);
  });
});

describe("every exchange", () => {
  const make = (): readonly Exchange<unknown>[] => [
    new GetExchange(voltage, 0xc1, context),
    new GetListExchange([voltage, energy], 0xc1, context),
    new SetExchange({ attribute: voltage, data: u8(1) }, 0xc1, context),
    new SetListExchange([{ attribute: voltage, data: u8(1) }], 0xc1, context),
    new ActionExchange({ method: reset }, 0xc1, context),
    new ActionListExchange([{ method: reset }], 0xc1, context),
  ];

  test("answers arbitrary octets by a step or a typed error, and keeps within its limit", () => {
    const tags = fc.constantFrom(0xc4, 0xc5, 0xc7, 0xd8, 0x0e, 0x0f, 0x61, 0x00);
    const forms = fc.integer({ min: 0, max: 6 });
    const apdus = fc
      .tuple(tags, forms, fc.uint8Array({ maxLength: 40 }))
      .map(([tag, form, rest]) => Uint8Array.of(tag, form, 0xc1, ...rest));
    fc.assert(
      fc.property(fc.array(apdus, { maxLength: 6 }), (received) => {
        for (const exchange of make()) {
          for (const apdu of received) {
            writer.reset();
            const outcome = thrown(() => exchange.receive(apdu, writer));
            if (outcome instanceof DlmsError || outcome === "done") break;
            expect(["send", "late", "unsolicited"]).toContain(outcome);
            expect(exchange.transferredOctets).toBeLessThanOrEqual(context.transferOctetsMax);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});
