import { octetString, structure, u16, u32, u8 } from "@lectura/dlms/axdr";
import { obis } from "@lectura/dlms/cosem";
import { type DecodeError, fromHex } from "@lectura/dlms/octets";
import {
  servedCompactData,
  type ServedColumn,
  type ServedCompactDataOptions,
} from "@lectura/dlms/server";
import { describe, expect, test } from "vitest";
import { meterSession, noLists } from "./procedure.fixture.ts";
import { readCompactData } from "./read-compact-data.ts";

const name = "0.0.66.0.1.255";

function meter(changes: Partial<ServedCompactDataOptions> = {}, templateId = 47) {
  let captured = 0;
  const objects: readonly ServedColumn[] = [
    {
      classId: 62,
      logicalName: obis(name),
      attributeId: 4,
      dataIndex: 0,
      capture: () => u8(templateId),
    },
    {
      classId: 1,
      logicalName: obis("0.0.96.1.0.255"),
      attributeId: 2,
      dataIndex: 0,
      capture: () => octetString(fromHex("414243")),
    },
    {
      classId: 3,
      logicalName: obis("7.0.13.2.0.255"),
      attributeId: 0,
      dataIndex: 0,
      capture: () => structure([u32(++captured), u16(9)]),
    },
  ];
  return servedCompactData(name, { templateId, objects, captureMethod: "implicit", ...changes });
}

describe("compact data over a session", () => {
  test.each([
    ["with lists", undefined, 1],
    ["one by one", noLists, 4],
  ])("is read %s with its template", async (_, conformance, roundTrips) => {
    await using served = await meterSession(
      [meter()],
      conformance === undefined ? {} : { conformance },
    );
    const { session } = served;
    const reading = await readCompactData(session, name);
    if (!reading.ok) throw new Error(reading.reason);
    expect(session.counters.requests).toBe(roundTrips);
    expect(reading.values.map(({ data }) => data)).toEqual([
      u8(47),
      octetString(fromHex("414243")),
      structure([u32(expect.any(Number) as number), u16(9)]),
    ]);
    expect(reading.values[1]!.object.logicalName).toBe("0.0.96.1.0.255");
    const again = await readCompactData(session, name, { description: reading.description });
    expect(again.ok && again.values).toHaveLength(3);
    expect(session.counters.requests).toBe(roundTrips + 1);
  });

  test.each([{ arrays: "counted" }, { values: "tagged" }] as const)(
    "is read as the meter writes it: %o",
    async (how) => {
      await using served = await meterSession([meter(how)]);
      const reading = await readCompactData(served.session, name, how);
      expect(reading.ok && reading.values[1]!.data).toEqual(octetString(fromHex("414243")));
    },
  );

  test("has no values before anything is captured", async () => {
    await using served = await meterSession([meter({ captureMethod: "invoked" })]);
    expect(await readCompactData(served.session, name)).toMatchObject({ ok: true, values: [] });
  });

  test("of another template than the one known is refused", async () => {
    await using served = await meterSession([meter({}, 48)]);
    const reading = await readCompactData(served.session, name);
    if (!reading.ok) throw new Error(reading.reason);
    const description = { ...reading.description, templateId: 47 };
    await expect(readCompactData(served.session, name, { description })).rejects.toMatchObject({
      code: "cosem/malformed",
    } satisfies Partial<DecodeError>);
  });

  test("of an object the meter has not is the meter's no", async () => {
    await using served = await meterSession([]);
    expect(await readCompactData(served.session, name)).toEqual({
      ok: false,
      reason: "object-undefined",
    });
  });
});
