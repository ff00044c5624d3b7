import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chunksOf, hostileOctets } from "@lectura/testkit";
import { ProtocolError } from "../error.ts";
import { concatOctets, fromHex, toHex } from "../octets.ts";
import { encodeWrapper } from "../wrapper/header.ts";
import {
  blocksOf,
  hdlcFrames,
  mbusFrames,
  notificationOf,
  pairsBody,
  pairsPush,
} from "./push.fixture.ts";
import { confirmationOf, type PushMeaning } from "./push-notification.ts";
import { frameReply } from "./push-origin.ts";
import { type PushNotification, PushReceiver, type PushReceiverOptions } from "./push-receiver.ts";

interface Heard {
  readonly receiver: PushReceiver;
  readonly notifications: PushNotification[];
  readonly apdus: string[];
  readonly codes: string[];
  readonly sent: string[];
}

function listen(options?: PushReceiverOptions): Heard {
  const notifications: PushNotification[] = [];
  const apdus: string[] = [];
  const codes: string[] = [];
  const sent: string[] = [];
  const receiver = new PushReceiver(
    {
      notification: (notification) => {
        notifications.push(notification);
        apdus.push(toHex(notification.message?.plaintext ?? new Uint8Array(0)));
      },
      failed: ({ code }) => void codes.push(code),
      transmit: (octets) => void sent.push(toHex(octets)),
    },
    options,
  );
  return { receiver, notifications, apdus, codes, sent };
}

function hear(octets: Uint8Array, options?: PushReceiverOptions): Heard {
  const heard = listen(options);
  heard.receiver.receive(octets);
  heard.receiver.gap();
  return heard;
}

const push = toHex(pairsPush);
const framings = [
  ["one HDLC frame", hdlcFrames(pairsPush)],
  ["HDLC segments, LLC in the first only", hdlcFrames(pairsPush, 30)],
  ["HDLC I frames without a link", hdlcFrames(pairsPush, 120, 0x10)],
  ["wired M-Bus frames", mbusFrames(pairsPush, 50)],
  ["the wrapper", [encodeWrapper(1, 102, pairsPush)]],
  ["no frame", [pairsPush]],
  ["blocks without frames", blocksOf(pairsPush)],
  ["blocks in HDLC frames", blocksOf(pairsPush).flatMap((block) => hdlcFrames(block))],
] as const;

describe.for(framings)("a push in %s", ([, frames]) => {
  test("is understood, twice in a row, however the stream is chunked", () => {
    const stream = concatOctets([...frames, ...frames]);
    fc.assert(
      fc.property(chunksOf(stream), (chunks) => {
        const heard = listen();
        for (const chunk of chunks) heard.receiver.receive(chunk);
        expect(heard.apdus).toEqual([push, push]);
        expect(heard.codes).toEqual([]);
        expect(heard.receiver.pendingOctets).toBe(0);
      }),
      { numRuns: 30 },
    );
  });

  test("is not delivered when a frame is missing, and the next one is", () => {
    for (let at = 0; at < frames.length; at++) {
      const { receiver, apdus } = listen();
      receiver.receive(concatOctets(frames.toSpliced(at, 1)));
      receiver.expire();
      receiver.receive(concatOctets([...frames]));
      expect(apdus.filter((apdu) => apdu === push)).toEqual([push]);
      expect(apdus.at(-1)).toBe(push);
    }
  });
});

test("finds an APDU behind the first line of a text, again after each silence", () => {
  const header = new TextEncoder().encode("/LEC5\\G35-DB\r\n\r\n");
  fc.assert(
    fc.property(chunksOf(concatOctets([header, pairsPush])), (chunks) => {
      const { receiver, apdus } = listen();
      for (let round = 0; round < 2; round++) {
        for (const chunk of chunks) receiver.receive(chunk);
        receiver.expire();
      }
      expect(apdus).toEqual([push, push]);
    }),
    { numRuns: 30 },
  );
});

test("joins segments over pauses, and gives up a message whose time is over", () => {
  const [first, ...rest] = hdlcFrames(pairsPush, 50);
  const { receiver, apdus } = listen();
  receiver.receive(first!);
  receiver.gap();
  receiver.receive(concatOctets(rest));
  expect(apdus).toEqual([push]);
  receiver.receive(first!);
  receiver.expire();
  receiver.receive(concatOctets(rest));
  expect(apdus).toEqual([push]);
  expect(receiver.counters.lostUnits).toBe(1);
});

