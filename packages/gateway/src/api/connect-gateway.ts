import type { GatewayStatus, MeterStatus, StreamItem } from "../control/control.ts";
import type {
  GatewayControl,
  GatewaySummary,
  KeyChangeReport,
  KeyChangeRequest,
  ReadItem,
  ReadReport,
  SinkStatus,
  TestReport,
} from "../control/gateway-control.ts";
import type {
  LineDraft,
  LineEdit,
  MeterDraft,
  MeterEdit,
  Reference,
  SinkDraft,
  SinkEdit,
} from "../registry/draft.ts";
import { GatewayError } from "../errors.ts";
import type { Reading } from "../readings/reading.ts";
import type { Line, Meter, SinkDefinition, Template } from "../registry/model.ts";
import type { HistoryQuery, StoredEvent } from "../store/store.ts";
import type { GatewayAddress } from "./gateway-file.ts";
import { type ReadingJson, readingFromJson } from "./reading-json.ts";
import { errorOf } from "./remote-error.ts";
import type { ListJson } from "./resource-routes.ts";
import {
  type GatewayStatusJson,
  type MeterStatusJson,
  meterStatusFromJson,
  readReportFromJson,
  type ReadReportJson,
} from "./status-json.ts";
import { StreamReader } from "./stream-reader.ts";

/** The control of a gateway in another process, by its API. Errors are what they were there. */
export function connectGateway(address: GatewayAddress): GatewayControl {
  return new RemoteControl(address);
}

interface Asked {
  readonly method?: "GET" | "POST" | "PUT" | "DELETE";
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}

/** Readings asked for at once. */
const pageMax = 10_000;

class RemoteControl implements GatewayControl {
  readonly #address: GatewayAddress;

  constructor(address: GatewayAddress) {
    this.#address = address;
  }

  async status(): Promise<GatewayStatus> {
    const status = await this.#ask<GatewayStatusJson>("/status");
    return { ...status, meters: status.meters.map(meterStatusFromJson) };
  }

  async meterStatus(meter: Reference): Promise<MeterStatus> {
    return meterStatusFromJson(await this.#ask<MeterStatusJson>(`${path("meters", meter)}/status`));
  }

  summary(): Promise<GatewaySummary> {
    return this.#ask("/summary");
  }

  subscribe(listener: (item: StreamItem) => void): Disposable {
    return new StreamReader(`${this.#address.url}/api/v1/stream`, listener);
  }

  lines(): Promise<readonly Line[]> {
    return this.#list("/lines");
  }
  line(line: Reference): Promise<Line> {
    return this.#ask(path("lines", line));
  }
  addLine(draft: LineDraft): Promise<Line> {
    return this.#ask("/lines", { method: "POST", body: draft });
  }
  editLine(line: Reference, edit: LineEdit): Promise<Line> {
    return this.#ask(path("lines", line), { method: "PUT", body: edit });
  }
  removeLine(line: Reference): Promise<void> {
    return this.#ask(path("lines", line), { method: "DELETE" });
  }
  pauseLine(line: Reference): Promise<Line> {
    return this.#ask(`${path("lines", line)}/pause`, { method: "POST" });
  }
  resumeLine(line: Reference): Promise<Line> {
    return this.#ask(`${path("lines", line)}/resume`, { method: "POST" });
  }

  templates(): Promise<readonly Template[]> {
    return this.#list("/templates");
  }
  meters(): Promise<readonly Meter[]> {
    return this.#list("/meters");
  }
  meter(meter: Reference): Promise<Meter> {
    return this.#ask(path("meters", meter));
  }
  addMeter(draft: MeterDraft): Promise<Meter> {
    return this.#ask("/meters", { method: "POST", body: draft });
  }
  editMeter(meter: Reference, edit: MeterEdit): Promise<Meter> {
    return this.#ask(path("meters", meter), { method: "PUT", body: edit });
  }
  removeMeter(meter: Reference): Promise<void> {
    return this.#ask(path("meters", meter), { method: "DELETE" });
  }
  pauseMeter(meter: Reference): Promise<Meter> {
    return this.#ask(`${path("meters", meter)}/pause`, { method: "POST" });
  }
  resumeMeter(meter: Reference): Promise<Meter> {
    return this.#ask(`${path("meters", meter)}/resume`, { method: "POST" });
  }
  restartMeter(meter: Reference): Promise<void> {
    return this.#ask(`${path("meters", meter)}/restart`, { method: "POST" });
  }

  async readNow(
    meter: Reference,
    items?: readonly ReadItem[],
    options?: { readonly signal?: AbortSignal },
  ): Promise<ReadReport> {
    const body = items === undefined ? {} : { items };
    const asked = { method: "POST", body, signal: options?.signal } as const;
    return readReportFromJson(
      await this.#ask<ReadReportJson>(`${path("meters", meter)}/read`, asked),
    );
  }

  changeKeys(
    meter: Reference,
    change: KeyChangeRequest,
    options?: { readonly signal?: AbortSignal },
  ): Promise<KeyChangeReport> {
    const asked = { method: "POST", body: change, signal: options?.signal } as const;
    return this.#ask(`${path("meters", meter)}/change-keys`, asked);
  }
  testMeter(meter: Reference, options?: { readonly signal?: AbortSignal }): Promise<TestReport> {
    const asked = { method: "POST", signal: options?.signal } as const;
    return this.#ask(`${path("meters", meter)}/test`, asked);
  }

  sinks(): Promise<readonly SinkStatus[]> {
    return this.#list("/sinks");
  }
  sink(sink: Reference): Promise<SinkStatus> {
    return this.#ask(path("sinks", sink));
  }
  addSink(draft: SinkDraft): Promise<SinkDefinition> {
    return this.#ask("/sinks", { method: "POST", body: draft });
  }
  editSink(sink: Reference, edit: SinkEdit): Promise<SinkDefinition> {
    return this.#ask(path("sinks", sink), { method: "PUT", body: edit });
  }
  removeSink(sink: Reference): Promise<void> {
    return this.#ask(path("sinks", sink), { method: "DELETE" });
  }
  pauseSink(sink: Reference): Promise<SinkDefinition> {
    return this.#ask(`${path("sinks", sink)}/pause`, { method: "POST" });
  }
  resumeSink(sink: Reference): Promise<SinkDefinition> {
    return this.#ask(`${path("sinks", sink)}/resume`, { method: "POST" });
  }

  async history(
    meter: Reference,
    query: Omit<HistoryQuery, "meterId">,
  ): Promise<readonly Reading[]> {
    const readings: Reading[] = [];
    let cursor: string | null = "";
    while (cursor !== null && readings.length < query.limit) {
      const page: ListJson<ReadingJson> = await this.#ask(
        `/readings?${historyParameters(meter, query, cursor).toString()}`,
      );
      readings.push(...page.items.map(readingFromJson));
      cursor = page.next;
    }
    return readings.slice(0, query.limit);
  }

