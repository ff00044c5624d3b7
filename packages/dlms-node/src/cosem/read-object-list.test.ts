import { u8 } from "@lectura/dlms/axdr";
import { obis } from "@lectura/dlms/cosem";
import { servedClock, servedData, servedRegister } from "@lectura/dlms/server";
import { describe, expect, test } from "vitest";
import { meterSession } from "./procedure.fixture.ts";
import { readObjectList } from "./read-object-list.ts";

const objects = [
  servedClock().object,
  servedRegister("1.0.1.8.0.255", { value: () => u8(5), scalerUnit: { scaler: 0, unit: 30 } }),
  servedData("0.0.96.1.0.255", { value: () => u8(1), write: () => "success" }),
  { ...servedData("0.0.199.1.0.255", { value: () => u8(1) }), classId: 9999 },
];

describe("the object list", () => {
  test.each(["ln", "sn"] as const)(
    "is read with rights and classes over %s",
    async (referencing) => {
      await using meter = await meterSession(objects, { referencing });
      const result = await readObjectList(meter.session);
      if (!result.ok) throw new Error(result.reason);
      const find = (code: string) =>
        result.objects.find(({ logicalName }) => logicalName === obis(code));
      expect(result.objects).toHaveLength(objects.length + 1);
      expect(result.associationVersion).toBe(referencing === "ln" ? 1 : 2);
      const register = find("1.0.1.8.0.255")!;
      expect(register.interfaceClass?.name).toBe("Register");
      expect(register.attributes.map(({ attributeId, read }) => [attributeId, read])).toEqual([
        [1, true],
        [2, true],
        [3, true],
      ]);
      expect(register.methods[0]).toMatchObject({ methodId: 1, execute: true });
      expect(find("0.0.96.1.0.255")!.attributes[1]).toMatchObject({ read: true, write: true });
      expect(find("0.0.199.1.0.255")!.interfaceClass).toBeUndefined();
      expect(register.baseName === undefined).toBe(referencing === "ln");
    },
  );

  test("is refused as a value", async () => {
    await using meter = await meterSession(objects);
    const association = "0.0.40.0.7.255";
    expect(await readObjectList(meter.session, { association })).toEqual({
      ok: false,
      reason: "object-undefined",
    });
  });
});
