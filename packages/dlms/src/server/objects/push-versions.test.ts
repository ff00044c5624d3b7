import { expect, test } from "vitest";
import {
  array,
  enumeration,
  i8,
  nullData,
  octetString,
  structure,
  u16,
  u32,
  u8,
} from "../../axdr/construct.ts";
import type { Data } from "../../axdr/data.ts";
import { encodeDateTime, dateTimeFromUtcMs } from "../../cosem/date-time.ts";
import { obis, obisToOctets } from "../../cosem/obis.ts";
import { pushDelayMs } from "../push-timing.ts";
import type { ServerObject } from "../object.ts";
import { ObjectDirectory } from "../view.ts";
import { meterContext } from "./asked-meter.fixture.ts";
import { servedClock } from "./clock-object.ts";
import { servedProfile } from "./profile-object.ts";
import type { PushedObject } from "./push-body.ts";
import { servedPushSetup, type ServedPushSetup, type StartedPush } from "./push-setup.ts";

const clockColumn = {
  classId: 8,
  logicalName: obis("0.0.1.0.0.255"),
  attributeId: 2,
  dataIndex: 0,
};
const energyColumn = {
  classId: 3,
  logicalName: obis("1.0.1.8.0.255"),
  attributeId: 2,
  dataIndex: 0,
};
const powerColumn = { ...energyColumn, logicalName: obis("1.0.1.7.0.255") };
const buffer = { classId: 7, logicalName: obis("1.0.99.1.0.255"), attributeId: 2, dataIndex: 0 };
const at = (hour: number): Data =>
  octetString(encodeDateTime(dateTimeFromUtcMs(Date.UTC(2026, 5, 1, hour), 0)));

/** Hours 0 to 4: clock, energy 100 + hour, power 200 + hour. */
function profile(): ServerObject {
  const columns = [clockColumn, energyColumn, powerColumn].map((column) => ({
    ...column,
    capture: () => nullData(),
  }));
  const options = { columns, capturePeriodSeconds: 3600, entriesMax: 10 };
  const served = servedProfile("1.0.99.1.0.255", options);
  for (let hour = 0; hour < 5; hour++) served.append([at(hour), u32(100 + hour), u32(200 + hour)]);
  return served.object;
}

function setupOf(
  version: 2 | 3,
  changes: Partial<PushedObject> = {},
): { readonly setup: ServedPushSetup; readonly pushes: StartedPush[] } {
  const pushes: StartedPush[] = [];
  const directory = new ObjectDirectory([profile()]);
  const setup = servedPushSetup({
    version,
    directory: () => directory,
    pushObjects: [{ ...buffer, ...changes }],
    destination: { transportService: 0, destination: new Uint8Array(0), message: 0 },
    retries: 5,
    repetitionDelaySeconds: 10,
    repetitionDelayPercent: 200,
    repetitionDelaySecondsMax: 50,
    operationMethod: 2,
    clock: servedClock(),
    push: (push) => {
      pushes.push(push);
      return "success";
    },
  });
  return { setup, pushes };
}

const byDate = { restrictionType: 1, restrictionValue: structure([at(1), at(2)]) };
const byEntry = { restrictionType: 2, restrictionValue: structure([u32(4), u32(0)]) };

test.each([2, 3] as const)(
  "version %i pushes the rows and columns it is restricted to",
  (version) => {
    const body = (changes: Partial<PushedObject>): Data => setupOf(version, changes).setup.body(0);
    expect(body({ restriction: byDate, columns: [powerColumn] })).toEqual(
      structure([array([structure([u32(201)]), structure([u32(202)])])]),
    );
    expect(body({ restriction: byEntry, columns: [energyColumn, clockColumn] })).toEqual(
      structure([array([structure([u32(103), at(3)]), structure([u32(104), at(4)])])]),
    );
    expect(body({ restriction: byDate })).toEqual(
      structure([
        array([structure([at(1), u32(101), u32(201)]), structure([at(2), u32(102), u32(202)])]),
      ]),
    );
    const missing = { ...energyColumn, attributeId: 3 };
    const all = body({ columns: [missing] });
    expect(all).toEqual(
      structure([array(Array.from({ length: 5 }, () => structure([nullData()])))]),
    );
  },
);

test("a restriction that says nothing sensible pushes null-data", () => {
  const wrong = [
    { restrictionType: 1, restrictionValue: u8(1) },
    { restrictionType: 9, restrictionValue: structure([at(1), at(2)]) },
    { restrictionType: 2, restrictionValue: structure([u32(1)]) },
  ];
  for (const restriction of wrong) {
    expect(setupOf(2, { restriction }).setup.body(0)).toEqual(structure([nullData()]));
  }
});

test("version 2 shows and takes restrictions, columns and delays that grow", () => {
  const { setup, pushes } = setupOf(2, { restriction: byEntry, columns: [energyColumn] });
  const context = meterContext(0);
  const { attributes } = setup.object;
  const list = attributes[2]!.read!(context) as Data;
  expect(attributes[2]!.write!(list, context)).toBe("success");
  expect(attributes[2]!.read!(context)).toEqual(list);
  expect(setup.body(0)).toEqual(structure([array([structure([u32(103)]), structure([u32(104)])])]));
  const plain = structure([
    u16(8),
    octetString(obisToOctets(clockColumn.logicalName)),
    i8(2),
    u16(0),
  ]);
  expect(attributes[2]!.write!(array([plain]), context)).toBe("type-unmatched");
  const delays = [1, 2, 3, 4, 5].map((attempt) => pushDelayMs(setup.timing, attempt, 0));
  expect(delays).toEqual([10_000, 20_000, 40_000, 50_000, 50_000]);
  expect(attributes[7]!.write!(structure([u16(1), u16(100), u16(0)]), context)).toBe("success");
  expect(setup.timing.repetitionDelay).toEqual({ minMs: 1000, exponentPercent: 100 });
  expect(setup.push(0)).toBe("success");
  expect(pushes).toMatchObject([{ confirmed: true, timing: { retries: 5 } }]);
});

test("version 2 says when a push was confirmed last, until it is reset", () => {
  const { setup } = setupOf(2);
  const context = meterContext(0);
  const confirmed = setup.object.attributes[13]!;
  const before = confirmed.read!(context);
  setup.confirmed(Date.UTC(2026, 5, 1));
  expect(confirmed.read!(context)).toMatchObject({
    type: "date-time",
    value: encodeDateTime(dateTimeFromUtcMs(Date.UTC(2026, 5, 1), 0, 0)),
  });
  expect(setup.object.methods![2]!.invoke(i8(0), context)).toEqual({ result: "success" });
  expect(confirmed.read!(context)).toEqual(before);
  expect(setup.object.attributes[11]!.write!(enumeration(9), context)).toBe("other-reason");
  expect(setup.object.attributes[11]!.write!(enumeration(0), context)).toBe("success");
});
