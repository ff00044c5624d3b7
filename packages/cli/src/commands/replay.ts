import { readFile } from "node:fs/promises";
import { DlmsError, toHex } from "@lectura/dlms/octets";
import {
  type Json,
  type LayerName,
  translate,
  translateTree,
  type TranslationNode,
  type TranslationRequest,
} from "@lectura/dlms/translate";
import { nodeCrypto, parseRecording, type Recording } from "@lectura/dlms-node";
import type { Context } from "../context.ts";
import { type ExitCode, exitCodes } from "../exit-code.ts";
import { octetTreeLines } from "../octet-tree.ts";
import { CliError } from "../problem.ts";
import { decodeNote } from "../texts/decode-notes.ts";
import { type DecodeInput, decodeKeys } from "./decode-input.ts";
import { brokenOctets } from "./decode.ts";

/**
 * `replay FILE`: a recorded session, every frame as a tree; fails where a frame cannot be read. As
 * JSON it is a vector: the layer, what was given, and the value to expect.
 */
export async function replay(
  context: Context,
  file: string,
  options: DecodeInput,
): Promise<ExitCode> {
  const recording = await recordingOf(file);
  const { framing, startedAt, secrets, frames } = recording;
  const layer: LayerName = framing === "hdlc" ? "session-hdlc" : "session-wrapper";
  const steps = frames.map(({ direction, octets }) => ({ dir: direction, hex: toHex(octets) }));
  const request: TranslationRequest = {
    octets: new Uint8Array(0),
    keys: await decodeKeys(context, options),
    given: { steps },
    crypto: nodeCrypto,
  };
  const { output } = context;
  const { root, error } = translateTree(layer, request, { language: output.language });
  const value = valueOf(layer, request);
  output.document({ layer, startedAt, secrets, given: { steps }, value, tree: root, error });
  for (const line of dialogueLines(context, recording, root)) output.line(line);
  if (error !== undefined) throw brokenOctets(error);
  return exitCodes.done;
}

async function recordingOf(file: string): Promise<Recording> {
  try {
    return parseRecording(await readFile(file, "utf8"));
  } catch (cause) {
    throw new CliError("usage/file", { file }, { cause });
  }
}

/** The tree says why there is none. */
function valueOf(layer: LayerName, request: TranslationRequest): Json | undefined {
  try {
    return translate(layer, request);
  } catch (error) {
    if (error instanceof DlmsError) return undefined;
    throw error;
  }
}

/** Every frame: who sent it, when, and its parts. */
function dialogueLines(
  { output }: Context,
  { frames }: Recording,
  root: TranslationNode,
): readonly string[] {
  const { colour, columns, language } = output;
  const note = (text: string): string => decodeNote(text, language);
  return frames.flatMap(({ direction, atMs, octets, masked }, index) => {
    const step = root.children?.[index];
    const hidden = masked.length === 0 ? "" : `  ${colour.yellow(note("masked"))}`;
    const head = `${colour.bold(direction)} ${atMs} ms, ${octets.length} ${note("octets")}${hidden}`;
    const parts = step === undefined ? [] : octetTreeLines(step, octets, { colour, columns, note });
    return [head, ...parts];
  });
}
