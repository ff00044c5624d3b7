import { nodeCrypto } from "@lectura/dlms-node";
import { fromHex, toHex } from "@lectura/dlms/octets";
import { type PushOpener, pushOpener, type PushSender } from "@lectura/dlms/push";
import { ReplayWindows, Secret } from "@lectura/dlms/security";
import type { Context } from "../context.ts";
import { CliError } from "../problem.ts";
import { type KeyTexts, readKeys } from "./security-options.ts";

/** Where the keys of meters that push ciphered are. */
export interface SenderOptions {
  /** `TITLE:guek=env:NAME,gak=file:PATH`, one for each meter. */
  readonly sender?: readonly string[];
  /** For every meter that is not named. */
  readonly guek?: string;
  readonly gak?: string;
  readonly kek?: string;
}

type Keys = PushSender["keys"];

const titleOctets = 8;
/** Meters whose replays are remembered; one more is not opened with the keys of everybody. */
const titlesMax = 4096;
const keyNames = ["guek", "gak", "gbek", "kek"] as const;
type KeyName = (typeof keyNames)[number];

/** Opens pushes with the keys of their senders; undefined where no key is given. */
export async function sendersOf(
  context: Context,
  options: SenderOptions,
): Promise<PushOpener | undefined> {
  const { guek, gak, kek, sender: named = [] } = options;
  const everybody = await keysAt(context, {
    ...(guek === undefined ? {} : { guek }),
    ...(gak === undefined ? {} : { gak }),
    ...(kek === undefined ? {} : { kek }),
  });
  const senders = new Map<string, PushSender>();
  for (const text of named) {
    const { title, sources } = parseSender(text);
    const keys = await keysAt(context, sources);
    if (keys === undefined) throw new CliError("usage/sender", { text });
    senders.set(title, senderOf(fromHex(title), keys));
  }
  if (everybody === undefined && senders.size === 0) return undefined;
  return pushOpener(nodeCrypto, (systemTitle) => {
    if (systemTitle === undefined) return undefined;
    const title = toHex(systemTitle);
    const known = senders.get(title);
    if (known !== undefined || everybody === undefined || senders.size >= titlesMax) return known;
    const fresh = senderOf(systemTitle.slice(), everybody);
    senders.set(title, fresh);
    return fresh;
  });
}

/** What opens is shown, and whether a tag proves it: a tool that looks refuses nothing. */
function senderOf(systemTitle: Uint8Array, keys: Keys): PushSender {
  return {
    systemTitle,
    keys,
    required: "none",
    windows: new ReplayWindows(),
    ...(keys.authentication === undefined ? { allowUnverified: true } : {}),
  };
}

type Sources = Readonly<Partial<Record<KeyName, string>>>;

/** `4C45430000000001:guek=env:GUEK,gak=env:GAK`: what it says is where keys are, never a key. */
function parseSender(text: string): { readonly title: string; readonly sources: Sources } {
  const [, titleText = "", rest = ""] = /^([0-9a-fA-F]{16}):(.+)$/.exec(text) ?? [];
  const title = titleText.toLowerCase();
  if (title.length !== 2 * titleOctets) throw new CliError("usage/sender", { text: titleText });
  const sources = Object.fromEntries(
    rest.split(",").map((part): readonly [KeyName, string] => {
      const [, name, source] = /^(\w+)=((?:env|file):.+)$/.exec(part.trim()) ?? [];
      const key = keyNames.find((known) => known === name);
      if (key === undefined || source === undefined) {
        throw new CliError("usage/sender", { text: title });
      }
      return [key, source];
    }),
  );
  return { title, sources };
}

async function keysAt(context: Context, sources: Sources): Promise<Keys | undefined> {
  const texts = await readKeys(context, sources);
  return texts === undefined ? undefined : keysOf(texts);
}

function keysOf({ guek, gak, gbek, kek }: KeyTexts): Keys {
  const secret = (hex: string): Secret => new Secret(fromHex(hex));
  return {
    ...(guek === undefined ? {} : { unicast: secret(guek) }),
    ...(gak === undefined ? {} : { authentication: secret(gak) }),
    ...(gbek === undefined ? {} : { broadcast: secret(gbek) }),
    ...(kek === undefined ? {} : { master: secret(kek) }),
  };
}
