import { servedDisconnectControl } from "@lectura/dlms/server";
import { describe, expect, test } from "vitest";
import { meterSession } from "./procedure.fixture.ts";
import { readSupplyState, remoteDisconnect, remoteReconnect } from "./remote-disconnect.ts";

const name = "0.0.96.3.10.255";

describe("a meter's supply", () => {
  test("is disconnected and reconnected, and says where it stands", async () => {
    const served = servedDisconnectControl(name, { mode: 4 });
    await using meter = await meterSession([served.object]);
    const { session } = meter;
    const connected = {
      ok: true,
      outputState: true,
      controlState: "connected",
      controlMode: 4,
    } as const;
    expect(await readSupplyState(session)).toEqual(connected);
    expect(await remoteDisconnect(session)).toEqual({
      result: "success",
      state: { ...connected, outputState: false, controlState: "disconnected" },
    });
    expect(await remoteDisconnect(session)).toMatchObject({ result: "other-reason" });
    expect(await remoteReconnect(session)).toEqual({ result: "success", state: connected });
  });

  test("that does not exist is a value", async () => {
    await using meter = await meterSession([]);
    const refused = { ok: false, reason: "object-undefined" };
    expect(await readSupplyState(meter.session)).toEqual(refused);
    expect(await remoteDisconnect(meter.session)).toEqual({
      result: "object-undefined",
      state: refused,
    });
  });
});
