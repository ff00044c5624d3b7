import { DlmsError } from "@lectura/dlms/octets";
import { type ExitCode, exitCodeOf, exitCodes } from "./exit-code.ts";
import { errorText } from "./texts/error-texts.ts";
import type { Language } from "./texts/language.ts";

/** Parameters a text may name, e.g. `{name}`; never a secret. */
export type ProblemParameters = Readonly<Record<string, string | number>>;

/** What a command could not do, with its stable code. */
export class CliError extends Error {
  override readonly name: string = "CliError";
  readonly code: `${string}/${string}`;
  readonly params: ProblemParameters;
  readonly exitCode: ExitCode;

  constructor(
    code: `${string}/${string}`,
    params: ProblemParameters = {},
    options?: ErrorOptions & { exitCode?: ExitCode },
  ) {
    super(code, options);
    this.code = code;
    this.params = params;
    this.exitCode = options?.exitCode ?? exitCodeOf(code);
  }
}

export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly next: string;
  readonly exitCode: ExitCode;
}

function paramsOf(error: object): ProblemParameters {
  return "params" in error && typeof error.params === "object" && error.params !== null
    ? (error.params as ProblemParameters)
    : {};
}

/** Cause and next step of any failure, in the person's language. */
export function describeProblem(error: unknown, language: Language): Problem {
  if (error instanceof CliError) {
    const { message, next } = errorText(error.code, error.params, "", language);
    return { code: error.code, message, next, exitCode: error.exitCode };
  }
  if (error instanceof DlmsError) {
    const detail = error.message.startsWith(`${error.code}: `)
      ? error.message.slice(error.code.length + 2)
      : error.message;
    const { message, next } = errorText(error.code, paramsOf(error), detail, language);
    return { code: error.code, message, next, exitCode: exitCodeOf(error.code) };
  }
  const detail = error instanceof Error ? error.message : String(error);
  const { message, next } = errorText("cli/unexpected", { detail }, detail, language);
  return { code: "cli/unexpected", message, next, exitCode: exitCodes.failed };
}
