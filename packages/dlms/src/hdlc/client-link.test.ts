import { describe, expect, test } from "vitest";
import { goldenFrame, LinkRecorder } from "@lectura/testkit";
import { InvariantError } from "../error.ts";
import { concatOctets, fromHex, toHex } from "../octets.ts";
import { HdlcClientLink } from "./client-link.ts";
import type { HdlcClientLinkOptions } from "./client-link-options.ts";
import { informationControl } from "./control.ts";
import { buildFrame, parseFrame } from "./frame.ts";
import { encodeParameters, type HdlcParameters } from "./parameters.ts";

const address = Uint8Array.of(3);
const frameOf = (control: number, information = "", segmented = false): Uint8Array =>
  buildFrame({
    destination: address,
    source: address,
    control,
    segmented,
    information: fromHex(information),
  });
/** I frame from the meter. */
const answer = (
  sendSequence: number,
  receiveSequence: number,
  information: string,
  more: { segmented?: boolean; final?: boolean } = {},
): Uint8Array =>
  frameOf(
    informationControl(sendSequence, receiveSequence, more.final ?? true),
    information,
    more.segmented ?? false,
  );
const rr = (receiveSequence: number): Uint8Array => frameOf(0x11 | (receiveSequence << 5));
const rnr = (receiveSequence: number): Uint8Array => frameOf(0x15 | (receiveSequence << 5));
const rej = (receiveSequence: number): Uint8Array => frameOf(0x19 | (receiveSequence << 5));
const tx = (octets: Uint8Array): string => `tx ${toHex(octets)}`;
const informationOf = (name: Parameters<typeof goldenFrame>[0]): Uint8Array =>
  parseFrame(goldenFrame(name).subarray(1, -1)).information;

interface Setup {
  readonly link: HdlcClientLink;
  readonly out: LinkRecorder;
}

function makeLink(options: Partial<HdlcClientLinkOptions> = {}): Setup {
  const out = new LinkRecorder();
  const link = new HdlcClientLink({
    output: out,
    clientSap: 1,
    server: { size: 1, upper: 1, lower: 0 },
    responseTimeoutMs: 5000,
    attemptsMax: 3,
    ...options,
  });
  return { link, out };
}

function openLink(
  options: Partial<HdlcClientLinkOptions> = {},
  agreed: Partial<HdlcParameters> = {},
): Setup {
  const setup = makeLink({ parameters: agreed, ...options });
  setup.link.connect();
  const { parameters = agreed } = options;
  const information = encodeParameters({
    transmitOctetsMax: parameters.receiveOctetsMax ?? 128,
    receiveOctetsMax: parameters.transmitOctetsMax ?? 128,
    transmitWindow: parameters.receiveWindow ?? 1,
    receiveWindow: parameters.transmitWindow ?? 1,
  });
  setup.link.receive(frameOf(0x73, toHex(information)));
  setup.out.take();
  return setup;
}

