import type { FastifyInstance } from "fastify";
import type { Clock } from "@lectura/dlms-node";
import type { GatewayControl } from "../control/gateway-control.ts";
import { metricsText } from "../observe/metrics.ts";
import type { EventStreams } from "./event-stream.ts";
import { readingToJson } from "./reading-json.ts";
import { badRequest, queryInstant, queryInteger } from "./request-parts.ts";
import { meterStatusToJson } from "./status-json.ts";

export interface ObserveParts {
  readonly control: GatewayControl;
  readonly clock: Clock;
  readonly streams: EventStreams;
  /** Stable code of what keeps the store from taking readings. */
  readonly blockedBy: () => string | undefined;
  readonly usage: () => { readonly residentOctets: number; readonly cpuSeconds: number };
}

interface Asked {
  Querystring: Readonly<
    Partial<Record<"meter" | "key" | "from" | "to" | "limit" | "cursor" | "order", string>>
  >;
}

const limitBounds = { min: 1, max: 10_000 };
const limitDefault = 1000;
/** Readings of one poll: more than a reading plan has items. */
const pollReadingsMax = 1000;
/** A meter is stale when its newest reading is older than this many intervals, and 5 s. */
const staleIntervals = 2;
const staleMsMin = 5_000;

/** Status, journal and events. */
export function observeRoutes(api: FastifyInstance, parts: ObserveParts): void {
  const { control, streams } = parts;
  api.get("/status", async () => {
    const status = await control.status();
    const summary = await control.summary();
    return { ...status, meters: status.meters.map(meterStatusToJson), summary };
  });
  api.get("/summary", () => control.summary());
  api.get<Asked>("/readings", async (request) => {
    const { meter, key, from, to, limit, cursor, order } = request.query;
    if (meter === undefined) throw badRequest("meter", "must name a meter");
    const { name } = await control.meter(meter);
    const newestFirst = order === "newest";
    // The cursor is the instant to go on from; readings of one poll share theirs.
    const after = queryInteger("cursor", cursor, { min: 0, max: Number.MAX_SAFE_INTEGER });
    const fromMs = newestFirst ? queryInstant("from", from) : (after ?? queryInstant("from", from));
    const toMs = newestFirst ? (after ?? queryInstant("to", to)) : queryInstant("to", to);
    const count = queryInteger("limit", limit, limitBounds) ?? limitDefault;
    const about = key === undefined ? {} : { key };
    const readings = await control.history(meter, {
      ...about,
      limit: count,
      newestFirst,
      ...(fromMs === undefined ? {} : { fromMs }),
      ...(toMs === undefined ? {} : { toMs }),
    });
    const last = readings.at(-1);
    if (readings.length < count || last === undefined) {
      return { items: readings.map((reading) => readingToJson(reading, name)), next: null };
    }
    // A page never ends inside a poll: it may be longer than asked, by the rest of its last poll.
    const at = last.measuredAt;
    const whole = await control.history(meter, {
      ...about,
      limit: pollReadingsMax,
      fromMs: at,
      toMs: at,
    });
    const before = readings.filter(({ measuredAt }) => measuredAt !== at);
    const items = [...before, ...whole].map((reading) => readingToJson(reading, name));
    return { items, next: String(at + (newestFirst ? -1 : 1)) };
  });
  api.get<Asked>("/events", async (request) => {
    const { meter, limit, cursor } = request.query;
    const count = queryInteger("limit", limit, limitBounds) ?? limitDefault;
    const afterId = queryInteger("cursor", cursor, { min: 0, max: Number.MAX_SAFE_INTEGER });
    const items = await control.events({
      limit: count,
      ...(meter === undefined ? {} : { meter }),
      ...(afterId === undefined ? {} : { afterId }),
    });
    const last = items.at(-1);
    return { items, next: last === undefined ? null : String(last.id) };
  });
  api.get<Asked>("/stream", async (request, reply) => {
    const { meter } = request.query;
    const name = meter === undefined ? undefined : (await control.meter(meter)).name;
    reply.hijack();
    streams.begin(reply.raw, name);
  });
}

/** Health and metrics, for supervisors and Prometheus. */
export function healthRoutes(api: FastifyInstance, parts: ObserveParts): void {
  const { control, clock, blockedBy, usage } = parts;
  api.get("/health/live", () => ({ status: "ok" }));
  api.get("/health/ready", async (_request, reply) => {
    const blocked = blockedBy();
    const nowMs = clock.nowMs();
    const { meters } = await control.status();
    const stale = meters
      .filter(({ meter, line }) => !meter.paused && !line.paused)
      .filter(({ meter, lastReadingAt }) => {
        const ageMs = nowMs - (lastReadingAt ?? 0);
        return ageMs > Math.max(staleMsMin, staleIntervals * meter.plan.intervalMs);
      })
      .map(({ meter }) => meter.name);
    reply.code(blocked === undefined ? 200 : 503);
    const status = blocked === undefined ? "ok" : "blocked";
    return { status, ...(blocked === undefined ? {} : { code: blocked }), stale };
  });
  api.get("/metrics", async (_request, reply) => {
    const [status, summary] = await Promise.all([control.status(), control.summary()]);
    reply.type("text/plain; version=0.0.4; charset=utf-8");
    return metricsText({ status, summary, nowMs: clock.nowMs(), ...usage() });
  });
}
