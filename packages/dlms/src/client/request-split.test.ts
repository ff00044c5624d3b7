import { expect, test } from "vitest";
import fc from "fast-check";
import { octetString } from "../axdr/construct.ts";
import type { Data } from "../axdr/data.ts";
import { obis } from "../cosem/obis.ts";
import { OctetWriter } from "../octets.ts";
import type { AttributeDescriptor } from "../xdlms/descriptor.ts";
import { ActionListExchange } from "./action-exchange.ts";
import type { ExchangeContext } from "./exchange.ts";
import { GetListExchange } from "./get-exchange.ts";
import {
  splitActionList,
  splitGetList,
  splitReadList,
  splitSetList,
  splitWriteList,
} from "./request-split.ts";
import { SetListExchange } from "./set-exchange.ts";
import { WriteExchange } from "./write-exchange.ts";

const attribute = (selectionOctets: number): AttributeDescriptor => ({
  classId: 7,
  logicalName: obis("1.0.99.1.0.255"),
  attributeId: 2,
  ...(selectionOctets === 0
    ? {}
    : {
        selection: { selector: 1, parameters: octetString(new Uint8Array(selectionOctets)) },
      }),
});

test("cuts a list into requests that fit, in order, and loses none", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 300 }),
      fc.integer({ min: 60, max: 600 }),
      (sizes, octetsMax) => {
        const attributes = sizes.map(attribute);
        const runs = splitGetList(attributes, octetsMax);
        expect(runs.flat()).toEqual(attributes);
        for (const run of runs) {
          const writer = new OctetWriter(0xffff);
          new GetListExchange(run, 0xc1, {
            sendOctetsMax: octetsMax,
            transferOctetsMax: 0xffff,
            invokeIdAlwaysOne: false,
            blockSet: false,
            blockAction: false,
          }).start(writer);
          expect(writer.length).toBeLessThanOrEqual(octetsMax);
          expect(run.length).toBeGreaterThan(0);
        }
      },
    ),
    { numRuns: 50 },
  );
});

test("asks in one request for what fits one", () => {
  const nine = Array.from({ length: 9 }, () => attribute(0));
  expect(splitGetList(nine, 94)).toHaveLength(1);
  expect(splitGetList(nine, 93)).toHaveLength(2);
  expect(splitGetList([], 100)).toEqual([]);
});

const method = { classId: 18, logicalName: obis("0.0.44.0.0.255"), methodId: 2 };
const sizesOf = fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 200 });
const octetsMaxOf = fc.integer({ min: 120, max: 600 });
const contextOf = (
  sendOctetsMax: number,
  more: Partial<ExchangeContext> = {},
): ExchangeContext => ({
  sendOctetsMax,
  transferOctetsMax: 0xffff,
  invokeIdAlwaysOne: false,
  blockSet: false,
  blockAction: false,
  ...more,
});
test("cuts lists that change the meter into requests that fit, where it takes no blocks", () => {
  fc.assert(
    fc.property(sizesOf, octetsMaxOf, (sizes, octetsMax) => {
      const context = contextOf(octetsMax);
      const data = (size: number): Data => octetString(new Uint8Array(size));
      const values = sizes.map((size) => ({ attribute: attribute(size), data: data(size) }));
      const calls = sizes.map((size) => ({ method, parameters: data(size) }));
      const names = sizes.map((size) => ({ name: { variableName: size }, data: data(size) }));
      const started = [
        ...splitSetList(values, context).map((run) => new SetListExchange(run, 0xc1, context)),
        ...splitActionList(calls, context).map((run) => new ActionListExchange(run, 0xc1, context)),
        ...splitWriteList(names, context).map((run) => new WriteExchange(run, context)),
      ];
      for (const exchange of started) {
        const writer = new OctetWriter(0xffff);
        exchange.start(writer);
        expect(writer.length).toBeLessThanOrEqual(octetsMax);
      }
      expect(splitSetList(values, context).flat()).toEqual(values);
      expect(splitActionList(calls, context).flat()).toEqual(calls);
      expect(splitWriteList(names, context).flat()).toEqual(names);
    }),
    { numRuns: 50 },
  );
});

test("leaves them whole for blocks of either kind", () => {
  const values = Array.from({ length: 20 }, () => ({
    attribute: attribute(0),
    data: octetString(new Uint8Array(20)),
  }));
  expect(splitSetList(values, contextOf(100))).toHaveLength(10);
  expect(splitSetList(values, contextOf(100, { blockSet: true }))).toHaveLength(1);
  expect(splitSetList(values, contextOf(100, { generalBlockTransfer: true }))).toHaveLength(1);
});

test("reads one variable at a time where the meter takes no more", () => {
  const names = [1, 2, 3].map((variableName) => ({ variableName }));
  expect(splitReadList(names, contextOf(100))).toEqual([names]);
  expect(splitReadList(names, contextOf(100, { multipleReferences: false }))).toHaveLength(3);
});
