import type { Environment } from "./environment.ts";
import type { Output } from "./output.ts";

/** Options every command takes. */
export interface GlobalOptions {
  readonly json: boolean;
  readonly lang: string | undefined;
  readonly dataDir: string | undefined;
  readonly config: string | undefined;
  readonly apiUrl: string | undefined;
  readonly apiKey: string | undefined;
}

/** What a command is given: the process, where to write, the global options. */
export interface Context {
  readonly environment: Environment;
  readonly output: Output;
  readonly options: GlobalOptions;
}