  events(query: {
    readonly meter?: Reference;
    readonly limit: number;
    readonly afterId?: number;
  }): Promise<readonly StoredEvent[]> {
    const parameters = new URLSearchParams({ limit: String(Math.min(query.limit, pageMax)) });
    if (query.meter !== undefined) parameters.set("meter", String(query.meter));
    if (query.afterId !== undefined) parameters.set("cursor", String(query.afterId));
    return this.#list(`/events?${parameters.toString()}`);
  }

  async #list<T>(resource: string): Promise<readonly T[]> {
    const { items } = await this.#ask<ListJson<T>>(resource);
    return items;
  }

  /** @throws {DlmsError} what the gateway says, or `api/unreachable`. */
  async #ask<T>(resource: string, asked: Asked = {}): Promise<T> {
    const { method = "GET", body, signal } = asked;
    const url = `${this.#address.url}/api/v1${resource}`;
    const headers: Record<string, string> = { authorization: `Bearer ${this.#address.key}` };
    if (body !== undefined) headers["content-type"] = "application/json";
    const answer = await fetch(url, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    }).catch((error: unknown) => {
      signal?.throwIfAborted();
      const detail = `no gateway answers at ${this.#address.url}; start it, or check --api-url`;
      const params = { url: this.#address.url, problem: String(error) };
      throw new GatewayError("api/unreachable", detail, { cause: error, params });
    });
    const text = await answer.text();
    // What is no JSON did not come from a gateway.
    const document: unknown = parseJson(text);
    if (!answer.ok || (text !== "" && document === undefined)) {
      throw errorOf(document ?? {}, answer.status, url);
    }
    return document as T;
  }
}

function path(kind: "lines" | "meters" | "sinks", reference: Reference): string {
  return `/${kind}/${encodeURIComponent(String(reference))}`;
}

function historyParameters(
  meter: Reference,
  query: Omit<HistoryQuery, "meterId">,
  cursor: string,
): URLSearchParams {
  const limit = String(Math.max(1, Math.min(query.limit, pageMax)));
  const parameters = new URLSearchParams({ meter: String(meter), limit });
  if (query.key !== undefined) parameters.set("key", query.key);
  if (query.fromMs !== undefined) parameters.set("from", String(query.fromMs));
  if (query.toMs !== undefined) parameters.set("to", String(query.toMs));
  if (query.newestFirst === true) parameters.set("order", "newest");
  if (cursor !== "") parameters.set("cursor", cursor);
  return parameters;
}

function parseJson(text: string): unknown {
  try {
    return text === "" ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
