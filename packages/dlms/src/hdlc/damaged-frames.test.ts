import { expect, test } from "vitest";
import { fromHex } from "../octets.ts";
import { answer, openLink } from "./client-link.fixture.ts";

test("damagedFrames counts a burst of damage, one by one, and the answer behind it is delivered", () => {
  const { link, out } = openLink();
  link.send(fromHex("e6e600c0"));
  out.take();
  const good = answer(0, 1, "e6e700c4");
  for (let at = 0; at < 20; at++) {
    const damaged = good.slice();
    damaged[9] = damaged[9]! ^ (1 << (at % 8));
    link.receive(damaged);
  }
  expect(out.take().filter((line) => !line.startsWith("text"))).toEqual([]);
  expect(link.counters.damagedFrames).toBe(20);
  link.receive(good);
  expect(out.take().filter((line) => !line.startsWith("text"))).toEqual(["unit e6e700c4"]);
  expect(link.counters).toMatchObject({ damagedFrames: 20, retransmissions: 0 });
});

test("the wait for the rest of an answer is the one that was asked for", () => {
  const { link, out } = openLink({ octetTimeoutMs: 150 });
  link.send(fromHex("e6e600c0"));
  expect(out.armedMs).toBe(5000);
  link.receive(answer(0, 1, "e6e700c4").subarray(0, 8));
  link.deadline();
  expect(out.armedMs).toBe(150);
});
