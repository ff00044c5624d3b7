import {
  type Clock,
  type DialledMeter,
  identifyByDeviceName,
  identifyByFirstOctets,
  type IdentifyMeter,
  listenForMeters,
  type MeterListener,
  type Port,
} from "@lectura/dlms-node";
import { DlmsError, toHex } from "@lectura/dlms/octets";
import { endpointKey, type ListenEndpoint } from "../../registry/line-endpoint.ts";
import type { Line } from "../../registry/model.ts";
import type { AcquisitionEvent } from "../meter-parts.ts";

export interface DialInParts {
  readonly clock: Clock;
  readonly onEvent: (event: AcquisitionEvent) => void;
  /** A meter has dialled in: these lines have a way now. */
  readonly reached: (lineIds: readonly number[]) => void;
  /** Absent: real sockets. */
  readonly listen?: typeof listenForMeters;
}

type ListenLine = Line & { readonly endpoint: ListenEndpoint };

/** One port that is listened on, for all lines whose meters dial it. */
interface Entrance {
  lines: readonly ListenLine[];
  listener: MeterListener | undefined;
}

/**
 * Meters that dial in, each kept for its line until the line takes it. The newest connection of a
 * meter is the good one: the one before is hung up, whoever has it.
 */
export class DialIn implements AsyncDisposable {
  readonly #parts: DialInParts;
  readonly #entrances = new Map<string, Entrance>();
  /** By the key of the line's endpoint. */
  readonly #connections = new Map<string, DialledMeter>();
  readonly #background = new Set<Promise<void>>();

  constructor(parts: DialInParts) {
    this.#parts = parts;
  }

  /** Listens where the lines say, and nowhere else. What cannot be listened on is told. */
  apply(lines: readonly Line[]): void {
    const wanted = new Map<string, ListenLine[]>();
    for (const line of lines.filter(isListening)) {
      const place = `${line.endpoint.host} ${line.endpoint.port}`;
      wanted.set(place, [...(wanted.get(place) ?? []), line]);
    }
    for (const [place, entrance] of this.#entrances) {
      if (wanted.has(place)) continue;
      this.#entrances.delete(place);
      this.#run(close(entrance));
    }
    for (const [place, here] of wanted) {
      const entrance = this.#entrances.get(place);
      if (entrance !== undefined) entrance.lines = here;
      else this.#open(place, here);
    }
  }

  /** The connection of this line's meter, where there is one. */
  port(endpoint: ListenEndpoint): Port | undefined {
    return this.#connections.get(endpointKey(endpoint))?.port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const entrances = [...this.#entrances.values()];
    this.#entrances.clear();
    await Promise.all(entrances.map((entrance) => close(entrance)));
    await Promise.all(this.#background);
  }

  #open(place: string, lines: readonly ListenLine[]): void {
    const entrance: Entrance = { lines, listener: undefined };
    this.#entrances.set(place, entrance);
    this.#run(this.#listen(entrance, place));
  }

  async #listen(entrance: Entrance, place: string): Promise<void> {
    const { clock, onEvent, listen = listenForMeters } = this.#parts;
    const { host, port } = entrance.lines[0]!.endpoint;
    const identify: IdentifyMeter = (meter) => identifyFor(entrance.lines)(meter);
    try {
      entrance.listener = await listen({
        host,
        port,
        clock,
        identify,
        onEvent: ({ type, peer }) => {
          if (type !== "unidentified" && type !== "refused") return;
          const message = `${peer.address} dialled in at port ${port} and is no meter of its lines`;
          const severity = "warning" as const;
          onEvent({
            code: "line/dial-in-refused",
            severity,
            lineId: entrance.lines[0]!.id,
            message,
          });
        },
      });
    } catch (error) {
      this.#entrances.delete(place);
      if (!(error instanceof DlmsError)) throw error;
      const { code, message } = error;
      for (const { id } of entrance.lines) {
        onEvent({ code, severity: "error", lineId: id, message });
      }
      return;
    }
    // Nobody wants it any more: what was opened meanwhile is closed.
    if (this.#entrances.get(place) !== entrance) await close(entrance);
    for await (const meter of entrance.listener) this.#take(meter, entrance);
  }

  #take(meter: DialledMeter, { lines }: Entrance): void {
    const { identity: key } = meter;
    const before = this.#connections.get(key);
    const reached = lines.filter(({ endpoint }) => endpointKey(endpoint) === key);
    const [line] = reached;
    if (line === undefined) {
      this.#run(Promise.resolve(meter[Symbol.asyncDispose]()));
      return;
    }
    this.#connections.set(key, {
      ...meter,
      port: goneWhenClosed(meter.port, () => {
        if (this.#connections.get(key)?.peer === meter.peer) this.#connections.delete(key);
      }),
    });
    if (before !== undefined) this.#run(Promise.resolve(before[Symbol.asyncDispose]()));
    const message = `the meter of line ${line.name} has dialled in from ${meter.peer.address}`;
    this.#parts.onEvent({ code: "line/dialled-in", severity: "info", lineId: line.id, message });
    this.#parts.reached(reached.map(({ id }) => id));
  }

  #run(work: Promise<void>): void {
    const settled = work.finally(() => this.#background.delete(settled));
    this.#background.add(settled);
  }
}

async function close({ listener }: Entrance): Promise<void> {
  await listener?.[Symbol.asyncDispose]();
}

function isListening(line: Line): line is ListenLine {
  return line.endpoint.kind === "listen" && !line.paused;
}

/** Tells of its end whoever listens, and the keeper too. */
function goneWhenClosed(port: Port, gone: () => void): Port {
  port.listen({ receive: () => undefined, closed: gone });
  return {
    label: port.label,
    send: (octets) => port.send(octets),
    listen: (receiver) =>
      port.listen({
        receive: (octets) => receiver.receive(octets),
        closed: (error) => {
          gone();
          receiver.closed(error);
        },
      }),
    [Symbol.asyncDispose]: async () => {
      gone();
      await port[Symbol.asyncDispose]();
    },
  };
}

/** The key of the endpoint whose meter this is: by its address, else by what all here are asked. */
function identifyFor(lines: readonly ListenLine[]): IdentifyMeter {
  const keyBy = (matches: (line: ListenLine) => boolean): string | undefined => {
    const found = lines.find(matches);
    return found === undefined ? undefined : endpointKey(found.endpoint);
  };
  return async (meter) => {
    const from = meter.peer.address.replace(/^::ffff:/, "");
    const known = keyBy(
      ({ endpoint: { identity } }) => identity.by === "address" && identity.address === from,
    );
    if (known !== undefined) return known;
    const asked = lines.find(({ endpoint }) => endpoint.identity.by === "name");
    if (asked !== undefined) {
      const framing = asked.framing === "hdlc" ? "hdlc" : "wrapper";
      const name = await identifyByDeviceName({ framing, server: { size: "auto" } })(meter);
      return keyBy(({ endpoint: { identity: is } }) => is.by === "name" && is.name === name);
    }
    return identifyByFirstOctets((octets) => {
      const said = toHex(octets);
      const key = keyBy(
        ({ endpoint: { identity: is } }) => is.by === "octets" && said.startsWith(is.octets),
      );
      return key === undefined ? {} : { identity: key };
    })(meter);
  };
}
