/** How the converter before the meters behaves (section 8.1 of the original system's dossier). */
import { chunkedConverter } from "./chunked.ts";
import type { Converter, ConverterOptions } from "./converter.ts";
import { echoConverter } from "./echo.ts";
import { esp32Converter } from "./esp32.ts";
import { httpConverter } from "./http.ts";
import { ser2netConverter } from "./ser2net.ts";
import { silentConverter } from "./silent.ts";
import { staleUaConverter } from "./stale-ua.ts";

export const linePersonalityNames = [
  "plain",
  "ser2net-busy",
  "esp32",
  "chunked",
  "stale-ua",
  "reject-auth",
  "access-errors",
  "echo",
  "http",
  "silent",
] as const;

export type LinePersonalityName = (typeof linePersonalityNames)[number];

/** The converter of one line; it knows all connections of that line. */
export function converterOf(
  name: LinePersonalityName,
  options: ConverterOptions,
): Converter | undefined {
  switch (name) {
    case "plain":
    case "reject-auth":
    case "access-errors":
      return undefined;
    case "ser2net-busy":
      return ser2netConverter();
    case "esp32":
      return esp32Converter(options.clock);
    case "chunked":
      return chunkedConverter(options);
    case "stale-ua":
      return staleUaConverter();
    case "echo":
      return echoConverter();
    case "http":
      return httpConverter();
    case "silent":
      return silentConverter();
  }
}
