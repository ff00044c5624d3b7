import { Command, CommanderError, Option } from "commander";
import {
  addLine,
  editLine,
  type LineOptions,
  listLines,
  pauseLine,
  removeLine,
  resumeLine,
  showLine,
} from "./commands/line.ts";
import {
  addMeter,
  editMeter,
  listMeters,
  type MeterOptions,
  pauseMeter,
  removeMeter,
  restartMeter,
  resumeMeter,
  showMeter,
} from "./commands/meter.ts";
import {
  addSink,
  editSink,
  listSinks,
  pauseSink,
  removeSink,
  resumeSink,
  showSink,
  type SinkOptions,
} from "./commands/sink.ts";
import { changeKeys, type ChangeKeysOptions } from "./commands/change-keys.ts";
import { configCheck, configSchema, configShow } from "./commands/config.ts";
import { decode, type DecodeOptions } from "./commands/decode.ts";
import type { DecodeInput } from "./commands/decode-input.ts";
import { demo, type DemoOptions } from "./commands/demo.ts";
import { encode, type EncodeOptions } from "./commands/encode.ts";
import {
  exportLines,
  exportMeters,
  type ExportOptions,
  importLines,
  importMeters,
  type ImportOptions,
} from "./commands/transfer.ts";
import { follow } from "./commands/follow.ts";
import { history, type HistoryOptions } from "./commands/history.ts";
import { read, type ReadOptions } from "./commands/read.ts";
import { replay } from "./commands/replay.ts";
import { run, type RunOptions } from "./commands/run.ts";
import { simulate, type SimulateOptions } from "./commands/simulate.ts";
import { fleetFlags } from "./commands/simulate-options.ts";
import { status } from "./commands/status.ts";
import { test } from "./commands/test.ts";
import type { WireOptions } from "./commands/wire-options.ts";
import type { Context, GlobalOptions } from "./context.ts";
import { chooseLanguage, type Environment } from "./environment.ts";
import { type ExitCode, exitCodes } from "./exit-code.ts";
import {
  type Flag,
  addressFlags,
  securityFlags,
  tlsFlags,
  wireFlags,
  sessionFlags,
  lineReachFlags,
  meterFlags,
  lineFlags,
  sinkFlags,
  importFlags,
  exportFlags,
} from "./flags.ts";
import { declareFieldTools } from "./field-commands.ts";
import { Output } from "./output.ts";
import { CliError } from "./problem.ts";
import { textsFor } from "./texts/texts.ts";
import type { CommandName, Texts } from "./texts/vocabulary.ts";

/** A command's body: what it needs is in the context, what it says is the exit code. */
type Body<Options> = (
  context: Context,
  words: readonly string[],
  options: Options,
) => Promise<ExitCode>;

/** Declares commands with texts of one language and remembers the exit code of the one that ran. */
class Declaration {
  readonly program: Command;
  readonly #texts: Texts;
  readonly #environment: Environment;
  #exitCode: number = exitCodes.done;

  constructor(environment: Environment, texts: Texts) {
    this.#environment = environment;
    this.#texts = texts;
    const { options } = texts;
    this.program = new Command("lectura")
      .description(texts.description)
      .option("--json", options.json, false)
      .addOption(new Option("--lang <lang>", options.lang).choices(["en", "es"]))
      .option("--data-dir <dir>", options.dataDir)
      .option("--config <file>", options.config)
      .option("--api-url <url>", options.apiUrl)
      .option("--api-key <key>", options.apiKey)
      .showHelpAfterError(false)
      .exitOverride()
      .configureOutput({
        writeOut: environment.stdout,
        // What is wrong with the words of a command is reported once, in our own form.
        outputError: () => undefined,
        writeErr: environment.stderr,
      });
  }

  get exitCode(): number {
    return this.#exitCode;
  }

