import { u16 } from "@lectura/dlms/axdr";
import { obis, profileGeneric } from "@lectura/dlms/cosem";
import { OctetWriter } from "@lectura/dlms/octets";
import {
  answerOctetsCeiling,
  MeterRuntime,
  ObjectDirectory,
  servedClock,
  servedProfile,
} from "@lectura/dlms/server";
import { ManualClock, openPipe } from "@lectura/testkit";
import { expect, test } from "vitest";
import { openSession } from "../session/open-session.ts";
import { runMeter } from "./run-meter.ts";
import { serveSession } from "./server-session.ts";

const energy = { classId: 3, logicalName: obis("1.0.1.8.0.255"), attributeId: 2 } as const;

test("a meter captures by its clock while it is read, until it is switched off", async () => {
  const clock = new ManualClock();
  const profile = servedProfile("1.0.99.1.0.255", {
    columns: [{ ...energy, dataIndex: 0, capture: () => u16(7) }],
    capturePeriodSeconds: 60,
    entriesMax: 100,
  });
  const directory = new ObjectDirectory([profile.object]);
  const { near, far } = openPipe();
  const view = {
    clientSap: 16,
    authentication: { mechanism: "none" },
    objects: directory,
    conformance: 0x00_7e1f,
  } as const;
  serveSession({
    port: far,
    meters: [
      { address: { size: 1, upper: 1, lower: 0 }, device: { views: [view] }, inactivityMs: 0 },
    ],
    clock,
    writer: new OctetWriter(answerOctetsCeiling, 1024),
  });
  const runtime = new MeterRuntime({
    clock: servedClock(),
    directory: () => directory,
    profiles: [profile],
  });
  const session = await openSession({ port: near, clock });
  const running = runMeter(runtime, { clock });
  await clock.advance(5 * 60_000);
  const rows = await session.get(profileGeneric("1.0.99.1.0.255"));
  expect(rows.ok && rows.value.type === "array" && rows.value.value.length).toBe(5);
  running[Symbol.dispose]();
  await clock.advance(5 * 60_000);
  expect(profile.rowCount).toBe(5);
  await session[Symbol.asyncDispose]();
});
