/** What `npm start` runs. */
import { expect, test } from "vitest";
import { LecturaProcess, type ReadyMeter, type RunSummary } from "./lectura-process.ts";
import { takePort } from "./ports.ts";
import { expectProblem } from "./problems.ts";

const freePorts = ["--mqtt-port", "0", "--api-port", "0"];

test("says ready, then readings, then a sum in which everything is acknowledged", async () => {
  const words = ["demo", "--json", "--meters", "5", "--duration", "5", ...freePorts];
  await using demo = new LecturaProcess(words);
  const { code } = await demo.ended;
  expect({ code, stderr: demo.stderr }).toEqual({ code: 0, stderr: "" });
  const [ready] = demo.items as unknown as readonly [{ type: string; meters: ReadyMeter[] }];
  expect(ready).toMatchObject({
    type: "ready",
    api: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    mqtt: expect.stringMatching(/^mqtt:\/\/127\.0\.0\.1:\d+$/),
  });
  for (const meter of ready.meters) {
    expect(meter).toMatchObject({
      name: expect.any(String),
      tcp: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      serverUpper: expect.any(Number),
      serverLower: expect.any(Number),
      addressSize: expect.any(Number),
      clientSap: expect.any(Number),
      auth: "lls",
      personality: expect.any(String),
    });
  }
  const readings = demo.items.filter(({ type }) => type === "reading");
  expect(new Set(readings.map(({ meter }) => meter)).size).toBe(ready.meters.length);
  expect(readings[0]).toEqual({
    type: "reading",
    meter: expect.any(String),
    key: expect.any(String),
    obis: expect.stringMatching(/^\d+(\.\d+){5}$/),
    value: expect.stringMatching(/^-?\d+(\.\d+)?$/),
    unit: expect.any(String),
    measuredAt: expect.any(Number),
    receivedAt: expect.any(Number),
    origin: "poll",
    quality: [],
  });
  const { scheduled, journaled, sinks } = demo.items.at(-1) as unknown as RunSummary;
  expect(demo.items.at(-1)).toMatchObject({ type: "summary" });
  expect(journaled).toBe(readings.length);
  expect(scheduled).toBe(journaled);
  const whole = { acknowledged: journaled, pending: 0, deadLettered: 0, dropped: 0 };
  expect(Object.values(sinks)).toEqual([whole]);
});

test("SIGINT ends it within five seconds", async () => {
  await using demo = new LecturaProcess(["demo", "--json", "--meters", "30", ...freePorts]);
  await demo.item(({ type }) => type === "reading");
  const startedMs = performance.now();
  const { scheduled, journaled, sinks } = await demo.interrupt();
  expect(performance.now() - startedMs).toBeLessThan(5000);
  expect(scheduled).toBe(journaled);
  expect(Object.values(sinks)).toMatchObject([{ acknowledged: journaled, pending: 0 }]);
});

test("a default port that is taken is said and another one used; one that was asked for fails", async () => {
  await using mqtt = await takePort(1883);
  await using api = await takePort(5001);
  {
    await using demo = new LecturaProcess(["demo", "--lang", "en"]);
    const said = (text: string): boolean =>
      demo.items.some((item) => String(item["text"]).includes(text));
    await demo.until(() => said("http://") && said("mqtt://"));
    for (const port of [mqtt.port, api.port]) {
      expect(demo.stderr).toMatch(new RegExp(`^.*\\b${port}\\b.*taken.*$`, "im"));
    }
    demo.signal("SIGINT");
    expect((await demo.ended).code).toBe(0);
    const all = demo.items.map((item) => String(item["text"])).join("\n");
    expect(all).not.toMatch(/:(1883|5001)\b/);
  }
  for (const [option, { port }] of [["--mqtt-port", mqtt] as const, ["--api-port", api] as const]) {
    const error = option === "--api-port" ? "api/port-taken" : "mqtt/port-taken";
    const others = option === "--api-port" ? ["--mqtt-port", "0"] : ["--api-port", "0"];
    const words = ["demo", option, String(port), ...others];
    await expectProblem(words, { error, exitCode: 1, says: [String(port)] });
  }
});
