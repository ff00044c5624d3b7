/**
 * Turns a recording into a test vector, schema of the vectors' INDEX (session-hdlc,
 * session-wrapper): `node scripts/vectors-capture.ts FILE --id ID [--title TEXT] [--source TEXT]
 * [--provenance real-meter|generated]`. `expect` is what our own translator says: read it before
 * you believe it. A recording with masked secrets says so in `notes`.
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { parseRecording, type Recording } from "@lectura/dlms-node";
import { toHex } from "@lectura/dlms/octets";
import { translate } from "@lectura/dlms/translate";

interface VectorFacts {
  readonly id: string;
  readonly title: string;
  readonly source: string;
  readonly provenance: string;
}

function vectorOf(recording: Recording, facts: VectorFacts): Readonly<Record<string, unknown>> {
  const { framing, frames, secrets, cut } = recording;
  const layer = framing === "hdlc" ? "session-hdlc" : "session-wrapper";
  const steps = frames.map(({ direction, octets }) => ({ dir: direction, hex: toHex(octets) }));
  const masked = frames.reduce((sum, frame) => sum + frame.masked.length, 0);
  const expected = translate(layer, { octets: new Uint8Array(0), keys: {}, given: { steps } });
  const notes = [
    ...(secrets === "masked" && masked > 0 ? [`${masked} ranges are masked by 00`] : []),
    ...(cut ? ["the recording ends before the session"] : []),
  ];
  return {
    id: facts.id,
    layer,
    title: facts.title,
    provenance: facts.provenance,
    source: facts.source,
    hex: steps.map(({ hex }) => hex).join(""),
    given: { steps },
    expect: expected,
    verified: [framing === "hdlc" ? "crc16-x25" : "structure"],
    ...(notes.length === 0 ? {} : { notes: notes.join("; ") }),
  };
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    id: { type: "string" },
    title: { type: "string" },
    source: { type: "string" },
    provenance: { type: "string" },
  },
});
const [file] = positionals;
if (file === undefined || values.id === undefined) {
  process.stderr.write("vectors-capture FILE --id ID [--title T] [--source S] [--provenance P]\n");
  process.exitCode = 2;
} else {
  const recording = parseRecording(readFileSync(file, "utf8"));
  const vector = vectorOf(recording, {
    id: values.id,
    title: values.title ?? `session of ${recording.startedAt}`,
    source: values.source ?? "own recording",
    provenance: values.provenance ?? "generated",
  });
  process.stdout.write(`${JSON.stringify([vector], undefined, 1)}\n`);
}
