/** Simulated meters over UDP, TLS and behind an optical head, read by our client. */
import { obis } from "@lectura/dlms/cosem";
import { ManualClock, opensslPresent, selfSigned } from "@lectura/testkit";
import { expect, test } from "vitest";
import { openMeter } from "./fleet-client.fixture.ts";
import type { FleetOptions } from "./fleet.ts";
import { startFleet } from "./start-fleet.ts";

const noon = Date.UTC(2026, 6, 14, 12, 0, 5);
const voltage = { classId: 3, logicalName: obis("1.0.32.7.0.255"), attributeId: 2 };

async function readsVoltage(
  options: Partial<FleetOptions>,
  session: Parameters<typeof openMeter>[1] = {},
): Promise<void> {
  await using fleet = await startFleet({ meters: 1, clock: new ManualClock(noon), ...options });
  const meter = fleet.meters[0]!;
  await using reading = await openMeter(meter, session);
  expect(await reading.get(voltage)).toMatchObject({
    value: { value: Number(meter.truth("voltage_l1", noon)) },
  });
}

test("a meter is read over UDP, plain and ciphered", async () => {
  await readsVoltage({ transport: "udp" }, { framing: "wrapper" });
  await readsVoltage({ transport: "udp", personality: "secured" }, { framing: "wrapper" });
});

test.skipIf(!opensslPresent())("a meter is read over TLS", async () => {
  const { cert, key } = selfSigned();
  await readsVoltage({ transport: "tls", tls: { cert, key } }, { tls: { ca: cert } });
});

test("a meter behind an optical head is read after its sign-on", async () => {
  const clock = new ManualClock(noon);
  const progress = { done: false };
  const reading = readsVoltage({ modeE: true }, { modeE: {}, clock }).finally(() => {
    progress.done = true;
  });
  while (!progress.done) await clock.advance(10);
  await reading;
});

test("what contradicts itself is refused before anything starts", async () => {
  const wrong: readonly Partial<FleetOptions>[] = [
    { transport: "tls" },
    { tls: {} },
    { transport: "udp", modeE: true },
    { transport: "udp", linePersonality: "echo" },
    { dialing: { host: "127.0.0.1", port: 0 } },
    { pushing: { host: "127.0.0.1", port: 1, ciphered: true } },
    { pushing: { host: "127.0.0.1", port: 1, intervalS: 0 } },
  ];
  for (const options of wrong) {
    await expect(startFleet({ meters: 1, ...options }), JSON.stringify(options)).rejects.toThrow(
      RangeError,
    );
  }
});
