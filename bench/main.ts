/** `npm run bench [-- NAME ...]`: all benchmarks, or those named. */
import { cpus } from "node:os";
import { benchCodec } from "./codec.ts";
import { benchCiphered } from "./ciphered.ts";
import { benchConnections } from "./connections.ts";
import { benchStore } from "./store.ts";

const benches: Readonly<Record<string, () => unknown>> = {
  codec: benchCodec,
  ciphered: benchCiphered,
  connections: benchConnections,
  store: benchStore,
};

const wanted = process.argv.slice(2).filter((word) => !word.startsWith("-"));
for (const name of wanted) {
  if (!(name in benches)) {
    process.stderr.write(`no bench ${name}: ${Object.keys(benches).join(", ")}\n`);
    process.exit(2);
  }
}
process.stdout.write(`node ${process.version}, ${cpus().length} x ${cpus()[0]?.model ?? "cpu"}\n`);
for (const [name, bench] of Object.entries(benches)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  process.stdout.write(`\n${name}\n`);
  await bench();
}
