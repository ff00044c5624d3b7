import type { PushDestination } from "@lectura/dlms/server";
import type { PushTarget } from "./push-sender-options.ts";

const transports: Readonly<Record<number, "tcp" | "udp">> = { 0: "tcp", 1: "udp" };
/** The port of DLMS/COSEM where a destination names none. */
const portDefault = 4059;
const destinationOctetsMax = 256;

/**
 * Where a push setup sends to: `host:port` or `[v6]:port` in ASCII over TCP or UDP. Undefined for
 * other transports, and for octets that are no such address.
 */
export function pushTarget({
  transportService,
  destination,
}: PushDestination): Exclude<PushTarget, { readonly port: unknown }> | undefined {
  const transport = transports[transportService];
  if (transport === undefined || destination.length > destinationOctetsMax) return undefined;
  const text = String.fromCharCode(...destination);
  const parts = /^(?:\[([0-9A-Fa-f:.]+)\]|([\w.-]+))(?::(\d{1,5}))?$/.exec(text);
  const host = parts?.[1] ?? parts?.[2];
  if (host === undefined) return undefined;
  const portNumber = parts?.[3] === undefined ? portDefault : Number(parts[3]);
  return portNumber > 0 && portNumber <= 0xffff ? { transport, host, portNumber } : undefined;
}
