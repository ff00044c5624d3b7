import { readFile } from "node:fs/promises";
import { fromHex } from "@lectura/dlms/octets";
import { wrapperPort } from "@lectura/dlms/wrapper";
import { turnsIn } from "../captured-turns.ts";
import type { Context } from "../context.ts";
import { octetsInFile, octetsInText, type FoundOctets } from "../octet-text.ts";
import { packetsIn } from "../packet-capture.ts";
import { parseCount } from "../parse.ts";
import { CliError } from "../problem.ts";

/** Characters of text taken from standard input. */
const inputOctetsMax = 16 * 1024 * 1024;

/** Where the octets and the keys of `decode` come from. */
export interface DecodeInput {
  readonly file?: string;
  /** Of a packet capture: the TCP or UDP port whose octets are meant. */
  readonly port?: string;
  readonly keysFile?: string;
  readonly key?: readonly string[];
  readonly title?: string;
}

/** Keys and titles by the names of the public vectors. */
export type NamedKeys = Readonly<Record<string, unknown>>;

async function fileOf(path: string): Promise<Uint8Array> {
  return await readFile(path).catch((cause: unknown) => {
    throw new CliError("usage/file", { file: path }, { cause });
  });
}

/**
 * The octets to decode: the words, a file, or standard input; hex in any dress, a hex dump, a log,
 * base64, or (a file) the octets themselves or captured packets. One entry for each line of a log
 * that is no stream, and for each turn of a captured conversation.
 */
export async function decodeInput(
  { environment }: Context,
  words: readonly string[],
  { file, port }: DecodeInput,
): Promise<FoundOctets> {
  const found =
    file === undefined
      ? octetsInText(
          words.length > 0 ? words.join(" ") : await environment.readInput(inputOctetsMax),
        )
      : octetsOf(await fileOf(file), port);
  if (found.every(({ length }) => length === 0)) {
    throw new CliError("decode/not-hex");
  }
  return found;
}

/** What a file holds: of captured packets, what was said to and from the port, turn by turn. */
function octetsOf(contents: Uint8Array, named: string | undefined): FoundOctets {
  const port = named === undefined ? wrapperPort : parseCount("--port", named, 1, 65_535);
  const packets = packetsIn(contents);
  if (packets === undefined) return octetsInFile(contents);
  const turns = turnsIn(packets, port);
  if (turns.length === 0) throw new CliError("decode/no-packets", { port });
  return turns;
}

/** Keys of the options: a file of JSON, `NAME=env:VARIABLE`, `NAME=HEX`, the sender's title. */
export async function decodeKeys(context: Context, options: DecodeInput): Promise<NamedKeys> {
  const keys: Record<string, unknown> = {};
  if (options.keysFile !== undefined) {
    const text = new TextDecoder().decode(await fileOf(options.keysFile));
    Object.assign(keys, parsed(text, options.keysFile));
  }
  for (const text of (options.key ?? []).filter((word) => word.includes("="))) {
    const [name, value] = keyOf(context, text);
    keys[name] = value;
  }
  if (options.title !== undefined) keys["system_title"] = hexOf(options.title);
  return keys;
}

function parsed(text: string, file: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value;
  } catch (cause) {
    throw new CliError("usage/file", { file }, { cause });
  }
  throw new CliError("usage/file", { file });
}

function keyOf({ environment }: Context, text: string): readonly [name: string, value: string] {
  const [, name, given] = /^(\w+)=(.+)$/.exec(text) ?? [];
  if (name === undefined || given === undefined) throw new CliError("usage/key-option");
  if (!given.startsWith("env:")) return [name, hexOf(given)];
  const variable = given.slice("env:".length);
  const value = environment.variables[variable];
  if (value === undefined) throw new CliError("usage/variable", { name: variable });
  return [name, hexOf(value)];
}

/** Hex as the translator takes it. A name that is no hex (`curve`) stays as it is. */
function hexOf(text: string): string {
  try {
    return fromHex(text).toHex();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    if (/^[A-Za-z][\w-]*$/.test(text)) return text;
    throw new CliError("usage/key-option", {}, { cause: error });
  }
}
