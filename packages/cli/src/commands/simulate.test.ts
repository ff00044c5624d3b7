/** `simulate` as a person types it: what it is told beyond the usual, and what it refuses. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { listenForMeters, identifyByDeviceName, listenForPushes } from "@lectura/dlms-node";
import { faultNames } from "@lectura/simulator";
import { expect, test } from "vitest";
import { type Ran, runAs } from "../environment.fixture.ts";
import { openScratchDirectory } from "../scratch-directory.ts";

interface Simulation {
  readonly tcp: string;
  readonly lines: () => readonly Readonly<Record<string, unknown>>[];
  end(): Promise<Ran>;
}

/** Runs until `end`; resolves with the `ready` line. */
async function simulation(...words: readonly string[]): Promise<Simulation> {
  const interruption = new AbortController();
  const ready = Promise.withResolvers<void>();
  let stdout = "";
  const running = runAs(["simulate", "--json", ...words], {
    interrupted: interruption.signal,
    onStdout: (text) => {
      stdout += text;
      ready.resolve();
    },
  });
  await Promise.race([ready.promise, running]);
  const lines = (): readonly Readonly<Record<string, unknown>>[] =>
    stdout
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
  const [first] = lines() as readonly { meters?: readonly { tcp: string }[] }[];
  return {
    tcp: first?.meters?.[0]?.tcp ?? "",
    lines,
    end: () => {
      interruption.abort();
      return running;
    },
  };
}

test("what cannot be is refused before anything starts", async () => {
  const cases: readonly (readonly [readonly string[], string])[] = [
    [["--objects", "all"], "usage/choice"],
    [["--from", "/nowhere/meter.json"], "usage/file"],
    [["--cert", "/nowhere/cert.pem"], "usage/missing"],
    [["--push-to", "nowhere"], "usage/endpoint"],
    [["--push-to", "127.0.0.1:1", "--push-framing", "pigeon"], "usage/choice"],
    [["--push-to", "127.0.0.1:1", "--push-every", "0"], "usage/number"],
    [["--dial", "127.0.0.1:1", "--announce", "loud"], "usage/choice"],
    [["--fault", "gremlin=5%"], "usage/choice"],
    [["--fault", "drop=5"], "usage/choice"],
    [["--fault", "drop=@3%"], "usage/choice"],
    [["--fault", "drop=101%"], "usage/number"],
    [["--fault", "drop=@0"], "usage/number"],
    [["--udp", "--mode-e"], "usage/fleet"],
    [["--udp", "--fault", "drop=5%"], "usage/fleet"],
  ];
  for (const [words, code] of cases) {
    const { exitCode, stderr } = await runAs(["simulate", "--json", ...words]);
    expect(stderr, words.join(" ")).toContain(code);
    expect(exitCode, words.join(" ")).toBe(2);
  }
});

test("every fault can be named, and its time told in three ways", async () => {
  const rules = faultNames.map((name, at) => `${name}=${["1%", "@900", "/900"][at % 3]}`);
  const meter = await simulation("--fault", `${rules.join(",")},delay=@1000:2s`);
  expect(meter.tcp).not.toBe("");
  expect(await meter.end()).toMatchObject({ exitCode: 0 });
});

test("a full meter written to a file is a meter again", async () => {
  await using scratch = await openScratchDirectory("lectura-simulate-");
  const file = join(scratch.path, "meter.json");
  const real = await simulation("--personality", "full", "--seed", "5");
  const read = ["--password-env", "LLS"];
  const variables = { LLS: "22222222" };
  const written = await runAs(["objects", "--values", "--json", "--tcp", real.tcp, ...read], {
    variables,
  });
  expect(written.stderr).toBe("");
  writeFileSync(file, written.stdout);
  await real.end();
  const again = await simulation("--from", file);
  const compared = await runAs(["objects", "--values", "--json", "--tcp", again.tcp, ...read], {
    variables,
  });
  await again.end();
  const [before, after] = [written, compared].map(
    ({ stdout }) => JSON.parse(stdout) as { objects: { logicalName: string; classId: number }[] },
  );
  const withoutAssociation = (meter: typeof before): unknown =>
    meter?.objects
      .filter(({ classId }) => classId !== 15)
      .toSorted((a, b) => a.logicalName.localeCompare(b.logicalName));
  expect(withoutAssociation(after)).toEqual(withoutAssociation(before));
});

test("meters push, call a head-end, and gasp at the end; each is told", async () => {
  let pushes = 0;
  await using listener = await listenForPushes({ tcp: {}, onNotification: () => void pushes++ });
  await using hall = await listenForMeters({ identify: identifyByDeviceName() });
  const meter = await simulation(
    "--push-to",
    `127.0.0.1:${listener.tcp!.port}`,
    "--push-every",
    "86400",
    "--dial",
    `127.0.0.1:${hall.port}`,
    "--last-gasp",
  );
  for await (const { identity } of hall) {
    expect(identity).toMatch(/^LEC/);
    break;
  }
  expect(await meter.end()).toMatchObject({ exitCode: 0 });
  expect(pushes).toBe(1);
  expect(meter.lines().map(({ type }) => type)).toEqual(["ready", "dialled", "pushed", "summary"]);
});
