import { type Port, type PortReceiver, type ServedMeter, serveSession } from "@lectura/dlms-node";
import { obis, obisToOctets } from "@lectura/dlms/cosem";
import {
  buildFrame,
  decodeFrameReject,
  encodeServerAddress,
  type HdlcFrame,
  parseFrame,
  type ServerAddress,
} from "@lectura/dlms/hdlc";
import { fromHex, OctetWriter, toHex } from "@lectura/dlms/octets";
import { answerOctetsCeiling } from "@lectura/dlms/server";
import { ManualClock } from "@lectura/testkit";
import { describe, expect, test } from "vitest";
import { mix } from "./consumption/noise.ts";
import { meterDevice, type MeterDeviceOptions } from "./meter-device.ts";
import { fullAddress, identify } from "./model/identity.ts";
import { keyPlaces, meterKeys } from "./model/keys.ts";
import { MeterModel } from "./model/meter-model.ts";
import type { PersonalityName } from "./personalities/personality.ts";
import { personalities } from "./personalities/personality-table.ts";

function device(
  meter: Pick<MeterDeviceOptions, "personality" | "identity" | "model">,
): ServedMeter {
  const { security } = meter.personality;
  const own = { security, index: 0, counterFrom: 0, nowMs: () => 0 };
  return meterDevice({ ...meter, ...own, fault: "none", alone: true }).served;
}

/** A port that answers within the call. */
class DirectPort implements Port {
  readonly label = "direct";
  readonly sent: Uint8Array[] = [];
  #receiver: PortReceiver | undefined;

  send(octets: Uint8Array): void {
    this.sent.push(octets.slice());
  }

  listen(receiver: PortReceiver): void {
    this.#receiver = receiver;
  }

  deliver(octets: Uint8Array): Uint8Array[] {
    this.#receiver?.receive(octets);
    return this.sent.splice(0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#receiver?.closed(undefined);
  }
}

/** A client that counts by itself, so that it can count wrongly, too. */
class Dialogue {
  readonly clock = new ManualClock(Date.UTC(2026, 2, 1, 12));
  readonly address: ServerAddress;
  readonly #port = new DirectPort();
  readonly #destination: Uint8Array;
  #send = 0;
  #receive = 0;

  constructor(name: PersonalityName, index = 0, address?: ServerAddress) {
    const personality = personalities[name];
    const place = { seed: 1, index, slot: index, neighbours: 1 };
    const identity = identify(personality, place);
    const model = new MeterModel(personality, mix(1, 40, index), index);
    this.address = address ?? fullAddress(identity);
    this.#destination = encodeServerAddress(this.address);
    serveSession({
      port: this.#port,
      meters: [device({ personality, identity, model })],
      clock: this.clock,
      writer: new OctetWriter(answerOctetsCeiling),
    });
  }

  raw(octets: Uint8Array): HdlcFrame[] {
    return this.#port.deliver(octets).map((frame) => parseFrame(frame.subarray(1, -1)));
  }