describe("a client link, golden transcript", () => {
  test("speaks it octet by octet, from SNRM to DISC", () => {
    const { link, out } = makeLink();
    link.connect();
    expect(out.take()).toEqual([tx(goldenFrame("snrmSap1"))]);
    expect(out.armedMs).toBe(5000);
    link.receive(goldenFrame("uaWithParameters"));
    expect(out.take()).toEqual(["opened"]);
    expect(out.armedMs).toBeUndefined();
    const exchanges = [
      ["aarq", "aare"],
      ["getScaler", "scaler"],
      ["getValue", "value"],
      ["getAbsent", "absent"],
      ["getList", "list"],
    ] as const;
    for (const [request, response] of exchanges) {
      link.send(informationOf(request));
      expect(link.busy).toBe(true);
      expect(out.take()).toEqual([tx(goldenFrame(request))]);
      link.receive(goldenFrame(response));
      expect(out.take()).toEqual([`unit ${toHex(informationOf(response))}`]);
      expect(link.busy).toBe(false);
    }
    link.send(fromHex("e6e600c001c5"));
    out.take();
    link.receive(goldenFrame("firstSegment"));
    expect(out.take()).toEqual([tx(goldenFrame("rr6"))]);
    link.receive(goldenFrame("lastSegment"));
    const whole = toHex(informationOf("firstSegment")) + toHex(informationOf("lastSegment"));
    expect(out.take()).toEqual([`unit ${whole}`]);
    link.disconnect();
    expect(out.take()).toEqual([tx(goldenFrame("discSap1"))]);
    link.receive(goldenFrame("uaBare"));
    expect(out.take()).toEqual(["closed"]);
    expect(link.state).toBe("disconnected");
    expect(out.armedMs).toBeUndefined();
  });

  test("states its parameters when they differ from the defaults, or when told to", () => {
    const told = makeLink({ sendParameters: true });
    told.link.connect();
    expect(told.out.take()).toEqual([tx(goldenFrame("snrmWithParameters"))]);
    const bare = makeLink({ parameters: { receiveOctetsMax: 2030 }, sendParameters: false });
    bare.link.connect();
    expect(bare.out.take()).toEqual([tx(goldenFrame("snrmSap1"))]);
    const wide = makeLink({ parameters: { receiveOctetsMax: 2030 } });
    wide.link.connect();
    expect(wide.out.take()[0]).toContain("060207ee");
  });
});

describe("a client link, opening and closing", () => {
  test("repeats SNRM after each response timeout and opens on UA", () => {
    const { link, out } = makeLink();
    link.connect();
    link.deadline();
    link.deadline();
    expect(out.take()).toEqual(Array.from({ length: 3 }, () => tx(goldenFrame("snrmSap1"))));
    link.receive(goldenFrame("uaBare"));
    expect(out.take()).toEqual(["opened"]);
    expect(link.counters.retransmissions).toBe(2);
  });

  test("fails with hdlc/no-answer when every SNRM stays unanswered", () => {
    const { link, out } = makeLink({ attemptsMax: 2 });
    link.connect();
    link.deadline();
    link.deadline();
    expect(out.take().at(-1)).toBe("failed hdlc/no-answer");
    expect(out.error?.recovery).toBe("reopen-line");
    expect(out.armedMs).toBeUndefined();
    expect(link.state).toBe("disconnected");
  });

  test("takes the smaller of what both sides offer", () => {
    const { link } = makeLink({
      parameters: { transmitOctetsMax: 500, receiveOctetsMax: 2030, transmitWindow: 7 },
    });
    link.connect();
    const theirs = { transmitOctetsMax: 1000, receiveOctetsMax: 200, transmitWindow: 3, receiveWindow: 5 };
    link.receive(frameOf(0x73, toHex(encodeParameters(theirs))));
    expect(link.negotiated).toEqual({
      transmitOctetsMax: 200,
      receiveOctetsMax: 1000,
      transmitWindow: 5,
      receiveWindow: 1,
    });
  });

  test("opens with the defaults on a UA whose parameters cannot be read", () => {
    const { link, out } = makeLink({ parameters: { receiveOctetsMax: 2030 } });
    link.connect();
    link.receive(frameOf(0x73, "818014050180"));
    expect(out.take().at(-1)).toBe("opened");
    expect(link.negotiated.receiveOctetsMax).toBe(128);
  });

  test("takes one DM as the late answer to an earlier DISC, a second as a refusal", () => {
    const { link, out } = makeLink();
    link.connect();
    link.receive(goldenFrame("dm"));
    expect(out.armedMs).toBeLessThan(5000);
    link.deadline();
    link.receive(goldenFrame("dm"));
    expect(out.take().at(-1)).toBe("failed hdlc/refused");
    const other = makeLink({ attemptsMax: 1 });
    other.link.connect();
    other.link.receive(goldenFrame("dm"));
    other.link.deadline();
    expect(other.out.take().at(-1)).toBe("failed hdlc/refused");
  });

  test("closes on a UA with parameters, and on DM", () => {
    for (const end of ["uaWithParameters", "dm"] as const) {
      const { link, out } = openLink();
      link.disconnect();
      link.receive(goldenFrame(end));
      expect(out.take().at(-1)).toBe("closed");
    }
  });

  test("may be told to disconnect in any state, also after a failure", () => {
    const { link, out } = makeLink({ attemptsMax: 1 });
    link.connect();
    link.deadline();
    out.take();
    link.disconnect();
    link.disconnect();
    expect(out.take()).toEqual([tx(goldenFrame("discSap1"))]);
    link.deadline();
    expect(out.take()).toEqual(["failed hdlc/no-answer"]);
  });

  test("starts its sequence numbers anew with each SNRM", () => {
    const { link, out } = openLink();
    link.send(fromHex("e6e60001"));
    link.receive(answer(0, 1, "e6e70001"));
    link.disconnect();
    link.receive(goldenFrame("uaBare"));
    link.connect();
    link.receive(goldenFrame("uaBare"));
    out.take();
    link.send(fromHex("e6e60001"));
    expect(out.take()).toEqual([tx(frameOf(0x10, "e6e60001"))]);
  });

  test("refuses to be misused", () => {
    const { link } = makeLink();
    expect(() => link.send(fromHex("00"))).toThrow(InvariantError);
    link.connect();
    expect(() => link.connect()).toThrow(InvariantError);
    link.receive(goldenFrame("uaBare"));
    link.send(fromHex("00"));
    expect(() => link.send(fromHex("00"))).toThrow(InvariantError);
    expect(() => makeLink({ attemptsMax: 0 })).toThrow(RangeError);
  });
});

