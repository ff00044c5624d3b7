import { describe, expect, test } from "vitest";
import { type Exchange, GetExchange, SetExchange } from "@lectura/dlms/client";
import { decodeData } from "@lectura/dlms/axdr";
import { dataObject, obisFromOctets, register } from "@lectura/dlms/cosem";
import { fromHex, OctetWriter, toHex } from "@lectura/dlms/octets";
import { Secret } from "@lectura/dlms/security";
import { conformanceBits, conformanceFromMask } from "@lectura/dlms/xdlms";
import { ManualClock, openPipe, readVectors, vectorsPresent } from "@lectura/testkit";
import { openSession } from "./open-session.ts";
import type { Port } from "../ports/port.ts";

interface Step {
  readonly dir: "tx" | "rx";
  readonly hex: string;
}

const stepsOf = (id: string): readonly Step[] => {
  const vector = readVectors("sessions").find((candidate) => candidate.id === id);
  if (vector === undefined) throw new Error(`no vector ${id}`);
  return (vector.given as { readonly steps: readonly Step[] }).steps;
};

/** A peer that says what was recorded, as long as it hears what was recorded. */
function replay(steps: readonly Step[]): { readonly port: Port; readonly sent: string[] } {
  const { near, far } = openPipe();
  const sent: string[] = [];
  let at = 0;
  far.listen({
    receive: (octets) => {
      sent.push(toHex(octets));
      if (steps[at]?.hex !== sent.at(-1)) return;
      at++;
      while (steps[at]?.dir === "rx") far.send(fromHex(steps[at++]!.hex));
    },
    closed: () => {},
  });
  return { port: near, sent };
}

const recorded = (steps: readonly Step[]): readonly string[] =>
  steps.filter(({ dir }) => dir === "tx").map(({ hex }) => hex);

const serial = dataObject("0.0.96.1.0.255");

describe.skipIf(!vectorsPresent)("recorded sessions", () => {
  test("sessions-005: LLS, four-octet address, is spoken octet by octet", async () => {
    // The recording begins with a DISC of its own; a session of ours begins with SNRM.
    const steps = stepsOf("sessions-005").slice(2);
    const { port, sent } = replay(steps);
    {
      await using session = await openSession({
        port,
        clock: new ManualClock(),
        clientSap: 1,
        server: { size: 4, upper: 1, lower: 9561 },
        authentication: { mechanism: "lls", password: Secret.fromText("12345678") },
        conformance: conformanceBits,
        quirks: { skipRelease: true },
      });
      expect(session.negotiated).toMatchObject({
        hdlc: { transmitOctetsMax: 128 },
        maxPduOctets: 239,
      });
      const result = await session.get(serial);
      expect(result).toMatchObject({ ok: true, value: { type: "octet-string" } });
    }
    expect(sent).toEqual(recorded(steps));
  });

  test.each(["sessions-001", "sessions-002", "sessions-003", "sessions-004"])(
    "%s: the public client's part, with a list, is spoken octet by octet",
    async (id) => {
      // The recorded client then leaves with the DISC of another client; ours leaves with its own.
      const steps = stepsOf(id).slice(2, 8);
      const { port, sent } = replay(steps);
      const clock = new ManualClock();
      const session = await openSession({
        port,
        clock,
        server: { size: 4, upper: 1, lower: 17 },
        conformance: conformanceBits,
        quirks: { skipRelease: true },
      });
      const counters = ["0.0.43.1.0.255", "0.0.43.1.1.255"].map((name) => dataObject(name));
      const results = await session.getWithList(counters);
      expect(results).toMatchObject([{ ok: true }, { ok: true, value: { value: 0 } }]);
      expect(sent).toEqual(recorded(steps));
      const closing = session[Symbol.asyncDispose]();
      await clock.advance(5000);
      await closing;
    },
  );

  test("sessions-006: the association is spoken octet by octet, the clock's APDUs one by one", async () => {
    const steps = stepsOf("sessions-006");
    const { port, sent } = replay(steps.slice(0, 4));
    const clock = new ManualClock();
    const session = await openSession({
      port,
      clock,
      server: { size: 4, upper: 1, lower: 17 },
      conformance: [...conformanceFromMask(0x00_301d)],
    });
    expect(sent).toEqual(recorded(steps.slice(0, 4)));
    const closing = session[Symbol.asyncDispose]();
    await clock.advance(5000);
    await closing;
    for (let at = 4; at + 1 < steps.length; at += 2) {
      const request = apduOf(steps[at]!.hex);
      const exchange = exchangeFor(request);
      const writer = new OctetWriter(1024);
      exchange.start(writer);
      expect(toHex(writer.view())).toBe(toHex(request));
      expect(exchange.receive(apduOf(steps[at + 1]!.hex), writer)).toBe("done");
    }
  });

  test("sessions-010: block transfer over the wrapper is spoken octet by octet", async () => {
    const steps = stepsOf("sessions-010");
    const { port, sent } = replay(steps);
    {
      await using session = await openSession({
        port,
        clock: new ManualClock(),
        framing: "wrapper",
        conformance: [...conformanceFromMask(0x00_1e1d)],
      });
      const long = await session.get(serial);
      if (!long.ok || long.value.type !== "octet-string") throw new Error("no octet-string");
      expect(long.value.value).toHaveLength(900);
      expect(await session.get(register("1.0.1.8.0.255"))).toMatchObject({ ok: true });
    }
    expect(sent).toEqual(recorded(steps));
  });
});

test.skipIf(vectorsPresent)("recorded sessions are not here: nothing is replayed", () => {});

/** What stands between LLC and FCS of a frame. */
function apduOf(hex: string): Uint8Array {
  const octets = fromHex(hex);
  const at = hex.search(/e6e[67]00/) / 2;
  return octets.subarray(at + 3, octets.length - 3);
}

/** The exchange that writes a recorded GET-REQUEST-NORMAL or SET-REQUEST-NORMAL. */
function exchangeFor(request: Uint8Array): Exchange<unknown> {
  const context = {
    sendOctetsMax: 1024,
    transferOctetsMax: 65_535,
    invokeIdAlwaysOne: false,
    blockSet: false,
    blockAction: false,
  };
  const attribute = {
    classId: (request[3]! << 8) | request[4]!,
    logicalName: obisFromOctets(request.subarray(5, 11)),
    attributeId: request[11]!,
  };
  if (request[0] === 0xc0) return new GetExchange(attribute, request[2]!, context);
  const data = decodeData(request.subarray(13));
  return new SetExchange({ attribute, data }, request[2]!, context);
}
