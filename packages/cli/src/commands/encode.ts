import {
  type EncodableLayer,
  encodableLayers,
  encodeTree,
  isEncodableLayer,
  type Json,
} from "@lectura/dlms/translate";
import { readFile } from "node:fs/promises";
import type { Context } from "../context.ts";
import { type ExitCode, exitCodes } from "../exit-code.ts";
import { CliError } from "../problem.ts";

export interface EncodeOptions {
  readonly layer?: string;
  readonly file?: string;
}

/** Characters of JSON taken from standard input. */
const inputOctetsMax = 16 * 1024 * 1024;

/** A tree, and what it is a tree of where it says so. */
interface Encodable {
  readonly layer: EncodableLayer;
  readonly tree: Json;
}

/**
 * `encode`: trees in the words of `decode --json` to octets, one line each. A tree stands alone, or
 * in a document of `decode --json`, which says its layer; several documents stand one in a line.
 */
export async function encode(context: Context, options: EncodeOptions): Promise<ExitCode> {
  const { output, environment } = context;
  const forced = layerOf(options.layer);
  const text =
    options.file === undefined
      ? await environment.readInput(inputOctetsMax)
      : await fileText(options.file);
  for (const document of documentsIn(text)) {
    const { layer, tree } = encodableOf(document, forced);
    const hex = octetsOf(layer, tree).toHex();
    output.document({ layer, hex });
    output.line(hex);
  }
  return exitCodes.done;
}

async function fileText(file: string): Promise<string> {
  return await readFile(file, "utf8").catch((cause: unknown) => {
    throw new CliError("usage/file", { file }, { cause });
  });
}

function layerOf(layer: string | undefined): EncodableLayer | undefined {
  if (layer === undefined || isEncodableLayer(layer)) return layer;
  const choices = encodableLayers.join(", ");
  throw new CliError("usage/choice", { name: "--layer", text: layer, choices });
}

function octetsOf(layer: EncodableLayer, tree: Json): Uint8Array {
  try {
    return encodeTree(layer, tree);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new CliError("encode/bad-tree", { layer, detail: error.message }, { cause: error });
  }
}

/** One document, or one in each line. */
function documentsIn(text: string): readonly Json[] {
  const whole = parsed(text);
  if (whole !== undefined) return [whole];
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return lines.map((line) => {
    const document = parsed(line);
    if (document === undefined) throw new CliError("encode/not-json");
    return document;
  });
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** What `decode --json` and `decode --jsonl` print, or a tree alone. */
function encodableOf(document: Json, forced: EncodableLayer | undefined): Encodable {
  const members: Readonly<Record<string, Json | undefined>> =
    typeof document === "object" && document !== null && !Array.isArray(document)
      ? (document as Readonly<Record<string, Json | undefined>>)
      : {};
  const { layer: said, value } = members;
  const tree = typeof value === "object" && value !== null && !("t" in members) ? value : document;
  if (forced !== undefined) return { layer: forced, tree };
  if (typeof said === "string") return { layer: layerOf(said)!, tree };
  return { layer: guessed(tree), tree };
}

/** By members no other layer has. */
function guessed(tree: Json): EncodableLayer {
  if (typeof tree !== "object" || tree === null || Array.isArray(tree)) return "apdu";
  if ("dest" in tree) return "hdlc-frame";
  if ("source" in tree) return "wrapper";
  return "t" in tree ? "axdr-data" : "apdu";
}
