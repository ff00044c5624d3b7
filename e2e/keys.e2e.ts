/** Keys that change while the gateway is killed: whatever the instant, the meter is read again. */
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import {
  endpointWords,
  lectura,
  LecturaProcess,
  scratchDirectory,
  simulate,
} from "./lectura-process.ts";

const kills = 6;

test(`killed ${kills} times within a change of keys, the gateway never loses one`, async () => {
  using directory = scratchDirectory();
  await using simulator = await simulate(["--personality", "secured"]);
  const meter = simulator.meters[0]!;
  const keys = Object.entries(meter.testKeys ?? {});
  const variables = Object.fromEntries(keys.map(([name, hex]) => [name.toUpperCase(), hex]));
  const data = ["--data-dir", directory.path];
  const secured = "--auth hls-gmac --guek env:GUEK --gak env:GAK --kek env:KEK".split(" ");
  const add = ["meter", "add", "main", ...endpointWords(meter), ...secured, "--interval", "200ms"];
  const added = await lectura([...add, ...data], { variables });
  expect(added.code, added.stderr).toBe(0);
  const changing = ["meter", "change-keys", "main", "--json", ...data];
  for (let kill = 0; kill < kills; kill++) {
    await using gateway = new LecturaProcess(["run", "--json", ...data, "--api-port", "0"]);
    await gateway.item(({ type }) => type === "reading");
    await using change = new LecturaProcess([...changing, "--generate", "guek,gak,kek"]);
    // From before the first octet to after the last: a command takes about as long to start.
    await Promise.race([change.ended, sleep(400 + kill * 80 + Math.random() * 80)]);
    await gateway.kill();
    await change.ended;
  }
  await using gateway = new LecturaProcess(["run", "--json", ...data, "--api-port", "0"]);
  await gateway.item(({ type }) => type === "reading");
  const last = await lectura([...changing, "--generate"]);
  expect(last.code, last.stderr).toBe(0);
  expect(last.items[0]).toMatchObject({
    meter: "main",
    outcome: "changed",
    names: ["guek", "gak"],
  });
  await gateway.item(({ type }) => type === "reading", gateway.items.length);
  expect(JSON.stringify(gateway.items)).not.toContain("credential-held");
  await gateway.interrupt();
}, 110_000);