describe("a client link, what is lost or comes twice", () => {
  test("sends the same octets again when no answer comes, and gives up in the end", () => {
    const { link, out } = openLink();
    link.send(fromHex("e6e600c001"));
    link.deadline();
    link.deadline();
    const request = tx(frameOf(0x10, "e6e600c001"));
    expect(out.take()).toEqual([request, request, request]);
    link.deadline();
    expect(out.take()).toEqual(["failed hdlc/request-timeout"]);
    expect(out.error?.recovery).toBe("reopen-session");
  });

  test("drops a UA that comes late and goes on waiting", () => {
    const { link, out } = openLink();
    link.send(fromHex("e6e60060"));
    link.receive(goldenFrame("uaBare"));
    link.receive(answer(0, 1, "e6e70061"));
    expect(out.take().at(-1)).toBe("unit e6e70061");
    expect(link.counters.staleUa).toBe(1);
  });

  test("drops one DM, and takes a second as the end of the link", () => {
    const { link, out } = openLink();
    link.send(fromHex("e6e600c0"));
    link.receive(goldenFrame("dm"));
    link.deadline();
    expect(out.take()).toHaveLength(2);
    link.receive(goldenFrame("dm"));
    expect(out.take()).toEqual(["failed hdlc/disconnected"]);
  });

  test("ignores frames of other meters and of other clients", () => {
    const { link, out } = openLink();
    link.send(fromHex("e6e600c0"));
    out.take();
    const control = informationControl(0, 1, true);
    const information = fromHex("e6e700c4");
    const other = { control, information, destination: address, source: Uint8Array.of(5) };
    link.receive(buildFrame(other));
    link.receive(buildFrame({ ...other, destination: Uint8Array.of(0x21), source: address }));
    link.receive(buildFrame({ ...other, source: fromHex("0203") }));
    expect(out.take()).toEqual([]);
    expect(link.counters.foreignFrames).toBe(3);
  });

  test("ignores its own frames, echoed by an optical head", () => {
    const out = new LinkRecorder();
    const link = new HdlcClientLink({
      output: out,
      clientSap: 16,
      server: { size: 4, upper: 1, lower: 17 },
      responseTimeoutMs: 1000,
      attemptsMax: 1,
    });
    link.connect();
    link.receive(goldenFrame("snrmFourOctetsSap16").with(5, 3));
    link.receive(fromHex(out.take()[0]?.slice(3) ?? ""));
    expect(out.take().filter((line) => !line.startsWith("text"))).toEqual([]);
    expect(link.counters.echoedFrames).toBe(1);
  });

  test("delivers a response once, though it comes again before and after the next request", () => {
    const { link, out } = openLink();
    const first = answer(0, 1, "e6e70001");
    link.send(fromHex("e6e60001"));
    link.receive(first);
    link.receive(first);
    link.send(fromHex("e6e60002"));
    link.receive(first);
    link.receive(answer(1, 2, "e6e70002"));
    expect(out.take().filter((line) => line.startsWith("unit"))).toEqual([
      "unit e6e70001",
      "unit e6e70002",
    ]);
    expect(link.counters.duplicateFrames).toBe(2);
  });

  test("acknowledges a segment that comes again and appends it once", () => {
    const { link, out } = openLink();
    link.send(fromHex("e6e600c0"));
    out.take();
    link.receive(answer(0, 1, "e6e700", { segmented: true }));
    link.receive(answer(0, 1, "e6e700", { segmented: true }));
    expect(out.take()).toEqual([tx(rr(1)), tx(rr(1))]);
    link.receive(answer(1, 1, "c401"));
    expect(out.take()).toEqual(["unit e6e700c401"]);
  });

  test("asks for a missing segment, and fails when it never comes", () => {
    const { link, out } = openLink();
    link.send(fromHex("e6e600c0"));
    link.receive(answer(0, 1, "e6e700", { segmented: true }));
    out.take();
    const ahead = answer(2, 1, "ffff", { segmented: true });
    link.receive(ahead);
    link.receive(ahead);
    expect(out.take()).toEqual([tx(rr(1)), tx(rr(1))]);
    link.receive(ahead);
    expect(out.take()).toEqual(["failed hdlc/sequence"]);
    expect(link.counters.gaps).toBe(3);
  });

  test("asks again with RR when the rest of an answer does not come", () => {
    const { link, out } = openLink();
    link.send(fromHex("e6e600c0"));
    link.receive(answer(0, 1, "e6e700", { segmented: true }));
    out.take();
    link.deadline();
    expect(out.take()).toEqual([tx(rr(1))]);
    link.receive(answer(1, 1, "c401"));
    expect(out.take()).toEqual(["unit e6e700c401"]);
  });

  test("fails on an answer that acknowledges what was never sent", () => {
    const { link, out } = openLink();
    link.send(fromHex("e6e600c0"));
    link.receive(answer(0, 3, "e6e700"));
    expect(out.take().at(-1)).toBe("failed hdlc/sequence");
  });

  test("fails on FRMR and tells its reasons", () => {
    const { link, out } = openLink();
    link.send(fromHex("e6e600c0"));
    link.receive(frameOf(0x97, "100008"));
    expect(out.take().at(-1)).toBe("failed hdlc/frame-rejected");
    expect(out.error?.message).toContain("invalid N(R)");
  });
});

