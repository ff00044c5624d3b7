import { obis } from "@lectura/dlms/cosem";
import { ProtocolError } from "@lectura/dlms/octets";
import { expect, test } from "vitest";
import { Bench, intervalMs, meter } from "../acquisition.fixture.ts";
import type { AssociationSettings } from "../../registry/association-settings.ts";
import type { Meter } from "../../registry/model.ts";
import { settingOptions } from "./setting-options.ts";

const withSettings = (settings: AssociationSettings): Meter =>
  meter({ association: { clientSap: 1, authentication: "lls", quirks: {}, settings } });

test("settings become the options of a session, and nothing is said of what is not set", () => {
  expect(settingOptions()).toEqual({ hdlc: {}, quirks: {}, timeouts: {} });
  expect(
    settingOptions({
      requestsMax: 20,
      informationOctets: 512,
      windowFrames: 3,
      maxPduOctets: 1200,
      conformance: ["get"],
      conformanceAssumed: ["get", "action"],
      blockWindow: 4,
      lowPriority: true,
      ignoreReceiveSequence: true,
      attemptsMax: 5,
      octetMs: 300,
      probeMs: 400,
      releaseMs: 500,
    }),
  ).toEqual({
    requestsMax: 20,
    maxPduOctets: 1200,
    conformance: ["get"],
    conformanceAssumed: ["get", "action"],
    generalBlockTransfer: { window: 4 },
    attemptsMax: 5,
    hdlc: {
      transmitOctetsMax: 512,
      receiveOctetsMax: 512,
      transmitWindow: 3,
      receiveWindow: 3,
    },
    quirks: { lowPriority: true, ignoreReceiveSequence: true },
    timeouts: { octetMs: 300, probeMs: 400, releaseMs: 500 },
  });
});

test("an association is opened anew before it has had its requests, without a failure", async () => {
  const bench = new Bench();
  bench.meter.withList = false;
  await bench.start({ meters: [withSettings({ requestsMax: 12 })] });
  await bench.clock.advance(10 * intervalMs);
  expect(bench.meter.openedAtMs.length).toBeGreaterThan(3);
  expect(bench.meter.released).toBe(bench.meter.openedAtMs.length - 1);
  expect(bench.codes()).toEqual([]);
  expect(bench.records.length).toBeGreaterThan(9);
});

test("a meter that wants a pause after an error gets it", async () => {
  const bench = new Bench();
  bench.meter.refuses = () => new ProtocolError("acse/rejected-transient", "later");
  await bench.start({ meters: [withSettings({ retryDelayMs: 600_000 })] });
  await bench.clock.advance(599_000);
  expect(bench.meter.openedAtMs).toHaveLength(1);
  await bench.clock.advance(10_000);
  expect(bench.meter.openedAtMs).toHaveLength(2);
});

test("a clock whose deviation has the other sign is read as it is meant", async () => {
  const clock = "0.0.1.0.0.255";
  const item = {
    key: "clock",
    classId: 8,
    logicalName: obis(clock),
    attributeId: 2,
    expectedUnit: undefined,
    description: "",
  };
  const utcOf = async (settings: AssociationSettings): Promise<unknown> => {
    const bench = new Bench();
    const value = Uint8Array.of(0x07, 0xea, 7, 14, 2, 12, 0, 0, 0, 0xff, 0xc4, 0);
    bench.meter.put(clock, 2, { type: "octet-string", value });
    const one = { ...withSettings(settings), plan: { intervalMs, items: [item] } };
    await bench.start({ meters: [one] });
    await bench.clock.advance(2 * intervalMs);
    const read = bench.records.at(-1)!.readings[0]!.value;
    return read.kind === "datetime" ? read.utcMs : read;
  };
  const [plain, inverted] = [await utcOf({}), await utcOf({ invertedDeviation: true })];
  expect(Math.abs(Number(plain) - Number(inverted))).toBe(2 * 3_600_000);
});
