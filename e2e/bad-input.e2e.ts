/** Everything that is wrong on the other side or in what a person wrote, with its cause told. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { MeterDraft } from "@lectura/gateway";
import { expect, test } from "vitest";
import { draftOf, prepare } from "./gateway-directory.ts";
import {
  endpointWords,
  lectura,
  LecturaProcess,
  type ReadyMeter,
  scratchDirectory,
  type Simulator,
  simulate,
} from "./lectura-process.ts";
import { closedPort, holdEndpoint, takePort } from "./ports.ts";
import { expectProblem, together } from "./problems.ts";
import { Tap } from "./tap.ts";

const wrongPassword = "11111111";
const variables = { RIGHT: "22222222", WRONG: wrongPassword };
/** A password as an AARQ carries it. */
const credential = Buffer.from(wrongPassword, "ascii");
const intervalMs = 500;

/** `read` of one value from an endpoint, with the patience of a test. */
function readWords(
  meter: ReadyMeter,
  changes: Partial<ReadyMeter & { password: "RIGHT" | "WRONG" }> = {},
): readonly string[] {
  const { password = "RIGHT", ...other } = changes;
  const where = endpointWords({ ...meter, ...other });
  return ["read", ...where, "--timeout", "400ms", "--password-env", password, "voltage_l1"];
}

const unusedLower = 4242;

test("a wrong password, address, port, protocol or a busy converter is told with its cause", async () => {
  await using simulators = new AsyncDisposableStack();
  const [plain, http, ser2net, esp32] = await Promise.all(
    ["plain", "http", "ser2net-busy", "esp32"].map(async (line) =>
      simulate(["--personality", "microstar", "--line-personality", line]),
    ),
  );
  for (const simulator of [plain, http, ser2net, esp32]) simulators.use(simulator!);
  const meterOf = (simulator: Simulator | undefined): ReadyMeter => simulator!.meters[0]!;
  const meter = meterOf(plain);
  await using tap = await Tap.open(meter.tcp);
  const refused = { error: "acse/authentication-failed", exitCode: 1 };
  await expectProblem(readWords(meter, { tcp: tap.tcp, password: "WRONG" }), refused, {
    variables,
  });
  // One AARQ with the credential in each of the two runs, however many address forms there are.
  expect(tap.sent(credential)).toBe(2);
  const cases = [
    {
      words: readWords(meter, { serverLower: unusedLower, addressSize: 4 }),
      // Alone on its line, a meter that is not there and a converter that serves somebody else are
      // the same silence.
      problem: { error: ["hdlc/no-answer", "line/silent"], exitCode: 1 },
    },
    {
      words: readWords(meter, { tcp: `127.0.0.1:${await closedPort()}` }),
      problem: { error: "tcp/refused", exitCode: 1 },
    },
    { words: readWords(meterOf(http)), problem: { error: "line/not-dlms", exitCode: 1 } },
    {
      words: readWords(meterOf(ser2net)),
      held: meterOf(ser2net).tcp,
      problem: { error: "line/busy", exitCode: 5 },
    },
    {
      words: readWords(meterOf(esp32)),
      held: meterOf(esp32).tcp,
      problem: { error: "line/silent", exitCode: 1 },
    },
    {
      words: readWords({ ...meter, tcp: "127.0.0.1" }),
      problem: { error: "usage/endpoint", exitCode: 2 },
    },
  ];
  await together(
    cases.map(async ({ words, problem, held }) => {
      using _holder = held === undefined ? undefined : await holdEndpoint(held);
      await expectProblem(words, problem, { variables });
    }),
  );
});

test("a plan with an unknown key, a settings file with a typo and taken ports are told", async () => {
  using directory = scratchDirectory();
  await using taken = await takePort();
  const settings = join(directory.path, "lectura.yaml");
  writeFileSync(settings, "api:\n  port: 0\nstore:\n  groupComitMs: 50\n");
  const data = ["--data-dir", join(directory.path, "data")];
  const add = [
    "meter",
    "add",
    "main",
    "--tcp",
    "127.0.0.1:4059",
    "--plan",
    "voltage_l1,voltage_l9",
  ];
  const port = String(taken.port);
  await together([
    expectProblem([...add, ...data], {
      error: "registry/unknown-key",
      exitCode: 2,
      says: ["voltage_l9", "voltage_l1"],
    }),
    expectProblem(["run", "--config", settings, ...data], {
      error: "settings/invalid",
      exitCode: 2,
      says: [settings, "4", "groupComitMs", "groupCommitMs"],
    }),
    expectProblem(["run", "--api-port", port, ...data], {
      error: "api/port-taken",
      exitCode: 1,
      says: [port],
    }),
    expectProblem(["simulate", "--port", port], {
      error: "simulator/port-taken",
      exitCode: 1,
      says: [port],
    }),
  ]);
  const { code, items } = await lectura(["meter", "list", "--json", ...data]);
  expect({ code, items }).toEqual({ code: 0, items: [{ meters: [] }] });
});

