import { describe, expect, test } from "vitest";
import fc from "fast-check";
import { u8 } from "@lectura/dlms/axdr";
import { obis } from "@lectura/dlms/cosem";
import { buildFrame, informationControl, parseFrame } from "@lectura/dlms/hdlc";
import { fromHex, toHex } from "@lectura/dlms/octets";
import { goldenFrame, ManualClock, openPipe } from "@lectura/testkit";
import { openSession } from "./open-session.ts";
import type { Session } from "./session.ts";

const voltage = { classId: 3, logicalName: obis("1.1.32.7.0.255"), attributeId: 2 };
const own = Uint8Array.of(3);

/** What a peer may say: noise, frames with any control and content, APDUs where they belong. */
const utterance = fc.oneof(
  fc.uint8Array({ maxLength: 60 }),
  fc
    .record({
      control: fc.integer({ min: 0, max: 255 }),
      segmented: fc.boolean(),
      information: fc.uint8Array({ maxLength: 40 }),
    })
    .map((parts) => buildFrame({ destination: own, source: own, ...parts })),
  fc
    .record({
      control: fc.constantFrom(0x30, 0x52, 0x74, 0x96, 0xb8, 0xda, 0xfc, 0x1e),
      tag: fc.constantFrom(0x61, 0xc4, 0xc5, 0xc7, 0xd8, 0x0e, 0x0f, 0x63),
      rest: fc.uint8Array({ maxLength: 40 }),
    })
    .map(({ control, tag, rest }) =>
      buildFrame({
        destination: own,
        source: own,
        control,
        segmented: false,
        information: Uint8Array.of(0xe6, 0xe7, 0x00, tag, ...rest),
      }),
    ),
);

interface Peer {
  readonly session: Promise<Session>;
  readonly clock: ManualClock;
  /** What the peer says from now on, each time it hears something. */
  say: (heard: Uint8Array) => Uint8Array | undefined;
}

/** Opens honestly up to `honest` frames, then lets `say` answer. */
function openWith(honest: number, say: Peer["say"]): Peer {
  const clock = new ManualClock();
  const { near, far } = openPipe();
  const answers = [goldenFrame("uaWithParameters"), goldenFrame("aare")];
  const peer = { clock, say } as Peer;
  let heard = 0;
  far.listen({
    receive: (octets) => {
      const answer = heard < honest ? answers[heard] : peer.say(octets);
      heard++;
      if (answer !== undefined) far.send(answer);
    },
    closed: () => {},
  });
  const session = openSession({
    port: near,
    clientSap: 1,
    clock,
    timeouts: { responseMs: 1000, releaseMs: 500 },
  });
  return Object.assign(peer, { session });
}

/** Answers with the sequence numbers that the frame heard calls for, so often, then nothing. */
function inSequence(apdu: string, segmented: boolean, times: number): Peer["say"] {
  let expected = 0;
  let left = times;
  return (heard) => {
    const { control } = parseFrame(heard.subarray(1, -1));
    if (control.type === "I") expected = (control.sendSequence + 1) & 7;
    if (left-- <= 0) return undefined;
    return buildFrame({
      destination: own,
      source: own,
      control: informationControl(control.receiveSequence, expected, true),
      segmented,
      information: fromHex(`E6E700${apdu}`),
    });
  };
}

/** Runs everything a session does; each promise settles, by a value or by an `Error`. */
async function exercise(peer: Peer): Promise<void> {
  const { clock } = peer;
  const state = { settled: false };
  const work = async (): Promise<void> => {
    const session = await peer.session;
    await Promise.allSettled([
      session.get(voltage),
      session.getWithList([voltage, voltage]),
      session.set(voltage, u8(1)),
      session.action({ ...voltage, methodId: 1 }),
    ]);
    await session[Symbol.asyncDispose]();
  };
  const running = work().then(
    () => void (state.settled = true),
    (error: unknown) => {
      state.settled = true;
      expect(error).toBeInstanceOf(Error);
    },
  );
  for (let round = 0; round < 60 && !state.settled; round++) await clock.advance(60_000);
  expect(state.settled).toBe(true);
  await running;
  expect(clock.pending).toBe(0);
}

describe.each([0, 1, 2])("a peer that turns hostile after %i honest answers", (honest) => {
  test("never leaves a promise pending, never throws elsewhere, leaves no timer", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(utterance, { maxLength: 12 }), async (said) => {
        const rest = [...said];
        await exercise(openWith(honest, () => rest.shift()));
      }),
      { numRuns: 60 },
    );
  });

  test.each([
    ["UA", goldenFrame("uaBare")],
    ["DM", goldenFrame("dm")],
    ["RR", goldenFrame("rr1")],
    ["RNR", fromHex("7EA007030335B0D17E")],
    ["the AARE", goldenFrame("aare")],
    ["a value", goldenFrame("value")],
    ["a segment without end", goldenFrame("firstSegment")],
    ["text", Uint8Array.from("Port", (c) => c.charCodeAt(0))],
    ["flags", new Uint8Array(64).fill(0x7e)],
    ["the beginning of a frame", fromHex("7EA7FF0303")],
    [
      "a notification",
      buildFrame({
        destination: own,
        source: own,
        control: 0x13,
        segmented: false,
        information: fromHex("E6E7000F00000001000600000001"),
      }),
    ],
  ])("and says %s for ever is left in bounded time", async (_, octets) => {
    await exercise(openWith(honest, () => octets));
  });

  test.each([
    ["a late answer", "C401CF001101", false],
    ["a segment", "C401C1000904", true],
    ["a block", "C402C10000000001000109", false],
    ["an APDU without an octet", "", false],
    ["a notification", "0F00000001000600000001", false],
    ["a general block, whole", "E0880001000000", false],
    ["a general block out of turn", "E08800070000010A", false],
    ["a general block that streams", "E04800010000010A", false],
    ["an acknowledgement of nothing", "E0800001FFFF00", false],
  ])("and answers everything in sequence by %s is left in bounded time", async (_, apdu, more) => {
    await exercise(openWith(honest, inSequence(apdu, more, 2000)));
  });
});

test("the frames above are what they are called", () => {
  const rnr = buildFrame({
    destination: own,
    source: own,
    control: 0x35,
    segmented: false,
    information: new Uint8Array(0),
  });
  expect(toHex(rnr)).toBe("7ea007030335b0d17e");
});
