import { expect, test } from "vitest";
import { ReplayWindows } from "@lectura/dlms/security";
import { MeterFacts } from "../meter-facts.ts";
import { SeenCounters } from "./seen-counters.ts";

/** Facts that survive, with how often they were written. */
function facts(): { readonly life: () => MeterFacts; readonly writes: string[] } {
  const kept = new Map<string, string>();
  const writes: string[] = [];
  const life = (): MeterFacts =>
    new MeterFacts(kept, (name, value) => {
      kept.set(name, value);
      writes.push(value);
    });
  return { life, writes };
}

test("what a meter has used in an earlier process is a replay in the next, under the same key", () => {
  const { life } = facts();
  const before = life();
  const one = new SeenCounters();
  one.windows("key", before).of("unicast").accept(500, true);
  one.keep(before, true);
  const after = life();
  const other = new SeenCounters().windows("key", after).of("unicast");
  expect(() => other.accept(500, true)).toThrowError(/security\/replay/);
  other.accept(501, true);
  // Another key has counters of its own.
  new SeenCounters().windows("another", after).of("unicast").accept(0, true);
});

test("a counter is kept now and then while an association lasts, and exactly at its end", () => {
  const { life, writes } = facts();
  const known = life();
  const seen = new SeenCounters();
  const window = seen.windows("key", known).of("unicast");
  for (let counter = 0; counter < 200; counter++) {
    window.accept(counter, true);
    seen.keep(known, false);
  }
  expect(writes).toEqual(["key 63", "key 127", "key 191"]);
  seen.keep(known, true);
  seen.keep(known, true);
  expect(writes.slice(3)).toEqual(["key 199"]);
});

test("a person, or a new key, lets the meter begin anew", () => {
  const { life } = facts();
  const known = life();
  const seen = new SeenCounters();
  seen.windows("key", known).of("unicast").accept(500, true);
  seen.keep(known, true);
  seen.forget(known);
  seen.windows("key", life()).of("unicast").accept(0, true);
  const windows = new ReplayWindows();
  seen.replace(windows);
  expect(seen.windows("new", known)).toBe(windows);
});
