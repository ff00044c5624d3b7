/** A data directory that cannot be written, and one that fills up under load. */
import { join } from "node:path";
import { until } from "@lectura/testkit";
import { expect, test } from "vitest";
import { draftOf, nineKeys, prepare } from "./gateway-directory.ts";
import { LecturaProcess, simulate } from "./lectura-process.ts";
import { missingPrograms, Mosquitto } from "./mosquitto-server.ts";
import { expectProblem, together } from "./problems.ts";
import { judge } from "./received.ts";
import { mayMount, SmallDisk } from "./small-disk.ts";

const diskOctets = 4 * 1024 * 1024;
const intervalMs = 200;
const canMount = mayMount();
if (!canMount) process.stdout.write("disk: skipped, mounting is not permitted here\n");

test.skipIf(!canMount)("a data directory mounted read-only is told, by every command", async () => {
  using disk = SmallDisk.open(diskOctets)!;
  const directory = join(disk.path, "data");
  const data = ["--data-dir", directory];
  await prepare(directory, async (control) => {
    await control.addSink({ kind: "mqtt", name: "broker", url: "mqtt://127.0.0.1:9" });
  });
  disk.makeReadOnly();
  const problem = { error: "store/read-only", exitCode: 1, says: [directory] };
  await together([
    expectProblem(["run", "--api-port", "0", ...data], problem),
    expectProblem(["meter", "add", "main", "--tcp", "127.0.0.1:4059", ...data], problem),
    expectProblem(["run", "--api-port", "0", "--data-dir", join(disk.path, "fresh")], {
      error: "store/read-only",
      exitCode: 1,
      says: [join(disk.path, "fresh")],
    }),
  ]);
});

test.skipIf(!canMount || missingPrograms.length > 0)(
  "a disk that is full stops reading, is said, and costs nothing that was stored",
  async () => {
    using disk = SmallDisk.open(diskOctets)!;
    await using server = await Mosquitto.start();
    const received = await server.subscribe("meters/#");
    await using simulator = await simulate(["--meters", "5"]);
    const directory = join(disk.path, "data");
    await prepare(directory, async (control) => {
      await control.addSink({ kind: "mqtt", name: "broker", url: server.url });
      for (const meter of simulator.meters) await control.addMeter(draftOf(meter, { intervalMs }));
    });
    const words = ["run", "--json", "--api-port", "0", "--data-dir", directory];
    await using gateway = new LecturaProcess(words);
    const readings = (): number => gateway.items.filter(({ type }) => type === "reading").length;
    for (let time = 1; time <= 2; time++) {
      const before = readings();
      await gateway.until(() => readings() > before + 10 * nineKeys.length);
      disk.fill();
      await gateway.until(() => gateway.events("store/disk-full").length === time);
      const stored = readings();
      disk.clear();
      await gateway.until(() => gateway.events("store/recovered").length === time);
      await gateway.until(() => readings() > stored + 10 * nineKeys.length);
    }
    const { journaled, sinks } = await gateway.interrupt();
    expect(sinks["broker"]).toEqual({
      acknowledged: journaled,
      pending: 0,
      deadLettered: 0,
      dropped: 0,
    });
    expect(readings()).toBe(journaled);
    await until(() => received.length * nineKeys.length >= journaled);
    const { repeated: _again, readings: kept, ...faults } = judge(directory, received);
    expect(faults).toEqual({ lost: [], invented: [], changed: [], disordered: [] });
    expect(kept).toBe(journaled);
  },
);