test("does not deliver a message of which one octet was damaged on the line", () => {
  const frames = concatOctets([...hdlcFrames(pairsPush, 50)]);
  for (let at = 1; at < frames.length - 1; at++) {
    const { apdus } = hear(frames.with(at, frames[at]! ^ 0x10));
    expect(apdus.every((apdu) => apdu === push)).toBe(true);
  }
});

test("finds the first frame behind noise", () => {
  const stream = concatOctets([fromHex("ff00fe"), ...hdlcFrames(pairsPush)]);
  expect(hear(stream).apdus).toEqual([push]);
});

test("begins a new transfer with a new first block, and drops one that lost a block", () => {
  const other = notificationOf(pairsBody, { id: 8 });
  const [one, two] = blocksOf(other, 30);
  expect(hear(concatOctets([one!, two!, ...blocksOf(pairsPush)])).apdus).toEqual([push]);
  const holed = blocksOf(other, 30).toSpliced(1, 1);
  const { apdus, receiver } = hear(concatOctets([...holed, ...blocksOf(pairsPush)]));
  expect(apdus).toEqual([push]);
  expect(receiver.counters.lostUnits).toBe(1);
});

test("acknowledges blocks where the meter asks for it", () => {
  const blocks = blocksOf(pairsPush, 40, 1).map((block) => encodeWrapper(1, 102, block));
  const { sent, apdus } = hear(concatOctets(blocks));
  expect(apdus).toEqual([push]);
  const ack = fromHex(`e0bf0001${blocks.length.toString(16).padStart(4, "0")}00`);
  expect(sent).toEqual([toHex(encodeWrapper(102, 1, ack))]);
});

test("refuses blocks beyond its limit", () => {
  const { codes, apdus } = hear(concatOctets([...blocksOf(pairsPush)]), { transferOctetsMax: 60 });
  expect([apdus, codes]).toEqual([[], ["xdlms/limit"]]);
});

test("reads an alarm and a text that are no DLMS", () => {
  const meaning = (hex: string): PushMeaning | undefined =>
    hear(fromHex(hex)).notifications[0]?.meaning;
  const id = toHex(Uint8Array.from("LEC0001700000000A", (letter) => letter.charCodeAt(0)));
  expect(meaning(`${id}2c00000102`)).toEqual({
    kind: "alarm",
    alarm: { equipmentId: "LEC0001700000000A", separator: 0x2c, alarmRegister: 0x102 },
  });
  expect(meaning("2f4c454335")).toMatchObject({ kind: "text" });
  expect(meaning("4142")).toBeUndefined();
});

const ciphered = fromHex("db084c4543000000000d0d3000000005aabbccddeeff00112233445566778899");

test("tells a ciphered push closed without a key, and opens it with one", () => {
  const [closed] = hear(ciphered).notifications;
  expect(closed?.meaning).toMatchObject({
    kind: "closed",
    apdu: { kind: "general-glo-ciphering" },
  });
  const open = (apdu: Uint8Array) => {
    expect(toHex(apdu)).toBe(toHex(ciphered));
    const systemTitle = apdu.subarray(2, 10);
    return { plaintext: pairsPush, systemTitle, invocationCounter: 5, verified: true };
  };
  const [opened] = hear(encodeWrapper(1, 102, ciphered), { open }).notifications;
  expect(toHex(opened!.message!.apdu)).toBe(toHex(ciphered));
  expect(opened?.message?.opened?.invocationCounter).toBe(5);
  expect(opened?.meaning).toMatchObject({ kind: "data", content: { form: "pairs" } });
});

test("opens ciphered blocks and ciphered messages in blocks, but not without end", () => {
  const title = new Uint8Array(8);
  const opened = (plaintext: Uint8Array) => ({
    plaintext,
    systemTitle: title,
    invocationCounter: 1,
    verified: true,
  });
  const blocks = blocksOf(ciphered, 10).map((block) => encodeWrapper(1, 102, block));
  expect(hear(concatOctets(blocks), { open: () => opened(pairsPush) }).apdus).toEqual([push]);
  const endless = hear(ciphered, { open: (apdu) => opened(apdu) });
  expect(endless.codes).toEqual(["xdlms/limit"]);
});

