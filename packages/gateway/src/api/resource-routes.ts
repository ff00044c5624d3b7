import type { FastifyInstance } from "fastify";
import type { GatewayControl, KeyChangeRequest, ReadItem } from "../control/gateway-control.ts";
import type { LineDraft, MeterDraft, SinkDraft } from "../registry/draft.ts";
import { GatewayError } from "../errors.ts";
import { objectBody, signalOf } from "./request-parts.ts";
import { meterStatusToJson, readReportToJson } from "./status-json.ts";

interface ById {
  Params: { readonly id: string };
}

/** Lists have one shape: `items`, and where to go on from, null at the end. */
export interface ListJson<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

function list<T>(items: readonly T[]): ListJson<T> {
  return { items, next: null };
}

/** Lines: what they are and the changes people make to them. The registry checks every body. */
export function lineRoutes(api: FastifyInstance, control: GatewayControl): void {
  api.get("/lines", async () => list(await control.lines()));
  api.get<ById>("/lines/:id", (request) => control.line(request.params.id));
  api.post("/lines", async (request, reply) => {
    reply.code(201);
    return control.addLine(objectBody(request.body) as unknown as LineDraft);
  });
  const edit = { method: ["PUT", "PATCH"], url: "/lines/:id" };
  api.route<ById>({
    ...edit,
    handler: (request) => control.editLine(request.params.id, objectBody(request.body)),
  });
  api.delete<ById>("/lines/:id", async (request, reply) => {
    await control.removeLine(request.params.id);
    reply.code(204);
  });
  api.post<ById>("/lines/:id/pause", (request) => control.pauseLine(request.params.id));
  api.post<ById>("/lines/:id/resume", (request) => control.resumeLine(request.params.id));
}

/** Meters, and what a person can make them do. */
export function meterRoutes(api: FastifyInstance, control: GatewayControl): void {
  api.get("/meters", async () => list(await control.meters()));
  api.get<ById>("/meters/:id", (request) => control.meter(request.params.id));
  api.get<ById>("/meters/:id/status", async (request) =>
    meterStatusToJson(await control.meterStatus(request.params.id)),
  );
  api.get("/templates", async () => list(await control.templates()));
  api.post("/meters", async (request, reply) => {
    reply.code(201);
    return control.addMeter(objectBody(request.body) as unknown as MeterDraft);
  });
  const edit = { method: ["PUT", "PATCH"], url: "/meters/:id" };
  api.route<ById>({
    ...edit,
    handler: (request) => control.editMeter(request.params.id, objectBody(request.body)),
  });
  api.delete<ById>("/meters/:id", async (request, reply) => {
    await control.removeMeter(request.params.id);
    reply.code(204);
  });
  api.post<ById>("/meters/:id/pause", (request) => control.pauseMeter(request.params.id));
  api.post<ById>("/meters/:id/resume", (request) => control.resumeMeter(request.params.id));
  api.post<ById>("/meters/:id/restart", async (request, reply) => {
    await control.restartMeter(request.params.id);
    reply.code(204);
  });
  api.post<ById>("/meters/:id/test", (request, reply) =>
    control.testMeter(request.params.id, { signal: signalOf(reply.raw) }),
  );
  api.post<ById>("/meters/:id/change-keys", (request, reply) =>
    control.changeKeys(request.params.id, keyChangeBody(request.body), {
      signal: signalOf(reply.raw),
    }),
  );
  api.post<ById>("/meters/:id/read", async (request, reply) => {
    const items = readItems(request.body);
    const options = { signal: signalOf(reply.raw) };
    return readReportToJson(await control.readNow(request.params.id, items, options));
  });
}

/** Sinks. Their secrets go in and never come out. */
export function sinkRoutes(api: FastifyInstance, control: GatewayControl): void {
  api.get("/sinks", async () => list(await control.sinks()));
  api.get<ById>("/sinks/:id", (request) => control.sink(request.params.id));
  api.post("/sinks", async (request, reply) => {
    reply.code(201);
    return control.addSink(objectBody(request.body) as unknown as SinkDraft);
  });
  const edit = { method: ["PUT", "PATCH"], url: "/sinks/:id" };
  api.route<ById>({
    ...edit,
    handler: (request) => control.editSink(request.params.id, objectBody(request.body)),
  });
  api.delete<ById>("/sinks/:id", async (request, reply) => {
    await control.removeSink(request.params.id);
    reply.code(204);
  });
  api.post<ById>("/sinks/:id/pause", (request) => control.pauseSink(request.params.id));
  api.post<ById>("/sinks/:id/resume", (request) => control.resumeSink(request.params.id));
}

/** What it names is checked by the control; here only that it is what it says. */
function keyChangeBody(body: unknown): KeyChangeRequest {
  const { keys, generate, securitySetup } = objectBody(body);
  const isHex = (value: unknown): boolean => typeof value === "string";
  const areKeys = keys === undefined || Object.values(objectBody(keys)).every(isHex);
  const areNames = generate === undefined || (Array.isArray(generate) && generate.every(isHex));
  const isSetup = securitySetup === undefined || isLogicalName(securitySetup);
  if (areKeys && areNames && isSetup) {
    return { keys, generate, securitySetup } as KeyChangeRequest;
  }
  const problem = "must have keys (hexadecimal by name), generate (names) or both";
  throw new GatewayError("api/bad-request", `the key change ${problem}`, {
    params: { field: "keys", problem },
  });
}

function isLogicalName(text: unknown): boolean {
  return typeof text === "string" && /^\d{1,3}(\.\d{1,3}){5}$/.test(text);
}

/** Attributes of one read on demand. */
const readItemsMax = 256;

function readItems(body: unknown): readonly ReadItem[] | undefined {
  if (body === undefined || body === null) return undefined;
  const { items } = objectBody(body);
  if (items === undefined) return undefined;
  if (!Array.isArray(items) || items.length > readItemsMax || !items.every(isReadItem)) {
    const problem = `must be at most ${readItemsMax} of {classId, logicalName, attributeId, key?}`;
    throw new GatewayError("api/bad-request", `items ${problem}`, {
      params: { field: "items", problem },
    });
  }
  return items;
}

function isReadItem(item: unknown): item is ReadItem {
  if (typeof item !== "object" || item === null) return false;
  const { classId, logicalName, attributeId, key } = item as Record<string, unknown>;
  return (
    Number.isInteger(classId) &&
    Number.isInteger(attributeId) &&
    isLogicalName(logicalName) &&
    (key === undefined || typeof key === "string")
  );
}
