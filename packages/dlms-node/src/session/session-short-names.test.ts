/** Meters with short names under the API of logical names, against our own server. */
import { i8, octetString, u8 } from "@lectura/dlms/axdr";
import { clientHls, ShortNameMap } from "@lectura/dlms/client";
import { obis } from "@lectura/dlms/cosem";
import { fromHex } from "@lectura/dlms/octets";
import { hlsMd5, hlsSha256, Secret } from "@lectura/dlms/security";
import { describe, expect, test } from "vitest";
import { nodeCrypto as crypto } from "../crypto/node-crypto.ts";
import {
  cipheredRoles,
  energy,
  longObject,
  longText,
  openRoles,
  type Roles,
  type RolesOptions,
} from "./session-roles.fixture.ts";
import { associated, ScriptedMeter } from "./scripted-meter.fixture.ts";
import { ManualClock } from "@lectura/testkit";
import { openSession } from "./open-session.ts";

const long = { ...longObject, attributeId: 2 };
const absent = { ...energy, logicalName: obis("1.0.2.8.0.255") };
const secret = Secret.fromText("0123456789abcdef");

const openShort = (options: RolesOptions): Promise<Roles> =>
  openRoles({ ...options, session: { referencing: "sn", ...options.session } });

describe.each(["hdlc", "wrapper"] as const)("a session with short names over %s", (framing) => {
  test("reads, writes and acts by logical name, with the names read once", async () => {
    const { session, written } = await openShort({ framing });
    expect(session.negotiated).toMatchObject({ vaaName: 0xfa00 });
    expect(await session.get(energy)).toMatchObject({ ok: true, value: { value: 56_352 } });
    expect(await session.get(long)).toEqual({ ok: true, value: longText });
    expect(await session.get(absent)).toEqual({ ok: false, reason: "object-undefined" });
    expect(await session.set(long, octetString(Uint8Array.of(1)))).toBe("success");
    expect(await session.set(energy, u8(1))).toBe("read-write-denied");
    const { classId, logicalName } = energy;
    expect(await session.action({ classId, logicalName, methodId: 1 }, i8(0))).toEqual({
      result: "success",
    });
    expect(written).toEqual([octetString(Uint8Array.of(1))]);
    // The object list, then one request for each; what is not there is not asked for.
    expect(session.counters.requests).toBe(6);
  });

  test("reads lists in one request, in their order, without what is not there", async () => {
    const { session } = await openShort({ framing });
    const results = await session.getWithList([energy, absent, long]);
    expect(results).toMatchObject([
      { value: { value: 56_352 } },
      { reason: "object-undefined" },
      { value: longText },
    ]);
    expect(session.counters.requests).toBe(2);
    expect(await session.setWithList([{ attribute: absent, data: u8(1) }])).toEqual([
      "object-undefined",
    ]);
    const { classId, logicalName } = absent;
    const calls = [{ method: { classId, logicalName, methodId: 1 } }];
    expect(await session.actionWithList(calls)).toEqual([{ result: "object-undefined" }]);
  });

  test("goes in blocks both ways where the max PDU is small", async () => {
    const { session, written } = await openShort({
      framing,
      view: { maxPduOctets: 128 },
      session: { maxPduOctets: 128 },
    });
    expect(await session.get(long)).toEqual({ ok: true, value: longText });
    const data = octetString(new Uint8Array(1000).fill(5));
    expect(await session.set(long, data)).toBe("success");
    expect(written).toEqual([data]);
  });

  test("goes by general block transfer, too", async () => {
    const { session, written } = await openShort({
      framing,
      view: { maxPduOctets: 128 },
      session: {
        maxPduOctets: 128,
        generalBlockTransfer: { window: 3 },
        conformance: ["read", "write", "multiple-references", "parameterized-access"],
      },
    });
    expect(await session.get(long)).toEqual({ ok: true, value: longText });
    const data = octetString(new Uint8Array(1000).fill(5));
    expect(await session.set(long, data)).toBe("success");
    expect(written).toEqual([data]);
  });

  test.each(["service", "general"] as const)("is ciphered (%s)", async (form) => {
    for (const dedicatedKey of [undefined, new Secret(new Uint8Array(16).fill(0x44))]) {
      const ciphered = cipheredRoles(form, dedicatedKey);
      const { session, written } = await openShort({ framing, ...ciphered });
      expect(await session.get(energy)).toMatchObject({ value: { value: 56_352 } });
      expect(await session.get(long)).toEqual({ ok: true, value: longText });
      const name = (await session.shortNames()).attribute(long)!;
      const data = octetString(Uint8Array.of(4));
      await session.unconfirmedWrite([{ name, data }]);
      expect(await session.set(long, data)).toBe("success");
      expect(written).toEqual([data, data]);
      await session[Symbol.asyncDispose]();
    }
  });

  test("is left in the middle of a long value by a signal, and goes on", async () => {
    const { session } = await openShort({ framing, session: { maxPduOctets: 128 } });
    const abort = new AbortController();
    await session.shortNames();
    const onProgress = (octets: number): void => {
      if (octets > 500) abort.abort(new Error("enough"));
    };
    const reading = session.get(long, { onProgress, signal: abort.signal });
    await expect(reading).rejects.toThrow("enough");
    expect(await session.get(energy)).toMatchObject({ value: { value: 56_352 } });
    expect(await session.get(long)).toEqual({ ok: true, value: longText });
  });

  test.each([
    ["hls-md5", "high-md5", hlsMd5],
    ["hls-sha256", "high-sha256", hlsSha256],
  ] as const)("proves itself by READ, %s", async (mechanism, viewMechanism, make) => {
    const titles = { client: fromHex("4c43540000000001"), server: fromHex("4c43540000000002") };
    const hls = clientHls(make(crypto, secret), crypto.randomOctets(16), titles.client);
    const { session } = await openShort({
      framing,
      view: {
        systemTitle: titles.server,
        authentication: {
          mechanism: viewMechanism,
          hls: make(crypto, secret),
          challenge: () => crypto.randomOctets(16),
        },
      },
      session: { authentication: { mechanism, hls } },
    });
    expect(await session.get(energy)).toMatchObject({ ok: true });
  });

  test("takes short names themselves, and writes without an answer", async () => {
    const { session, written } = await openShort({ framing });
    const map = await session.shortNames();
    const name = map.attribute(long)!;
    expect(await session.read([name, { variableName: 0x0001 }])).toMatchObject([
      { ok: true, value: longText },
      { ok: false },
    ]);
    expect(await session.write([{ name, data: octetString(Uint8Array.of(2)) }])).toEqual([
      "success",
    ]);
    await session.unconfirmedWrite([{ name, data: octetString(Uint8Array.of(3)) }]);
    expect(await session.get(energy)).toMatchObject({ ok: true });
    expect(written).toEqual([2, 3].map((octet) => octetString(Uint8Array.of(octet))));
    await session[Symbol.asyncDispose]();
  });

  test("takes a map kept from another session and reads no list", async () => {
    const first = await openShort({ framing });
    const shortNames = await first.session.shortNames();
    const { session } = await openShort({ framing, session: { shortNames } });
    expect(await session.get(energy)).toMatchObject({ ok: true });
    expect(session.counters.requests).toBe(1);
    expect(await session.shortNames()).toBe(shortNames);
  });
});

