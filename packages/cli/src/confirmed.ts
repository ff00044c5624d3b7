import type { Context } from "./context.ts";
import { CliError } from "./problem.ts";

/**
 * Whether a person agrees to what changes a meter: `--yes`, or the answer to a question.
 * @throws {CliError} usage/confirmation: nobody can be asked
 */
export async function confirmed(
  { environment, output }: Context,
  yes: boolean | undefined,
  question: string,
): Promise<boolean> {
  if (yes === true) return true;
  const { answerYes } = output.texts.sentences;
  const answer = output.json ? undefined : await environment.ask(`${question} [${answerYes}/N] `);
  if (answer === undefined) throw new CliError("usage/confirmation");
  const given = answer.trim().toLowerCase();
  const agreed = given !== "" && answerYes.startsWith(given.slice(0, 1));
  if (!agreed) output.note(output.texts.sentences.nothingDone);
  return agreed;
}
