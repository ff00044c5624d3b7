import { describe, expect, test } from "vitest";
import { goldenFrame, LinkRecorder } from "@lectura/testkit";
import { fromHex, toHex } from "../octets.ts";
import { HdlcClientLink } from "./client-link.ts";
import {
  address,
  answer,
  frameOf,
  makeLink,
  openLink,
  rej,
  rnr,
  rr,
  tx,
} from "./client-link.fixture.ts";
import { informationControl } from "./control.ts";
import { buildFrame } from "./frame.ts";

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

  test("lets its owner go on over a link that is alive, whose answer never comes", () => {
    class Patient extends LinkRecorder {
      goesOn = true;
      silent(): boolean {
        return this.goesOn;
      }
    }
    const patient = new Patient();
    const { link } = makeLink({ output: patient });
    const pollForEver = (): void => {
      link.connect();
      link.receive(frameOf(0x73));
      link.send(fromHex("e6e600c0"));
      for (let poll = 0; poll <= 120; poll++) {
        link.receive(rr(1));
        if (link.busy) link.deadline();
      }
    };
    pollForEver();
    expect(patient.error).toBeUndefined();
    expect([link.state, link.busy, patient.armedMs]).toEqual(["connected", false, undefined]);
    patient.take();
    link.send(fromHex("e6e600c1"));
    expect(patient.take()).toEqual([tx(frameOf(0x12, "e6e600c1"))]);
    link.receive(answer(0, 2, "e6e700c4"));
    expect(patient.take()).toEqual(["unit e6e700c4"]);
    link.reset();
    patient.goesOn = false;
    pollForEver();
    expect(patient.error?.code).toBe("hdlc/request-timeout");
  });

  test("is done with an unconfirmed unit when it is acknowledged", () => {
    const { link, out } = openLink();
    link.send(fromHex("e6e600c0"), false);
    link.receive(rr(1));
    expect(out.take().at(-1)).toBe("acknowledged");
    expect(link.busy).toBe(false);
  });
});
