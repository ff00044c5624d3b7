import { processEnvironment } from "./environment.ts";
import { runCommand } from "./program.ts";

process.exitCode = await runCommand(processEnvironment(), process.argv.slice(2));
