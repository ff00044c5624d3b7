/** What every port keeps to; each implementation runs this suite. */
import { describe, expect, test } from "vitest";
import type { PortError, PortErrorCode } from "./port-error.ts";
import type { Port } from "./port.ts";

/** An open port, and the far end of it under the test's control. */
export interface PortFixture extends AsyncDisposable {
  readonly port: Port;
  /** What has arrived at the far end, in order. */
  arrived(): Uint8Array;
  /** The far end sends. */
  push(octets: Uint8Array): void;
  /** The far end closes in order. `undefined`: this kind of stream has no end. */
  readonly end: (() => void) | undefined;
  /** What the far end's close is told as. Absent: "tcp/closed". */
  readonly endCode?: PortErrorCode;
  /** Lets what is on its way arrive. */
  settle(): Promise<void>;
}

interface Heard {
  readonly octets: number[];
  readonly ends: (PortError | undefined)[];
}

function hear(port: Port): Heard {
  const heard: Heard = { octets: [], ends: [] };
  port.listen({
    receive: (octets) => void heard.octets.push(...octets),
    closed: (error) => void heard.ends.push(error),
  });
  return heard;
}

/** Runs the suite. `open` gives a fresh pair for each test. */
export function portContract(name: string, open: () => Promise<PortFixture>): void {
  describe(`${name} keeps to the port contract:`, () => {
    test("sends octets in order and does not keep the caller's buffer", async () => {
      await using fixture = await open();
      hear(fixture.port);
      const buffer = new Uint8Array(3);
      for (let at = 0; at < 20; at++) {
        buffer.fill(at);
        fixture.port.send(buffer);
      }
      buffer.fill(0xff);
      await until(fixture, () => fixture.arrived().length === 60);
      const expected = Array.from({ length: 60 }, (_, at) => Math.floor(at / 3));
      expect([...fixture.arrived()]).toEqual(expected);
    });

    test("hands received octets to its receiver, in order", async () => {
      await using fixture = await open();
      const heard = hear(fixture.port);
      for (let at = 0; at < 5; at++) fixture.push(Uint8Array.of(at, at));
      await until(fixture, () => heard.octets.length === 10);
      expect(heard.octets).toEqual([0, 0, 1, 1, 2, 2, 3, 3, 4, 4]);
    });

    test("carries units of 60,000 octets both ways", async () => {
      await using fixture = await open();
      const heard = hear(fixture.port);
      const unit = Uint8Array.from({ length: 60_000 }, (_, at) => at % 251);
      fixture.port.send(unit);
      fixture.push(unit);
      await until(
        fixture,
        () => heard.octets.length >= 60_000 && fixture.arrived().length >= 60_000,
      );
      expect(heard.octets).toEqual([...unit]);
      expect([...fixture.arrived()]).toEqual([...unit]);
    });

    test("has one receiver: the last that listens", async () => {
      await using fixture = await open();
      const first = hear(fixture.port);
      const second = hear(fixture.port);
      fixture.push(Uint8Array.of(1, 2, 3));
      await until(fixture, () => second.octets.length === 3);
      expect(first.octets).toEqual([]);
    });

    test("tells its own close once, without an error, and is silent afterwards", async () => {
      await using fixture = await open();
      const heard = hear(fixture.port);
      await fixture.port[Symbol.asyncDispose]();
      await fixture.port[Symbol.asyncDispose]();
      expect(heard.ends).toEqual([undefined]);
      fixture.port.send(Uint8Array.of(1));
      fixture.push(Uint8Array.of(1));
      await fixture.settle();
      expect(heard.octets).toEqual([]);
      expect(heard.ends).toHaveLength(1);
    });

    test("tells the peer's close once, with its code", async () => {
      await using fixture = await open();
      if (fixture.end === undefined) return;
      const heard = hear(fixture.port);
      fixture.push(Uint8Array.of(7));
      fixture.end();
      await until(fixture, () => heard.ends.length > 0);
      expect(heard.octets).toEqual([7]);
      expect(heard.ends.map((error) => error?.code)).toEqual([fixture.endCode ?? "tcp/closed"]);
      fixture.port.send(Uint8Array.of(1));
      await fixture.port[Symbol.asyncDispose]();
      expect(heard.ends).toHaveLength(1);
    });

    test("hands nothing on to the receiver before, and sends on under the next", async () => {
      await using fixture = await open();
      const first = hear(fixture.port);
      fixture.push(Uint8Array.of(1));
      await until(fixture, () => first.octets.length === 1);
      const second = hear(fixture.port);
      fixture.port.send(Uint8Array.of(2));
      fixture.push(Uint8Array.of(3));
      await until(fixture, () => second.octets.length === 1 && fixture.arrived().length === 1);
      await fixture.port[Symbol.asyncDispose]();
      expect([first.octets, second.octets]).toEqual([[1], [3]]);
      expect([first.ends, second.ends]).toEqual([[], [undefined]]);
    });

    test("can be closed from inside receive", async () => {
      await using fixture = await open();
      let closing: PromiseLike<void> | undefined;
      const ends: (PortError | undefined)[] = [];
      fixture.port.listen({
        receive: () => void (closing ??= fixture.port[Symbol.asyncDispose]()),
        closed: (error) => void ends.push(error),
      });
      fixture.push(Uint8Array.of(1));
      await until(fixture, () => closing !== undefined);
      await closing;
      expect(ends).toEqual([undefined]);
    });

    test("tells a close to the receiver that comes after it", async () => {
      await using fixture = await open();
      await fixture.port[Symbol.asyncDispose]();
      expect(hear(fixture.port).ends).toEqual([undefined]);
    });

    test("has a label for people", async () => {
      await using fixture = await open();
      expect(fixture.port.label).not.toBe("");
    });
  });
}

/** Waits for something the far end brings about; the runner's own timeout is the limit. */
async function until(fixture: PortFixture, holds: () => boolean): Promise<void> {
  while (!holds()) await fixture.settle();
}
