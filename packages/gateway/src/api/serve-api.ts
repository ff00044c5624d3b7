import type { AddressInfo } from "node:net";
import { fastify, type FastifyInstance } from "fastify";
import { GatewayError } from "../errors.ts";
import { EventStreams } from "./event-stream.ts";
import { guard } from "./guard.ts";
import { healthRoutes, type ObserveParts, observeRoutes } from "./observe-routes.ts";
import { PageFiles } from "./page-files.ts";
import { problemOf } from "./problem.ts";
import { lineRoutes, meterRoutes, sinkRoutes } from "./resource-routes.ts";

export interface ApiOptions extends Omit<ObserveParts, "streams"> {
  /** `127.0.0.1`, `localhost` or `::1`: without users the API is for this machine. */
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** Somebody chose the port: taken means `api/port-taken`. Otherwise a free one is used. */
  readonly portIsChosen: boolean;
  /** What changes must show. */
  readonly key: string;
  readonly dashboardDirectory: string | undefined;
  readonly onInternal: (message: string, error: unknown) => void;
}

export interface Api extends AsyncDisposable {
  readonly url: string;
  /** The default port was taken and another one is used. */
  readonly movedFrom: number | undefined;
}

/** Octets of one request's body: a thousand meters in one import are less. */
const bodyOctetsMax = 1024 * 1024;

/**
 * Serves the API and the dashboard on loopback.
 * @throws {GatewayError} `api/port-taken`, `api/cannot-listen`
 */
export async function serveApi(options: ApiOptions): Promise<Api> {
  refuseOtherHosts(options.host);
  const streams = new EventStreams(options.control, options.clock);
  const server = buildServer(options, streams);
  const movedFrom = await listen(server, options);
  const { port } = server.server.address() as AddressInfo;
  const host = options.host === "::1" ? "[::1]" : "127.0.0.1";
  return {
    url: `http://${host}:${port}`,
    movedFrom,
    [Symbol.asyncDispose]: async () => {
      streams.close();
      await server.close();
    },
  };
}

function refuseOtherHosts(host: string): void {
  if (["127.0.0.1", "localhost", "::1"].includes(host)) return;
  const problem = "only loopback addresses are served until there are users";
  throw new GatewayError("api/cannot-listen", `the API cannot listen on ${host}: ${problem}`, {
    params: { host, problem },
  });
}

function buildServer(options: ApiOptions, streams: EventStreams): FastifyInstance {
  const server = fastify({ bodyLimit: bodyOctetsMax, forceCloseConnections: true });
  const { control, key, dashboardDirectory } = options;
  server.addHook("onRequest", async (request) => guard(request, key));
  server.setErrorHandler((error, _request, reply) => {
    const problem = problemOf(asOurs(error));
    if (problem.status === 500) options.onInternal("a request of the API broke", error);
    void reply
      .code(problem.status)
      .type("application/problem+json; charset=utf-8")
      .send(JSON.stringify(problem));
  });
  const parts: ObserveParts = { ...options, streams };
  server.register(
    (api, _options, done) => {
      lineRoutes(api, control);
      meterRoutes(api, control);
      sinkRoutes(api, control);
      observeRoutes(api, parts);
      healthRoutes(api, parts);
      done();
    },
    { prefix: "/api/v1" },
  );
  healthRoutes(server, parts);
  servePage(server, dashboardDirectory);
  return server;
}

/** Everything else is the dashboard, or is not there. */
function servePage(server: FastifyInstance, directory: string | undefined): void {
  const files = directory === undefined ? undefined : new PageFiles(directory);
  server.setNotFoundHandler(async (request, reply) => {
    const path = decodeURIComponent(request.url.split("?", 1)[0]!);
    const file = request.method === "GET" ? await files?.find(path) : undefined;
    if (file === undefined) {
      throw new GatewayError("api/not-found", `there is nothing at ${path}`, { params: { path } });
    }
    reply.header("cache-control", "no-cache");
    reply.header("x-content-type-options", "nosniff");
    reply.type(file.mediaType);
    return file.body;
  });
}

/** Fastify's own refusals (malformed JSON, body too large) as a problem of ours. */
function asOurs(error: unknown): unknown {
  if (error instanceof URIError) return badRequest("the path is not UTF-8");
  if (!(error instanceof Error) || !("statusCode" in error)) return error;
  const status = Number(error.statusCode);
  return status >= 400 && status < 500 ? badRequest(error.message) : error;
}

function badRequest(problem: string): GatewayError {
  return new GatewayError("api/bad-request", problem, { params: { field: "request", problem } });
}

/** The port it moved away from, where it did. */
async function listen(server: FastifyInstance, options: ApiOptions): Promise<number | undefined> {
  const { port, portIsChosen } = options;
  // A resolver may give localhost either family; the address we tell must be the one we listen on.
  const host = options.host === "localhost" ? "127.0.0.1" : options.host;
  try {
    await server.listen({ host, port });
    return undefined;
  } catch (error) {
    const isTaken = error instanceof Error && "code" in error && error.code === "EADDRINUSE";
    if (!isTaken) {
      const problem = error instanceof Error ? error.message : String(error);
      throw new GatewayError("api/cannot-listen", `the API cannot listen on ${host}: ${problem}`, {
        cause: error,
        params: { host, problem },
      });
    }
    if (portIsChosen) {
      const detail = `port ${port} is taken; choose another, or 0 for a free one`;
      throw new GatewayError("api/port-taken", detail, { cause: error, params: { port } });
    }
  }
  await server.listen({ host, port: 0 });
  return port;
}
