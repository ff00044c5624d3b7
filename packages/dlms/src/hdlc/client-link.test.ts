import { describe, expect, test } from "vitest";
import { goldenFrame } from "@lectura/testkit";
import { InvariantError } from "../error.ts";
import { concatOctets, fromHex, toHex } from "../octets.ts";
import {
  answer,
  frameOf,
  informationOf,
  makeLink,
  openLink,
  rr,
  tx,
} from "./client-link.fixture.ts";
import { encodeParameters } from "./parameters.ts";

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
    const theirs = {
      transmitOctetsMax: 1000,
      receiveOctetsMax: 200,
      transmitWindow: 3,
      receiveWindow: 5,
    };
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

describe("a server that streams", () => {
  test("is polled for the next unit where it has handed over the turn", () => {
    const { link, out } = openLink();
    link.send(fromHex("e6e60001"));
    out.take();
    link.receive(answer(0, 1, "e6e70002"));
    expect(out.take()).toEqual(["unit e6e70002"]);
    link.awaitMore();
    expect(link.busy).toBe(true);
    expect(out.take()).toEqual([tx(rr(1))]);
    link.receive(answer(1, 1, "e6e70003"));
    expect(out.take()).toEqual(["unit e6e70003"]);
    expect(link.busy).toBe(false);
  });

  test("is awaited where it goes on by itself, and polled when it does not", () => {
    const { link, out } = openLink({}, { receiveWindow: 3 });
    link.send(fromHex("e6e60001"));
    out.take();
    link.receive(answer(0, 1, "e6e70002", { final: false }));
    link.awaitMore();
    expect(out.take()).toEqual(["unit e6e70002"]);
    link.deadline();
    expect(out.take()).toEqual([tx(rr(1))]);
    expect(() => link.awaitMore()).toThrow(InvariantError);
  });
});

describe("a server that never acknowledges", () => {
  const quirks = { ignoreReceiveSequence: true };

  test("ends the link, as it must", () => {
    const { link, out } = openLink();
    link.send(fromHex("e6e60001"));
    link.receive(answer(0, 0, "e6e60002"));
    expect(out.error).toMatchObject({ code: "hdlc/sequence" });
  });

  test("is read all the same where its quirk is known, and counted", () => {
    const { link, out } = openLink({ quirks });
    for (let request = 0; request < 10; request++) {
      link.send(fromHex("e6e60001"));
      link.receive(answer(request & 7, 0, "e6e60002"));
      expect(out.take().at(-1)).toBe("unit e6e60002");
    }
    // N(R) counts in eights: the eighth answer of ten is right by chance.
    expect(link.counters.unacknowledgedAnswers).toBe(9);
    expect(link.state).toBe("connected");
  });

  test("takes a unit of several segments", () => {
    const { link, out } = openLink({ quirks });
    link.send(new Uint8Array(300));
    for (let segment = 0; segment < 2; segment++) link.receive(rr(0));
    expect(out.take()).toHaveLength(3);
    link.receive(answer(0, 0, "e6e60002"));
    expect(out.take()).toEqual(["unit e6e60002"]);
  });
});
