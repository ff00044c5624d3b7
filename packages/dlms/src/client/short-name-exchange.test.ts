import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hostileOctets } from "@lectura/testkit";
import { octetString, u16, u8 } from "../axdr/construct.ts";
import { DlmsError } from "../error.ts";
import { concatOctets, fromHex, OctetWriter, toHex } from "../octets.ts";
import { decodeUnit } from "../xdlms/apdu-codec.ts";
import { writeRequest } from "../xdlms/write-request.ts";
import type { Exchange, ExchangeContext } from "./exchange.ts";
import { ReadExchange } from "./read-exchange.ts";
import { attributeVariable } from "./short-name-exchange.ts";
import { UnconfirmedWriteExchange, WriteExchange } from "./write-exchange.ts";

const context: ExchangeContext = {
  sendOctetsMax: 0xffff,
  transferOctetsMax: 4096,
  invokeIdAlwaysOne: false,
  blockSet: true,
  blockAction: true,
};
const energy = { variableName: attributeVariable(0x0100, 2) };
const buffer = { variableName: 0x0208, selection: { selector: 2, parameters: u8(1) } };

const writer = new OctetWriter(0xffff);
const start = (exchange: Exchange<unknown>): string => {
  writer.reset();
  exchange.start(writer);
  return toHex(writer.view());
};
const take = (exchange: Exchange<unknown>, hex: string): string => {
  writer.reset();
  const step = exchange.receive(fromHex(hex), writer);
  return step === "send" ? toHex(writer.view()) : step;
};
const code = (act: () => unknown): string | undefined => {
  try {
    act();
  } catch (error) {
    return error instanceof DlmsError ? error.code : String(error);
  }
  return undefined;
};

test("counts short names in eights from the base name", () => {
  expect([attributeVariable(0x0100, 1), attributeVariable(0x0100, 3)]).toEqual([0x0100, 0x0110]);
  expect(() => attributeVariable(0xfff8, 2)).toThrow(RangeError);
});

describe("READ", () => {
  test("asks by variable name, with selection where there is one", () => {
    expect(start(new ReadExchange([energy], context))).toBe("0501020108");
    expect(start(new ReadExchange([energy, buffer], context))).toBe("0502020108040208021101");
  });

  test("takes values, and refusals as values", () => {
    const exchange = new ReadExchange([energy, buffer], context);
    expect(take(exchange, "0C 02 00 1107 01 04")).toBe("done");
    expect(exchange.result).toEqual([
      { ok: true, value: u8(7) },
      { ok: false, reason: "object-undefined" },
    ]);
  });

  test.for([
    ["with its count", "01 00 0904 01020304"],
    ["without count", "00 0904 01020304"],
    ["the value alone", "0904 01020304"],
  ])("joins blocks whose raw-data is the list %s", ([, raw = ""]) => {
    const octets = fromHex(raw);
    const exchange = new ReadExchange([energy], context);
    const block = (last: boolean, number: number, part: Uint8Array): string =>
      `0C 01 02 ${last ? "01" : "00"} 000${number} 0${part.length} ${toHex(part)}`;
    expect(take(exchange, block(false, 1, octets.subarray(0, 3)))).toBe("0501050001");
    expect(exchange.transferredOctets).toBe(3);
    expect(take(exchange, block(true, 2, octets.subarray(3)))).toBe("done");
    expect(exchange.result).toEqual([{ ok: true, value: octetString(fromHex("01020304")) }]);
  });

  test("fails typed on blocks out of order, foreign answers and wrong counts", () => {
    const make = (): ReadExchange => new ReadExchange([energy], context);
    expect(code(() => take(make(), "0C 01 02 00 0005 01 00"))).toBe("xdlms/block");
    expect(code(() => take(make(), "0C 00"))).toBe("xdlms/unexpected");
    expect(code(() => take(make(), "0C 01 03 0001"))).toBe("xdlms/unexpected");
    expect(code(() => take(make(), "0C 01 02 01 0001 02 00FE"))).toBe("xdlms/malformed");
    expect(code(() => take(make(), "0E 05 06 00"))).toBe("xdlms/exception");
    expect(take(make(), "0D 01 00")).toBe("late");
    expect(code(() => start(new ReadExchange([energy], { ...context, sendOctetsMax: 4 })))).toBe(
      "xdlms/pdu-too-long",
    );
  });

  test("ends typed whatever answers", () => {
    fc.assert(
      fc.property(hostileOctets, (octets) => {
        const exchange = new ReadExchange([energy, buffer], context);
        const failure = code(() => exchange.receive(Uint8Array.of(0x0c, ...octets), writer));
        expect(failure === undefined || /^[a-z]+\/[a-z-]+$/.test(failure)).toBe(true);
      }),
    );
  });
});

describe("WRITE", () => {
  const value = { name: energy, data: u16(5) };

  test("writes values, and tells each result", () => {
    const exchange = new WriteExchange([value, { name: buffer, data: u8(1) }], context);
    expect(start(exchange)).toBe("0602020108040208021101021200051101");
    expect(exchange.outcomeUnknown).toBe(true);
    expect(take(exchange, "0D 02 00 01 03")).toBe("done");
    expect(exchange.result).toEqual(["success", "read-write-denied"]);
  });

  test("sends in blocks what does not fit", () => {
    const long = { name: energy, data: octetString(new Uint8Array(100).fill(7)) };
    const whole = fromHex(start(new WriteExchange([long], context))).subarray(1);
    const exchange = new WriteExchange([long], { ...context, sendOctetsMax: 50 });
    const parts: Uint8Array[] = [];
    let apdu = start(exchange);
    for (let number = 1; ; number++) {
      expect(apdu.length / 2).toBeLessThanOrEqual(50);
      const { variables, data } = decodeUnit(writeRequest, fromHex(apdu));
      const [raw] = data;
      if (raw?.type === "octet-string") parts.push(raw.value);
      const [access] = variables;
      if (access?.type !== "write-data-block-access") throw new Error("no block");
      expect(access.blockNumber).toBe(number);
      expect(exchange.outcomeUnknown).toBe(access.lastBlock);
      if (access.lastBlock) break;
      apdu = take(exchange, `0D 01 02 000${number}`);
    }
    expect(toHex(concatOctets(parts))).toBe(toHex(whole));
    expect(take(exchange, "0D 01 00")).toBe("done");
    expect(exchange.result).toEqual(["success"]);
  });

  test("fails typed where blocks are out of turn or not taken", () => {
    expect(code(() => take(new WriteExchange([value], context), "0D 01 02 0001"))).toBe(
      "xdlms/block",
    );
    expect(code(() => take(new WriteExchange([value], context), "0D 00"))).toBe("xdlms/unexpected");
    const small = { ...context, sendOctetsMax: 6, blockSet: false };
    expect(code(() => start(new WriteExchange([value], small)))).toBe("xdlms/pdu-too-long");
  });

  test("may go without an answer", () => {
    const exchange = new UnconfirmedWriteExchange([value], context);
    expect([start(exchange), exchange.unconfirmed]).toEqual(["160102010801120005", true]);
    const short = new UnconfirmedWriteExchange([value], { ...context, sendOctetsMax: 5 });
    expect(code(() => start(short))).toBe("xdlms/pdu-too-long");
  });
});
