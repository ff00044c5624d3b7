/** Meters that push, alarm, gasp and dial in, against our own listeners. */
import {
  identifyByDeviceName,
  identifyByFirstUnit,
  type ListenForPushesOptions,
  listenForMeters,
  listenForPushes,
  type MeterListener,
  nodeCrypto,
  openSession,
  type PushDelivery,
  securedAssociation,
} from "@lectura/dlms-node";
import { clock as clockAttribute, obis } from "@lectura/dlms/cosem";
import { pushOpener } from "@lectura/dlms/push";
import { ReplayWindows } from "@lectura/dlms/security";
import { decodeApdu } from "@lectura/dlms/xdlms";
import { ManualClock, until } from "@lectura/testkit";
import { expect, test } from "vitest";
import { openMeter } from "../fleet-client.fixture.ts";
import type { Fleet, FleetEvent, FleetMeter, FleetOptions } from "../fleet.ts";
import { startFleet } from "../start-fleet.ts";
import type { PushingOptions } from "./pushing-options.ts";

const noon = Date.UTC(2026, 6, 14, 12, 0, 5);
const voltage = { classId: 3, logicalName: obis("1.0.32.7.0.255"), attributeId: 2 };

interface Heard extends AsyncDisposable {
  readonly tcpPort: number;
  readonly udpPort: number;
  readonly deliveries: PushDelivery[];
}

async function hear(options: Partial<ListenForPushesOptions> = {}): Promise<Heard> {
  const deliveries: PushDelivery[] = [];
  const listener = await listenForPushes({
    tcp: {},
    udp: {},
    onNotification: (delivery) => void deliveries.push(delivery),
    ...options,
  });
  return {
    tcpPort: listener.tcp!.port,
    udpPort: listener.udp!.port,
    deliveries,
    [Symbol.asyncDispose]: () => listener[Symbol.asyncDispose](),
  };
}

interface Pushing {
  readonly fleet: Fleet;
  readonly clock: ManualClock;
  readonly events: FleetEvent[];
}

async function push(
  { tcpPort, udpPort }: Heard,
  pushing: Partial<PushingOptions>,
  options: Partial<FleetOptions> = {},
): Promise<Pushing> {
  const clock = new ManualClock(noon);
  const events: FleetEvent[] = [];
  const port = pushing.transport === "udp" ? udpPort : tcpPort;
  const fleet = await startFleet({
    meters: 1,
    clock,
    pushing: { host: "127.0.0.1", port, intervalS: 10, ...pushing },
    onEvent: (event) => void events.push(event),
    ...options,
  });
  return { fleet, clock, events };
}

const ways = (["tcp", "udp"] as const).flatMap((transport) =>
  (["wrapper", "hdlc", "apdu"] as const).map((framing) => ({ transport, framing })),
);

test.each(ways)("pushes by interval over $transport in $framing frames", async (way) => {
  await using heard = await hear();
  const { fleet, clock } = await push(heard, way);
  await using _fleet = fleet;
  await clock.advance(10_000);
  await until(() => heard.deliveries.length > 0);
  const { meaning } = heard.deliveries[0]!;
  if (meaning.kind !== "data") throw new Error(meaning.kind);
  expect(meaning.content.form).toBe("object-list");
  const energy = meaning.content.values.find(({ logicalName }) => logicalName === "1.0.1.8.0.255");
  const pushedAt = clock.nowMs();
  const truths = Array.from({ length: 11 }, (_, second) =>
    fleet.meters[0]!.truth("active_energy", pushedAt - second * 1000),
  );
  expect(truths).toContain(BigInt(Number(energy?.value.value)));
});

test("a ciphered meter pushes under general-glo, in blocks where it is long, and is confirmed", async () => {
  const keyring: { meter?: FleetMeter } = {};
  const windows = new ReplayWindows();
  await using heard = await hear({
    reading: {
      open: pushOpener(nodeCrypto, (title) => {
        const { suite = 0, keys, serverSystemTitle } = keyring.meter!.security;
        const systemTitle = title ?? serverSystemTitle!;
        return { systemTitle, suite, keys: keys!, windows, required: "authenticated-encrypted" };
      }),
    },
  });
  const { fleet, clock } = await push(heard, { apduOctetsMax: 60 }, { personality: "secured" });
  await using _fleet = fleet;
  keyring.meter = fleet.meters[0]!;
  await clock.advance(10_000);
  await until(() => heard.deliveries.length > 0);
  const [{ meaning, message }] = heard.deliveries as [PushDelivery];
  expect(meaning.kind).toBe("data");
  expect(message?.opened?.verified).toBe(true);
});

