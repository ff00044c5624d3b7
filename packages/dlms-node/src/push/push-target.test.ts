import { i8, u32 } from "@lectura/dlms/axdr";
import { obis } from "@lectura/dlms/cosem";
import { OctetWriter } from "@lectura/dlms/octets";
import {
  answerOctetsCeiling,
  ObjectDirectory,
  servedPushSetup,
  type StartedPush,
} from "@lectura/dlms/server";
import { openPipe, until } from "@lectura/testkit";
import { expect, test } from "vitest";
import { systemClock } from "../clock.ts";
import { openSession } from "../session/open-session.ts";
import { listenForPushes } from "./push-listener.ts";
import type { PushDelivery } from "./push-listener-options.ts";
import { openPushSender } from "./push-sender.ts";
import type { PushOutcome } from "./push-sender-options.ts";
import { pushTarget } from "./push-target.ts";
import { serveSession } from "../server/server-session.ts";

const octets = (text: string): Uint8Array =>
  Uint8Array.from(text, (character) => character.charCodeAt(0));

test.each([
  [0, "192.0.2.7:4000", { transport: "tcp", host: "192.0.2.7", portNumber: 4000 }],
  [1, "head-end.example", { transport: "udp", host: "head-end.example", portNumber: 4059 }],
  [0, "[2001:db8::7]:4059", { transport: "tcp", host: "2001:db8::7", portNumber: 4059 }],
  [4, "+34600000000", undefined],
  [0, "", undefined],
  [0, "192.0.2.7:0", undefined],
  [0, "192.0.2.7:70000", undefined],
  [0, "two words", undefined],
])("a destination of service %i and text %j", (transportService, text, target) => {
  expect(pushTarget({ transportService, destination: octets(text), message: 0 })).toEqual(target);
});

test("a client has the meter push, and the push reaches who listens", async () => {
  const deliveries: PushDelivery[] = [];
  await using listener = await listenForPushes({
    tcp: {},
    onNotification: (delivery) => void deliveries.push(delivery),
  });
  const outcomes: Promise<PushOutcome>[] = [];
  const start = ({ body, destination, timing }: StartedPush): "success" | "other-reason" => {
    const to = pushTarget(destination);
    if (to === undefined) return "other-reason";
    const link = { framing: "wrapper", source: 1, destination: 1 } as const;
    const sender = openPushSender({ to, link, timing });
    const invoke = {
      invokeId: 1,
      selfDescriptive: false,
      breakOnError: false,
      confirmed: true,
      highPriority: false,
    };
    const dateTime = new Uint8Array(0);
    const sent = sender.send({ kind: "data-notification", invoke, dateTime, body });
    outcomes.push(sent.finally(() => sender[Symbol.asyncDispose]()));
    return "success";
  };
  const energy = { classId: 3, logicalName: obis("1.0.1.8.0.255"), attributeId: 2 };
  const name = obis("0.7.25.9.0.255");
  const setup = servedPushSetup({
    logicalName: name,
    directory: () => objects,
    pushObjects: [
      { classId: 40, logicalName: name, attributeId: 1, dataIndex: 0 },
      { ...energy, dataIndex: 0 },
    ],
    destination: { transportService: 0, destination: octets("nowhere else"), message: 0 },
    push: start,
  });
  const objects: ObjectDirectory = new ObjectDirectory([
    setup.object,
    {
      classId: 3,
      version: 0,
      logicalName: energy.logicalName,
      attributes: { 2: { read: () => u32(4711) } },
    },
  ]);
  const { near, far } = openPipe();
  serveSession({
    port: far,
    clock: systemClock,
    writer: new OctetWriter(answerOctetsCeiling, 1024),
    meters: [
      {
        address: { size: 1, upper: 1, lower: 0 },
        device: {
          views: [
            {
              clientSap: 16,
              authentication: { mechanism: "none" },
              objects,
              conformance: 0x00_7e1f,
            },
          ],
        },
      },
    ],
  });
  await using session = await openSession({ port: near });
  const push = { classId: 40, logicalName: name, methodId: 1 };
  expect(await session.action(push, i8(0))).toMatchObject({ result: "other-reason" });
  const destination = { classId: 40, logicalName: name, attributeId: 3 };
  const where = octets(`127.0.0.1:${listener.tcp!.port}`);
  const written = await session.set(destination, {
    type: "structure",
    value: [
      { type: "enum", value: 0 },
      { type: "octet-string", value: where },
      { type: "enum", value: 0 },
    ],
  });
  expect(written).toBe("success");
  expect(await session.action(push, i8(0))).toMatchObject({ result: "success" });
  expect(await Promise.all(outcomes)).toEqual([{ result: "confirmed", attempts: 1 }]);
  await until(() => deliveries.length === 1);
  expect(deliveries[0]!.meaning).toMatchObject({ kind: "data" });
});
