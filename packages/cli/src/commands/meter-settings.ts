import {
  associationSettingNames,
  correctionTexts,
  type Meter,
  type MeterEdit,
  parseCorrection,
  parseSetting,
  settingTexts,
} from "@lectura/gateway";
import { CliError } from "../problem.ts";
import type { Texts } from "../texts/vocabulary.ts";

/** What few meters need: `--setting name=value`, `--scaler object=scaler:unit`, each often. */
export interface SettingOptions {
  readonly setting?: readonly string[];
  readonly scaler?: readonly string[];
}

function parsed<T extends object>(
  name: string,
  words: readonly string[],
  parse: (word: string) => T | undefined,
  choices: string,
): T {
  const changes = words.map((text) => {
    const change = parse(text);
    if (change === undefined) throw new CliError("usage/choice", { name, text, choices });
    return change;
  });
  return Object.assign({}, ...changes) as T;
}

/** The options as changes of a meter. @throws {CliError} usage/choice */
export function settingEdit({
  setting,
  scaler,
}: SettingOptions): Pick<MeterEdit, "settings" | "scalers"> {
  const names = associationSettingNames.map((name) => `${name}=...`).join(", ");
  const forms = "OBIS=SCALER, OBIS=SCALER:UNIT, OBIS=:UNIT, OBIS=";
  return {
    ...(setting === undefined
      ? {}
      : { settings: parsed("--setting", setting, parseSetting, names) }),
    ...(scaler === undefined
      ? {}
      : { scalers: parsed("--scaler", scaler, parseCorrection, forms) }),
  };
}

/** What `meter show` says of them; nothing where there are none. */
export function settingRows({ words }: Texts, { association, plan }: Meter): readonly string[][] {
  const settings = settingTexts(association.settings);
  const scalers = correctionTexts(plan.scalers);
  return [
    ...(settings.length === 0 ? [] : [[words.settings, settings.join(" ")]]),
    ...(scalers.length === 0 ? [] : [[words.scalers, scalers.join(" ")]]),
  ];
}