test("one reading of the names serves all who ask at once", async () => {
  const { session } = await openShort({ framing: "wrapper" });
  const results = await Promise.all([session.get(energy), session.get(energy)]);
  expect(results).toMatchObject([{ ok: true }, { ok: true }]);
  expect(session.counters.requests).toBe(3);
});

test("a reading of the names that was cancelled is begun anew", async () => {
  const { session } = await openShort({ framing: "wrapper" });
  const signal = AbortSignal.abort(new Error("no longer wanted"));
  await expect(session.get(energy, { signal })).rejects.toThrow("no longer wanted");
  expect(await session.get(energy)).toMatchObject({ ok: true });
});

test("a method whose short name nobody knows is refused by name", async () => {
  const object = { baseName: 0x0100, classId: 3, version: 99, logicalName: energy.logicalName };
  const shortNames = new ShortNameMap([object]);
  const { session } = await openShort({ framing: "wrapper", session: { shortNames } });
  const { classId, logicalName } = energy;
  const calling = session.action({ classId, logicalName, methodId: 1 });
  await expect(calling).rejects.toMatchObject({ code: "session/no-short-name" });
});

test("a meter that keeps its object list for itself is told by name", async () => {
  const aare =
    "6129a109060760857405080102a203020100a305a103020100be10040e0800065f1f04001c03200190fa00";
  const meter = new ScriptedMeter({
    answer: (apdu, scripted) => {
      if (apdu.startsWith("60")) return aare;
      return associated(() => "0c010103")(apdu, scripted);
    },
  });
  const session = await openSession({
    port: meter.port,
    clock: new ManualClock(),
    referencing: "sn",
  });
  await expect(session.get(energy)).rejects.toMatchObject({
    code: "session/no-short-name",
    message: expect.stringContaining("read-write-denied"),
  });
  expect(meter.apdus.slice(1)).toEqual(["050102fa08"]);
  expect(await session.read([{ variableName: 0x0108 }])).toMatchObject([{ ok: false }]);
});

test("services of one referencing are refused in the other", async () => {
  const short = await openShort({ framing: "wrapper" });
  await expect(short.session.access([{ type: "get", attribute: energy }])).rejects.toThrow(
    TypeError,
  );
  const { session } = await openRoles({ framing: "wrapper" });
  const name = { variableName: 0x0108 };
  const values = [{ name, data: u8(1) }];
  for (const refused of [
    session.read([name]),
    session.write(values),
    session.unconfirmedWrite(values),
    session.shortNames(),
  ]) {
    await expect(refused).rejects.toThrow(TypeError);
  }
});