/** Endpoints of the broken meters of one gateway, with what is said of each. */
const brokenCodes = {
  "wrong-password": "acse/authentication-failed",
  "wrong-address": "line/silent",
  closed: "tcp/refused",
  http: "line/not-dlms",
  ser2net: "line/busy",
  esp32: "line/silent",
} as const;

interface StatusJson {
  readonly meters: readonly {
    readonly name: string;
    readonly state: string;
    readonly code?: string;
    readonly cycles: { readonly ok: number; readonly failed: number };
    readonly readings: { readonly scheduled: number; readonly journaled: number };
  }[];
}

/** The status of a running gateway once every broken meter has its code. */
async function statusWithCodes(dataDirectory: string): Promise<StatusJson["meters"]> {
  for (;;) {
    const { code, items } = await lectura(["status", "--json", "--data-dir", dataDirectory]);
    const { meters } = items[0] as unknown as StatusJson;
    const broken = meters.filter(({ name }) => name in brokenCodes);
    if (broken.every((meter) => meter.code !== undefined)) {
      // 4: reached but unhealthy, INTERFACES section 2.
      expect(code).toBe(4);
      return meters;
    }
  }
}

function startRun(dataDirectory: string): LecturaProcess {
  return new LecturaProcess(["run", "--json", "--api-port", "0", "--data-dir", dataDirectory]);
}

test("broken meters cost the others nothing; a refused password goes out once, over a restart too", async () => {
  using directory = scratchDirectory();
  await using simulators = new AsyncDisposableStack();
  const lines = ["plain", "http", "ser2net-busy", "esp32"] as const;
  const [plain, http, ser2net, esp32] = await Promise.all(
    lines.map(async (line) => {
      const meters = ["--meters", line === "plain" ? "4" : "1"];
      const words = [...meters, "--personality", "microstar", "--line-personality", line];
      return simulators.use(await simulate(words));
    }),
  );
  const [good, neighbour, guarded, alone] = plain!.meters;
  await using tap = await Tap.open(guarded!.tcp);
  using _ser2net = await holdEndpoint(ser2net!.meters[0]!.tcp);
  using _esp32 = await holdEndpoint(esp32!.meters[0]!.tcp);
  const closed = { ...good!, tcp: `127.0.0.1:${await closedPort()}` };
  const lost = { ...alone!, serverLower: unusedLower, addressSize: 4 } as const;
  const broken: readonly (readonly [keyof typeof brokenCodes, MeterDraft])[] = [
    [
      "wrong-password",
      { ...draftOf({ ...guarded!, tcp: tap.tcp }, { intervalMs }), password: wrongPassword },
    ],
    ["wrong-address", draftOf(lost, { intervalMs })],
    ["closed", draftOf(closed, { intervalMs })],
    ["http", draftOf(http!.meters[0]!, { intervalMs })],
    ["ser2net", draftOf(ser2net!.meters[0]!, { intervalMs })],
    ["esp32", draftOf(esp32!.meters[0]!, { intervalMs })],
  ];
  await prepare(directory.path, async (control) => {
    for (const meter of [good!, neighbour!]) await control.addMeter(draftOf(meter, { intervalMs }));
    for (const [name, draft] of broken) await control.addMeter({ ...draft, name });
    for (const { name } of await control.lines()) {
      await control.editLine(name, { responseTimeoutMs: 400 });
    }
  });
  {
    await using gateway = startRun(directory.path);
    const meters = await statusWithCodes(directory.path);
    for (const { name, state, code, cycles } of meters) {
      if (name in brokenCodes) {
        expect(`${name} ${code}`).toBe(`${name} ${brokenCodes[name as keyof typeof brokenCodes]}`);
        expect(state).toBe(name === "wrong-password" ? "held" : "failing");
        continue;
      }
      expect({ state: state === "failing", failed: cycles.failed }).toEqual({
        state: false,
        failed: 0,
      });
      expect(cycles.ok).toBeGreaterThan(0);
    }
    const { "wrong-password": _refused, ...others } = brokenCodes;
    for (const code of [...Object.values(others), "meter/credential-held"]) {
      await gateway.item((item) => item["type"] === "event" && item["code"] === code);
    }
    await gateway.interrupt();
    expect(tap.sent(credential)).toBe(1);
  }
  await using again = startRun(directory.path);
  await again.until(() => again.items.filter(({ meter }) => meter === good!.name).length > 50);
  const afterwards = await statusWithCodes(directory.path);
  expect(afterwards.find(({ name }) => name === "wrong-password")).toMatchObject({
    state: "held",
    code: brokenCodes["wrong-password"],
  });
  expect(tap.sent(credential)).toBe(1);
  const edit = ["meter", "edit", "wrong-password", "--password-env", "RIGHT", "--json"];
  const { code } = await lectura([...edit, "--data-dir", directory.path], { variables });
  expect(code).toBe(0);
  await again.item((item) => item["type"] === "reading" && item["meter"] === "wrong-password");
  expect(tap.sent(credential)).toBe(1);
});