describe("a client link, segments and windows", () => {
  const unit = Uint8Array.from({ length: 300 }, (_, at) => at & 0xff);
  const segment = (index: number, octets: number): string =>
    toHex(unit.subarray(index * octets, (index + 1) * octets));
  const request = (index: number, poll: boolean, octets: number, more: boolean): string =>
    tx(frameOf(informationControl(index & 7, 0, poll), segment(index, octets), more));

  test("cuts a long unit into segments, one for each RR with window 1", () => {
    const { link, out } = openLink({}, { transmitOctetsMax: 128 });
    link.send(unit);
    expect(out.take()).toEqual([request(0, true, 128, true)]);
    link.receive(rr(1));
    expect(out.take()).toEqual([request(1, true, 128, true)]);
    link.receive(rr(2));
    expect(out.take()).toEqual([request(2, true, 128, false)]);
    link.receive(answer(0, 3, "e6e700"));
    expect(out.take()).toEqual(["unit e6e700"]);
  });

  test("sends a window at a time, P in its last frame", () => {
    const { link, out } = openLink({}, { transmitOctetsMax: 64, transmitWindow: 3 });
    link.send(unit);
    expect(out.take()).toEqual([
      request(0, false, 64, true),
      request(1, false, 64, true),
      request(2, true, 64, true),
    ]);
    link.receive(rr(3));
    expect(out.take()).toEqual([request(3, false, 64, true), request(4, true, 64, false)]);
    link.receive(answer(0, 5, "e6e700"));
    expect(out.take()).toEqual(["unit e6e700"]);
  });

  test("goes back to the segment the meter misses", () => {
    for (const short of [rr(1), rej(1)]) {
      const { link, out } = openLink({}, { transmitOctetsMax: 64, transmitWindow: 3 });
      link.send(unit);
      out.take();
      link.receive(short);
      expect(out.take()).toEqual([
        request(1, false, 64, true),
        request(2, false, 64, true),
        request(3, true, 64, true),
      ]);
      expect(link.counters.retransmissions).toBe(2);
    }
  });

  test("fails when the meter never takes a segment", () => {
    const { link, out } = openLink({}, { transmitOctetsMax: 64 });
    link.send(unit);
    for (let turn = 0; turn < 3; turn++) link.receive(rr(0));
    expect(out.take().at(-1)).toBe("failed hdlc/sequence");
  });

  test("acknowledges a window of segments after its last frame", () => {
    const { link, out } = openLink({}, { receiveOctetsMax: 64, receiveWindow: 3 });
    link.send(fromHex("e6e600c0"));
    out.take();
    for (let index = 0; index < 8; index++) {
      const final = index % 3 === 2;
      link.receive(answer(index, 1, segment(index, 10), { segmented: true, final }));
    }
    expect(out.take()).toEqual([tx(rr(3)), tx(rr(6))]);
    link.receive(answer(0, 1, segment(8, 10)));
    expect(out.take()).toEqual([`unit ${toHex(unit.subarray(0, 90))}`]);
  });

  test("asks for the rest of a window from the first lost frame on", () => {
    const { link, out } = openLink({}, { receiveWindow: 3 });
    link.send(fromHex("e6e600c0"));
    out.take();
    link.receive(answer(1, 1, "b1", { segmented: true, final: false }));
    link.receive(answer(2, 1, "b2", { segmented: true }));
    expect(out.take()).toEqual([tx(rr(0))]);
    link.receive(answer(0, 1, "b0", { segmented: true, final: false }));
    link.receive(answer(1, 1, "b1", { segmented: true, final: false }));
    link.receive(answer(2, 1, "b2"));
    expect(out.take()).toEqual(["unit b0b1b2"]);
  });

  test("fails when a unit grows beyond its limit", () => {
    const { link, out } = openLink({ unitOctetsMax: 100 });
    link.send(fromHex("e6e600c0"));
    link.receive(answer(0, 1, segment(0, 90), { segmented: true }));
    link.receive(answer(1, 1, segment(1, 90)));
    expect(out.take().at(-1)).toBe("failed hdlc/limit");
  });
});

