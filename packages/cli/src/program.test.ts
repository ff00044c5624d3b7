import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startFleet } from "@lectura/simulator";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runAs } from "./environment.fixture.ts";

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "lectura-cli-"));
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});
const run = (words: readonly string[], variables: Record<string, string> = {}) =>
  runAs(["--data-dir", directory, ...words], { variables });

describe("usage", () => {
  test.for<readonly [words: readonly string[], code: string]>([
    [["frobnicate"], "usage/words"],
    [["meter", "show"], "usage/words"],
    [["meter", "add", "a"], "usage/missing"],
    [["meter", "add", "a", "--tcp", "nowhere"], "usage/endpoint"],
    [["meter", "add", "a", "--tcp", "h:1", "--auth", "magic"], "usage/choice"],
    [["meter", "add", "a", "--tcp", "h:1", "--address-size", "3"], "usage/choice"],
    [["meter", "add", "a", "--tcp", "h:1", "--interval", "soon"], "usage/duration"],
    [["meter", "add", "a", "--tcp", "h:1", "--password-env", "NOT_SET"], "usage/variable"],
    [["meter", "add", "a", "--tcp", "h:1", "--plan", "voltage_l9"], "registry/unknown-key"],
    [["sink", "add", "a"], "usage/missing"],
    [["sink", "add", "a", "--url", "mqtt://h", "--kind", "kafka"], "usage/choice"],
    [["read", "--tcp", "h:1"], "usage/nothing-to-read"],
    [["read", "--tcp", "h:1", "nonsense"], "usage/key"],
    [["simulate", "--personality", "nobody"], "usage/choice"],
    [["simulate", "--security", "colour=red"], "usage/choice"],
    [["read", "--tcp", "h:1", "--udp", "h:1", "frequency"], "usage/one-endpoint"],
    [["read", "--serial", "/dev/x?speed=9", "frequency"], "usage/serial"],
    [["read", "--serial", "/dev/x", "--baud", "fast", "frequency"], "usage/number"],
    [["read", "--tcp", "h:1", "--ca", "/not/there", "frequency"], "usage/file"],
    [["read", "--tcp", "h:1", "--referencing", "xx", "frequency"], "usage/choice"],
    [["read", "--tcp", "h:1", "--auth", "hls-gmac", "frequency"], "security/key-absent"],
    [["read", "--tcp", "h:1", "--auth", "hls-md5", "frequency"], "security/secret-absent"],
    [["read", "--tcp", "h:1", "--guek", "00", "frequency"], "usage/key-source"],
    [["read", "--tcp", "h:1", "--guek", "env:NOT_SET", "frequency"], "usage/variable"],
    [["read", "--tcp", "h:1", "--guek", "file:/not/there", "frequency"], "usage/file"],
    [["read", "--tcp", "h:1", "--guek", "prompt", "frequency"], "usage/no-terminal"],
    [["read", "--tcp", "h:1", "--client-title", "4C4543", "frequency"], "usage/title"],
    [["read", "--tcp", "h:1", "--dedicated", "frequency"], "security/not-ciphered"],
    [["meter", "add", "a", "--tcp", "h:1", "--suite", "3"], "usage/choice"],
    [["meter", "add", "a", "--tcp", "h:1", "--protection", "some"], "usage/choice"],
    [["meter", "add", "a", "--tcp", "h:1", "--counter", "-1"], "usage/number"],
  ])("%j ends with 2 and %s", async ([words, code]) => {
    const { exitCode, stderr } = await run(["--json", ...words]);
    const { error } = JSON.parse(stderr.split("\n").at(-2) ?? "{}");
    expect(error.code).toBe(code);
    expect(error.message).not.toContain("{");
    expect(error.next).not.toBe("");
    expect(exitCode).toBe(2);
  });

  test("help ends with 0", async () => {
    const { exitCode, stdout } = await run(["--help"]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("simulate");
  });

  test("errors are told in the language asked for", async () => {
    const { stderr } = await run(["--lang", "es", "meter", "show", "nadie"]);
    expect(stderr).toContain("No existe el medidor nadie");
    const other = await run(["meter", "show", "nadie"], { LANG: "es_CO.UTF-8" });
    expect(other.stderr).toContain("No existe el medidor nadie");
  });
});

test("a meter is added, shown, changed, listed, exported, imported and removed", async () => {
  const add = ["meter", "add", "main", "--tcp", "127.0.0.1:4059", "--password-env", "P"];
  const added = await run(["--json", ...add, "--plan", "voltage_l1,1-0:1.8.0"], { P: "12345678" });
  expect(added.exitCode).toBe(0);
  expect(JSON.parse(added.stdout)).toMatchObject({
    name: "main",
    tcp: "127.0.0.1:4059",
    auth: "lls",
    clientSap: 1,
    hasPassword: true,
  });
  expect(added.stdout + added.stderr).not.toContain("12345678");

  const again = await run(["--json", ...add], { P: "x" });
  expect([again.exitCode, JSON.parse(again.stderr).error.code]).toEqual([2, "registry/name-taken"]);

  await run(["meter", "edit", "main", "--interval", "15s", "--server-upper", "2"]);
  const shown = await run(["--json", "meter", "show", "main"]);
  expect(JSON.parse(shown.stdout)).toMatchObject({ intervalMs: 15_000, serverUpper: 2 });

  const exported = await run(["meter", "export"]);
  expect(exported.stdout).toContain("main");
  expect(exported.stdout).not.toContain("12345678");

  const file = join(directory, "fleet.yaml");
  await run(["meter", "export", file]);
  await run(["meter", "remove", "main"]);
  const gone = await run(["--json", "meter", "show", "main"]);
  expect(gone.exitCode).toBe(3);
  const dry = await run(["--json", "meter", "import", file, "--dry-run"]);
  expect(JSON.parse(dry.stdout)).toMatchObject({ applied: false, dryRun: true });
  const imported = await run(["--json", "meter", "import", file]);
  expect(imported.exitCode).toBe(0);
  const listed = await run(["--json", "meter", "list"]);
  expect(JSON.parse(listed.stdout).meters).toMatchObject([{ name: "main", intervalMs: 15_000 }]);
});

test("a simulated meter is read, tested and found without a gateway", async () => {
  await using fleet = await startFleet({ meters: 1, personality: "microstar" });
  const tcp = fleet.meters[0]?.tcp ?? "";
  const credential = ["--password-env", "P"];
  const variables = { P: "22222222" };

  const one = await run(["--json", "read", "--tcp", tcp, ...credential, "voltage_l1"], variables);
  expect(one.stderr).toBe("");
  expect(JSON.parse(one.stdout)).toMatchObject({ type: "reading", key: "voltage_l1", unit: "V" });

  const many = await run(
    ["--json", "read", "--tcp", tcp, ...credential, "--repeat", "20", "active_energy"],
    variables,
  );
  const lines = many.stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines).toHaveLength(21);
  expect(lines.at(-1)).toMatchObject({
    type: "summary",
    reads: 20,
    values: 20,
    errors: 0,
    reconnects: 0,
  });

  const family = ["--template", "microstar", ...credential];
  const whole = await run(["--json", "read", "--tcp", tcp, ...family], variables);
  expect(whole.stdout.trim().split("\n")).toHaveLength(9);
  const unknown = await run(["--json", "read", "--tcp", tcp, "--template", "none-such"], variables);
  expect(JSON.parse(unknown.stderr).error.code).toBe("usage/choice");

  const wrong = await run(["--json", "read", "--tcp", tcp, ...credential, "frequency"], { P: "0" });
  expect(JSON.parse(wrong.stderr).error.code).toBe("acse/authentication-failed");
  expect(wrong.exitCode).toBe(1);

  const tested = await run(["--json", "test", tcp, ...credential], variables);
  expect(JSON.parse(tested.stdout)).toMatchObject({ ok: true });

  await run(["meter", "add", "main", "--tcp", tcp, ...credential], variables);
  const stored = await run(["--json", "read", "main", "voltage_l1"]);
  expect(JSON.parse(stored.stdout)).toMatchObject({ meter: "main", key: "voltage_l1" });
  const status = await run(["--json", "status"]);
  expect(status.exitCode).toBe(4);
  expect(JSON.parse(status.stdout)).toMatchObject({ running: false });
});

