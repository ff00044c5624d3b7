/** Files and texts of people: what is decoded, recordings, and what they are played to. */
import { FrameMasker, parseRecording, type Recording, replayPort } from "@lectura/dlms-node";
import { fromHex, toHex } from "@lectura/dlms/octets";
import { answerQuestion } from "../../packages/cli/src/commands/decode.ts";
import { octetsInFile, octetsInText } from "../../packages/cli/src/octet-text.ts";
import { frames, text } from "../corpus.ts";
import { ownKeys } from "../own-questions.ts";
import { demand, type FuzzTarget } from "../target.ts";

const frame = toHex(frames[0]!);
const spaced = frame.replaceAll(/../g, "$& ").trim();
const [head, tail] = [spaced.slice(0, 47), spaced.slice(48)];

const dresses = [
  frame,
  spaced,
  `0x${spaced.replaceAll(" ", ", 0x")}`,
  `{ 0x${spaced.replaceAll(" ", ", 0x")} };`,
  spaced.replaceAll(" ", ":"),
  `\\x${spaced.replaceAll(" ", "\\x")}`,
  `00000000  ${head}  |~...|\n00000010  ${tail}\n`,
  `00000000: ${head.replaceAll(" ", "")}  ~...\n`,
  `2026-01-02T03:04:05.678Z TX: ${spaced}\n2026-01-02T03:04:05.900Z RX: ${spaced}\n`,
  `10:11:12 [meter] -> ${frame}\n10:11:13 [meter] <- ${frame}\n`,
  Buffer.from(frames[0]!).toString("base64"),
  "/LCT5\\2METER-1\r\n",
];

const texts: FuzzTarget = {
  name: "cli/octet-text",
  throws: "never",
  corpus: [...dresses.map(text), ...frames],
  run(input) {
    const found = octetsInText(Buffer.from(input).toString("latin1"));
    const inFile = octetsInFile(input);
    const octets = found.reduce((sum, { length }) => sum + length, 0);
    demand(octets <= input.length, "no octet is made up");
    demand(inFile.length > 0, "a file is something");
    return `${Math.min(4, found.length)} ${Math.min(4, octets)} ${Math.min(4, inFile.length)}`;
  },
};

const questions = [
  { id: 1, layer: "apdu", hex: "c001c100030100010800ff0200" },
  { id: 2, layer: "hdlc-frame", hex: frame },
  { id: 3, layer: "session-hdlc", hex: "", given: { steps: [{ dir: "tx", hex: frame }] } },
  { id: 4, layer: "gbt-procedure", hex: "", given: { received: ["e0800001000000"] } },
  { id: 5, layer: "ciphered-apdu", hex: "c81e3000000001", keys: { ...ownKeys } },
].map((question) => text(JSON.stringify(question)));

const lines: FuzzTarget = {
  name: "cli/jsonl",
  throws: "never",
  corpus: questions,
  run(input) {
    const answer: unknown = JSON.parse(answerQuestion(new TextDecoder().decode(input), {}));
    const { ok, error } = answer as { readonly ok: boolean; readonly error?: { code: string } };
    demand(typeof ok === "boolean", "a line has an answer");
    return `${ok} ${error?.code}`;
  },
};

const recordingText = [
  `{"recording":1,"framing":"hdlc","secrets":"masked","startedAt":"2026-01-02T03:04:05.000Z"}`,
  ...frames.map((octets, at) =>
    JSON.stringify({ dir: at % 2 === 0 ? "tx" : "rx", ms: at, hex: toHex(octets) }),
  ),
  `{"dir":"rx","ms":41,"hex":"7ea0","masked":[[0,1]]}`,
  `{"cut":"octets"}`,
];

function recordingOf(input: Uint8Array): Recording | undefined {
  try {
    return parseRecording(new TextDecoder().decode(input));
  } catch (error) {
    // Its own refusal, and no other.
    if (error instanceof RangeError && /^line \d+ of the recording/.test(error.message)) {
      return undefined;
    }
    throw error;
  }
}

const recordings: FuzzTarget = {
  name: "capture/recording",
  throws: "never",
  corpus: [
    text(recordingText.join("\n")),
    text(recordingText.slice(0, 3).join("\n")),
    text(`${recordingText[0]}\n${recordingText.at(-2)}`),
  ],
  async run(input) {
    const recording = recordingOf(input);
    if (recording === undefined) return "none";
    const port = replayPort(recording);
    let received = 0;
    let closed = false;
    port.listen({ receive: () => void received++, closed: () => void (closed = true) });
    const turns = recording.frames.length;
    for (const { direction, octets } of recording.frames) {
      if (direction === "tx") port.send(octets);
      for (let turn = 0; turn < 2; turn++) await Promise.resolve();
    }
    for (let turn = 0; turn < turns; turn++) await Promise.resolve();
    demand(port.complete && port.difference === undefined, "a recording plays what it has");
    await port[Symbol.asyncDispose]();
    demand(closed, "a port that is disposed is closed");
    return `${Math.min(3, received)} ${Math.min(3, turns)} ${recording.cut}`;
  },
};

const masking: FuzzTarget = {
  name: "capture/masker",
  throws: "never",
  corpus: [
    ...frames.map((octets) => Uint8Array.of(0, ...octets)),
    ...frames.map((octets) => Uint8Array.of(1, ...octets, ...octets)),
    Uint8Array.of(2, ...fromHex("000100100001000fc101c1000f0000280000ff070009023132")),
  ],
  run(input) {
    const mode = input[0] ?? 0;
    const octets = input.subarray(1);
    const masker = new FrameMasker();
    let given = 0;
    const out: { readonly octets: Uint8Array; readonly masked: readonly unknown[] }[] = [];
    const size = (mode & 2) === 0 ? octets.length : 24;
    for (let at = 0; at < octets.length; at += size) {
      given++;
      const piece = octets.subarray(at, at + size);
      out.push(...masker.take((at & 1) === 0 ? "tx" : "rx", piece, at, (mode & 1) === 1));
    }
    out.push(...masker.finish());
    demand(out.length === given, "no frame is lost");
    for (const { octets: shown, masked } of out) {
      for (const [start, end] of masked as readonly (readonly [number, number])[]) {
        demand(start >= 0 && start <= end && end <= shown.length, "a mask is within its frame");
      }
    }
    return `${mode & 3} ${out
      .map(({ masked }) => Math.min(2, masked.length))
      .slice(0, 4)
      .join()}`;
  },
};

export const userFileTargets: readonly FuzzTarget[] = [texts, lines, recordings, masking];
