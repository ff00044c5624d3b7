import { expect, test } from "vitest";
import { threadFlags } from "./storage-thread.ts";

test("the storage thread gets the flags it needs and none that would stop it", () => {
  expect(
    threadFlags([
      "--conditions=source",
      "-C",
      "other",
      "--disable-warning",
      "ExperimentalWarning",
      "--input-type=module",
      "--eval",
      "1 + 1",
      "--max-old-space-size=64",
    ]),
  ).toEqual(["--conditions=source", "-C", "other", "--disable-warning", "ExperimentalWarning"]);
});
