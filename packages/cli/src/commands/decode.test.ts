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
  expect(stdout).toContain("control: SNRM");
});

test("prints the octets each part stands in", async () => {
  const { stdout } = await runAs(["decode", "c001c100030100010800ff0200"]);
  expect(stdout).toContain(" 0005-0011  0100010800ff");
  expect(stdout).toMatch(/obis: 1\.0\.1\.8\.0\.255 {2}Active energy/);
  const { stdout: spanish } = await runAs(["--lang", "es", "decode", "c001c100030100010800ff0200"]);
  expect(spanish).toContain("confirmado, prioridad alta");
});

test("gives the ranges as JSON, too", async () => {
  const { stdout } = await runAs(["--json", "decode", "0600003039"]);
  expect(JSON.parse(stdout)).toMatchObject({
    layer: "axdr-data",
    value: { t: "double-long-unsigned", v: 12_345 },
    tree: { children: [{ range: [0, 5], type: "double-long-unsigned", value: 12_345 }] },
  });
});

test("shows what came before the error, the octets around it, and fails", async () => {
  const { exitCode, stdout, stderr } = await runAs(["decode", "C001C100030100010800FF02"]);
  expect(exitCode).toBe(1);
  expect(stdout).toContain("obis: 1.0.1.8.0.255");
  expect(stdout).toMatch(/\^ 12\n$/);
  expect(stderr).toMatch(/^error\[xdlms\/malformed\]: .*at octet 12/);
});

test("opens what the keys open, and refuses what they do not", async () => {
  const closed = "c81e3001234567411312ff935a47566827c467bc7d825c3be4a77c3fcc056b6b";
  const keys = [
    "--key",
    "guek=000102030405060708090a0b0c0d0e0f",
    "gak=env:GAK",
    "--title",
    "4d4d4d0000bc614e",
  ];
  const variables = { GAK: "d0d1d2d3d4d5d6d7d8d9dadbdcdddedf" };
  const opened = await runAs(["decode", ...keys, closed], { variables });
  expect(opened.exitCode).toBe(0);
  expect(opened.stdout).toMatch(/\*0005-0011.*obis: 0\.0\.1\.0\.0\.255/);
  const wrong = await runAs(["decode", ...keys, closed], { variables: { GAK: "00".repeat(16) } });
  expect(wrong.exitCode).toBe(1);
  expect(wrong.stderr).toContain("security/tag");
  const closedOnly = await runAs(["decode", closed]);
  expect(closedOnly.exitCode).toBe(0);
  expect(closedOnly.stdout).toContain("ciphertext");
});

test("reads the lines of a log as one conversation", async () => {
  const input = [
    "2026-11-20 10:00:00.123 TX: 7E A0 07 03 21 93 0F 01 7E",
    "2026-11-20 10:00:00.223 RX: 7E A0 07 21 03 73 01 40 7E",
  ].join("\n");
  const { stdout } = await runAs(["decode"], { input });
  expect(stdout).toContain("hdlc-stream 18 octets");
  expect(stdout).toContain("control: UA");
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
