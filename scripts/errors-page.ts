/** Writes docs/errors.md from the error tables and the texts; `--check` only compares. */
import { readFileSync, writeFileSync } from "node:fs";
import { protocolErrors } from "@lectura/dlms/octets";
import {
  keyChangeErrors,
  portErrors,
  securitySettingsErrors,
  sessionErrors,
} from "@lectura/dlms-node";
import { gatewayErrors } from "@lectura/gateway";
import { simulatorErrors } from "@lectura/simulator";
import { sinkErrors } from "../packages/gateway/src/sinks/sink-errors.ts";
import { englishErrors } from "../packages/cli/src/texts/errors-en-table.ts";

const recoveries: Readonly<Record<string, string>> = {
  ...protocolErrors,
  ...portErrors,
  ...sessionErrors,
  ...securitySettingsErrors,
  ...keyChangeErrors,
  ...gatewayErrors,
  ...sinkErrors,
  ...simulatorErrors,
};

const recoveryMeanings: readonly (readonly [string, string])[] = [
  ["retry-request", "the same request again, in the same session"],
  ["reopen-session", "a new link and association on the same line"],
  ["reopen-line", "a new TCP connection"],
  ["pause", "again later, with a growing pause"],
  ["hold-credential", "not again until a person says so: one rejection closes the latch"],
  ["park-object", "this object is left out for a while, the others go on"],
  ["operator", "not by itself: a person must change something"],
];

function page(): string {
  const codes = [...new Set([...Object.keys(recoveries), ...Object.keys(englishErrors)])].sort();
  const rows = codes.map((code) => {
    const text = englishErrors[code];
    const recovery = recoveries[code] ?? (code.startsWith("*/") ? "reopen-session" : "operator");
    return `| \`${code}\` | ${recovery} | ${text?.message ?? ""} | ${text?.next ?? ""} |`;
  });
  return [
    "# Errors",
    "",
    "Every error has a stable code; match on it, never on the sentence. `{...}` are its facts; a star",
    "stands for any layer. What the gateway does by itself depends on the recovery class alone:",
    "",
    "| Recovery | Means |",
    "|---|---|",
    ...recoveryMeanings.map(([name, meaning]) => `| ${name} | ${meaning} |`),
    "",
    "| Code | Recovery | Cause | Next step |",
    "|---|---|---|---|",
    ...rows,
    "",
  ].join("\n");
}

const path = "docs/errors.md";
if (process.argv.includes("--check")) {
  if (readFileSync(path, "utf8") !== page()) {
    process.stderr.write(`${path} is not what the tables say: run node scripts/errors-page.ts\n`);
    process.exitCode = 1;
  }
} else writeFileSync(path, page());
