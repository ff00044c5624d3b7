import fc from "fast-check";
import { expect, test } from "vitest";
import { runAs } from "../environment.fixture.ts";
import { answerQuestion } from "./decode.ts";

const ask = (question: unknown): unknown =>
  JSON.parse(answerQuestion(JSON.stringify(question), {}));

test("names a value", () => {
  expect(ask({ id: "a", layer: "axdr-data", hex: "0600003039" })).toEqual({
    id: "a",
    ok: true,
    value: { t: "double-long-unsigned", v: 12_345 },
  });
});

test("says layer, field and octet of what does not decode", () => {
  expect(ask({ id: 7, layer: "axdr-data", hex: "06000030" })).toMatchObject({
    id: 7,
    ok: false,
    error: { code: "axdr/malformed", layer: "axdr", octet: 1 },
  });
});

test("answers what is no question, too", () => {
  expect(ask({ id: 1, layer: "no-such", hex: "00" })).toMatchObject({ ok: false });
  expect(ask({ id: 1, layer: "apdu", hex: "0" })).toMatchObject({ ok: false });
  expect(ask({ id: 1, layer: "session-hdlc", hex: "" })).toMatchObject({ ok: false });
  expect(JSON.parse(answerQuestion("{", {}))).toMatchObject({ ok: false });
  expect(JSON.parse(answerQuestion("null", {}))).toMatchObject({ ok: false });
});

test("never throws, whatever the octets and the layer", () => {
  const layers = ["apdu", "axdr-data", "hdlc-frame", "hdlc-stream", "wrapper", "cosem-datetime"];
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), fc.constantFrom(...layers), (octets, layer) => {
      expect(ask({ id: 0, layer, hex: octets.toHex() })).toHaveProperty("ok");
    }),
  );
});

test("finds the layer by itself and prints a tree", async () => {
  const { exitCode, stdout } = await runAs(["decode", "7EA0070321930F017E"]);
  expect(exitCode).toBe(0);
  expect(stdout).toContain("hdlc-frame");
  expect(stdout).toContain("type: SNRM");
});

test("takes blanks and standard input", async () => {
  const { stdout } = await runAs(["--json", "decode"], {
    input: "C0 01 C1 00 03 01 00 01 08 00 FF 02 00\n",
  });
  expect(JSON.parse(stdout)).toMatchObject({ layer: "apdu", value: { apdu: "get-request" } });
});

test("refuses what is not hex, with the next step", async () => {
  const { exitCode, stderr } = await runAs(["decode", "xyz"]);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/^error\[decode\/not-hex\]: .+\nnext: .+\n$/);
});