test("an alarm goes by push and, to who is associated, by event-notification", async () => {
  await using heard = await hear();
  const { fleet } = await push(heard, { confirmed: true }, { personality: "full" });
  await using _fleet = fleet;
  const kinds: string[] = [];
  await using session = await openMeter(fleet.meters[0]!, {
    framing: "wrapper",
    onUnsolicited: (apdu) => void kinds.push(apdu.kind),
  });
  const time = await session.get(clockAttribute());
  if (!time.ok) throw new Error(time.reason);
  expect(await session.set(clockAttribute(), time.value)).toBe("success");
  await until(() => heard.deliveries.length === 1 && kinds.length === 1);
  expect(kinds).toEqual(["event-notification"]);
  await fleet.lastGasp();
  await until(() => heard.deliveries.length === 2 && kinds.length === 2);
});

test("a destination that a client writes is where the next push goes", async () => {
  await using heard = await hear();
  const { fleet, events } = await push(heard, { port: 1 }, { personality: "full" });
  await using _fleet = fleet;
  await using session = await openMeter(fleet.meters[0]!);
  const setup = { classId: 40, logicalName: obis("0.0.25.9.0.255") };
  const pushNow = (): Promise<unknown> =>
    session.action({ ...setup, methodId: 1 }, { type: "integer", value: 0 });
  await pushNow();
  await until(() => events.some(({ type }) => type === "push-failed"));
  const address = new TextEncoder().encode(`127.0.0.1:${heard.tcpPort}`);
  const written = await session.set(
    { ...setup, attributeId: 3 },
    {
      type: "structure",
      value: [
        { type: "enum", value: 0 },
        { type: "octet-string", value: address },
        { type: "enum", value: 0 },
      ],
    },
  );
  expect(written).toBe("success");
  await pushNow();
  await until(() => heard.deliveries.length === 1);
});

async function dialledIn(
  options: Parameters<typeof listenForMeters>[0],
  fleetOptions: Partial<FleetOptions> = {},
): Promise<{ readonly hall: MeterListener; readonly fleet: Fleet }> {
  const hall = await listenForMeters(options);
  const dialing = { host: "127.0.0.1", port: hall.port };
  const fleet = await startFleet({
    meters: 2,
    clock: new ManualClock(noon),
    dialing,
    ...fleetOptions,
  });
  return { hall, fleet };
}

test("meters dial in, say their device name, and are read over their own connection", async () => {
  const identify = identifyByFirstUnit((apdu) => {
    const notification = decodeApdu(apdu);
    if (notification.kind !== "data-notification") return {};
    const { body } = notification;
    const name = body.type === "structure" ? body.value[0] : undefined;
    return name?.type === "octet-string" ? { identity: new TextDecoder().decode(name.value) } : {};
  });
  const { hall, fleet } = await dialledIn({ identify });
  await using _hall = hall;
  await using _fleet = fleet;
  const called: string[] = [];
  for await (const { port, identity } of hall) {
    const meter = fleet.meters.find(({ serial }) => identity.endsWith(serial))!;
    called.push(meter.name);
    await using session = await openSession({
      port,
      framing: "wrapper",
      clientSap: meter.clientSap,
      ...securedAssociation(meter.security),
    });
    expect(await session.get(voltage)).toMatchObject({
      value: { value: Number(meter.truth("voltage_l1", noon)) },
    });
    if (called.length === 2) break;
  }
  expect(called.toSorted()).toEqual(["sim-001", "sim-002"]);
});

test("a head-end that asks for the name is not confused by the announcement", async () => {
  const { hall, fleet } = await dialledIn({ identify: identifyByDeviceName() }, { meters: 1 });
  await using _hall = hall;
  await using _fleet = fleet;
  for await (const { identity } of hall) {
    expect(identity).toContain(fleet.meters[0]!.serial);
    break;
  }
});

test("a meter dials again after a connection that ended", async () => {
  const clock = new ManualClock(noon);
  const { hall, fleet } = await dialledIn(
    { identify: identifyByDeviceName() },
    { meters: 1, clock },
  );
  await using _hall = hall;
  await using _fleet = fleet;
  let calls = 0;
  for await (const meter of hall) {
    if (++calls === 2) break;
    await meter[Symbol.asyncDispose]();
    await until(() => clock.pending > 0);
    await clock.advance(10_000);
  }
  expect(calls).toBe(2);
});
