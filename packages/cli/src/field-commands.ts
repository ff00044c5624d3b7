import type { Command } from "commander";
import { clock, type ClockOptions } from "./commands/clock.ts";
import { image, type ImageOptions } from "./commands/image.ts";
import { listen, type ListenOptions } from "./commands/listen.ts";
import { objects, type ObjectsOptions } from "./commands/objects.ts";
import { profile, type ProfileOptions } from "./commands/profile.ts";
import { scan, type ScanOptions } from "./commands/scan.ts";
import { search, type SearchOptions } from "./commands/search.ts";
import { supply, type SupplyOptions } from "./commands/supply.ts";
import type { Context } from "./context.ts";
import type { ExitCode } from "./exit-code.ts";
import type { CommandName, OptionName } from "./texts/vocabulary.ts";

/** Options with the names of their texts. */
export type Flags = readonly (readonly [syntax: string, text: OptionName])[];

/** Where commands are declared. */
interface CommandDeclaration {
  readonly program: Command;
  command<Options>(
    parent: Command,
    syntax: string,
    text: CommandName,
    flags: Flags,
    body: (context: Context, words: readonly string[], options: Options) => Promise<ExitCode>,
  ): void;
}

/** What every tool with a session takes, as `read` does. */
interface SharedFlags {
  readonly session: Flags;
  /** How a line is reached, without who asks. */
  readonly stream: Flags;
}

const objectFlag = [["--object <obis>", "object"]] as const;
const yesFlag = [["--yes", "yes"]] as const;

const listenFlags: Flags = [
  ["--tcp <[host:]port>", "listenTcp"],
  ["--udp <[host:]port>", "listenUdp"],
  ["--serial <port>", "serial"],
  ["--baud <rate>", "baud"],
  ["--framing <framing>", "listenFraming"],
  ["--sender <title:keys...>", "sender"],
  ["--guek <source>", "guek"],
  ["--gak <source>", "gak"],
  ["--kek <source>", "kek"],
  ["--cert <file>", "listenCert"],
  ["--cert-key <file>", "listenKey"],
  ["--ca <file>", "listenCa"],
  ["--dial-in", "dialIn"],
  ["--no-confirm", "noConfirm"],
  ["--count <n>", "listenCount"],
  ["--duration <seconds>", "duration"],
];

/** The tools that speak to a meter or a line themselves: no gateway, no registry. */
export function declareFieldTools(declare: CommandDeclaration, flags: SharedFlags): void {
  const { program } = declare;
  declare.command<ObjectsOptions>(
    program,
    "objects",
    "objects",
    [
      ...flags.session,
      ["--class <ids>", "classes"],
      ["--values", "values"],
      ["--rows <n>", "rows"],
    ],
    (context, _words, options) => objects(context, options),
  );
  declare.command<ProfileOptions>(
    program,
    "profile <obis>",
    "profile",
    [
      ...flags.session,
      ["--from <time>", "moment"],
      ["--to <time>", "momentTo"],
      ["--last <n>", "last"],
      ["--columns <names>", "columns"],
      ["--csv", "csv"],
      ["--plot [column]", "plot"],
    ],
    (context, [name = ""], options) => profile(context, name, options),
  );
  declare.command<ClockOptions>(
    program,
    "clock",
    "clock",
    [...flags.session, ...objectFlag, ["--set", "clockSet"], ...yesFlag],
    (context, _words, options) => clock(context, options),
  );
  declare.command<SupplyOptions>(
    program,
    "supply",
    "supply",
    [
      ...flags.session,
      ...objectFlag,
      ["--disconnect", "disconnect"],
      ["--connect", "connect"],
      ...yesFlag,
    ],
    (context, _words, options) => supply(context, options),
  );
  declare.command<ImageOptions>(
    program,
    "image <file>",
    "image",
    [
      ...flags.session,
      ...objectFlag,
      ["--id <text>", "imageId"],
      ["--resume", "imageResume"],
      ["--activate", "activate"],
      ...yesFlag,
    ],
    (context, [file = ""], options) => image(context, file, options),
  );
  declareLineTools(declare, flags);
}

function declareLineTools(declare: CommandDeclaration, flags: SharedFlags): void {
  const { program } = declare;
  declare.command<ScanOptions>(
    program,
    "scan",
    "scan",
    [
      ...flags.stream,
      ["--sizes <list>", "sizes"],
      ["--lower <range>", "lower"],
      ["--upper <range>", "upper"],
      ["--clients <list>", "clients"],
      ["--names", "names"],
    ],
    (context, _words, options) => scan(context, options),
  );
  declare.command<ListenOptions>(program, "listen", "listen", listenFlags, (context, _w, options) =>
    listen(context, options),
  );
  declare.command<SearchOptions>(
    program,
    "search <text...>",
    "search",
    [["--limit <n>", "limit"]],
    (context, words, options) => search(context, words, options),
  );
}
