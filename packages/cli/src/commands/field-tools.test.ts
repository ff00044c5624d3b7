import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  servedDisconnectControl,
  servedImageTransfer,
  type ServedImageTransferOptions,
} from "@lectura/dlms/server";
import { startFleet } from "@lectura/simulator";
import { describe, expect, test } from "vitest";
import { runAs } from "../environment.fixture.ts";
import { serveFieldMeter } from "./field-meter.fixture.ts";

const variables = { P: "22222222" };

describe("clock", () => {
  test("tells the meter's time, zone and difference to this machine", async () => {
    await using fleet = await startFleet({ meters: 1 });
    const words = ["clock", "--tcp", fleet.meters[0]!.tcp];
    const shown = await runAs(words);
    expect(shown.exitCode).toBe(0);
    expect(shown.stdout).toMatch(/difference +-?\d\.\d s/);
    expect(shown.stdout).toContain("-60 min (UTC+01:00)");
    const { stdout } = await runAs(["--json", ...words]);
    const told = JSON.parse(stdout);
    expect(told).toMatchObject({ obis: "0.0.1.0.0.255", deviationMinutes: -60, dst: false });
    expect(Math.abs(told.offsetMs)).toBeLessThan(60_000);
    const spanish = await runAs(["--lang", "es", ...words]);
    expect(spanish.stdout).toContain("hora medidor");
  });

  test("is set when a person agrees, and not otherwise", async () => {
    await using fleet = await startFleet({ meters: 1 });
    const words = ["clock", "--tcp", fleet.meters[0]!.tcp, "--password-env", "P", "--set"];
    const alone = await runAs(words, { variables });
    expect([alone.exitCode, alone.stderr]).toEqual([2, expect.stringContaining("usage/confirm")]);
    const declined = await runAs(words, { variables, answered: "n" });
    expect(declined.exitCode).toBe(1);
    expect(declined.stderr).toContain("Nothing was changed");
    expect((await runAs(words, { variables, answered: "y" })).exitCode).toBe(0);
    const { stdout } = await runAs(["--json", ...words, "--yes"], { variables });
    expect(JSON.parse(stdout)).toMatchObject({ set: true, before: { obis: "0.0.1.0.0.255" } });
  });

  test("a client without the right is told so", async () => {
    await using fleet = await startFleet({ meters: 1 });
    const { exitCode, stderr } = await runAs([
      "clock",
      "--tcp",
      fleet.meters[0]!.tcp,
      "--set",
      "--yes",
    ]);
    expect(stderr).toContain("error[meter/refused]");
    expect(stderr).toContain("read-write-denied");
    expect(exitCode).toBe(1);
  });
});

describe("supply", () => {
  test("shows where the supply stands and switches it", async () => {
    const control = servedDisconnectControl("0.0.96.3.10.255", { mode: 4 });
    await using meter = await serveFieldMeter([control.object]);
    const words = ["supply", "--tcp", meter.tcp];
    expect((await runAs(words)).stdout).toMatch(/supply +on\nstate +connected/);
    const off = await runAs(["--json", ...words, "--disconnect", "--yes"]);
    expect(JSON.parse(off.stdout)).toMatchObject({
      outputState: false,
      controlState: "disconnected",
      command: "disconnect",
      before: { outputState: true },
    });
    expect(control.state).toBe("disconnected");
    const on = await runAs(["--lang", "es", ...words, "--connect"], { answered: "s\u00ed" });
    expect(on.stdout).toContain("con tensi\u00f3n");
    expect(control.state).toBe("connected");
  });

  test("both commands at once are refused before anything is sent", async () => {
    const words = ["supply", "--tcp", "127.0.0.1:1", "--disconnect", "--connect"];
    const { exitCode, stderr } = await runAs(words);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining("usage/one-of")]);
  });
});

