import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { octetString, u32 } from "@lectura/dlms/axdr";
import { clockColumn, dateTimeFromUtcMs, encodeDateTime, obis } from "@lectura/dlms/cosem";
import {
  currentAssociation,
  ObjectDirectory,
  servedActivityCalendar,
  servedClock,
  servedProfile,
} from "@lectura/dlms/server";
import { expect, test } from "vitest";
import { serveTcp } from "../server/serve-tcp.ts";

const folder = join(import.meta.dirname, "..", "..");
const atMs = Date.UTC(2026, 0, 2);

function meterObjects(): ObjectDirectory {
  const capture = () => u32(0);
  const energy = { classId: 3, logicalName: obis("1.0.1.8.0.255"), attributeId: 2, dataIndex: 0 };
  const profile = servedProfile("1.0.99.1.0.255", {
    columns: [
      { ...clockColumn, capture },
      { ...energy, capture },
    ],
    capturePeriodSeconds: 900,
    entriesMax: 100,
  });
  profile.append([octetString(encodeDateTime(dateTimeFromUtcMs(atMs, 0, 0))), u32(7)]);
  const calendar = { name: Uint8Array.of(1), seasons: [], weeks: [], days: [] };
  return new ObjectDirectory([
    profile.object,
    servedClock().object,
    servedActivityCalendar("0.0.13.0.0.255", calendar).object,
    currentAssociation(1),
  ]);
}

test("the procedures of the README read a meter", { timeout: 30_000 }, async () => {
  const view = {
    clientSap: 16,
    authentication: { mechanism: "none" },
    objects: meterObjects(),
    conformance: 0x00_7e1f,
  } as const;
  await using line = await serveTcp({
    meters: [{ address: { size: 1, upper: 1, lower: 0 }, device: { views: [view] } }],
  });
  const readme = await readFile(join(folder, "README.md"), "utf8");
  const start = readme.indexOf('import { activityCalendar } from "@lectura/dlms/cosem";');
  const program = `import { openSession } from "@lectura/dlms-node";
    await using session = await openSession({ tcp: "${line.host}:${line.port}" });
    ${readme.slice(start, readme.indexOf("```", start))}`;
  const options = ["--conditions=source", "--disable-warning=ExperimentalWarning"];
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...options, "--input-type=module", "-e", program],
    { cwd: folder },
  );
  expect(stdout).toBe(`${atMs} { kind: 'decimal', raw: 7n, scaler: 0 }\n`);
});
