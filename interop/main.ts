/** Other DLMS implementations against ours; what it prints and means is in docs/interop.md. */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { type Row, runMatrix } from "./matrix.ts";
import { serveOurMeters } from "./our-meters.ts";
import { findPeers } from "./peers.ts";
import { productPathMissing, runProductPath } from "./product-path.ts";
import { rowName, type Security } from "./securities.ts";
import { count, table } from "./report.ts";
import { runWithItself } from "./with-itself.ts";

const { values: options } = parseArgs({
  options: {
    short: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    counts: { type: "string" },
    /** Each peer with itself instead, uncounted. */
    self: { type: "boolean", default: false },
    /** Only peers whose name contains this. */
    peer: { type: "string", default: "" },
    /** Only rows whose mechanism and protection contain this. */
    row: { type: "string", default: "" },
  },
});

const peers = findPeers().filter(({ name }) => name.includes(options.peer));
for (const { name, missing } of peers) {
  if (missing !== undefined) process.stderr.write(`interop: ${name} is skipped: ${missing}\n`);
}
const present = peers.filter(({ missing }) => missing === undefined);

const only = (security: Security): boolean => rowName(security).includes(options.row);
if (options.self) {
  for (const { peer, framing, row, error } of await runWithItself(present, only)) {
    process.stdout.write(`${peer}, ${framing}, ${row}: ${error ?? "pass"}\n`);
  }
  process.exit();
}

const rows: Row[] = [];
await using meters = await serveOurMeters();
await runMatrix({
  peers: present,
  meters,
  short: options.short,
  only,
  onRow: (row) => {
    rows.push(row);
    process.stderr.write(
      `${row.direction}, ${row.peer}, ${row.framing}, ${rowName(row.security)}\n`,
    );
  },
});
const missing = options.row === "" ? productPathMissing(present) : "only some rows were asked for";
if (missing !== undefined) {
  process.stderr.write(`interop: the product path is skipped: ${missing}\n`);
}
const paths = missing === undefined ? await runProductPath(present, options.short) : [];
const counts = count(rows, paths);
counts.skipped += peers.length - present.length + (missing === undefined ? 0 : 1);
process.stdout.write(
  options.json ? `${JSON.stringify({ rows, paths, counts })}\n` : `${table(rows, paths)}\n`,
);
const { passed, failed, skipped } = counts;
if (!options.json) {
  process.stdout.write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`);
}
if (options.counts !== undefined) writeFileSync(options.counts, `${passed} ${failed} ${skipped}\n`);
process.exitCode = failed === 0 ? 0 : 1;
