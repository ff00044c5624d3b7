import { createSocket } from "node:dgram";
import { octetString, u32 } from "@lectura/dlms/axdr";
import { obis } from "@lectura/dlms/cosem";
import { fromHex, toHex } from "@lectura/dlms/octets";
import { currentAssociation, ObjectDirectory, servedSapAssignment } from "@lectura/dlms/server";
import { Secret } from "@lectura/dlms/security";
import { encodeWrapper } from "@lectura/dlms/wrapper";
import { ManualClock, until } from "@lectura/testkit";
import { expect, test } from "vitest";
import { openSession } from "../session/open-session.ts";
import { serveTcp } from "./serve-tcp.ts";
import { serveUdp, type ServeUdpOptions } from "./serve-udp.ts";
import type { ServedMeter } from "./served-meter.ts";
import { openUdpPort } from "../ports/udp-port.ts";

const energy = { classId: 3, logicalName: obis("1.0.1.8.0.255"), attributeId: 2 } as const;
const names = ["LCT0000000000001", "LCT0000000000002"].map((name) =>
  Uint8Array.from(name, (character) => character.charCodeAt(0)),
);

/** Two logical devices of one physical device: the first one lists both. */
const meters: readonly ServedMeter[] = [1, 2].map((upper) => ({
  address: { size: 2, upper, lower: 17 },
  device: {
    views: [
      {
        clientSap: 16,
        authentication: { mechanism: "none" },
        conformance: 0x00_7e1f,
        objects: new ObjectDirectory([
          currentAssociation(upper),
          {
            classId: 3,
            version: 0,
            logicalName: energy.logicalName,
            attributes: {
              2: { read: () => u32(upper) },
              3: { read: () => octetString(new Uint8Array(4000)) },
            },
          },
          ...(upper === 1
            ? [
                servedSapAssignment(
                  names.map((name, at) => ({ sap: at + 1, logicalDeviceName: name })),
                ),
              ]
            : []),
        ]),
      },
    ],
  },
}));

const lls = { mechanism: "low", password: Secret.fromText("22222222") } as const;

const serve = (options: Partial<ServeUdpOptions> = {}): ReturnType<typeof serveUdp> =>
  serveUdp({ meters, ...options });

test("a port of datagrams is spoken over as an address is, and carries the wrapper alone", async () => {
  await using socket = await serve();
  await using port = await openUdpPort({ host: "127.0.0.1", port: socket.port });
  await using session = await openSession({ port, datagrams: true, maxPduOctets: 1200 });
  expect(await session.get(energy)).toEqual({ ok: true, value: u32(1) });
  const hdlc = openSession({ port, datagrams: true, framing: "hdlc" });
  await expect(hdlc).rejects.toBeInstanceOf(RangeError);
});

test("a session over datagrams reads each logical device, lists of them and long values", async () => {
  await using socket = await serve();
  const open = (upper: number): ReturnType<typeof openSession> =>
    openSession({
      udp: `127.0.0.1:${socket.port}`,
      framing: "wrapper",
      server: { upper },
      maxPduOctets: 1200,
    });
  await using one = await open(1);
  await using two = await open(2);
  expect(await one.get(energy)).toEqual({ ok: true, value: u32(1) });
  expect(await two.get(energy)).toEqual({ ok: true, value: u32(2) });
  expect(await one.get({ ...energy, attributeId: 3 })).toMatchObject({ ok: true });
  const list = { classId: 17, logicalName: obis("0.0.41.0.0.255"), attributeId: 2 };
  expect(await one.get(list)).toMatchObject({
    ok: true,
    value: {
      value: [{ value: [{ value: 1 }, { value: names[0] }] }, { value: [{ value: 2 }, {}] }],
    },
  });
  expect(await two.get(list)).toEqual({ ok: false, reason: "object-undefined" });
  expect(socket.peers).toBe(2);
});

interface Client extends AsyncDisposable {
  send(hex: string): void;
  readonly heard: string[];
}

function client(port: number): Client {
  const socket = createSocket("udp4");
  const heard: string[] = [];
  socket.on("message", (octets) => void heard.push(toHex(octets.subarray(8))));
  return {
    send: (hex) => socket.send(encodeWrapper(16, 1, fromHex(hex)), port, "127.0.0.1"),
    heard,
    [Symbol.asyncDispose]: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

const aarq = "601da109060760857405080101be10040e01000000065f1f0400007e1f04b0";
const get = "c001c100030100010800ff0200";

test("a client that is silent for long loses its association, and so does one too many", async () => {
  const clock = new ManualClock();
  await using socket = await serve({ clock, idleMs: 1000, peersMax: 2 });
  await using one = client(socket.port);
  one.send(aarq);
  await until(() => one.heard.length === 1);
  one.send(get);
  await until(() => one.heard.length === 2);
  expect(one.heard[1]).toBe("c401c1000600000001");
  await clock.advance(1001);
  expect(socket.peers).toBe(0);
  one.send(get);
  await until(() => one.heard.length === 3);
  expect(one.heard[2]).toBe("d80101");
  await using two = client(socket.port);
  await using three = client(socket.port);
  for (const other of [two, three]) {
    other.send(aarq);
    await until(() => other.heard.length === 1);
  }
  expect(socket.peers).toBe(2);
});

test("datagrams that are no unit, or cut, spoil nothing", async () => {
  await using socket = await serve();
  await using one = client(socket.port);
  const raw = createSocket("udp4");
  raw.send(Uint8Array.of(1, 2, 3), socket.port, "127.0.0.1");
  raw.send(encodeWrapper(16, 1, fromHex(aarq)).subarray(0, 20), socket.port, "127.0.0.1");
  one.send(aarq);
  await until(() => one.heard.length === 1);
  expect(one.heard[0]!.startsWith("61")).toBe(true);
  raw.close();
});

test("a port that is taken is a typed failure", async () => {
  await using first = await serve();
  await expect(serve({ port: first.port })).rejects.toMatchObject({ code: "tcp/address-in-use" });
});

test("a meter that contradicts itself is refused before a client meets it", async () => {
  const [meter] = meters;
  const [view] = meter!.device.views;
  const contradicting = { ...view!, preEstablished: {}, authentication: lls };
  const wrong = [{ ...meter!, device: { views: [contradicting] } }];
  await expect(serve({ meters: wrong })).rejects.toThrowError(RangeError);
  await expect(serveTcp({ meters: wrong })).rejects.toThrowError(RangeError);
});
