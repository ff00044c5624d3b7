import { describe, expect, test } from "vitest";
import { i32, octetString, u16, u32, u8 } from "../../axdr/construct.ts";
import {
  demandRegisterObject,
  extendedRegisterObject,
  registerObject,
} from "../../cosem/attributes/objects.ts";
import { dateTimeFromUtcMs } from "../../cosem/date-time.ts";
import { dataObject } from "../../cosem/descriptor.ts";
import { askedMeter } from "./asked-meter.fixture.ts";
import {
  servedData,
  servedDemandRegister,
  servedExtendedRegister,
  servedRegister,
} from "./measured-objects.ts";

const code = "1.0.1.8.0.255";
const scalerUnit = { scaler: -1, unit: 30 };
const time = dateTimeFromUtcMs(Date.UTC(2026, 5, 1), -60, 0);

describe("measured objects", () => {
  test("data answers its value and takes what its write takes", () => {
    let kept = octetString(Uint8Array.of(1));
    const meter = askedMeter([
      servedData(code, {
        value: () => kept,
        write: (value) => {
          if (value.type !== "octet-string") return "type-unmatched";
          kept = octetString(value.value.slice());
          return "success";
        },
      }),
      servedData("1.0.2.8.0.255", { value: () => u8(7) }),
    ]);
    expect(meter.set(dataObject(code), u8(1))).toBe("type-unmatched");
    expect(meter.set(dataObject(code), octetString(Uint8Array.of(2, 3)))).toBe("success");
    expect(meter.get(dataObject(code))).toEqual(octetString(Uint8Array.of(2, 3)));
    expect(meter.set(dataObject("1.0.2.8.0.255"), u8(1))).toBe("read-write-denied");
  });

  test("a register has its value, scaler and unit, and a reset where it is given", () => {
    let raw = 1234;
    const meter = askedMeter([
      servedRegister(code, {
        value: () => i32(raw),
        scalerUnit,
        reset: () => {
          raw = 0;
          return "success";
        },
      }),
      servedRegister("1.0.2.8.0.255", { value: () => i32(1), scalerUnit }),
    ]);
    const typed = registerObject(code);
    expect(meter.read(typed.value)).toEqual(i32(1234));
    expect(meter.read(typed.scalerUnit)).toEqual(scalerUnit);
    expect(meter.invoke(typed.reset, 0)).toBe("success");
    expect(meter.read(typed.value)).toEqual(i32(0));
    expect(meter.call(registerObject("1.0.2.8.0.255").reset)).toBe("read-write-denied");
  });

  test("extended and demand registers have their times and statuses", () => {
    const meter = askedMeter([
      servedExtendedRegister(code, {
        value: () => u32(5),
        scalerUnit,
        status: () => u8(1),
        captureTime: () => time,
      }),
      servedDemandRegister("1.0.1.4.0.255", {
        currentAverage: () => u16(10),
        lastAverage: () => u16(9),
        scalerUnit,
        status: () => u8(0),
        captureTime: () => time,
        startTime: () => time,
        periodSeconds: 900,
        periods: 1,
      }),
    ]);
    expect(meter.read(extendedRegisterObject(code).captureTime)).toEqual(time);
    expect(meter.read(extendedRegisterObject(code).status)).toEqual(u8(1));
    const demand = demandRegisterObject("1.0.1.4.0.255");
    expect(meter.read(demand.lastAverageValue)).toEqual(u16(9));
    expect(meter.read(demand.period)).toBe(900);
    expect(meter.call(demand.nextPeriod)).toBe("read-write-denied");
  });
});