describe("blocks that are ciphered themselves", () => {
  const titleOf = (last: number): string => `4c435400000000${last.toString(16).padStart(2, "0")}`;
  const sealed = (plaintext: Uint8Array, last = 1): Uint8Array =>
    concatOctets([fromHex(`db08${titleOf(last)}81`), Uint8Array.of(plaintext.length), plaintext]);
  const open = (apdu: Uint8Array) => ({
    plaintext: apdu.subarray(12),
    systemTitle: apdu.subarray(2, 10),
    invocationCounter: 9,
    verified: true,
  });
  const blocks = blocksOf(pairsPush);
  const [first, ...rest] = blocks;

  test("are put together, and what they carry is of who sealed them", () => {
    const { notifications, apdus } = hear(concatOctets(blocks.map((block) => sealed(block))), {
      open,
    });
    expect(apdus).toEqual([push]);
    expect(notifications[0]!.message).toMatchObject({
      blocks: blocks.length,
      opened: { systemTitle: fromHex(titleOf(1)), verified: true },
    });
    const twice = hear(concatOctets(blocksOf(sealed(pairsPush)).map((block) => sealed(block))), {
      open,
    });
    expect(twice.apdus).toEqual([push]);
  });

  test.each([
    ["a plain block among them", [sealed(first!), ...rest]],
    ["plain blocks and a ciphered end", [...blocks.slice(0, -1), sealed(blocks.at(-1)!)]],
    ["blocks of two senders", [sealed(first!), ...rest.map((block) => sealed(block, 2))]],
  ])("are not completed by %s", (_, units) => {
    const { apdus, codes } = hear(concatOctets(units), { open });
    expect(apdus).toEqual([]);
    expect(new Set(codes)).toEqual(new Set(["security/policy"]));
  });

  test("are not disturbed by a plain block between them", () => {
    const units = blocks.map((block) => sealed(block)).toSpliced(1, 0, rest[0]!);
    const { apdus, codes } = hear(concatOctets(units), { open });
    expect([apdus, codes]).toEqual([[push], ["security/policy"]]);
  });
});

test("tells a push that the opener refuses", () => {
  const open = (): never => {
    throw new ProtocolError("security/replay", "seen before");
  };
  expect(hear(ciphered, { open }).codes).toEqual(["security/replay"]);
});

test("confirms what asks for it, in the frame it came in", () => {
  const asked = notificationOf(pairsBody, { confirmed: true, id: 0x010203 });
  const confirmations = [encodeWrapper(1, 102, asked), hdlcFrames(asked)[0]!, asked].map(
    (octets) => {
      const [notification] = hear(octets).notifications;
      const apdu = confirmationOf(notification!.meaning);
      return toHex(frameReply(notification!.message!.origin, apdu!)!);
    },
  );
  expect(confirmations[0]).toBe("0001006600010006104001020300");
  expect(confirmations[1]).toMatch(/^7ea0..0223cf03....e6e600104001020300....7e$/);
  expect(confirmations[2]).toBe("104001020300");
  expect(confirmationOf(hear(pairsPush).notifications[0]!.meaning)).toBeUndefined();
});

test("never throws and never holds more than its limits, whatever octets come", () => {
  const piece = fc.oneof(
    hostileOctets,
    fc.constantFrom(...framings.flatMap(([, frames]) => [...frames]), ciphered),
    fc
      .tuple(fc.constantFrom(...framings.flatMap(([, frames]) => [...frames])), fc.nat(), fc.nat())
      .map(([octets, at, value]) => octets.with(at % octets.length, value & 0xff)),
  );
  const step = fc.tuple(piece, fc.constantFrom("go", "gap", "expire"));
  const limits = { unitOctetsMax: 300, transferOctetsMax: 400 };
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const { receiver } = listen(limits);
      for (const [octets, what] of steps) {
        receiver.receive(octets);
        if (what === "gap") receiver.gap();
        if (what === "expire") receiver.expire();
        expect(receiver.pendingOctets).toBeLessThanOrEqual(2048 + 300 + 400);
      }
    }),
    { numRuns: 500 },
  );
});
