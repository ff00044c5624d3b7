import type { ServerResponse } from "node:http";
import type { Clock } from "@lectura/dlms-node";
import type { StreamItem } from "../control/control.ts";
import type { GatewayControl } from "../control/gateway-control.ts";
import { GatewayError } from "../errors.ts";

/** Streams at once; beyond, `api/too-many-streams`. */
const streamsMax = 100;
/** Octets a reader may leave unread; beyond, its stream ends and it may connect again. */
const unreadOctetsMax = 1024 * 1024;
/** Proxies and readers see that the stream is alive. */
const heartbeatMs = 15_000;

/** Server-sent events of everything that happens, one `StreamItem` in each `data` line. */
export class EventStreams {
  readonly #control: Pick<GatewayControl, "subscribe">;
  readonly #clock: Clock;
  readonly #open = new Set<() => void>();

  constructor(control: Pick<GatewayControl, "subscribe">, clock: Clock) {
    this.#control = control;
    this.#clock = clock;
  }

  /** Takes the response over until its reader leaves. `meter` narrows to one meter's items. */
  begin(response: ServerResponse, meter: string | undefined): void {
    if (this.#open.size >= streamsMax) {
      const detail = `${streamsMax} streams are open already; close one`;
      throw new GatewayError("api/too-many-streams", detail, { params: { limit: streamsMax } });
    }
    response.writeHead(200, {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-cache, no-transform",
      connection: "keep-alive",
    });
    response.write(": lectura\n\n");
    const write = (text: string): void => {
      if (response.writableLength > unreadOctetsMax) end();
      else response.write(text);
    };
    const subscription = this.#control.subscribe((item) => {
      if (meter === undefined || item.meter === meter) write(dataOf(item));
    });
    let heartbeat: Disposable;
    const beat = (): void => {
      heartbeat = this.#clock.timer(heartbeatMs, () => {
        write(": still here\n\n");
        if (this.#open.has(end)) beat();
      });
    };
    const end = (): void => {
      if (!this.#open.delete(end)) return;
      subscription[Symbol.dispose]();
      heartbeat[Symbol.dispose]();
      response.destroy();
    };
    this.#open.add(end);
    beat();
    response.on("close", end);
    response.on("error", end);
  }

  close(): void {
    for (const end of this.#open) end();
  }
}

function dataOf(item: StreamItem): string {
  return `data: ${JSON.stringify(item)}\n\n`;
}
