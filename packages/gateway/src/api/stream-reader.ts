import { systemClock } from "@lectura/dlms-node";
import type { StreamItem } from "../control/control.ts";

/** Characters of one unfinished line of the stream; longer is no stream of ours. */
const lineCharactersMax = 1024 * 1024;

/**
 * Reads a gateway's event stream until disposed. A stream that ends is not opened again: the gateway
 * that sent it is gone, and whoever follows it is told by a last event.
 */
export class StreamReader implements Disposable {
  readonly #abort = new AbortController();

  constructor(url: string, listener: (item: StreamItem) => void) {
    const ended = (): void => {
      if (this.#abort.signal.aborted) return;
      const message = "the gateway's stream ended; it was stopped or cannot be reached";
      const at = systemClock.nowMs();
      listener({ type: "event", code: "api/unreachable", severity: "error", message, at });
    };
    void this.#read(url, listener).then(ended, ended);
  }

  [Symbol.dispose](): void {
    this.#abort.abort();
  }

  async #read(url: string, listener: (item: StreamItem) => void): Promise<void> {
    const answer = await fetch(url, { signal: this.#abort.signal });
    if (answer.body === null) return;
    const decoder = new TextDecoder();
    let rest = "";
    for await (const chunk of answer.body) {
      rest += decoder.decode(chunk, { stream: true });
      const lines = rest.split("\n");
      rest = lines.pop() ?? "";
      if (rest.length > lineCharactersMax) return;
      for (const line of lines) {
        if (line.startsWith("data: ")) listener(JSON.parse(line.slice(6)) as StreamItem);
      }
    }
  }
}
