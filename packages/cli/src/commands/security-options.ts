import { readFile } from "node:fs/promises";
import { obis } from "@lectura/dlms/cosem";
import type { MeterDraft } from "@lectura/gateway";
import type { Context } from "../context.ts";
import { parseCount } from "../parse.ts";
import { CliError } from "../problem.ts";

/** How an association is ciphered and proved; keys are named by where they are, never given. */
export interface SecurityOptions {
  readonly suite?: string;
  readonly protection?: string;
  readonly cipheredContext?: boolean;
  readonly general?: boolean;
  readonly dedicated?: boolean;
  readonly clientTitle?: string;
  readonly serverTitle?: string;
  readonly challenge?: string;
  readonly counter?: string;
  readonly counterObject?: string;
  readonly publicSap?: string;
  readonly guek?: string;
  readonly gak?: string;
  readonly gbek?: string;
  readonly kek?: string;
  readonly hlsSecret?: string;
  readonly signingKey?: string;
  readonly serverSigningKey?: string;
}

type Profile = NonNullable<MeterDraft["security"]>;
/** Keys as the gateway takes them: hexadecimal, by name. */
export type KeyTexts = NonNullable<MeterDraft["securityKeys"]>;

const protections = {
  none: "none",
  authenticated: "authenticated",
  encrypted: "encrypted",
  both: "authenticated-encrypted",
  "authenticated-encrypted": "authenticated-encrypted",
} as const;
const suiteNumbers = { "0": 0, "1": 1, "2": 2 } as const;

/** Characters of a file that holds one key. */
const keyFileCharactersMax = 4096;

/** Option names to the names of keys. */
const keyOptions = [
  ["guek", "guek", "--guek"],
  ["gak", "gak", "--gak"],
  ["gbek", "gbek", "--gbek"],
  ["kek", "kek", "--kek"],
  ["hlsSecret", "hlsSecret", "--hls-secret"],
  ["signingKey", "signing", "--signing-key"],
  ["serverSigningKey", "serverSigning", "--server-signing-key"],
] as const;

export function parseProtection(text: string): NonNullable<Profile["protection"]> {
  if (Object.hasOwn(protections, text)) return protections[text as keyof typeof protections];
  const choices = "both, encrypted, authenticated, none";
  throw new CliError("usage/choice", { name: "--protection", text, choices });
}

export function parseSuite(text: string): 0 | 1 | 2 {
  if (Object.hasOwn(suiteNumbers, text)) return suiteNumbers[text as keyof typeof suiteNumbers];
  throw new CliError("usage/choice", { name: "--suite", text, choices: "0, 1, 2" });
}

function parseTitle(name: string, text: string): string {
  const digits = bareHex(text);
  if (digits.length === 16) return digits;
  throw new CliError("usage/title", { name, text });
}

function parseCounterObject(text: string): NonNullable<Profile["counterObject"]> {
  try {
    return obis(text);
  } catch (cause) {
    throw new CliError("usage/key", { text }, { cause });
  }
}

/** What the options say about security; undefined where they say nothing. */
export function securityDraft(options: SecurityOptions): Profile | undefined {
  const { suite, protection, clientTitle, serverTitle, challenge, counterObject } = options;
  const draft: Profile = {
    ...(suite === undefined ? {} : { suite: parseSuite(suite) }),
    ...(protection === undefined ? {} : { protection: parseProtection(protection) }),
    ...(options.cipheredContext === undefined ? {} : { cipheredContext: options.cipheredContext }),
    ...(options.general === true ? { form: "general" } : {}),
    ...(options.dedicated === undefined ? {} : { dedicatedKey: options.dedicated }),
    ...(clientTitle === undefined
      ? {}
      : { clientSystemTitle: parseTitle("--client-title", clientTitle) }),
    ...(serverTitle === undefined
      ? {}
      : { serverSystemTitle: parseTitle("--server-title", serverTitle) }),
    ...(challenge === undefined
      ? {}
      : { challengeOctets: parseCount("--challenge", challenge, 8, 64) }),
    ...(counterObject === undefined ? {} : { counterObject: parseCounterObject(counterObject) }),
    ...(options.publicSap === undefined
      ? {}
      : { publicClientSap: parseCount("--public-sap", options.publicSap, 0, 127) }),
  };
  return Object.keys(draft).length === 0 ? undefined : draft;
}

/** `N`: the first counter to use; `read` or nothing: the meter is asked. */
export function parseCounter(text: string | undefined): number | undefined {
  if (text === undefined || text === "read") return undefined;
  return parseCount("--counter", text, 0, 0xffff_ffff);
}

/** The keys the options name; undefined where they name none. */
export async function readKeys(
  context: Context,
  options: SecurityOptions,
): Promise<KeyTexts | undefined> {
  const keys: { -readonly [Name in keyof KeyTexts]: string } = {};
  for (const [option, key, name] of keyOptions) {
    const source = options[option];
    if (source !== undefined) keys[key] = await readKey(context, name, source);
  }
  return Object.keys(keys).length === 0 ? undefined : keys;
}

/** `env:NAME`, `file:PATH` or `prompt`: what stands on a command line, others can see. */
async function readKey(context: Context, name: string, source: string): Promise<string> {
  const [, kind, place = ""] = /^(env|file):(.+)$/s.exec(source) ?? [];
  if (kind === undefined && source !== "prompt") throw new CliError("usage/key-source", { name });
  const text =
    kind === "env"
      ? variable(context, place)
      : kind === "file"
        ? await keyFile(name, place)
        : await context.environment.readSecret(`${name}: `);
  if (text === undefined) throw new CliError("usage/no-terminal", { name });
  const digits = bareHex(text);
  if (/^(?:[0-9a-f]{2})*$/.test(digits)) return digits;
  throw new CliError("usage/key-hex", { name });
}

function variable(context: Context, name: string): string {
  const value = context.environment.variables[name];
  if (value === undefined) throw new CliError("usage/variable", { name });
  return value;
}

async function keyFile(name: string, file: string): Promise<string> {
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new CliError("usage/file", { file }, { cause });
  });
  if (text.length > keyFileCharactersMax) throw new CliError("usage/key-hex", { name });
  return text;
}

/** As people write octets: with blanks, colons or dashes, or none, and a 0x before them. */
function bareHex(text: string): string {
  return text
    .trim()
    .replace(/^0x/i, "")
    .replaceAll(/[\s:-]/g, "")
    .toLowerCase();
}