describe("image", () => {
  async function withImage(
    options: Partial<ServedImageTransferOptions>,
    use: (
      file: string,
      tcp: string,
      target: ReturnType<typeof servedImageTransfer>,
    ) => Promise<void>,
  ): Promise<void> {
    const target = servedImageTransfer({ blockOctets: 100, ...options });
    await using meter = await serveFieldMeter([target.object]);
    const folder = mkdtempSync(join(tmpdir(), "lectura-image-"));
    try {
      const file = join(folder, "firmware-3");
      writeFileSync(file, new Uint8Array(1037).fill(7));
      await use(file, meter.tcp, target);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  test("is transferred, verified, and activated by a second command", async () => {
    await withImage({}, async (file, tcp, target) => {
      const sent = await runAs(["--json", "image", file, "--tcp", tcp]);
      expect(JSON.parse(sent.stdout)).toMatchObject({
        octets: 1037,
        blocksSent: 11,
        state: "verified",
      });
      expect(target.image).toHaveLength(1037);
      const words = ["image", file, "--tcp", tcp, "--resume", "--activate"];
      expect((await runAs(words)).exitCode).toBe(2);
      const { stdout } = await runAs([...words, "--yes"]);
      expect(stdout).toContain("activated (0 blocks sent)");
      expect(target.status).toBe("activation-successful");
    });
  });

  test("tells progress, and the step a meter refuses", async () => {
    await withImage({ verify: () => "failed" }, async (file, tcp) => {
      const { exitCode, stderr } = await runAs(["image", file, "--tcp", tcp, "--id", "0x0102"]);
      expect(stderr).toContain("100 %  11 of 11 blocks");
      expect(stderr).toContain("error[meter/image-refused]");
      expect(stderr).toContain("step verify");
      expect(exitCode).toBe(1);
    });
  });

  test("says how to go on when it is interrupted", async () => {
    const interruption = new AbortController();
    let blocks = 0;
    const target = servedImageTransfer({ blockOctets: 100 });
    const transfer = target.object.methods![2]!;
    const invoke: typeof transfer.invoke = (parameters, context) => {
      if (++blocks === 5) interruption.abort(new Error("interrupted"));
      return transfer.invoke(parameters, context);
    };
    const object = {
      ...target.object,
      methods: { ...target.object.methods, 2: { ...transfer, invoke } },
    };
    await using meter = await serveFieldMeter([object]);
    await withImage({}, async (file) => {
      const words = ["image", file, "--tcp", meter.tcp];
      const broken = await runAs(words, { interrupted: interruption.signal });
      expect(broken.exitCode).toBe(130);
      expect(broken.stderr).toContain("--resume");
      const { stdout } = await runAs([...words, "--resume"]);
      expect(stdout).toContain("verified (6 blocks sent)");
    });
  });

  test("a file that is not there is told before anything is sent", async () => {
    const { exitCode, stderr } = await runAs(["image", "/not/there", "--tcp", "127.0.0.1:1"]);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining("usage/file")]);
  });
});

describe("scan", () => {
  test("finds who answers, and asks for names", async () => {
    await using fleet = await startFleet({ meters: 1, personality: "microstar" });
    const words = ["scan", "--tcp", fleet.meters[0]!.tcp, "--sizes", "1", "--names"];
    const { exitCode, stdout } = await runAs(words);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/1\/0 \(1\) +16 +open +MCS\d+/);
    const { stdout: json } = await runAs(["--json", ...words, "--clients", "1,16"]);
    expect(JSON.parse(json)).toMatchObject({
      asked: 2,
      findings: [
        { clientSap: 1, address: { size: 1, upper: 1 }, answer: "open" },
        { clientSap: 16, answer: "open", hdlc: { transmitOctetsMax: 128 } },
      ],
    });
  });

  test("exits 3 where nobody answers, and tells what else to try", async () => {
    const silent = createServer((socket) => socket.on("error", () => undefined));
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const tcp = `127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const words = ["scan", "--tcp", tcp, "--sizes", "4", "--lower", "16-18", "--timeout", "5ms"];
    const { exitCode, stderr } = await runAs(words);
    silent.close();
    expect(exitCode).toBe(3);
    expect(stderr).toContain("3 addresses asked");
    expect(stderr).toContain("--lower");
  });

  test.for<readonly [words: readonly string[], code: string]>([
    [[], "usage/endpoint-missing"],
    [["--tcp", "h:1", "--sizes", "3"], "usage/choice"],
    [["--tcp", "h:1", "--lower", "20-10"], "usage/range"],
    [["--tcp", "h:1", "--lower", "ten"], "usage/number"],
    [["--tcp", "h:1", "--lower", "0-16383", "--upper", "0-16383"], "usage/range"],
    [["--tcp", "h:1", "--clients", "400"], "usage/number"],
  ])("%j ends with 2 and %s", async ([words, code]) => {
    const { exitCode, stderr } = await runAs(["scan", ...words]);
    expect(stderr).toContain(`error[${code}]`);
    expect(exitCode).toBe(2);
  });
});

describe("search", () => {
  test("finds objects by words of both languages, keys and codes", async () => {
    const first = async (...words: string[]) => {
      const { stdout } = await runAs(["--json", "search", ...words]);
      return JSON.parse(stdout).objects[0];
    };
    expect(await first("frequency")).toMatchObject({ obis: "1.0.14.7.0.255", unit: "Hz" });
    expect(await first("frecuencia")).toMatchObject({ obis: "1.0.14.7.0.255" });
    expect(await first("1-0:1.8.0")).toMatchObject({ key: "active_energy", class: "Register" });
  });

  test("shows a screenful in the person's language and says how much more there is", async () => {
    const { stdout, stderr } = await runAs(["--lang", "es", "search", "energ\u00eda"], {
      columns: 80,
      variables: { NO_COLOR: "1" },
    });
    expect(stdout).toContain("Energ\u00eda activa");
    expect(stderr).toMatch(/\d+ m\u00e1s/);
    const widths = stdout.split("\n").map((line) => Array.from(line).length);
    expect(Math.max(...widths)).toBeLessThanOrEqual(80);
  });

  test("exits 3 when nothing is found", async () => {
    const { exitCode, stderr } = await runAs(["search", "qqqq"]);
    expect([exitCode, stderr]).toEqual([3, expect.stringContaining("qqqq")]);
  });
});
