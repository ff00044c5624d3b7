/** P1 telegrams among pushes: text that meters send unasked. */
import fc from "fast-check";
import { chunksOf } from "@lectura/testkit";
import { describe, expect, test } from "vitest";
import { addParity } from "../iec62056-21/line.ts";
import { p1Crc, parseP1Telegram } from "../iec62056-21/p1.ts";
import { concatOctets, fromHex } from "../octets.ts";
import { ascii, pairsPush } from "./push.fixture.ts";
import { beginsTelegram } from "./p1-units.ts";
import { type PushNotification, PushReceiver, type PushReceiverOptions } from "./push-receiver.ts";
import { telegramValues } from "./telegram-values.ts";

const body = [
  "/LEC5\\253833635_A",
  "",
  "1-3:0.2.8(50)",
  "0-0:1.0.0(261120120000W)",
  "0-0:96.1.1(4C454330303031)",
  "1-0:1.8.1(000671.578*kWh)",
  "1-0:1.7.0(00.318*kW)",
  "1-0:32.7.0(231.0*V)",
  "0-1:24.2.1(260720115500S)(00024.013*m3)",
  "1-0:99.97.0(1)(0-0:96.7.19)(0000000240*s)",
  "F.F(00)",
  "!",
].join("\r\n");
const check = p1Crc(ascii(body)).toString(16).toUpperCase().padStart(4, "0");
const telegram = ascii(`${body}${check}\r\n`);

function listen(options?: PushReceiverOptions) {
  const notifications: PushNotification[] = [];
  const codes: string[] = [];
  const receiver = new PushReceiver(
    {
      notification: (notification) => void notifications.push(notification),
      failed: ({ code }) => void codes.push(code),
      transmit: () => expect.unreachable("nothing is answered"),
    },
    options,
  );
  const kinds = (): readonly string[] => notifications.map(({ meaning }) => meaning.kind);
  return { receiver, notifications, codes, kinds };
}

const time = (hex: string) => ({ type: "octet-string", value: fromHex(hex) });

test("the values of a telegram are named, exact, and keep what their text says", () => {
  const { values, unnamed } = telegramValues(parseP1Telegram(telegram));
  expect(values).toEqual([
    { logicalName: "1.3.0.2.8.255", value: { type: "visible-string", value: ascii("50") } },
    { logicalName: "0.0.1.0.0.255", classId: 8, value: time("07ea0b14ff0c0000ff800000") },
    {
      logicalName: "0.0.96.1.1.255",
      value: { type: "visible-string", value: ascii("4C454330303031") },
    },
    {
      logicalName: "1.0.1.8.1.255",
      value: { type: "double-long-unsigned", value: 671_578 },
      scalerUnit: { scaler: 0, unit: 30 },
    },
    {
      logicalName: "1.0.1.7.0.255",
      value: { type: "double-long-unsigned", value: 318 },
      scalerUnit: { scaler: 0, unit: 27 },
    },
    {
      logicalName: "1.0.32.7.0.255",
      value: { type: "double-long-unsigned", value: 2310 },
      scalerUnit: { scaler: -1, unit: 35 },
    },
    {
      logicalName: "0.1.24.2.1.255",
      classId: 4,
      attributeId: 5,
      value: time("07ea0714ff0b3700ff800080"),
    },
    {
      logicalName: "0.1.24.2.1.255",
      classId: 4,
      attributeId: 2,
      value: { type: "double-long-unsigned", value: 24_013 },
      scalerUnit: { scaler: -3, unit: 13 },
    },
    {
      logicalName: "1.0.99.97.0.255",
      dataIndex: 1,
      value: { type: "visible-string", value: ascii("1") },
    },
    {
      logicalName: "1.0.99.97.0.255",
      dataIndex: 2,
      value: { type: "visible-string", value: ascii("0-0:96.7.19") },
    },
    {
      logicalName: "1.0.99.97.0.255",
      dataIndex: 3,
      value: { type: "double-long-unsigned", value: 240 },
      scalerUnit: { scaler: 0, unit: 7 },
    },
  ]);
  expect(unnamed).toEqual([{ address: "F.F", values: [{ value: "00" }] }]);
});

