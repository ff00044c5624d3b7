import { readFile } from "node:fs/promises";
import { DecodeError, DlmsError, fromHex } from "@lectura/dlms/octets";
import {
  isLayerName,
  type Json,
  type JsonObject,
  layerNames,
  translate,
  translateUnknown,
} from "@lectura/dlms/translate";
import { nodeCrypto } from "@lectura/dlms-node";
import type { Context } from "../context.ts";
import { type ExitCode, exitCodes } from "../exit-code.ts";
import { CliError } from "../problem.ts";
import { treeLines } from "../tree.ts";

export interface DecodeOptions {
  readonly layer?: string;
  readonly keysFile?: string;
  readonly key?: readonly string[];
  readonly jsonl?: boolean;
}

/** Octets of hex text taken from standard input. */
const inputOctetsMax = 16 * 1024 * 1024;

type Keys = Readonly<Record<string, unknown>>;

interface Question {
  readonly id?: unknown;
  readonly layer?: unknown;
  readonly hex?: unknown;
  readonly keys?: Keys;
  readonly given?: Readonly<Record<string, unknown>>;
}

function failure(id: unknown, error: JsonObject): string {
  return JSON.stringify({ id, ok: false, error });
}

/** One line of `--jsonl`: never throws, whatever the line is. */
export function answerQuestion(text: string, keys: Keys): string {
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

async function keysOf(context: Context, options: DecodeOptions): Promise<Keys> {
  const keys: Record<string, unknown> = {};
  if (options.keysFile !== undefined) {
    const text = await readFile(options.keysFile, "utf8").catch((cause: unknown) => {
      throw new CliError("usage/file", { file: options.keysFile ?? "" }, { cause });
    });
    Object.assign(keys, JSON.parse(text));
  }
  for (const text of options.key ?? []) {
    const match = /^(\w+)=env:(\w+)$/.exec(text);
    const name = match?.[1];
    const variable = match?.[2];
    if (name === undefined || variable === undefined) throw new CliError("usage/key-option");
    const value = context.environment.variables[variable];
    if (value === undefined) throw new CliError("usage/variable", { name: variable });
    keys[name] = value;
  }
  return keys;
}

/** `decode [HEX...]`: a tree for people, JSON for scripts, `--jsonl` for vectors. */
export async function decode(
  context: Context,
  words: readonly string[],
  options: DecodeOptions,
): Promise<ExitCode> {
  const keys = await keysOf(context, options);
  const { output, environment } = context;
  if (options.jsonl === true) {
    for await (const line of environment.inputLines()) {
      if (line.trim() !== "") output.raw(`${answerQuestion(line, keys)}\n`);
    }
    return exitCodes.done;
  }
  const text = words.length > 0 ? words.join("") : await environment.readInput(inputOctetsMax);
  let octets: Uint8Array;
  try {
    octets = fromHex(text.trim());
  } catch (cause) {
    throw new CliError("decode/not-hex", {}, { cause });
  }
  if (octets.length === 0) throw new CliError("decode/not-hex");
  const { layer, value } = decodeAs(options.layer, octets, keys);
  output.document({ layer, value });
  if (!output.json) {
    output.line(output.colour.bold(layer));
    for (const line of treeLines(value, output.colour)) output.line(line);
  }
  return exitCodes.done;
}

function decodeAs(
  layer: string | undefined,
  octets: Uint8Array,
  keys: Keys,
): { readonly layer: string; readonly value: Json } {
  if (layer === undefined) return translateUnknown(octets);
  if (!isLayerName(layer)) {
    const choices = layerNames.join(", ");
    throw new CliError("usage/choice", { name: "--layer", text: layer, choices });
  }
  return { layer, value: translate(layer, { octets, keys, given: {}, crypto: nodeCrypto }) };
}
