import { readFile, writeFile } from "node:fs/promises";
import { systemClock } from "@lectura/dlms-node";
import {
  exportFleet,
  type FleetFormat,
  importFleet,
  type ImportReport,
  openRegistry,
  openVault,
  parseFleetFile,
  type Registry,
  startGateway,
} from "@lectura/gateway";
import type { Context } from "../context.ts";
import { dataDirectoryOf } from "../data-directory.ts";
import { type ExitCode, exitCodes } from "../exit-code.ts";
import { CliError } from "../problem.ts";
import { errorText } from "../texts/error-texts.ts";
import { fill } from "../texts/texts.ts";

export interface ImportOptions {
  readonly dryRun?: boolean;
  readonly partial?: boolean;
}

export interface ExportOptions {
  readonly csv?: boolean;
}

/**
 * The registry of the data directory, beside a running gateway or without one: a gateway notices
 * the change by itself.
 */
async function withRegistry<Result>(
  context: Context,
  use: (registry: Registry) => Result,
): Promise<Result> {
  const directory = dataDirectoryOf(context);
  // Opening in control mode makes directory and database where there are none yet.
  await using gateway = await startGateway({ dataDirectory: directory, mode: "control" });
  void gateway;
  using vault = openVault(directory);
  using registry = openRegistry({ directory, vault, clock: systemClock });
  return use(registry);
}

function formatOf(file: string | undefined, csv: boolean | undefined): FleetFormat {
  return csv === true || file?.toLowerCase().endsWith(".csv") === true ? "csv" : "yaml";
}

function writeReport(context: Context, report: ImportReport, dryRun: boolean): ExitCode {
  const { output } = context;
  const { words, sentences } = output.texts;
  const { verdicts, applied } = report;
  const good = verdicts.filter(({ verdict }) => verdict !== "refused");
  output.document({ applied, dryRun, rows: verdicts });
  output.table([
    [words.row, words.kind, words.name, words.verdict],
    ...verdicts.map(({ row, kind, name, verdict, problem }) => {
      const why =
        problem === undefined
          ? verdict
          : `${verdict}: ${errorText(problem.code, problem.params, problem.message, output.language).message}`;
      const paint = verdict === "refused" ? output.colour.red : output.colour.green;
      return [String(row), kind, name, paint(why)];
    }),
  ]);
  const counts = { ok: applied || dryRun ? good.length : 0, rows: verdicts.length };
  output.line(fill(dryRun ? sentences.importDry : sentences.imported, counts));
  return good.length === verdicts.length ? exitCodes.done : exitCodes.usage;
}

async function importFile(
  context: Context,
  file: string,
  options: ImportOptions,
): Promise<ExitCode> {
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new CliError("usage/file", { file }, { cause });
  });
  const rows = parseFleetFile(text, formatOf(file, undefined), file);
  const report = await withRegistry(context, (registry) =>
    importFleet(registry, rows, {
      dryRun: options.dryRun === true,
      partial: options.partial === true,
      environment: context.environment.variables,
    }),
  );
  return writeReport(context, report, options.dryRun === true);
}

async function exportFile(
  context: Context,
  file: string | undefined,
  options: ExportOptions,
): Promise<ExitCode> {
  const text = await withRegistry(context, (registry) =>
    exportFleet(registry, formatOf(file, options.csv)),
  );
  if (file === undefined) context.output.raw(text);
  else {
    await writeFile(file, text).catch((cause: unknown) => {
      throw new CliError("usage/file", { file }, { cause });
    });
    context.output.document({ file });
    context.output.line(file);
  }
  return exitCodes.done;
}

/** One file may hold both lines and meters; the rows say which they are. */
export const importLines: typeof importFile = importFile;
export const importMeters: typeof importFile = importFile;
export const exportLines: typeof exportFile = exportFile;
export const exportMeters: typeof exportFile = exportFile;