describe("a client link, a busy meter", () => {
  test("polls with RR after a pause when the meter is not ready", () => {
    const { link, out } = openLink();
    link.send(fromHex("e6e600c0"));
    out.take();
    link.receive(rnr(1));
    expect(out.take()).toEqual([]);
    expect(out.armedMs).toBe(50);
    link.deadline();
    expect(out.take()).toEqual([tx(rr(0))]);
    link.receive(rnr(1));
    expect(out.armedMs).toBe(100);
    link.deadline();
    out.take();
    link.receive(answer(0, 1, "e6e700"));
    expect(out.take()).toEqual(["unit e6e700"]);
  });

  test("sends a refused segment again once the meter is ready", () => {
    const { link, out } = openLink();
    link.send(fromHex("e6e600c0"));
    out.take();
    link.receive(rnr(0));
    link.deadline();
    link.receive(rr(0));
    expect(out.take()).toEqual([tx(rr(0)), tx(frameOf(0x10, "e6e600c0"))]);
  });

  test("polls when the meter has taken a request and says no more", () => {
    const { link, out } = openLink();
    link.send(fromHex("e6e600c0"));
    out.take();
    link.receive(rr(1));
    link.deadline();
    expect(out.take()).toEqual([tx(rr(0))]);
  });

  test("does not poll for ever", () => {
    const { link, out } = openLink();
    link.send(fromHex("e6e600c0"));
    for (let poll = 0; poll <= 120; poll++) {
      link.receive(rnr(1));
      if (out.error === undefined) link.deadline();
    }
    expect(out.error?.code).toBe("hdlc/request-timeout");
  });

  test("is done with an unconfirmed unit when it is acknowledged", () => {
    const { link, out } = openLink();
    link.send(fromHex("e6e600c0"), false);
    link.receive(rr(1));
    expect(out.take().at(-1)).toBe("acknowledged");
    expect(link.busy).toBe(false);
  });
});

