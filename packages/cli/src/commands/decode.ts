import { DecodeError, DlmsError, fromHex } from "@lectura/dlms/octets";
import {
  guess,
  isLayerName,
  type Json,
  type JsonObject,
  type LayerName,
  layerNames,
  translate,
  translateTree,
  type TranslationError,
  type TranslationTree,
} from "@lectura/dlms/translate";
import { nodeCrypto } from "@lectura/dlms-node";
import type { Context } from "../context.ts";
import { type ExitCode, exitCodes } from "../exit-code.ts";
import { aroundError, octetTreeLines } from "../octet-tree.ts";
import { CliError } from "../problem.ts";
import { decodeNote } from "../texts/decode-notes.ts";
import { type DecodeInput, decodeInput, decodeKeys, type NamedKeys } from "./decode-input.ts";

export interface DecodeOptions extends DecodeInput {
  readonly layer?: string;
  readonly jsonl?: boolean;
}

interface Question {
  readonly id?: unknown;
  readonly layer?: unknown;
  readonly hex?: unknown;
  readonly keys?: NamedKeys;
  readonly given?: Readonly<Record<string, unknown>>;
}

function failure(id: unknown, error: JsonObject): string {
  return JSON.stringify({ id, ok: false, error });
}

/** One line of `--jsonl`: never throws, whatever the line is. */
export function answerQuestion(text: string, keys: NamedKeys): string {
  let question: Question;
  try {
    question = JSON.parse(text) as Question;
  } catch {
    return failure(null, {
      code: "decode/not-json",
      layer: "json",
      field: "line",
      octet: 0,
      message: "not JSON",
    });
  }
  const { id = null, layer, hex } = question ?? {};
  const refuse = (code: string, field: string, message: string): string =>
    failure(id, { code, layer: String(layer), field, octet: 0, message });
  if (typeof layer !== "string" || !isLayerName(layer)) {
    return refuse("decode/unknown-layer", "layer", `layers are: ${layerNames.join(", ")}`);
  }
  try {
    const value = translate(layer, {
      octets: fromHex(typeof hex === "string" ? hex : ""),
      keys: { ...keys, ...question.keys },
      given: question.given ?? {},
      crypto: nodeCrypto,
    });
    return JSON.stringify({ id, ok: true, value });
  } catch (error) {
    if (error instanceof DecodeError) {
      const { code, field, offset, problem } = error;
      return failure(id, { code, layer: error.layer, field, octet: offset, message: problem });
    }
    if (error instanceof DlmsError) {
      const { code, message } = error;
      return failure(id, { code, layer: code.split("/")[0], field: "apdu", octet: 0, message });
    }
    if (error instanceof RangeError) return refuse("decode/bad-question", "hex", error.message);
    throw error;
  }
}

/** What one lot of octets is: its meaning, where it has one, and its parts. */
interface Decoded {
  readonly octets: Uint8Array;
  readonly value: Json | undefined;
  readonly tree: TranslationTree;
}

/** `decode [HEX...]`: a tree for people, JSON for scripts, `--jsonl` for vectors. */
export async function decode(
  context: Context,
  words: readonly string[],
  options: DecodeOptions,
): Promise<ExitCode> {
  const keys = await decodeKeys(context, options);
  const { output, environment } = context;
  if (options.jsonl === true) {
    for await (const line of environment.inputLines()) {
      if (line.trim() !== "") output.raw(`${answerQuestion(line, keys)}\n`);
    }
    return exitCodes.done;
  }
  const layer = layerOf(options.layer);
  // An option that takes several words takes the octets behind it, too.
  const more = (options.key ?? []).filter((word) => !word.includes("="));
  const found = await decodeInput(context, [...words, ...more], options);
  const decoded = found.map((octets) => decodeOne(context, layer, octets, keys));
  for (const one of decoded) show(context, one);
  const broken = decoded.find(({ tree }) => tree.error !== undefined)?.tree.error;
  if (broken !== undefined) throw brokenOctets(broken);
  return exitCodes.done;
}

/** What could not be read, as a command tells it. */
export function brokenOctets(error: TranslationError): CliError {
  const { code, layer, field, octet, message } = error;
  const detail = `${layer}: ${field} at octet ${octet}: ${message}`;
  return new CliError(code as `${string}/${string}`, { detail });
}

function layerOf(layer: string | undefined): LayerName | undefined {
  if (layer === undefined || isLayerName(layer)) return layer;
  const choices = layerNames.join(", ");
  throw new CliError("usage/choice", { name: "--layer", text: layer, choices });
}

function decodeOne(
  { output }: Context,
  forced: LayerName | undefined,
  given: Uint8Array,
  keys: NamedKeys,
): Decoded {
  const question = { keys, given: {}, crypto: nodeCrypto };
  const { layer, octets } =
    forced === undefined ? guess(given, question) : { layer: forced, octets: given };
  const request = { ...question, octets };
  const value = orNothing(() => translate(layer, request));
  return { octets, value, tree: translateTree(layer, request, { language: output.language }) };
}

/** The tree says why there is no value. */
function orNothing(read: () => Json): Json | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof DlmsError) return undefined;
    if (!(error instanceof RangeError)) throw error;
    throw new CliError("decode/bad-question", { detail: error.message }, { cause: error });
  }
}

function show({ output }: Context, { octets, value, tree }: Decoded): void {
  const { layer, root, error } = tree;
  output.document({ layer, octets: octets.toHex(), value, tree: root, error });
  if (output.json) return;
  const { colour, columns, language } = output;
  const note = (text: string): string => decodeNote(text, language);
  const said = root.note === undefined ? "" : `  ${colour.dim(note(root.note))}`;
  output.line(`${colour.bold(layer)} ${octets.length} ${note("octets")}${said}`);
  for (const line of octetTreeLines(root, octets, { colour, columns, note })) output.line(line);
  if (error !== undefined) for (const line of aroundError(root, octets, colour)) output.line(line);
}
