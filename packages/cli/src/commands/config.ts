import {
  checkSettings,
  loadSettings,
  type SettingVerdict,
  settingsJsonSchema,
  showSettings,
} from "@lectura/gateway";
import type { Context } from "../context.ts";
import { settingsFileOf } from "../data-directory.ts";
import { type ExitCode, exitCodes } from "../exit-code.ts";
import { fill } from "../texts/texts.ts";

function rowOf({ verdict, file, line, path, problem, nearest }: SettingVerdict): readonly string[] {
  const near = nearest === "" ? "" : ` (${nearest}?)`;
  return [verdict, line > 0 ? `${file}:${line}` : file, path, `${problem}${near}`];
}

export async function configCheck(context: Context, file: string | undefined): Promise<ExitCode> {
  const { output, environment } = context;
  const checked = file ?? settingsFileOf(context);
  const verdicts = checkSettings({
    ...(checked === undefined ? {} : { file: checked }),
    variables: environment.variables,
  });
  const count = (wanted: string): number =>
    verdicts.filter(({ verdict }) => verdict === wanted).length;
  const paint = { PASS: output.colour.green, WARN: output.colour.yellow, FAIL: output.colour.red };
  output.document({ file: checked ?? null, rows: verdicts });
  output.table([
    ["", "", "", ""],
    ...verdicts.map((verdict) => {
      const [mark, ...rest] = rowOf(verdict);
      return [paint[verdict.verdict](mark ?? ""), ...rest];
    }),
  ]);
  const counts = { pass: count("PASS"), warn: count("WARN"), fail: count("FAIL") };
  output.line(fill(output.texts.sentences.configOk, { file: checked ?? "-", ...counts }));
  return counts.fail === 0 ? exitCodes.done : exitCodes.usage;
}

export async function configShow(context: Context): Promise<ExitCode> {
  const file = settingsFileOf(context);
  const { variables } = context.environment;
  const settings = loadSettings({ ...(file === undefined ? {} : { file }), variables });
  context.output.raw(`${JSON.stringify(showSettings(settings), null, 2)}\n`);
  return exitCodes.done;
}

export async function configSchema(context: Context): Promise<ExitCode> {
  context.output.raw(`${JSON.stringify(settingsJsonSchema(), null, 2)}\n`);
  return exitCodes.done;
}
