import { expect, test } from "vitest";
import { runAs } from "../environment.fixture.ts";

const samples = [
  ["axdr-data", "020209060100010800ff12abcd"],
  ["apdu", "c001c100030100010800ff0200"],
  ["wrapper", "000100100001000dc001c100030100010800ff0200"],
  ["hdlc-frame", "7ea0070321930f017e"],
] as const;

test.each(samples)("a decoded %s becomes its octets again", async (layer, hex) => {
  const { stdout } = await runAs(["decode", "--json", "--layer", layer, hex]);
  expect(await runAs(["encode"], { input: stdout })).toMatchObject({
    exitCode: 0,
    stdout: `${hex}\n`,
  });
  const json = await runAs(["encode", "--json"], { input: stdout });
  expect(JSON.parse(json.stdout)).toEqual({ layer, hex });
});

test("several documents become a line each, and a tree alone is known by its members", async () => {
  const lines = [];
  for (const [layer, hex] of samples) {
    const { stdout } = await runAs(["decode", "--json", "--layer", layer, hex]);
    lines.push(JSON.stringify((JSON.parse(stdout) as { value: unknown }).value));
  }
  const { stdout } = await runAs(["encode"], { input: lines.join("\n") });
  expect(stdout.split("\n")).toEqual([...samples.map(([, hex]) => hex), ""]);
});

test("a tree somebody has changed is encoded as it says", async () => {
  const tree = { t: "structure", v: [{ t: "unsigned", v: 7 }] };
  const { stdout } = await runAs(["encode", "--layer", "axdr-data"], {
    input: JSON.stringify(tree),
  });
  expect(stdout).toBe("02011107\n");
});

test.each([
  ["no JSON", "{", "encode/not-json"],
  ["a tree that says nothing", '{"apdu":"get-request"}', "encode/bad-tree"],
  ["a layer without a way back", '{"layer":"push-raw","value":{}}', "usage/choice"],
  ["text", '"abc"', "encode/bad-tree"],
])("%s is refused", async (_, input, code) => {
  const { exitCode, stderr } = await runAs(["encode", "--json"], { input });
  expect(exitCode).not.toBe(0);
  expect(JSON.parse(stderr)).toMatchObject({ error: { code } });
});

test("a file that is not there is told", async () => {
  const { stderr } = await runAs(["encode", "--file", "/nowhere/tree.json"]);
  expect(stderr).toContain("usage/file");
});
