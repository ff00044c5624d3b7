import type { Context } from "../context.ts";
import { CliError } from "../problem.ts";

/** Octets of a password or token given on standard input. */
const secretOctetsMax = 4096;

export interface SecretOptions {
  readonly passwordStdin?: boolean;
  readonly passwordEnv?: string;
  readonly tbTokenStdin?: boolean;
  readonly tbTokenEnv?: string;
}

async function secretFrom(
  context: Context,
  fromInput: boolean | undefined,
  variable: string | undefined,
): Promise<string | undefined> {
  if (fromInput === true) {
    // One trailing line end belongs to the shell, not to the password.
    return (await context.environment.readInput(secretOctetsMax)).replace(/\r?\n$/, "");
  }
  if (variable === undefined) return undefined;
  const value = context.environment.variables[variable];
  if (value === undefined) throw new CliError("usage/variable", { name: variable });
  return value;
}

/** Password and token as the options say; neither is ever an argument others can see. */
export async function readSecrets(
  context: Context,
  options: SecretOptions,
): Promise<{ password: string | undefined; token: string | undefined }> {
  if (options.passwordStdin === true && options.tbTokenStdin === true) {
    throw new CliError("usage/two-from-input");
  }
  return {
    password: await secretFrom(context, options.passwordStdin, options.passwordEnv),
    token: await secretFrom(context, options.tbTokenStdin, options.tbTokenEnv),
  };
}