test.each([
  ["(-12.50*W)", { type: "double-long", value: -1250 }, { scaler: -2, unit: 27 }],
  [
    "(99999999999*Wh)",
    { type: "long64-unsigned", value: 99_999_999_999n },
    { scaler: 0, unit: 30 },
  ],
  ["(-9999999999*var)", { type: "long64", value: -9_999_999_999n }, { scaler: 0, unit: 29 }],
  ["(7*bushel)", { type: "double-long-unsigned", value: 7 }, { scaler: 0, unit: 254 }],
  ["(7*)", { type: "double-long-unsigned", value: 7 }, { scaler: 0, unit: 255 }],
  ["(1.2.3*V)", { type: "visible-string", value: ascii("1.2.3") }, undefined],
  ["(261320120000W)", { type: "visible-string", value: ascii("261320120000W") }, undefined],
])("%s is what it says", (sent, value, scalerUnit) => {
  const read = parseP1Telegram(ascii(`/LEC5X\r\n\r\n1-0:1.7.0${sent}\r\n!\r\n`));
  expect(telegramValues(read).values).toEqual([
    { logicalName: "1.0.1.7.0.255", value, ...(scalerUnit === undefined ? {} : { scalerUnit }) },
  ]);
});

describe("a stream of telegrams", () => {
  test.each([
    ["as it is", telegram],
    ["with even parity (7E1 read as 8N1)", addParity(telegram)],
    ["with bit 7 set (7N1)", telegram.map((octet) => octet | 0x80)],
  ])("is understood %s, however it is chunked, from any place on", (_, octets) => {
    const stream = concatOctets([octets.subarray(200), octets, octets]);
    fc.assert(
      fc.property(chunksOf(stream), (chunks) => {
        const { receiver, kinds, codes } = listen();
        for (const chunk of chunks) receiver.receive(chunk);
        expect([kinds(), codes]).toEqual([["telegram", "telegram"], []]);
        expect(receiver.pendingOctets).toBe(0);
      }),
      { numRuns: 40 },
    );
  });

  test("goes on over pauses, and tells what came damaged", () => {
    const { receiver, notifications, kinds, codes } = listen();
    receiver.receive(telegram.subarray(0, 100));
    receiver.gap();
    receiver.receive(telegram.subarray(100));
    const damaged = telegram.slice();
    damaged[150] = damaged[150]! ^ 1;
    receiver.receive(damaged);
    receiver.receive(telegram.subarray(0, 100));
    receiver.expire();
    receiver.receive(telegram);
    expect(kinds()).toEqual(["telegram", "telegram"]);
    expect(codes).toEqual(["iec62056-21/checksum"]);
    expect(receiver.counters).toMatchObject({ messages: 2, failures: 1, lostUnits: 1 });
    expect(notifications[0]).toMatchObject({
      meaning: { telegram: { identification: "LEC5\\253833635_A", checked: true } },
      message: { origin: { framing: "p1" } },
    });
  });

  test("may be told beforehand, and is bounded", () => {
    const told = listen({ framing: "p1", unitOctetsMax: 100 });
    told.receiver.receive(telegram);
    expect([told.kinds(), told.receiver.counters.lostUnits]).toEqual([[], 1]);
    expect(told.receiver.pendingOctets).toBe(0);
  });

  test("is found behind an alarm or frames of another kind, after a silence", () => {
    const { receiver, kinds } = listen();
    receiver.receive(pairsPush);
    receiver.expire();
    receiver.receive(telegram);
    expect(kinds()).toEqual(["data", "telegram"]);
  });

  test("is not seen in the first line of a ciphered APDU, nor in other text", () => {
    expect(beginsTelegram(ascii("/LEC5\\G35-DB\r\n\r\n\u00db\u0008"), 0)).toBe(false);
    expect(beginsTelegram(ascii("/usr/bin\r\nroot"), 0)).toBe(false);
    expect(beginsTelegram(ascii(`/LEC5${"x".repeat(80)}\r\n\r\n1`), 0)).toBe(false);
    expect(beginsTelegram(ascii("a/LEC5\r\n\r\n1"), 1)).toBe(false);
    expect(beginsTelegram(ascii("/LEC5\n1"), 0)).toBe(true);
  });
});

test("a telegram under an envelope is read as any other", () => {
  const open = () => ({
    plaintext: telegram,
    systemTitle: new Uint8Array(8),
    invocationCounter: 1,
    verified: true,
  });
  const { receiver, notifications } = listen({ open });
  receiver.receive(fromHex("db084c4543000000000d0d3000000005aabbccddeeff00112233445566778899"));
  expect(notifications[0]).toMatchObject({
    meaning: { kind: "telegram" },
    message: { opened: { verified: true } },
  });
});
