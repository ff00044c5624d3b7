import { expect, test } from "vitest";
import fc from "fast-check";
import { octetString } from "../axdr/construct.ts";
import { obis } from "../cosem/obis.ts";
import { OctetWriter } from "../octets.ts";
import type { AttributeDescriptor } from "../xdlms/descriptor.ts";
import { GetListExchange } from "./get-exchange.ts";
import { splitGetList } from "./request-split.ts";

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
