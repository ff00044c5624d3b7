import { obis } from "@lectura/dlms/cosem";
import type { ChangedKeyName, KeyChangeRequest } from "@lectura/gateway";
import type { Context } from "../context.ts";
import { withControl } from "../control-connection.ts";
import { type ExitCode, exitCodes } from "../exit-code.ts";
import { CliError } from "../problem.ts";
import { fill } from "../texts/texts.ts";
import { readKeys, type SecurityOptions } from "./security-options.ts";

export interface ChangeKeysOptions extends Pick<SecurityOptions, "guek" | "gak" | "gbek" | "kek"> {
  /** True: the two keys of an association. */
  readonly generate?: string | true;
  readonly securitySetup?: string;
}

const names: readonly ChangedKeyName[] = ["guek", "gak", "gbek", "kek"];
const generatedByDefault: readonly ChangedKeyName[] = ["guek", "gak"];

function parseNames(text: string | true): readonly ChangedKeyName[] {
  if (text === true) return generatedByDefault;
  return text.split(",").map((word) => {
    const found = names.find((name) => name === word.trim());
    if (found !== undefined) return found;
    throw new CliError("usage/choice", { name: "--generate", text, choices: names.join(", ") });
  });
}

function parseSetup(text: string): NonNullable<KeyChangeRequest["securitySetup"]> {
  try {
    return obis(text);
  } catch (cause) {
    throw new CliError("usage/key", { text }, { cause });
  }
}

/** `meter change-keys METER`: through the gateway, which owns the line and keeps both sets of keys. */
export async function changeKeys(
  context: Context,
  name: string,
  options: ChangeKeysOptions,
): Promise<ExitCode> {
  const { guek, gak, gbek, kek, generate, securitySetup } = options;
  const keys = await readKeys(context, {
    ...(guek === undefined ? {} : { guek }),
    ...(gak === undefined ? {} : { gak }),
    ...(gbek === undefined ? {} : { gbek }),
    ...(kek === undefined ? {} : { kek }),
  });
  if (keys === undefined && generate === undefined) {
    throw new CliError("usage/missing", { name: "--generate | --guek | --gak | --gbek | --kek" });
  }
  const request: KeyChangeRequest = {
    ...(keys === undefined ? {} : { keys }),
    ...(generate === undefined ? {} : { generate: parseNames(generate) }),
    ...(securitySetup === undefined ? {} : { securitySetup: parseSetup(securitySetup) }),
  };
  const { output, environment } = context;
  return withControl(context, async ({ control }) => {
    const signal = environment.interrupted;
    const report = await control.changeKeys(name, request, { signal });
    output.document(report);
    const { keysChanged, keysUnchanged } = output.texts.sentences;
    const isChanged = report.outcome === "changed";
    const about = { name: report.meter, keys: report.names.join(", ") };
    output.line(fill(isChanged ? keysChanged : keysUnchanged, about));
    return isChanged ? exitCodes.done : exitCodes.failed;
  });
}
