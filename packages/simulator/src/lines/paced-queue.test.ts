import type { Port } from "@lectura/dlms-node";
import { ManualClock } from "@lectura/testkit";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { chunkedConverter } from "./chunked.ts";
import { esp32Converter } from "./esp32.ts";
import { PacedQueue, waitingOctetsMax } from "./paced-queue.ts";

class Recorder implements Port {
  readonly label = "recorder";
  readonly pieces: Uint8Array[] = [];
  closed = false;

  send(octets: Uint8Array): void {
    this.pieces.push(octets.slice());
  }

  listen(): void {
    // Nothing comes from the client here.
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.closed = true;
  }

  get octets(): number[] {
    return this.pieces.flatMap((piece) => [...piece]);
  }
}

const frame = Uint8Array.from({ length: 300 }, (_, at) => at & 0xff);

test("esp32: a reply leaves in pieces of at most 127 octets with a pause after each", async () => {
  const clock = new ManualClock();
  const recorder = new Recorder();
  const port = esp32Converter(clock)(recorder);
  port?.listen({ receive: () => undefined, closed: () => undefined });
  port?.send(frame);
  expect(recorder.pieces.map(({ length }) => length)).toEqual([127]);
  await clock.advance(10);
  expect(recorder.pieces.map(({ length }) => length)).toEqual([127, 127]);
  await clock.advance(10);
  expect(recorder.pieces.map(({ length }) => length)).toEqual([127, 127, 46]);
  expect(recorder.octets).toEqual([...frame]);
});

test("chunked: 1 to 127 octets in order, and the same seed cuts the same", async () => {
  const cut = async (seed: number): Promise<number[]> => {
    const clock = new ManualClock();
    const recorder = new Recorder();
    const port = chunkedConverter({ clock, seed })(recorder);
    for (let sent = 0; sent < 5; sent++) port?.send(frame);
    await clock.advance(120 * 1500);
    expect(recorder.octets).toEqual(Array.from({ length: 5 }, () => [...frame]).flat());
    return recorder.pieces.map(({ length }) => length);
  };
  const sizes = await cut(1);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(127);
  expect(await cut(1)).toEqual(sizes);
  expect(await cut(2)).not.toEqual(sizes);
});

test("whatever is sent arrives once and in order", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 50 })), async (parts) => {
      const clock = new ManualClock();
      const recorder = new Recorder();
      const queue = new PacedQueue(clock, recorder, { octets: () => 7, gapMs: () => 1 });
      for (const part of parts) queue.send(part);
      await clock.advance(parts.length * 10 + 1);
      expect(recorder.octets).toEqual(parts.flatMap((part) => [...part]));
    }),
    { numRuns: 20 },
  );
});

test("closes the line when more waits than a converter holds", () => {
  const recorder = new Recorder();
  const pace = { octets: () => 1, gapMs: () => 1 };
  const queue = new PacedQueue(new ManualClock(), recorder, pace);
  queue.send(new Uint8Array(waitingOctetsMax));
  expect(recorder.closed).toBe(false);
  queue.send(new Uint8Array(2));
  expect(recorder.closed).toBe(true);
});
