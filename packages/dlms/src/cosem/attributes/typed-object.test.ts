import { describe, expect, expectTypeOf, test } from "vitest";
import { array, enumeration, i8, octetString, structure, u16, u8 } from "../../axdr/construct.ts";
import { DecodeError } from "../../error.ts";
import { decodeTime } from "../date-time.ts";
import { obis, obisToOctets } from "../obis.ts";
import { activityCalendar, disconnectControl, iecHdlcSetup, pushSetup } from "./objects.ts";

const name = obis("0.0.13.0.0.255");
const script = obis("0.0.10.0.100.255");
const start = Uint8Array.of(6, 30, 0, 0);

const days = array([
  structure([
    u8(1),
    array([structure([octetString(start), octetString(obisToOctets(script)), u16(2)])]),
  ]),
]);

describe("typed objects", () => {
  test("name, decode and encode one attribute", () => {
    const attribute = activityCalendar(name).dayProfileTablePassive;
    expect(attribute).toMatchObject({ classId: 20, logicalName: name, attributeId: 9 });
    const value = attribute.decode(days);
    expect(value).toEqual([
      {
        dayId: 1,
        daySchedule: [
          { startTime: decodeTime(start), scriptLogicalName: script, scriptSelector: 2 },
        ],
      },
    ]);
    expect(attribute.encode(value)).toEqual(days);
    expectTypeOf(value[0]!.daySchedule[0]!.scriptSelector).toEqualTypeOf<number>();
  });

  test("say where Data is malformed, and give nothing of it", () => {
    const broken = array([
      structure([u8(1), array([structure([octetString(start), u8(1), u16(2)])])]),
    ]);
    const attribute = activityCalendar(name).dayProfileTablePassive;
    expect(() => attribute.decode(broken)).toThrow(
      expect.objectContaining({
        code: "cosem/malformed",
        field: "dayProfileTablePassive[0].daySchedule[0].scriptLogicalName",
      }) as DecodeError,
    );
    expect(() => attribute.decode(array([structure([u8(1)])]))).toThrow(DecodeError);
  });

  test("keep unknown enum numbers as numbers", () => {
    const { controlState } = disconnectControl("0.0.96.3.10.255");
    expect(controlState.decode(enumeration(2))).toBe("ready-for-reconnection");
    expect(controlState.decode(enumeration(9))).toBe(9);
    expect(controlState.encode(9)).toEqual(enumeration(9));
    expect(controlState.encode("connected")).toEqual(enumeration(1));
    expect(() => controlState.encode("off" as never)).toThrow(RangeError);
  });

  test("differ by version", () => {
    expect(pushSetup("0.7.25.9.0.255", 0).repetitionDelay.encode(30)).toEqual(u16(30));
    const delay = pushSetup("0.7.25.9.0.255", 2).repetitionDelay;
    const value = { repetitionDelayMin: 1, repetitionDelayExponent: 2, repetitionDelayMax: 3 };
    expect(delay.encode(value)).toEqual(structure([u16(1), u16(2), u16(3)]));
    expect(() => iecHdlcSetup(name, 0).maxInfoFieldLengthTransmit.encode(300)).toThrow(RangeError);
    expect(iecHdlcSetup(name).maxInfoFieldLengthTransmit.encode(300)).toEqual(u16(300));
  });

  test("name methods and encode their parameters", () => {
    const method = disconnectControl("0.0.96.3.10.255").remoteReconnect;
    expect(method).toMatchObject({ classId: 70, methodId: 2 });
    expect(method.encode(0)).toEqual(i8(0));
    expect(method.decode(i8(0))).toBe(0);
  });

  test("stay typed when a part is selected", () => {
    const part = activityCalendar(name).calendarNameActive.select({
      selector: 1,
      parameters: u8(0),
    });
    expect(part.selection?.selector).toBe(1);
    expect(part.decode(octetString(start))).toEqual(start);
  });
});
