import { randomBytes } from "node:crypto";
import {
  readInvocationCounter,
  type SecurityMechanism,
  type SecuritySettings,
  type SessionOptions,
} from "@lectura/dlms-node";
import { obis } from "@lectura/dlms/cosem";
import { fromHex } from "@lectura/dlms/octets";
import { InvocationCounter, Secret } from "@lectura/dlms/security";
import type { Context } from "../context.ts";
import { parseCount } from "../parse.ts";
import { CliError } from "../problem.ts";
import { parseCounter, readKeys, securityDraft, type SecurityOptions } from "./security-options.ts";

const counterObjectDefault = obis("0.0.43.1.0.255");
const publicClientSap = 16;
/** Title of a command without one: of its own, so that no counter comes twice under a key. */
const titlePrefix = Uint8Array.of(0x4c, 0x45, 0x43);
const titleRandomOctets = 5;

/** Security options of the command line to what an association needs, but for its counter. */
export async function wireSecurity(
  context: Context,
  options: SecurityOptions,
  mechanism: SecurityMechanism,
  password: string | undefined,
): Promise<Omit<SecuritySettings, "counter">> {
  const { clientSystemTitle, serverSystemTitle, ...draft } = securityDraft(options) ?? {};
  const texts = await readKeys(context, options);
  const { hlsSecret } = texts ?? {};
  const secret =
    hlsSecret === undefined
      ? password === undefined
        ? undefined
        : Secret.fromText(password)
      : new Secret(fromHex(hlsSecret));
  const protection = mechanism === "hls-gmac" ? "authenticated-encrypted" : "none";
  const { suite, cipheredContext, form, dedicatedKey, challengeOctets } = draft;
  return {
    mechanism,
    protection: draft.protection ?? protection,
    ...(secret === undefined ? {} : { secret }),
    ...(suite === undefined ? {} : { suite }),
    ...(cipheredContext === undefined ? {} : { cipheredContext }),
    ...(form === undefined ? {} : { form }),
    ...(dedicatedKey === undefined ? {} : { dedicatedKey }),
    ...(challengeOctets === undefined ? {} : { challengeOctets }),
    keys: keysOf(texts ?? {}),
    clientSystemTitle: clientSystemTitle === undefined ? freshTitle() : fromHex(clientSystemTitle),
    ...(serverSystemTitle === undefined ? {} : { serverSystemTitle: fromHex(serverSystemTitle) }),
  };
}

function keysOf(
  texts: NonNullable<Awaited<ReturnType<typeof readKeys>>>,
): NonNullable<SecuritySettings["keys"]> {
  const { guek, gak, gbek, signing, serverSigning } = texts;
  return {
    ...(guek === undefined ? {} : { unicast: new Secret(fromHex(guek)) }),
    ...(gak === undefined ? {} : { authentication: new Secret(fromHex(gak)) }),
    ...(gbek === undefined ? {} : { broadcast: new Secret(fromHex(gbek)) }),
    ...(signing === undefined ? {} : { signing: new Secret(fromHex(signing)) }),
    ...(serverSigning === undefined ? {} : { serverSigning: fromHex(serverSigning) }),
  };
}

function freshTitle(): Uint8Array {
  return Uint8Array.of(...titlePrefix, ...randomBytes(titleRandomOctets));
}

/**
 * The invocation counter to begin with: `--counter N`, else one above what the meter tells the
 * public client (R27). @throws {CliError} usage/counter-unknown: it tells nothing
 */
export async function counterOf(
  options: SecurityOptions,
  place: SessionOptions,
): Promise<InvocationCounter> {
  const given = parseCounter(options.counter);
  if (given !== undefined) return new InvocationCounter({ next: given });
  const clientSap =
    options.publicSap === undefined
      ? publicClientSap
      : parseCount("--public-sap", options.publicSap, 0, 127);
  const logicalName = securityDraft(options)?.counterObject ?? counterObjectDefault;
  const last = await readInvocationCounter(place, {
    attribute: { classId: 1, logicalName, attributeId: 2 },
    publicClientSap: clientSap,
  });
  if (last === undefined) throw new CliError("usage/counter-unknown");
  return new InvocationCounter({ next: last + 1 });
}
