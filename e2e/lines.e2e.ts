/** One gateway with a line over TLS and one over UDP, set up by words, delivering both. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { readFileSync } from "node:fs";
import { systemClock } from "@lectura/dlms-node";
import { type FleetMeter, simulatorPassword, startFleet } from "@lectura/simulator";
import { FakeBroker } from "@lectura/testkit";
import { expect, test } from "vitest";
import { endpointWords, lectura, LecturaProcess, scratchDirectory } from "./lectura-process.ts";

const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;
if (!hasOpenssl) process.stderr.write("no openssl: the line over TLS is skipped\n");

/** A self-signed certificate for 127.0.0.1. */
function certificateIn(folder: string): { readonly cert: string; readonly key: string } {
  const [cert, key] = [join(folder, "cert.pem"), join(folder, "key.pem")];
  const words =
    "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=meter " +
    `-addext subjectAltName=IP:127.0.0.1 -keyout ${key} -out ${cert}`;
  expect(spawnSync("openssl", words.split(" ")).status).toBe(0);
  return { cert, key };
}

test.skipIf(!hasOpenssl)("a line over TLS and a line over UDP deliver to one broker", async () => {
  using directory = scratchDirectory();
  const { cert, key } = certificateIn(directory.path);
  const tls = { cert: readFileSync(cert, "utf8"), key: readFileSync(key, "utf8") };
  await using secure = await startFleet({ meters: 1, transport: "tls", tls, seed: 3 });
  await using loose = await startFleet({ meters: 1, transport: "udp", seed: 4 });
  await using broker = new FakeBroker({ clock: systemClock });
  await broker.listen();
  const data = ["--data-dir", directory.path];
  const add = async (name: string, meter: FleetMeter, change: (word: string) => string[]) => {
    const words = endpointWords(meter).flatMap(change);
    const plan = ["--plan", "voltage_l1,active_energy", "--interval", "200ms"];
    const password = meter.auth === "lls" ? ["--password-env", "PASSWORD"] : [];
    const variables = { PASSWORD: simulatorPassword };
    const given = ["meter", "add", name, ...words, ...plan, ...password, ...data];
    const { code, stderr } = await lectura(given, { variables });
    expect(code, stderr).toBe(0);
  };
  const [one, two] = [secure.meters[0]!, loose.meters[0]!];
  await add("secure", one, (word) => (word === "--tcp" ? ["--tls", "--ca", cert, word] : [word]));
  await add("loose", two, (word) => [word === "--tcp" ? "--udp" : word]);
  const sink = ["sink", "add", "broker", "--kind", "mqtt", "--url", broker.url, ...data];
  expect((await lectura(sink)).code).toBe(0);
  await using gateway = new LecturaProcess(["run", "--json", ...data, "--api-port", "0"]);
  const ready = await gateway.ready();
  expect(ready["meters"]).toMatchObject([
    { name: "secure", at: `tls://${one.tcp}` },
    { name: "loose", at: `udp://${two.tcp}` },
  ]);
  const readings = (name: string): number =>
    gateway.items.filter(({ type, meter }) => type === "reading" && meter === name).length;
  await gateway.until(() => readings("secure") > 20 && readings("loose") > 20);
  const summary = await gateway.interrupt();
  expect(summary.sinks["broker"]).toEqual({
    acknowledged: summary.journaled,
    pending: 0,
    deadLettered: 0,
    dropped: 0,
  });
  const topics = new Set(broker.publishes.map(({ topic }) => topic));
  expect(topics).toContain("meters/secure/telemetry");
  expect(topics).toContain("meters/loose/telemetry");
  expect(gateway.items.filter(({ type }) => type === "event")).toEqual([]);
});
