/** Meters that speak unasked over associations that are open, to our own client. */
import { u32, u8 } from "@lectura/dlms/axdr";
import { clientConformance } from "@lectura/dlms/client";
import { obis } from "@lectura/dlms/cosem";
import { OctetWriter } from "@lectura/dlms/octets";
import { answerOctetsCeiling, ObjectDirectory, type Unasked } from "@lectura/dlms/server";
import type { ConformanceBit } from "@lectura/dlms/xdlms";
import { ManualClock, openPipe } from "@lectura/testkit";
import { describe, expect, test } from "vitest";
import { MeterOutlet } from "./meter-outlet.ts";
import { openSession } from "../session/open-session.ts";
import type { Port } from "../ports/port.ts";
import { serveSession } from "./server-session.ts";
import { cipheredRoles } from "../session/session-roles.fixture.ts";
import type { SessionOptions } from "../session/session-options.ts";
import type { Session } from "../session/session.ts";
import type { UnsolicitedApdu } from "../session/unsolicited.ts";
import type { ServedMeter } from "./served-meter.ts";

const energy = { classId: 3, logicalName: obis("1.0.1.8.0.255"), attributeId: 2 } as const;
const conformance: readonly ConformanceBit[] = [
  ...clientConformance,
  "data-notification",
  "general-block-transfer",
];

const event: Unasked = { kind: "event-notification", attribute: energy, value: u8(1) };

function notification(invokeId: number, values = 1): Unasked {
  return {
    kind: "data-notification",
    invoke: {
      invokeId,
      selfDescriptive: false,
      breakOnError: false,
      confirmed: false,
      highPriority: false,
    },
    dateTime: new Uint8Array(0),
    body: { type: "structure", value: Array.from({ length: values }, (_, at) => u32(at)) },
  };
}

interface Linked {
  readonly session: Session;
  readonly outlet: MeterOutlet;
  readonly heard: UnsolicitedApdu[];
  readonly clock: ManualClock;
  readonly near: Port;
}

async function linked(
  framing: "hdlc" | "wrapper",
  options: Partial<SessionOptions> = {},
  view: ReturnType<typeof cipheredRoles>["view"] = {},
): Promise<Linked> {
  const { near, far } = openPipe();
  const clock = new ManualClock();
  const outlet = new MeterOutlet();
  const heard: UnsolicitedApdu[] = [];
  const objects = new ObjectDirectory([
    {
      classId: 3,
      version: 0,
      logicalName: energy.logicalName,
      attributes: { 2: { read: () => u32(5) } },
    },
  ]);
  const meter: ServedMeter = {
    address: { size: 1, upper: 1, lower: 0 },
    outlet,
    device: {
      views: [
        {
          clientSap: 16,
          authentication: { mechanism: "none" },
          objects,
          conformance: 0x7e_ff_ff,
          ...view,
        },
      ],
    },
  };
  const writer = new OctetWriter(answerOctetsCeiling, 1024);
  serveSession({ port: far, meters: [meter], clock, writer });
  const session = await openSession({
    port: near,
    clock,
    framing,
    conformance,
    onUnsolicited: (apdu) => void heard.push(apdu),
    ...options,
  });
  return { session, outlet, heard, clock, near };
}

describe.each(["hdlc", "wrapper"] as const)("over %s", (framing) => {
  test("an event and a notification reach the client, and requests go on", async () => {
    const { session, outlet, heard, clock } = await linked(framing);
    expect(outlet.send(event)).toBe(1);
    expect(outlet.send(notification(7), { clientSap: 16 })).toBe(1);
    expect(outlet.send(notification(8), { clientSap: 17 })).toBe(0);
    await clock.settle();
    expect(heard.map(({ kind }) => kind)).toEqual(["event-notification", "data-notification"]);
    expect(await session.get(energy)).toEqual({ ok: true, value: u32(5) });
    await session[Symbol.asyncDispose]();
    expect(outlet.send(event)).toBe(0);
  });

  test("it is ciphered as the association is", async () => {
    const { view, session: options } = cipheredRoles();
    const { session, outlet, heard, clock } = await linked(framing, options, view);
    expect(outlet.send(event)).toBe(1);
    expect(outlet.send(notification(9))).toBe(1);
    await clock.settle();
    expect(heard.map(({ kind }) => kind)).toEqual(["event-notification", "data-notification"]);
    await session[Symbol.asyncDispose]();
  });

  test.each([false, true])("in general blocks it comes whole (ciphered: %s)", async (closed) => {
    const ciphered = closed ? cipheredRoles() : undefined;
    const options = { ...ciphered?.session, maxPduOctets: 100 };
    const { session, outlet, heard, clock } = await linked(framing, options, ciphered?.view);
    const long = [notification(1, 100), notification(2, 5), notification(3, 100)];
    for (const each of long) expect(outlet.send(each)).toBe(1);
    await clock.settle();
    expect(heard).toEqual(long);
    expect(await session.get(energy)).toEqual({ ok: true, value: u32(5) });
    await session[Symbol.asyncDispose]();
  });

  test("what is not agreed, or too long without general blocks, goes nowhere", async () => {
    const { outlet } = await linked(framing, { conformance: ["get"] });
    expect(outlet.send(event)).toBe(0);
    const small = await linked(framing, {
      conformance: ["get", "data-notification"],
      maxPduOctets: 100,
    });
    expect(small.outlet.send(notification(1, 50))).toBe(0);
    expect(small.outlet.send(notification(1, 5))).toBe(1);
  });
});

test("before a reply it waits for the client's turn, and only so much waits", async () => {
  const { session, outlet, heard, clock } = await linked("hdlc");
  const sent = Array.from({ length: 20 }, (_, at) =>
    outlet.send(notification(at), { when: "in-reply" }),
  );
  expect(sent.filter((count) => count === 1)).toHaveLength(16);
  await clock.settle();
  expect(heard).toEqual([]);
  expect(await session.get(energy)).toMatchObject({ ok: true });
  expect(heard).toHaveLength(16);
});

test.each(["hdlc", "wrapper"] as const)(
  "%s: a client is forgotten with its line",
  async (framing) => {
    const { outlet, near, clock } = await linked(framing);
    expect(outlet.routes).toBe(1);
    await near[Symbol.asyncDispose]();
    await clock.settle();
    expect([outlet.routes, outlet.send(event)]).toEqual([0, 0]);
  },
);
