import { expect, test } from "vitest";
import { ManualClock, openPipe } from "@lectura/testkit";
import type { Port } from "./port.ts";
import { sharePort } from "./share-port.ts";

interface Heard {
  octets: string;
  ends: number;
}

function hear(port: Port): Heard {
  const heard: Heard = { octets: "", ends: 0 };
  port.listen({
    receive: (octets) => void (heard.octets += octets.toHex()),
    closed: () => void heard.ends++,
  });
  return heard;
}

test("octets go to the lease that sent last, and to the oldest before anyone has", async () => {
  const clock = new ManualClock();
  const { near, far } = openPipe();
  far.listen({ receive: () => undefined, closed: () => undefined });
  const shared = sharePort(near);
  const [first, second] = [shared.lease(), shared.lease()];
  const [one, two] = [hear(first), hear(second)];
  far.send(Uint8Array.of(1));
  await clock.settle();
  second.send(Uint8Array.of(0));
  far.send(Uint8Array.of(2));
  await clock.settle();
  first.send(Uint8Array.of(0));
  far.send(Uint8Array.of(3));
  await clock.settle();
  expect(one.octets).toBe("0103");
  expect(two.octets).toBe("02");
});

test("disposing a lease leaves the stream open, closing the stream closes every lease", async () => {
  const clock = new ManualClock();
  const { near, far } = openPipe();
  const shared = sharePort(near);
  const [first, second] = [shared.lease(), shared.lease()];
  const [one, two] = [hear(first), hear(second)];
  await first[Symbol.asyncDispose]();
  expect([one.ends, two.ends]).toEqual([1, 0]);
  await far[Symbol.asyncDispose]();
  await clock.settle();
  expect([one.ends, two.ends]).toEqual([1, 1]);
  expect(hear(shared.lease()).ends).toBe(1);
});
