import { describe, expect, test } from "vitest";
import { goldenFrame, LinkRecorder } from "@lectura/testkit";
import { InvariantError } from "../error.ts";
import { fromHex, toHex } from "../octets.ts";
import { informationControl } from "./control.ts";
import { buildFrame, type HdlcFrame, parseFrame } from "./frame.ts";
import { decodeFrameReject } from "./frame-reject.ts";
import { HdlcServerLink } from "./server-link.ts";
import type { HdlcServerLinkOptions } from "./server-link-options.ts";

const address = Uint8Array.of(3);
const octetsOf = (control: number, information = "", segmented = false): Uint8Array =>
  buildFrame({
    destination: address,
    source: address,
    control,
    segmented,
    information: fromHex(information),
  });
const frame = (control: number, information = "", segmented = false): HdlcFrame =>
  parseFrame(octetsOf(control, information, segmented).subarray(1, -1));
const tx = (control: number, information = "", segmented = false): string =>
  `tx ${toHex(octetsOf(control, information, segmented))}`;
const golden = (name: Parameters<typeof goldenFrame>[0]): HdlcFrame =>
  parseFrame(goldenFrame(name).subarray(1, -1));
const request = (
  sendSequence: number,
  receiveSequence: number,
  information = "e6e600c0",
  segmented = false,
): HdlcFrame =>
  frame(informationControl(sendSequence, receiveSequence, true), information, segmented);

interface Setup {
  readonly link: HdlcServerLink;
  readonly out: LinkRecorder;
}

function makeLink(options: Partial<HdlcServerLinkOptions> = {}): Setup {
  const out = new LinkRecorder();
  const link = new HdlcServerLink({
    output: out,
    server: { size: 1, upper: 1, lower: 0 },
    clientSap: 1,
    inactivityMs: 120_000,
    ...options,
  });
  return { link, out };
}

function openLink(options: Partial<HdlcServerLinkOptions> = {}, information = ""): Setup {
  const setup = makeLink(options);
  setup.link.receive(frame(0x93, information));
  setup.out.take();
  return setup;
}

describe("a server link, opening and closing", () => {
  test("answers SNRM with UA and its parameters", () => {
    const { link, out } = makeLink();
    link.receive(golden("snrmSap1"));
    expect(out.take()).toEqual(["opened", `tx ${toHex(goldenFrame("uaWithParameters"))}`]);
    expect(link.state).toBe("connected");
    expect(out.armedMs).toBe(120_000);
  });

  test("agrees on the smaller of what both sides offer", () => {
    const { link } = openLink(
      { parameters: { transmitOctetsMax: 2030, receiveOctetsMax: 300, transmitWindow: 7 } },
      "81800e050207ee060200c8070107080103",
    );
    expect(link.negotiated).toEqual({
      transmitOctetsMax: 200,
      receiveOctetsMax: 300,
      transmitWindow: 3,
      receiveWindow: 1,
    });
  });

  test("repeats UA for a repeated SNRM and starts its sequence numbers anew", () => {
    const { link, out } = openLink();
    link.receive(request(0, 0));
    link.send(fromHex("e6e700c4"));
    link.receive(golden("snrmSap1"));
    out.take();
    link.receive(request(0, 0));
    link.send(fromHex("e6e700c4"));
    expect(out.take()).toEqual(["unit e6e600c0", tx(0x30, "e6e700c4")]);
  });

  test("answers a client it does not accept, and anything while disconnected, with DM", () => {
    const refusing = makeLink({ accepts: (sap) => sap !== 1 });
    refusing.link.receive(golden("snrmSap1"));
    expect(refusing.out.take()).toEqual([`tx ${toHex(goldenFrame("dm"))}`]);
    const { link, out } = makeLink();
    for (const control of [0x10, 0x11, 0x53, 0x97]) link.receive(frame(control));
    expect(out.take()).toEqual(Array.from({ length: 4 }, () => tx(0x1f)));
  });

  test("answers DISC with UA", () => {
    const { link, out } = openLink();
    link.receive(golden("discSap1"));
    expect(out.take()).toEqual(["closed", `tx ${toHex(goldenFrame("uaBare"))}`]);
    expect(link.state).toBe("disconnected");
  });

  test("answers nothing without P, and nobody who calls all stations", () => {
    const { link, out } = makeLink();
    link.receive(frame(0x83));
    link.receive(golden("snrmAllStationTwoOctets"));
    link.receive(golden("snrmAllStationFourOctets"));
    link.receive(frame(0x00));
    link.receive(frame(0x01));
    expect(out.take()).toEqual([]);
  });

  test("closes when its client has been silent for too long", () => {
    const { link, out } = openLink();
    link.deadline();
    expect(out.take()).toEqual(["closed"]);
    link.receive(request(0, 0));
    expect(out.take()).toEqual([tx(0x1f)]);
  });

  test("does not answer a malformed SNRM when strict, and takes the defaults when not", () => {
    const malformed = frame(0x93, "8180120502008006020080070400000001080400000001");
    const strict = makeLink({ strict: true });
    strict.link.receive(malformed);
    expect(strict.out.take()).toEqual([]);
    const lenient = makeLink();
    lenient.link.receive(malformed);
    expect(lenient.out.take()[0]).toBe("opened");
  });
});