describe("a client link, the stream", () => {
  test("tells text and takes the answer behind it", () => {
    const { link, out } = makeLink();
    link.connect();
    out.take();
    const busy = new TextEncoder().encode("Port already in use\r\n");
    link.receive(concatOctets([busy, goldenFrame("uaBare")]));
    expect(out.take()).toEqual([`text ${toHex(busy)}`, "opened"]);
    expect(link.counters.discardedOctets).toBe(busy.length);
  });

  test("waits for the rest of an answer that comes slowly, then repeats the request", () => {
    const { link, out } = openLink();
    link.send(fromHex("e6e600c0"));
    const frame = answer(0, 1, "e6e700".padEnd(200, "0"));
    out.take();
    link.receive(frame.subarray(0, 20));
    link.deadline();
    expect(out.take()).toEqual([]);
    link.receive(frame.subarray(20, 40));
    link.deadline();
    expect(out.take()).toEqual([]);
    link.deadline();
    expect(out.take().at(-1)).toBe(tx(frameOf(0x10, "e6e600c0")));
    link.receive(frame);
    expect(out.take().at(-1)).toMatch(/^unit e6e700/);
  });

  test("finds the answer behind a truncated one when the time is over", () => {
    const { link, out } = openLink();
    link.send(fromHex("e6e600c0"));
    const frame = answer(0, 1, "e6e700".padEnd(200, "0"));
    out.take();
    link.receive(concatOctets([frame.subarray(0, 20), answer(0, 1, "e6e700c4")]));
    link.deadline();
    link.deadline();
    expect(out.take().filter((line) => !line.startsWith("text"))).toEqual(["unit e6e700c4"]);
  });

  test("delivers what comes unasked as UI", () => {
    const { link, out } = openLink();
    link.receive(frameOf(0x13, "e6e7000f"));
    expect(out.take()).toEqual(["ui e6e7000f"]);
    link.sendUnnumbered(fromHex("e6e600c0"));
    expect(out.take()).toEqual([tx(frameOf(0x03, "e6e600c0"))]);
  });

  test("lets its owner send from within the delivery of an answer", () => {
    const { link, out } = openLink();
    let requests = 0;
    out.information = () => {
      if (requests++ < 3) link.send(fromHex("e6e600c0"));
    };
    link.send(fromHex("e6e600c0"));
    const replies = [0, 1, 2, 3].map((index) => answer(index, index + 1, "e6e700"));
    link.receive(concatOctets(replies));
    expect(requests).toBe(4);
    expect(link.busy).toBe(false);
    expect(link.counters.framesReceived).toBe(5);
  });
});
