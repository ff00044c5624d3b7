import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { i32 } from "@lectura/dlms/axdr";
import { obis } from "@lectura/dlms/cosem";
import { ObjectDirectory } from "@lectura/dlms/server";
import { Secret } from "@lectura/dlms/security";
import { serveTcp } from "./server/serve-tcp.ts";

const folder = join(import.meta.dirname, "..");

test("the six lines of the README read a meter", { timeout: 30_000 }, async () => {
  const objects = new ObjectDirectory([
    {
      classId: 3,
      version: 0,
      logicalName: obis("1.1.32.7.0.255"),
      attributes: { 2: { read: () => i32(13_519) } },
    },
  ]);
  const view = {
    clientSap: 1,
    authentication: { mechanism: "low", password: Secret.fromText("22222222") },
    objects,
    conformance: 0x00_301d,
  } as const;
  await using line = await serveTcp({
    meters: [{ address: { size: 1, upper: 1, lower: 0 }, device: { views: [view] } }],
  });
  const readme = await readFile(join(folder, "README.md"), "utf8");
  const code = /```js\n(?<code>[^`]+)```/.exec(readme)?.groups?.["code"] ?? "";
  expect(code.split("\n").filter((text) => text !== "")).toHaveLength(6);
  expect(code).toContain("192.0.2.7:4059");
  const program = code.replace("192.0.2.7:4059", `${line.host}:${line.port}`);
  const options = ["--conditions=source", "--disable-warning=ExperimentalWarning"];
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...options, "--input-type=module", "-e", program],
    { cwd: folder },
  );
  expect(stdout).toBe("135.19\n");
});