test("a closed port names cause and next step", async () => {
  const { exitCode, stderr } = await run(["read", "--tcp", "127.0.0.1:1", "voltage_l1"]);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^error\[tcp\/refused\]: .+\nnext: .+\n$/);
});

test("keys come from a variable, a file or a prompt, and none of them is ever said", async () => {
  await using fleet = await startFleet({ meters: 1, personality: "secured" });
  const [{ tcp, security }] = fleet.meters as readonly [(typeof fleet.meters)[0]];
  const hex = (name: "unicast" | "authentication"): string =>
    Buffer.from(security.keys![name]!.reveal()).toString("hex");
  const file = join(directory, "guek.txt");
  writeFileSync(file, `0x${hex("unicast").toUpperCase().replaceAll(/(..)/g, "$1 ")}\n`);
  const variables = { GAK: hex("authentication") };
  const where = ["--tcp", tcp, "--auth", "hls-gmac", "--gak", "env:GAK"];
  const read = ["--json", "read", ...where, "voltage_l1"];
  const fromFile = await run([...read, "--guek", `file:${file}`], variables);
  expect(JSON.parse(fromFile.stdout)).toMatchObject({ key: "voltage_l1", unit: "V" });
  const typed = await runAs([...read, "--guek", "prompt", "--repeat", "2"], {
    variables,
    typed: hex("unicast"),
  });
  expect(typed.exitCode).toBe(0);
  const add = ["--json", "meter", "add", "main", ...where, "--guek", `file:${file}`];
  const added = await run([...add, "--suite", "0", "--general", "--dedicated"], variables);
  expect(JSON.parse(added.stdout)).toMatchObject({
    auth: "hls-gmac",
    hasKeys: ["guek", "gak"],
    association: { security: { form: "general", dedicatedKey: true } },
  });
  const shown = await run(["meter", "show", "main"]);
  expect(shown.stdout).toContain("suite 0: authenticated-encrypted, general, dedicated");
  const tested = await run(["--json", "test", "main"]);
  expect(JSON.parse(tested.stdout)).toMatchObject({ ok: true });
  const said = [fromFile, typed, added, shown, tested].map((ran) => ran.stdout + ran.stderr).join();
  expect(said.toLowerCase()).not.toContain(hex("unicast"));
  expect(said.toLowerCase()).not.toContain(hex("authentication"));
});

test("a meter of short names is read raw, and through the registry", async () => {
  await using fleet = await startFleet({ meters: 1, personality: "short-names" });
  const tcp = fleet.meters[0]?.tcp ?? "";
  const words = ["--tcp", tcp, "--password-env", "P", "--referencing", "sn"];
  const variables = { P: "22222222" };
  const raw = await run(["--json", "read", ...words, "voltage_l1"], variables);
  expect(raw.stderr).toBe("");
  expect(JSON.parse(raw.stdout)).toMatchObject({ key: "voltage_l1", unit: "V" });
  await run(["meter", "add", "sn", ...words], variables);
  const kept = await run(["--json", "read", "sn", "frequency"]);
  expect(JSON.parse(kept.stdout)).toMatchObject({ key: "frequency", unit: "Hz" });
});
