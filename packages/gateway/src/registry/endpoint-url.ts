/** Endpoints as one text each, for files: everything there is to say of a line's way. */
import { invalid } from "./check-drafts.ts";
import { endpointText, type LineEndpoint, type ModeESettings } from "./line-endpoint.ts";
import type { TlsSettings } from "./model.ts";

/** Parameter names of the text to fields, of each part of an endpoint. */
const tlsParameters = {
  ca: "caFile",
  cert: "certificateFile",
  key: "keyFile",
  name: "serverName",
} as const satisfies Readonly<Record<string, keyof TlsSettings>>;
const serialParameters = {
  baud: "baudRate",
  data: "dataBits",
  parity: "parity",
  stop: "stopBits",
  rs485: "rs485",
} as const;
const modeEParameters = {
  "mode-e-address": "address",
  "mode-e-baud-max": "baudMax",
  "mode-e-start-baud": "startBaud",
  "mode-e-parity-in-octets": "parityInOctets",
  "mode-e-wake-up": "wakeUp",
} as const satisfies Readonly<Record<string, keyof ModeESettings>>;
/** Fields whose text is a number, or yes and no. */
const numbers = new Set(["baudRate", "dataBits", "stopBits", "baudMax", "startBaud"]);
const flags = new Set(["parityInOctets", "wakeUp"]);

/**
 * `tcp://HOST:PORT`, `tls://HOST:PORT?ca=FILE`, `udp://HOST:PORT`, `serial:PATH?baud=9600&mode-e=on`,
 * `listen://HOST:PORT?name=DEVICE`; a plain `HOST:PORT` is TCP. `parseEndpointUrl` takes it back.
 */
export function endpointUrl(endpoint: LineEndpoint): string {
  const parameters = new URLSearchParams();
  if (endpoint.kind === "serial") write(parameters, serialParameters, endpoint);
  if (endpoint.kind === "tcp") write(parameters, tlsParameters, endpoint.tls ?? {});
  if (endpoint.kind === "tcp" || endpoint.kind === "serial") {
    if (endpoint.modeE !== undefined) parameters.set("mode-e", "on");
    write(parameters, modeEParameters, endpoint.modeE ?? {});
  }
  if (endpoint.kind === "listen") {
    const { by, ...value } = endpoint.identity;
    parameters.set(by, Object.values(value).join(""));
  }
  const query = parameters.size === 0 ? "" : `?${parameters.toString()}`;
  const [place = ""] = endpointText(endpoint).split("?", 1);
  if (endpoint.kind === "serial") return `serial:${endpoint.path.replaceAll("?", "%3F")}${query}`;
  return endpoint.kind === "tcp" && query !== "" && endpoint.tls === undefined
    ? `tcp://${place}${query}`
    : `${place}${query}`;
}

function write(into: URLSearchParams, names: Readonly<Record<string, string>>, from: object): void {
  const fields = from as Readonly<Record<string, string | number | boolean | undefined>>;
  for (const [parameter, field] of Object.entries(names)) {
    const value = fields[field];
    if (value === undefined) continue;
    into.set(parameter, typeof value === "boolean" ? (value ? "yes" : "no") : String(value));
  }
}

/** @throws {GatewayError} `registry/invalid`: no endpoint, or a parameter it does not have */
export function parseEndpointUrl(text: string, field = "endpoint"): LineEndpoint {
  const [place = "", query = ""] = text.trim().split("?", 2);
  const given = new Map(new URLSearchParams(query));
  const [, scheme = "tcp", rest = ""] = /^(?:(tcp|tls|udp|listen):\/\/)?(.*)$/s.exec(place) ?? [];
  const endpoint = place.startsWith("serial:")
    ? serialOf(place.slice("serial:".length), given)
    : networkOf(scheme, hostPortOf(rest, field), given, field);
  const [unknown] = given.keys();
  if (unknown !== undefined) throw invalid(field, `has no "${unknown}"`);
  return endpoint;
}

function serialOf(path: string, given: Map<string, string>): LineEndpoint {
  const settings = take(given, serialParameters);
  return {
    kind: "serial",
    path: path.replaceAll(/%3F/gi, "?"),
    ...settings,
    ...modeEOf(given),
  };
}

function networkOf(
  scheme: string,
  place: { readonly host: string; readonly port: number },
  given: Map<string, string>,
  field: string,
): LineEndpoint {
  if (scheme === "udp") return { kind: "udp", ...place };
  if (scheme === "listen") {
    const [[by, value] = []] = given;
    given.clear();
    if (value !== undefined) {
      if (by === "address") return { kind: "listen", ...place, identity: { by, address: value } };
      if (by === "name") return { kind: "listen", ...place, identity: { by, name: value } };
      if (by === "octets") return { kind: "listen", ...place, identity: { by, octets: value } };
    }
    throw invalid(field, "says by address=, name= or octets= who dials in");
  }
  const tls = scheme === "tls" ? { tls: take(given, tlsParameters) } : {};
  return { kind: "tcp", ...place, ...tls, ...modeEOf(given) };
}

function modeEOf(given: Map<string, string>): { readonly modeE?: ModeESettings } {
  const isOn = given.delete("mode-e");
  const settings = take(given, modeEParameters);
  return isOn || Object.keys(settings).length > 0 ? { modeE: settings } : {};
}

/** Fields of `names` that are given, taken out; values are checked with the draft. */
function take(given: Map<string, string>, names: Readonly<Record<string, string>>): object {
  const fields: Record<string, unknown> = {};
  for (const [parameter, field] of Object.entries(names)) {
    const text = given.get(parameter);
    if (text === undefined) continue;
    given.delete(parameter);
    fields[field] = numbers.has(field) ? Number(text) : flags.has(field) ? text === "yes" : text;
  }
  return fields;
}

function hostPortOf(text: string, field: string): { readonly host: string; readonly port: number } {
  const [, host, port] = /^(.+):(\d{1,5})$/.exec(text) ?? [];
  if (host === undefined) throw invalid(field, "is host:port");
  return { host: host.replaceAll(/^\[|\]$/g, ""), port: Number(port) };
}
