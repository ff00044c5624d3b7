/** Where an MQTT server is, read from a URL. */
export interface MqttAddress {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
}

const schemes: Readonly<Record<string, { readonly tls: boolean; readonly port: number }>> = {
  "mqtt:": { tls: false, port: 1883 },
  "tcp:": { tls: false, port: 1883 },
  "mqtts:": { tls: true, port: 8883 },
  "ssl:": { tls: true, port: 8883 },
  "tls:": { tls: true, port: 8883 },
};

/**
 * `mqtt://host[:1883]` or `mqtts://host[:8883]`. Credentials do not belong into a URL, which ends in
 * logs and lists, so they are refused.
 * @throws {RangeError} another scheme, no host, or credentials in the URL.
 */
export function parseMqttUrl(url: string): MqttAddress {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const scheme = parsed === undefined ? undefined : schemes[parsed.protocol];
  if (parsed === undefined || scheme === undefined || parsed.hostname === "") {
    throw new RangeError("an MQTT address looks like mqtt://host:1883 or mqtts://host:8883");
  }
  if (parsed.username !== "" || parsed.password !== "") {
    throw new RangeError("user name and password do not belong into the MQTT address");
  }
  return {
    // new URL keeps the brackets of an IPv6 literal; sockets want it without.
    host: parsed.hostname.replace(/^\[(.*)\]$/, "$1"),
    port: parsed.port === "" ? scheme.port : Number(parsed.port),
    tls: scheme.tls,
  };
}
