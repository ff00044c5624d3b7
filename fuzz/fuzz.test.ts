import { DecodeError, toHex } from "@lectura/dlms/octets";
import { expect, test } from "vitest";
import { Mutator } from "./mutator.ts";
import { TargetRunner } from "./runner.ts";
import { demand } from "./target.ts";
import { targets } from "./targets.ts";

const inputs = 300;
/** What a target may take for its corpus, and again for mutants: slow ones have fewer then. */
const targetMs = 100;

test.for(targets.map((target) => [target.name, target] as const))(
  "%s answers mutants of valid octets by a value or a typed error",
  async ([, target]) => {
    const runner = new TargetRunner(target, 1);
    await runner.begin(targetMs);
    const endMs = performance.now() + targetMs;
    for (let left = inputs; left > 0 && performance.now() < endMs; left--) {
      await runner.run(runner.next());
    }
    expect([...runner.failures.values()].map(({ kind }) => kind)).toEqual([]);
  },
);

const broken = (run: (input: Uint8Array) => string): TargetRunner =>
  new TargetRunner({ name: "broken", throws: "typed", corpus: [Uint8Array.of(1)], run }, 1);

test("an error that is not typed is a failure, told once for each kind", () => {
  const runner = broken((input) => {
    throw new TypeError(`octet ${input.length}`);
  });
  for (let left = 20; left > 0; left--) void runner.run(runner.next());
  expect([...runner.failures.keys()]).toEqual(["TypeError: octet N"]);
});

test("a typed error is an answer, and a new one joins the corpus", () => {
  const runner = broken((input) => {
    throw new DecodeError("axdr", `field-${input.length % 3}`, 0, "is wrong");
  });
  for (let left = 200; left > 0; left--) void runner.run(runner.next());
  expect(runner.failures.size).toBe(0);
  expect(runner.behaviours.size).toBe(3);
});

test("a broken invariant is a failure", () => {
  const runner = broken(() => {
    demand(false, "it holds");
    return "";
  });
  void runner.run(runner.next());
  expect([...runner.failures.keys()]).toEqual(["Finding: it holds"]);
});

test("the same seed makes the same inputs", () => {
  const made = [7, 7, 8].map((seed) => {
    const mutator = new Mutator(seed);
    return Array.from({ length: 50 }, () => toHex(mutator.mutate([Uint8Array.of(1, 2, 3)])));
  });
  expect(made[0]).toEqual(made[1]);
  expect(made[0]).not.toEqual(made[2]);
});
