import fc from "fast-check";
import { expect, test } from "vitest";
import { hostileOctets } from "@lectura/testkit";
import { octetString, u16, u8 } from "../axdr/construct.ts";
import { obis } from "../cosem/obis.ts";
import { DlmsError } from "../error.ts";
import { fromHex, OctetWriter, toHex } from "../octets.ts";
import type { AttributeDescriptor, MethodDescriptor } from "../xdlms/descriptor.ts";
import { type Access, AccessExchange, type AccessOptions } from "./access-exchange.ts";
import type { ExchangeContext } from "./exchange.ts";

const context: ExchangeContext = {
  sendOctetsMax: 0xffff,
  transferOctetsMax: 4096,
  invokeIdAlwaysOne: false,
  blockSet: true,
  blockAction: true,
};
const attribute: AttributeDescriptor = {
  classId: 3,
  logicalName: obis("1.0.1.8.0.255"),
  attributeId: 2,
};
const method: MethodDescriptor = { classId: 70, logicalName: obis("0.0.96.3.10.255"), methodId: 1 };
const get: Access = { type: "get", attribute };
const set: Access = { type: "set", attribute, data: u16(5) };
const action: Access = { type: "action", method, parameters: u8(0) };

const writer = new OctetWriter(0xffff);
const make = (accesses: readonly Access[], options?: AccessOptions): AccessExchange =>
  new AccessExchange(accesses, 0xc5, context, options);
const start = (exchange: AccessExchange): string => {
  writer.reset();
  exchange.start(writer);
  return toHex(writer.view());
};
/** Hexadecimal without the blanks between its fields. */
const packed = (hex: string): string => hex.replaceAll(" ", "");
const take = (exchange: AccessExchange, hex: string): string =>
  exchange.receive(fromHex(hex), writer);

test("asks for everything in one request", () => {
  expect(start(make([get, set, action], { breakOnError: true }))).toBe(
    packed(
      "d9 e0000005 00 03" + // invoke-id 5, confirmed, high priority, break on error; no time
        "01 0003 0100010800ff 02  02 0003 0100010800ff 02  03 0046 000060030aff 01" +
        "03 00 120005 1100",
    ),
  );
  const selected: Access = {
    type: "get",
    attribute: { ...attribute, selection: { selector: 2, parameters: u8(1) } },
  };
  expect(start(make([selected]))).toBe("d9c000000500010400030100010800ff020211010100");
});

test("gives each access its result", () => {
  const exchange = make([get, set, action, get]);
  expect(
    take(exchange, "DA C0000005 00 00 04 0600000007 00 0901AA 00 04 0100 0203 0300 0104"),
  ).toBe("done");
  expect(exchange.result).toEqual([
    { type: "get", result: { ok: true, value: { type: "double-long-unsigned", value: 7 } } },
    { type: "set", result: "read-write-denied" },
    { type: "action", result: "success", returned: octetString(fromHex("aa")) },
    { type: "get", result: { ok: false, reason: "object-undefined" } },
  ]);
  expect([exchange.outcomeUnknown, make([get]).outcomeUnknown]).toEqual([true, false]);
});

test("matches the answer by its long invoke-id alone", () => {
  expect(take(make([get]), "DA 00000005 00 00 01 1101 01 0100")).toBe("done");
  expect(take(make([get]), "DA C0000006 00 00 01 1101 01 0100")).toBe("late");
  expect(take(make([get]), "DA C0010005 00 00 01 1101 01 0100")).toBe("late");
  expect(take(make([get]), "C401C5001101")).toBe("late");
  expect(take(make([get]), "0f00000001000000")).toBe("unsolicited");
});

const code = (act: () => unknown): string | undefined => {
  try {
    act();
  } catch (error) {
    return error instanceof DlmsError ? error.code : String(error);
  }
  return undefined;
};

test("refuses answers that are not to its accesses, and requests that do not fit", () => {
  expect(code(() => take(make([get]), "DA C0000005 00 00 00 00"))).toBe("xdlms/unexpected");
  expect(code(() => take(make([get]), "DA C0000005 00 00 01 00 01 0200"))).toBe("xdlms/unexpected");
  expect(code(() => take(make([get]), "DA C000"))).toBe("xdlms/malformed");
  expect(code(() => take(make([get]), "D8 02 02"))).toBe("xdlms/service-not-supported");
  const long = new AccessExchange([get], 1, { ...context, sendOctetsMax: 18 });
  expect(code(() => start(long))).toBe("xdlms/pdu-too-long");
});

test("ends typed whatever answers", () => {
  fc.assert(
    fc.property(hostileOctets, (octets) => {
      const exchange = make([get, set]);
      const failure = code(() =>
        exchange.receive(Uint8Array.of(0xda, 0, 0, 0, 5, ...octets), writer),
      );
      expect(failure === undefined || /^[a-z]+\/[a-z-]+$/.test(failure)).toBe(true);
    }),
  );
});