  frame(control: number, information?: Uint8Array): HdlcFrame[] {
    const parts = { destination: this.#destination, source: Uint8Array.of(0x03), control };
    return this.raw(buildFrame(information === undefined ? parts : { ...parts, information }));
  }

  connect(): void {
    expect(this.frame(0x93)[0]?.control.type).toBe("UA");
    const [aare] = this.request(
      "6036a1090607608574050801018a0207808b0760857405080201ac0a80083232323232323232" +
        "be10040e01000000065f1f0400007e1f04b0",
    );
    expect(toHex(aare!.information).slice(0, 10)).toBe("e6e7006129");
  }

  /** One request in one frame, with the numbers that are due. */
  request(apdu: string): HdlcFrame[] {
    const control = (this.#receive << 5) | 0x10 | (this.#send << 1);
    const frames = this.frame(control, fromHex(`e6e600${apdu}`));
    this.#send = (this.#send + 1) & 7;
    this.#receive = (this.#receive + frames.length) & 7;
    return frames;
  }
}

describe("seven-e", () => {
  test("7E and 7D stand in payload, address, HCS and FCS of what is sent and answered", () => {
    const dialogue = new Dialogue("seven-e");
    dialogue.connect();
    const seen = { payload: new Set<number>(), hcs: new Set<number>(), fcs: new Set<number>() };
    const add = (set: Set<number>, octets: Uint8Array | undefined): void => {
      for (const octet of octets ?? []) set.add(octet);
    };
    for (let turn = 0; turn < 600; turn++) {
      const key = meterKeys[turn % meterKeys.length]!;
      const name = toHex(obisToOctets(obis(`1.1.${keyPlaces[key].group}`)));
      const invoke = (0xc0 | (turn & 0x0f)).toString(16);
      const [answer] = dialogue.request(`c001${invoke}0003${name}0200`);
      add(seen.payload, answer!.information.subarray(3));
      add(seen.hcs, answer!.hcs);
      add(seen.fcs, answer!.fcs);
      dialogue.clock.jump(1000);
    }
    for (const [place, octets] of Object.entries(seen)) {
      expect(octets.has(0x7e), `7E in ${place}`).toBe(true);
      expect(octets.has(0x7d), `7D in ${place}`).toBe(true);
    }
    expect(toHex(encodeServerAddress(dialogue.address))).toMatch(/^7e7e/);
  });

  test("HCS octets come as soon as N(S) has gone round once, whatever register is asked", () => {
    for (let index = 0; index < 5; index++) {
      const dialogue = new Dialogue("seven-e", index);
      dialogue.connect();
      const octets = new Set<number>();
      for (let turn = 0; turn < 8; turn++) {
        const [answer] = dialogue.request("c001c100030101200700ff0200");
        for (const octet of answer!.hcs!) octets.add(octet);
      }
      expect(octets.has(0x7e) && octets.has(0x7d)).toBe(true);
    }
  });

  test("names and serials hold them, too", () => {
    const dialogue = new Dialogue("seven-e");
    dialogue.connect();
    const [serial] = dialogue.request("c001c100010000600100ff0200");
    expect(toHex(serial!.information)).toMatch(/^e6e700c401c100090c7d7e.*7e7d$/);
    const [value] = dialogue.request("c001c10003017e7d7e7d7e0200");
    expect(toHex(value!.information)).toMatch(/^e6e700c401c10015.*7[de]$/);
  });

  test("every register ends in 7E or 7D", () => {
    const model = new MeterModel(personalities["seven-e"], 5, 0);
    for (let atMs = Date.UTC(2026, 0, 1); atMs < Date.UTC(2026, 0, 2); atMs += 61_000) {
      for (const key of meterKeys) expect([0x7d, 0x7e]).toContain(model.raw(key, atMs) % 256);
    }
  });
});

describe("strict", () => {
  function connected(): Dialogue {
    const dialogue = new Dialogue("strict");
    dialogue.connect();
    return dialogue;
  }

  test("answers a wrong N(R) with FRMR that says so, until SNRM", () => {
    const dialogue = connected();
    const get = fromHex("e6e600c001c100030101200700ff0200");
    // Right would be N(R) 1, N(S) 1; the original's client acknowledges N(S) instead of N(S) + 1.
    const [reject] = dialogue.frame(0x12, get);
    expect(reject?.control.type).toBe("FRMR");
    expect(decodeFrameReject(reject!.information)).toMatchObject({
      rejectedControl: 0x12,
      invalidReceiveSequence: true,
    });
    expect(dialogue.frame(0x32, get)[0]?.control.type).toBe("FRMR");
    expect(dialogue.frame(0x93)[0]?.control.type).toBe("UA");
  });

  test("answers an information field that is too long with FRMR", () => {
    const information = new Uint8Array(129).fill(0x61);
    const [reject] = connected().frame(0x32, information);
    expect(decodeFrameReject(reject!.information)).toMatchObject({ informationTooLong: true });
  });

  test("is silent to a wrong length, a wrong check sequence, and to foreign addresses", () => {
    const { upper, lower } = new Dialogue("strict").address;
    for (const [size, address] of [
      [4, { upper, lower: lower + 1 }],
      [4, { upper: upper + 1, lower }],
      [4, { upper, lower: 0x3fff }],
      [2, { upper, lower: 1 }],
      [1, { upper, lower: 0 }],
    ] as const) {
      expect(new Dialogue("strict", 0, { size, ...address }).frame(0x93)).toEqual([]);
    }
    const dialogue = connected();
    // Seed 003's SNRM: the parameter group says 18 octets where 20 follow.
    expect(dialogue.frame(0x93, fromHex("8180120502008006020080070400000001080400000001"))).toEqual(
      [],
    );
    const good = buildFrame({
      destination: encodeServerAddress(dialogue.address),
      source: Uint8Array.of(0x03),
      control: 0x93,
    });
    for (const at of [2, good.length - 2]) {
      const damaged = good.slice();
      damaged[at]! ^= 1;
      expect(dialogue.raw(damaged)).toEqual([]);
    }
    expect(dialogue.raw(good)[0]?.control.type).toBe("UA");
  });

  test("a tolerant meter lives with the wrong N(R)", () => {
    const dialogue = new Dialogue("microstar");
    dialogue.connect();
    const get = fromHex("e6e600c001c100030101200700ff0200");
    expect(dialogue.frame(0x12, get)[0]?.control.type).toBe("I");
  });
});

describe("segmented", () => {
  test("answers in information fields of 64 octets, one for each RR", () => {
    const dialogue = new Dialogue("segmented");
    const proposal = fromHex("81801405020200060202000704000000010804000000 01");
    const [ua] = dialogue.frame(0x93, proposal);
    expect(toHex(ua!.information)).toBe("818012050140060140070400000001080400000001");
    dialogue.connect();
    let [frame] = dialogue.request("c001c1000f0000280000ff0200");
    let count = 0;
    for (; frame !== undefined && frame.segmented; count++) {
      expect(frame.information).toHaveLength(64);
      const receiveSequence = (frame.control.sendSequence + 1) & 7;
      [frame] = dialogue.frame((receiveSequence << 5) | 0x11);
    }
    expect(count).toBeGreaterThan(10);
    expect(frame?.information.length).toBeLessThanOrEqual(64);
  });
});

describe("addresses", () => {
  test.each([
    ["microstar", "upper alone", { size: 1, upper: 1, lower: 0 }],
    ["generic-three-phase", "upper alone", { size: 1, upper: 1, lower: 0 }],
  ] as const)("%s answers to %s", (name, _form, address) => {
    expect(new Dialogue(name, 0, address).frame(0x93)[0]?.control.type).toBe("UA");
  });

  test("microstar answers to 1 and the last four digits of its serial", () => {
    const place = { seed: 9, index: 3, slot: 0, neighbours: 1 };
    const { serial, upper, lower } = identify(personalities.microstar, place);
    expect({ upper, lower }).toEqual({ upper: 1, lower: Number(serial.slice(-4)) });
  });
});
