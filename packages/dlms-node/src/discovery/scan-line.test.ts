import { expect, test } from "vitest";
import { openPipe } from "@lectura/testkit";
import { systemClock } from "../clock.ts";
import { scanLine, type ScanProgress } from "./scan-line.ts";
import { serveTcp } from "../server/serve-tcp.ts";
import { servedMeter, serveOn } from "../server/served-meter.fixture.ts";

const address = { size: 4, upper: 1, lower: 17 } as const;
const other = { size: 4, upper: 1, lower: 19 } as const;

test("a scan finds the addresses that answer SNRM, each in the forms it takes", async () => {
  const { near, far } = openPipe();
  const meters = [
    servedMeter("A", { address, exactAddress: true }),
    servedMeter("B", { address: other, exactAddress: true }),
  ];
  serveOn(far, systemClock, meters);
  const sent: number[] = [];
  const progress: ScanProgress[] = [];
  const findings = await scanLine({
    port: near,
    lower: { first: 16, last: 20 },
    sizes: [4],
    responseMs: 20,
    onProgress: (step) => void progress.push(step),
    observer: {
      frame: (direction, octets, _at, sensitive) => {
        expect(sensitive).toBe(false);
        if (direction === "tx") sent.push(octets.length);
      },
    },
  });
  expect(findings.map(({ address: { lower }, answer }) => [lower, answer])).toEqual([
    [17, "open"],
    [19, "open"],
  ]);
  expect(findings[0]?.hdlc).toMatchObject({ transmitOctetsMax: 128 });
  expect(progress.at(-1)).toMatchObject({ done: 4, total: 5, clientSap: 16 });
  // Five SNRM and two DISC, and nothing that could carry a credential.
  expect(sent).toHaveLength(7);
  expect(Math.max(...sent)).toBeLessThan(40);
  await near[Symbol.asyncDispose]();
});

test("a scan tells who answers and refuses", async () => {
  const { near, far } = openPipe();
  serveOn(far, systemClock);
  const findings = await scanLine({
    port: near,
    clientSaps: [16, 99],
    sizes: [1],
    responseMs: 20,
  });
  expect(findings.map(({ clientSap, answer }) => [clientSap, answer])).toContainEqual([16, "open"]);
  await near[Symbol.asyncDispose]();
});

test("a scan of the wrapper finds ports by an association without a password", async () => {
  await using line = await serveTcp({ meters: [servedMeter()] });
  const findings = await scanLine({
    tcp: `127.0.0.1:${line.port}`,
    framing: "wrapper",
    clientSaps: [16, 1],
    upper: { first: 1, last: 2 },
    responseMs: 50,
  });
  expect(findings).toEqual([
    { clientSap: 16, address: { size: 1, upper: 1, lower: 0 }, answer: "open" },
    expect.objectContaining({ clientSap: 1, answer: "refused" }),
  ]);
});

test("a scan ends at once when its caller has enough, and closes what it opened", async () => {
  await using line = await serveTcp({ meters: [] });
  const enough = new AbortController();
  const scanning = scanLine({
    tcp: `127.0.0.1:${line.port}`,
    signal: enough.signal,
    responseMs: 60_000,
    onProgress: () => void setImmediate(() => enough.abort(new Error("enough"))),
  });
  await expect(scanning).rejects.toThrow("enough");
  await expect(scanLine({ tcp: "127.0.0.1:1" })).rejects.toMatchObject({ code: "tcp/refused" });
  await expect(scanLine({ tcp: "127.0.0.1:1", lower: { first: 9, last: 1 } })).rejects.toThrow(
    RangeError,
  );
});