describe("a server link, exchanges", () => {
  test("delivers a request and answers it, also later", () => {
    const { link, out } = openLink();
    link.receive(request(0, 0));
    expect(out.take()).toEqual(["unit e6e600c0"]);
    link.send(fromHex("e6e700c4"));
    expect(out.take()).toEqual([tx(0x30, "e6e700c4")]);
    link.receive(request(1, 1));
    link.send(fromHex("e6e700c5"));
    expect(out.take()).toEqual(["unit e6e600c0", tx(0x52, "e6e700c5")]);
  });

  test("gives a repeated request the same octets again and executes it once", () => {
    const { link, out } = openLink();
    link.receive(request(0, 0));
    link.send(fromHex("e6e700c4"));
    out.take();
    link.receive(request(0, 0));
    link.receive(request(0, 0));
    expect(out.take()).toEqual([tx(0x30, "e6e700c4"), tx(0x30, "e6e700c4")]);
    expect(link.counters.retransmissions).toBe(2);
  });

  test("says nothing to a repeated request while the answer is being worked out", () => {
    const { link, out } = openLink();
    link.receive(request(0, 0));
    link.receive(request(0, 0));
    expect(out.take()).toEqual(["unit e6e600c0"]);
    link.send(fromHex("e6e700c4"));
    expect(out.take()).toEqual([tx(0x30, "e6e700c4")]);
  });

  test("tells a client that is ahead which frame is missing", () => {
    const { link, out } = openLink();
    link.receive(request(1, 0));
    expect(out.take()).toEqual([tx(0x11)]);
    expect(link.counters.gaps).toBe(1);
  });

  test("answers a poll with RR while there is nothing, and with the answer once there is", () => {
    const { link, out } = openLink();
    link.receive(request(0, 0));
    link.receive(frame(0x11));
    expect(out.take()).toEqual(["unit e6e600c0", tx(0x31)]);
    link.send(fromHex("e6e700c4"));
    expect(out.take()).toEqual([]);
    link.receive(frame(0x11));
    expect(out.take()).toEqual([tx(0x30, "e6e700c4")]);
  });

  test("keeps its answer while the client is not ready", () => {
    const { link, out } = openLink();
    link.receive(request(0, 0));
    link.send(fromHex("e6e700c4"));
    out.take();
    link.receive(frame(0x15));
    expect(out.take()).toEqual([tx(0x31)]);
    link.receive(frame(0x11));
    expect(out.take()).toEqual([tx(0x30, "e6e700c4")]);
  });

  test("hands the turn back when there is no answer", () => {
    const { link, out } = openLink();
    link.receive(request(0, 0));
    out.take();
    link.acknowledge();
    link.acknowledge();
    expect(out.take()).toEqual([tx(0x31)]);
  });

  test("delivers UI without an answer, and sends it", () => {
    const { link, out } = openLink();
    link.receive(frame(0x13, "e6e600c0"));
    link.sendUnnumbered(fromHex("e6e7000f"));
    expect(out.take()).toEqual(["ui e6e600c0", tx(0x03, "e6e7000f")]);
  });

  test("refuses to be misused", () => {
    const { link } = makeLink();
    expect(() => link.send(fromHex("00"))).toThrow(InvariantError);
    link.receive(golden("snrmSap1"));
    link.send(fromHex("00"));
    expect(() => link.send(fromHex("00"))).toThrow(InvariantError);
    link.reset();
    expect(link.state).toBe("disconnected");
  });
});

