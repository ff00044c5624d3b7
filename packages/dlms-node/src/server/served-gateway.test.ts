import { u32 } from "@lectura/dlms/axdr";
import { obis } from "@lectura/dlms/cosem";
import { fromHex, OctetWriter } from "@lectura/dlms/octets";
import { Secret } from "@lectura/dlms/security";
import { answerOctetsCeiling, type LogicalDevice, ObjectDirectory } from "@lectura/dlms/server";
import { encodeWrapper } from "@lectura/dlms/wrapper";
import { ManualClock, openPipe } from "@lectura/testkit";
import { describe, expect, test } from "vitest";
import { openSession } from "../session/open-session.ts";
import type { Session } from "../session/session.ts";
import type { SessionOptions } from "../session/session-options.ts";
import { serveSession } from "./server-session.ts";

const energy = { classId: 3, logicalName: obis("1.0.1.8.0.255"), attributeId: 2 } as const;
const lls = { mechanism: "low", password: Secret.fromText("22222222") } as const;
const far1 = { networkId: 2, physicalDevice: fromHex("0a0b") };
const far2 = { networkId: 2, physicalDevice: fromHex("0a0c") };

function device(value: number, authentication: typeof lls | { mechanism: "none" }): LogicalDevice {
  const objects = new ObjectDirectory([
    {
      classId: 3,
      version: 0,
      logicalName: energy.logicalName,
      attributes: { 2: { read: () => u32(value) } },
    },
  ]);
  return { views: [{ clientSap: 16, authentication, objects, conformance: 0x00_7e1f }] };
}

type Open = (changes?: Partial<SessionOptions>) => Promise<Session>;

function gateway(framing: "hdlc" | "wrapper"): {
  readonly open: Open;
  readonly near: ReturnType<typeof openPipe>["near"];
} {
  const { near, far } = openPipe();
  const clock = new ManualClock();
  serveSession({
    port: far,
    framing,
    meters: [
      {
        address: { size: 1, upper: 1, lower: 0 },
        device: device(1, { mechanism: "none" }),
        behind: [
          { target: far1, device: device(11, lls) },
          { target: far2, device: device(12, { mechanism: "none" }) },
        ],
      },
    ],
    clock,
    writer: new OctetWriter(answerOctetsCeiling, 1024),
  });
  const open: Open = (changes) => openSession({ port: near, framing, clock, ...changes });
  return { open, near };
}

describe.each(["hdlc", "wrapper"] as const)("a served gateway over %s", (framing) => {
  test("leads to each meter behind it, and is one itself", async () => {
    const { open } = gateway(framing);
    const read = async (changes?: Partial<SessionOptions>): Promise<unknown> => {
      const session = await open(changes);
      const result = await session.get(energy);
      await session[Symbol.asyncDispose]();
      return result.ok ? result.value.value : result.reason;
    };
    expect(await read()).toBe(1);
    expect(
      await read({ gateway: far1, authentication: { mechanism: "lls", password: lls.password } }),
    ).toBe(11);
    expect(await read({ gateway: far2 })).toBe(12);
    await expect(open({ gateway: far1 })).rejects.toMatchObject({
      code: "acse/authentication-required",
    });
  });

  test("is silent where nobody is behind it", async () => {
    const { open } = gateway(framing);
    const nobody = { networkId: 3, physicalDevice: fromHex("0a0b") };
    const controller = new AbortController();
    const opening = open({ gateway: nobody, signal: controller.signal });
    queueMicrotask(() => queueMicrotask(() => controller.abort(new Error("enough"))));
    await expect(opening).rejects.toThrow("enough");
  });
});

test("a served gateway takes a header that is cut short for nobody's", async () => {
  const { open, near } = gateway("wrapper");
  for (const apdu of ["e6", "e602", "e60205", "e6020a0b", "e6020a0bc001"]) {
    near.send(encodeWrapper(16, 1, fromHex(apdu)));
  }
  const session = await open();
  expect(await session.get(energy)).toMatchObject({ value: { value: 1 } });
  await session[Symbol.asyncDispose]();
});
