import { expect, test } from "vitest";
import { type PortFixture, portContract } from "../../dlms-node/src/ports/port.contract.ts";
import { concatOctets } from "@lectura/dlms/octets";
import { ManualClock } from "./manual-clock.ts";
import { openPipe, type PipeOptions } from "./pipe.ts";

const clock = new ManualClock();

function fixture(options: PipeOptions): Promise<PortFixture> {
  const { near, far } = openPipe(options);
  const arrived: Uint8Array[] = [];
  far.listen({ receive: (octets) => void arrived.push(octets.slice()), closed: () => undefined });
  return Promise.resolve({
    port: near,
    arrived: () => concatOctets(arrived),
    push: (octets) => far.send(octets),
    end: () => void far[Symbol.asyncDispose](),
    settle: () => clock.advance(50),
    [Symbol.asyncDispose]: async () => {
      await near[Symbol.asyncDispose]();
      await far[Symbol.asyncDispose]();
    },
  });
}

portContract("a pipe", () => fixture({}));
portContract("a pipe of small pieces", () => fixture({ chunkOctets: 997 }));
portContract("a slow pipe", () => fixture({ delayMs: 5, clock }));

test("does what its fault says", async () => {
  const { near, far } = openPipe({
    fault: (octets, from) => {
      if (octets[0] === 0) return undefined;
      return from === "near" ? octets.with(0, 9) : octets;
    },
  });
  const heard: number[] = [];
  far.listen({ receive: (octets) => void heard.push(...octets), closed: () => undefined });
  near.listen({ receive: (octets) => void heard.push(...octets), closed: () => undefined });
  near.send(Uint8Array.of(0, 1));
  near.send(Uint8Array.of(1, 2));
  far.send(Uint8Array.of(3));
  await clock.settle();
  expect(heard.toSorted((a, b) => a - b)).toEqual([2, 3, 9]);
});

test("breaks on both ends", () => {
  const pipe = openPipe();
  const ends: (string | undefined)[] = [];
  for (const port of [pipe.near, pipe.far]) {
    port.listen({ receive: () => undefined, closed: (error) => void ends.push(error?.code) });
  }
  pipe.break();
  expect(ends).toEqual(["tcp/reset", "tcp/reset"]);
});

test("does not pile up octets without limit for an end that nobody lets deliver", () => {
  const { near, far } = openPipe({ delayMs: 1000, clock });
  const ends: (string | undefined)[] = [];
  far.listen({ receive: () => undefined, closed: (error) => void ends.push(error?.code) });
  for (let at = 0; at < 17; at++) near.send(new Uint8Array(1024 * 1024));
  expect(ends).toEqual(["tcp/flooded"]);
});
