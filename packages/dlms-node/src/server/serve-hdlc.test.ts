import { buildFrame, encodeClientAddress, encodeServerAddress } from "@lectura/dlms/hdlc";
import { ManualClock, openPipe } from "@lectura/testkit";
import { expect, test } from "vitest";
import { serveOn } from "./served-meter.fixture.ts";

const addresses = {
  destination: encodeServerAddress({ size: 4, upper: 1, lower: 17 }),
  source: encodeClientAddress(16),
};
const snrm = buildFrame({ ...addresses, control: 0x93 });
const long = buildFrame({ ...addresses, control: 0x10, information: new Uint8Array(120) });

test("a frame that was cut off takes no later one with it: a pause ends it", async () => {
  const { near, far } = openPipe();
  const clock = new ManualClock();
  const heard: Uint8Array[] = [];
  near.listen({ receive: (octets) => void heard.push(octets), closed: () => undefined });
  serveOn(far, clock);
  near.send(long.subarray(0, 40));
  near.send(snrm);
  await clock.advance(1999);
  expect(heard).toEqual([]);
  await clock.advance(1);
  // The SNRM that stood in what was held back, and one after it.
  near.send(snrm);
  await clock.settle();
  expect(heard).toHaveLength(2);
  expect(clock.pending).toBeLessThanOrEqual(1);
});

test("a frame that comes in pieces within the pause is one", async () => {
  const { near, far } = openPipe();
  const clock = new ManualClock();
  let heard = 0;
  near.listen({ receive: () => void heard++, closed: () => undefined });
  serveOn(far, clock);
  for (const octet of snrm) {
    near.send(Uint8Array.of(octet));
    await clock.advance(1500);
  }
  expect(heard).toBe(1);
});
