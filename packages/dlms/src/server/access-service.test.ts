import { expect, test } from "vitest";
import { u16, u8 } from "../axdr/construct.ts";
import type { Data } from "../axdr/data.ts";
import { type Access, AccessExchange, type AccessOptions } from "../client/access-exchange.ts";
import type { ExchangeContext } from "../client/exchange.ts";
import { obis } from "../cosem/obis.ts";
import { DecodeError } from "../error.ts";
import { fromHex, OctetWriter } from "../octets.ts";
import { serveAccess } from "./access-service.ts";
import type { AssociationFacts, ServerObject } from "./object.ts";
import { ServiceRefused, type ServiceRequest } from "./service.ts";
import { ObjectDirectory } from "./view.ts";

const context: ExchangeContext = {
  sendOctetsMax: 0xffff,
  transferOctetsMax: 4096,
  invokeIdAlwaysOne: false,
  blockSet: true,
  blockAction: true,
};

interface Meter {
  readonly view: ServiceRequest["view"];
  readonly written: Data[];
  readonly invoked: (Data | undefined)[];
}

function meter(): Meter {
  const written: Data[] = [];
  const invoked: (Data | undefined)[] = [];
  const object: ServerObject = {
    classId: 70,
    version: 0,
    logicalName: obis("0.0.96.3.10.255"),
    attributes: {
      2: {
        access: "read-write",
        read: () => u16(7),
        write: (value) => {
          written.push(value);
          return "success";
        },
      },
    },
    methods: {
      1: {
        invoke: (parameters) => {
          invoked.push(parameters);
          return { result: "success", returned: u8(9) };
        },
      },
    },
  };
  const view = {
    clientSap: 16,
    authentication: { mechanism: "none" },
    objects: new ObjectDirectory([object]),
    conformance: 0xff_ffff,
  } as const;
  return { view, written, invoked };
}

const facts: AssociationFacts = {
  clientSap: 16,
  mechanism: "none",
  conformance: 0x00_0040,
  serverMaxPduOctets: 1024,
  clientMaxPduOctets: 1024,
  entries: [],
};
const prefix = new Uint8Array(0);

function serve(
  { view }: Meter,
  apdu: Uint8Array,
  over: Partial<AssociationFacts> = {},
): Uint8Array {
  const writer = new OctetWriter(4096);
  const own = { ...facts, ...over };
  serveAccess(
    {
      apdu,
      prefix,
      view,
      facts: own,
      nowMs: 0,
      progress: undefined,
      protection: 0,
      cameInBlocks: false,
    },
    writer,
  );
  return writer.finish();
}

/** Our client asks our server. */
function ask(
  device: Meter,
  accesses: readonly Access[],
  options?: AccessOptions,
): AccessExchange["result"] {
  const exchange = new AccessExchange(accesses, 0xc1, context, options);
  const writer = new OctetWriter(4096);
  exchange.start(writer);
  expect(exchange.receive(serve(device, writer.finish()), writer)).toBe("done");
  return exchange.result;
}

const attribute = { classId: 70, logicalName: obis("0.0.96.3.10.255"), attributeId: 2 };
const method = { classId: 70, logicalName: obis("0.0.96.3.10.255"), methodId: 1 };
const get: Access = { type: "get", attribute };
const missing: Access = { type: "get", attribute: { ...attribute, attributeId: 9 } };
const set: Access = { type: "set", attribute, data: u16(5) };
const action: Access = { type: "action", method, parameters: u8(3) };

test("reads, writes and invokes in the order asked, each with its result", () => {
  const device = meter();
  expect(ask(device, [get, set, missing, action])).toEqual([
    { type: "get", result: { ok: true, value: u16(7) } },
    { type: "set", result: "success" },
    { type: "get", result: { ok: false, reason: "object-undefined" } },
    { type: "action", result: "success", returned: u8(9) },
  ]);
  expect([device.written, device.invoked]).toEqual([[u16(5)], [u8(3)]]);
});

test("carries out nothing behind the first failure when asked to break there", () => {
  const device = meter();
  expect(ask(device, [missing, set, action, get], { breakOnError: true })).toEqual([
    { type: "get", result: { ok: false, reason: "object-undefined" } },
    { type: "set", result: "other-reason" },
    { type: "action", result: "other-reason" },
    { type: "get", result: { ok: false, reason: "other-reason" } },
  ]);
  expect([device.written, device.invoked]).toEqual([[], []]);
});

const oneGet = fromHex("d940000001000101004600006003 0aff020100");

test("does not answer an unconfirmed request", () => {
  expect(serve(meter(), oneGet).length).toBeGreaterThan(0);
  expect(serve(meter(), oneGet.with(1, 0)).length).toBe(0);
});

test("refuses the service where it was not agreed, an answer too long, and a list without values", () => {
  expect(() => serve(meter(), oneGet, { conformance: 0 })).toThrow(ServiceRefused);
  expect(() => serve(meter(), oneGet, { clientMaxPduOctets: 12 })).toThrow(ServiceRefused);
  const without = fromHex("d940000001000101004600006003 0aff0200");
  expect(() => serve(meter(), without)).toThrow(DecodeError);
});
