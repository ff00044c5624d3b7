import type { Converter } from "./converter.ts";

/** Takes every connection and never says a word. */
export function silentConverter(): Converter {
  return (port) => {
    port.listen({ receive: () => undefined, closed: () => undefined });
    return undefined;
  };
}
