/** A meter of chosen objects, open to the public client: served on a port, or dialling in. */
import {
  openTcpPort,
  type ServedMeter,
  serveSession,
  serveTcp,
  systemClock,
} from "@lectura/dlms-node";
import { OctetWriter } from "@lectura/dlms/octets";
import {
  answerOctetsCeiling,
  currentAssociation,
  ObjectDirectory,
  type ServerObject,
} from "@lectura/dlms/server";

export interface FieldMeter extends AsyncDisposable {
  /** host:port */
  readonly tcp: string;
}

const publicClient = 16;
/** Get, set, action, blocks, selective access and lists. */
const everything = 0x00_7e1f;

function fieldMeter(objects: readonly ServerObject[]): ServedMeter {
  return {
    address: { size: 1, upper: 1, lower: 0 },
    device: {
      views: [
        {
          clientSap: publicClient,
          authentication: { mechanism: "none" },
          objects: new ObjectDirectory([...objects, currentAssociation(1)]),
          conformance: everything,
        },
      ],
    },
  };
}

export async function serveFieldMeter(objects: readonly ServerObject[]): Promise<FieldMeter> {
  const line = await serveTcp({ meters: [fieldMeter(objects)] });
  return {
    tcp: `127.0.0.1:${line.port}`,
    [Symbol.asyncDispose]: () => line[Symbol.asyncDispose](),
  };
}

/** Calls a head-end on this machine, and answers whatever it asks. */
export async function dialIn(port: number, objects: readonly ServerObject[]): Promise<void> {
  const call = await openTcpPort({
    host: "127.0.0.1",
    port,
    connectTimeoutMs: 1000,
    signal: new AbortController().signal,
  });
  serveSession({
    port: call,
    clock: systemClock,
    writer: new OctetWriter(answerOctetsCeiling, 1024),
    meters: [fieldMeter(objects)],
  });
}