describe("a server link, segments and windows", () => {
  test("collects a segmented request, RR after each frame with P", () => {
    const { link, out } = openLink();
    link.receive(request(0, 0, "e6e600", true));
    link.receive(request(1, 0, "c001", true));
    link.receive(request(2, 0, "ff"));
    expect(out.take()).toEqual([tx(0x31), tx(0x51), "unit e6e600c001ff"]);
  });

  test("sends a long answer a window at a time and goes on with RR", () => {
    const parameters = { transmitOctetsMax: 32, transmitWindow: 3 };
    const { link, out } = openLink({ parameters }, "818003080107");
    link.receive(request(0, 0));
    out.take();
    const unit = "ab".repeat(32 * 4 + 1);
    link.send(fromHex(unit));
    const part = "ab".repeat(32);
    expect(out.take()).toEqual([tx(0x20, part, true), tx(0x22, part, true), tx(0x34, part, true)]);
    link.receive(frame(0x51));
    expect(out.take()).toEqual([tx(0x24, part, true), tx(0x26, part, true), tx(0x38, "ab")]);
    link.receive(frame(0xb1));
    expect(out.take()).toEqual([tx(0x31)]);
    expect(link.busy).toBe(false);
  });
});

describe("a strict server link", () => {
  const rejected = (out: LinkRecorder): ReturnType<typeof decodeFrameReject> => {
    const line = out.take().at(-1) ?? "";
    const parsed = parseFrame(fromHex(line.slice(3)).subarray(1, -1));
    expect(parsed.control.type).toBe("FRMR");
    return decodeFrameReject(parsed.information);
  };

  test("refuses a wrong N(R), and everything until the client starts anew", () => {
    const { link, out } = openLink({ strict: true });
    link.receive(request(0, 0));
    link.send(fromHex("e6e700c4"));
    link.receive(request(1, 0));
    expect(rejected(out)).toMatchObject({ invalidReceiveSequence: true, rejectedControl: 0x12 });
    link.receive(request(1, 1));
    expect(rejected(out)).toMatchObject({ invalidReceiveSequence: true });
    link.receive(golden("snrmSap1"));
    out.take();
    link.receive(request(0, 0));
    expect(out.take()).toEqual(["unit e6e600c0"]);
  });

  test("refuses RR with an N(R) that was never sent", () => {
    const { link, out } = openLink({ strict: true });
    link.receive(frame(0x71));
    expect(rejected(out)).toMatchObject({ invalidReceiveSequence: true });
  });

  test("refuses information that is longer than agreed", () => {
    const { link, out } = openLink({ strict: true });
    link.receive(request(0, 0, "00".repeat(129)));
    expect(rejected(out)).toMatchObject({ informationTooLong: true });
  });

  test("refuses a control octet it does not know", () => {
    const { link, out } = openLink({ strict: true });
    link.receive(frame(0xf3));
    expect(rejected(out)).toMatchObject({ invalidControl: true, rejectedControl: 0xf3 });
  });

  test("is lived with by a lenient one", () => {
    const { link, out } = openLink();
    link.receive(request(0, 0));
    link.send(fromHex("e6e700c4"));
    out.take();
    link.receive(request(1, 0, "00".repeat(200)));
    link.receive(frame(0xf3));
    expect(out.take()).toEqual([`unit ${"00".repeat(200)}`]);
  });
});