  group(name: string, text: CommandName): Command {
    return this.program.command(name).description(this.#texts.commands[text]).exitOverride();
  }

  command<Options>(
    parent: Command,
    syntax: string,
    text: CommandName,
    flags: readonly Flag[],
    body: Body<Options>,
  ): void {
    const command = parent.command(syntax).description(this.#texts.commands[text]).exitOverride();
    for (const [flag, option] of flags) command.option(flag, this.#texts.options[option]);
    command.action(async (...given: unknown[]) => {
      const words = given
        .slice(0, -2)
        .flat()
        .filter((word) => typeof word === "string");
      const globals = command.optsWithGlobals<Options & GlobalOptions>();
      const output = new Output(this.#environment, {
        json: globals.json,
        language: chooseLanguage(globals.lang, this.#environment.variables),
      });
      const context: Context = { environment: this.#environment, output, options: globals };
      this.#exitCode = await body(context, words, globals);
    });
  }
}

/** A name is required by the syntax `<name>`, so the first word is there. */
const first = (words: readonly string[]): string => words[0] ?? "";

function declareRegistry(declare: Declaration): void {
  const line = declare.group("line", "line");
  declare.command(line, "list", "lineList", [], (context) => listLines(context));
  declare.command<LineOptions>(
    line,
    "add [name]",
    "lineAdd",
    lineFlags,
    (context, words, options) =>
      addLine(context, words[0] === undefined ? options : { ...options, name: words[0] }),
  );
  declare.command(line, "show <name>", "lineShow", [], (c, words) => showLine(c, first(words)));
  declare.command<LineOptions>(
    line,
    "edit <name>",
    "lineEdit",
    [["--name <name>", "name"], ...lineFlags],
    (context, words, options) => editLine(context, first(words), options),
  );
  declare.command(line, "remove <name>", "lineRemove", [], (c, words) =>
    removeLine(c, first(words)),
  );
  declare.command(line, "pause <name>", "linePause", [], (c, words) => pauseLine(c, first(words)));
  declare.command(line, "resume <name>", "lineResume", [], (c, words) =>
    resumeLine(c, first(words)),
  );
  declare.command<ImportOptions>(line, "import <file>", "lineImport", importFlags, (c, w, o) =>
    importLines(c, first(w), o),
  );
  declare.command<ExportOptions>(line, "export [file]", "lineExport", exportFlags, (c, w, o) =>
    exportLines(c, w[0], o),
  );
}

function declareMeters(declare: Declaration): void {
  const meter = declare.group("meter", "meter");
  declare.command(meter, "list", "meterList", [], (context) => listMeters(context));
  declare.command<MeterOptions>(meter, "add <name>", "meterAdd", meterFlags, (c, words, options) =>
    addMeter(c, first(words), options),
  );
  declare.command(meter, "show <name>", "meterShow", [], (c, words) => showMeter(c, first(words)));
  declare.command<MeterOptions>(
    meter,
    "edit <name>",
    "meterEdit",
    [["--name <name>", "name"], ...meterFlags],
    (context, words, options) => editMeter(context, first(words), options),
  );
  declare.command(meter, "remove <name>", "meterRemove", [], (c, words) =>
    removeMeter(c, first(words)),
  );
  declare.command(meter, "pause <name>", "meterPause", [], (c, words) =>
    pauseMeter(c, first(words)),
  );
  declare.command(meter, "resume <name>", "meterResume", [], (c, words) =>
    resumeMeter(c, first(words)),
  );
  declare.command(meter, "restart <name>", "meterRestart", [], (c, words) =>
    restartMeter(c, first(words)),
  );
  declare.command<ChangeKeysOptions>(
    meter,
    "change-keys <name>",
    "meterChangeKeys",
    [
      ...securityFlags.filter(([, text]) => ["guek", "gak", "gbek", "kek"].includes(text)),
      ["--generate [keys]", "generate"],
      ["--security-setup <obis>", "securitySetup"],
    ],
    (c, words, options) => changeKeys(c, first(words), options),
  );
  declare.command<ImportOptions>(meter, "import <file>", "meterImport", importFlags, (c, w, o) =>
    importMeters(c, first(w), o),
  );
  declare.command<ExportOptions>(meter, "export [file]", "meterExport", exportFlags, (c, w, o) =>
    exportMeters(c, w[0], o),
  );
}

function declareSinks(declare: Declaration): void {
  const sink = declare.group("sink", "sink");
  declare.command(sink, "list", "sinkList", [], (context) => listSinks(context));
  declare.command<SinkOptions>(
    sink,
    "add <name>",
    "sinkAdd",
    [["--kind <kind>", "sinkKind"], ...sinkFlags],
    (context, words, options) => addSink(context, first(words), options),
  );
  declare.command(sink, "show <name>", "sinkShow", [], (c, words) => showSink(c, first(words)));
  declare.command<SinkOptions>(sink, "edit <name>", "sinkEdit", sinkFlags, (c, words, options) =>
    editSink(c, first(words), options),
  );
  declare.command(sink, "remove <name>", "sinkRemove", [], (c, words) =>
    removeSink(c, first(words)),
  );
  declare.command(sink, "pause <name>", "sinkPause", [], (c, words) => pauseSink(c, first(words)));
  declare.command(sink, "resume <name>", "sinkResume", [], (c, words) =>
    resumeSink(c, first(words)),
  );
}

function declareRunning(declare: Declaration): void {
  const { program } = declare;
  declare.command<DemoOptions>(
    program,
    "demo",
    "demo",
    [
      ["--meters <n>", "meters"],
      ["--duration <seconds>", "duration"],
      ["--mqtt-port <port>", "mqttPort"],
      ["--mqtt-url <url>", "mqttUrl"],
      ["--api-port <port>", "apiPort"],
      ["--seed <n>", "seed"],
    ],
    (context, _words, options) => demo(context, options),
  );
  declare.command<RunOptions>(
    program,
    "run",
    "run",
    [
      ["--api-port <port>", "apiPort"],
      ["--duration <seconds>", "duration"],
    ],
    (context, _words, options) => run(context, options),
  );
  declare.command<SimulateOptions>(
    program,
    "simulate",
    "simulate",
    [
      ["--meters <n>", "meters"],
      ["--port <port>", "simPort"],
      ["--per-line <n>", "perLine"],
      ["--personality <name>", "personality"],
      ["--line-personality <name>", "linePersonality"],
      ["--security <settings>", "security"],
      ...fleetFlags,
      ["--seed <n>", "seed"],
      ["--duration <seconds>", "duration"],
    ],
    (context, _words, options) => simulate(context, options),
  );
  const config = declare.group("config", "config");
  declare.command(config, "check [file]", "configCheck", [], (c, w) => configCheck(c, w[0]));
  declare.command(config, "show", "configShow", [], (context) => configShow(context));
  declare.command(config, "schema", "configSchema", [], (context) => configSchema(context));
}

function declareLooking(declare: Declaration): void {
  const { program } = declare;
  declare.command(program, "status [meter]", "status", [], (c, words) => status(c, words[0]));
  declare.command(program, "follow [meter]", "follow", [], (c, words) => follow(c, words[0]));
  declare.command<WireOptions>(
    program,
    "test <meter>",
    "test",
    [...addressFlags.slice(1), ...tlsFlags, ...securityFlags, ...wireFlags],
    (context, words, options) => test(context, first(words), options),
  );
  declare.command<ReadOptions>(
    program,
    "read [words...]",
    "read",
    [...sessionFlags, ["--repeat <n>", "repeat"], ["--every <time>", "every"]],
    (context, words, options) => read(context, words, options),
  );
  declare.command<HistoryOptions>(
    program,
    "history <meter>",
    "history",
    [
      ["--key <key>", "key"],
      ["--from <time>", "from"],
      ["--to <time>", "to"],
      ["--limit <n>", "limit"],
      ["--csv", "csv"],
    ],
    (context, words, options) => history(context, first(words), options),
  );
  declare.command<DecodeOptions>(
    program,
    "decode [hex...]",
    "decode",
    [
      ["--layer <layer>", "layer"],
      ["--file <file>", "octetsFile"],
      ["--port <port>", "capturePort"],
      ["--keys-file <file>", "keysFile"],
      ["--key <name=env:variable...>", "keyOption"],
      ["--title <hex>", "senderTitle"],
      ["--jsonl", "jsonl"],
    ],
    (context, words, options) => decode(context, words, options),
  );
  declare.command<EncodeOptions>(
    program,
    "encode",
    "encode",
    [
      ["--layer <layer>", "encodeLayer"],
      ["--file <file>", "treeFile"],
    ],
    (context, _, options) => encode(context, options),
  );
  declare.command<DecodeInput>(
    program,
    "replay <file>",
    "replay",
    [
      ["--keys-file <file>", "keysFile"],
      ["--key <name=env:variable...>", "keyOption"],
    ],
    (context, [file = ""], options) => replay(context, file, options),
  );
}

/** Language and form of output before the words are understood: how errors of usage are told. */
function earlyOutput(environment: Environment, words: readonly string[]): Output {
  const at = words.findIndex((word) => word === "--lang" || word.startsWith("--lang="));
  const wish = at === -1 ? undefined : (words[at]?.split("=")[1] ?? words[at + 1]);
  const language = chooseLanguage(wish, environment.variables);
  return new Output(environment, { json: words.includes("--json"), language });
}

/** Runs one command. @returns the exit code; never throws. */
export async function runCommand(
  environment: Environment,
  words: readonly string[],
): Promise<number> {
  const output = earlyOutput(environment, words);
  const declare = new Declaration(environment, textsFor(output.language));
  declareRunning(declare);
  declareRegistry(declare);
  declareMeters(declare);
  declareSinks(declare);
  declareLooking(declare);
  declareFieldTools(declare, { session: sessionFlags, stream: lineReachFlags });
  try {
    await declare.program.parseAsync(words, { from: "user" });
    return declare.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return exitCodes.done;
      // A group without a command has shown its help.
      if (error.code === "commander.help") return exitCodes.usage;
      const problem = error.message.replace(/^error: /, "");
      return output.problem(new CliError("usage/words", { problem }));
    }
    if (environment.interrupted.aborted) return exitCodes.interrupted;
    return output.problem(error);
  }
}
