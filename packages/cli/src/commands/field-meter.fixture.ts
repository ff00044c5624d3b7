/** A meter of chosen objects on a TCP port of this machine, open to the public client. */
import { serveTcp } from "@lectura/dlms-node";
import { currentAssociation, ObjectDirectory, type ServerObject } from "@lectura/dlms/server";

export interface FieldMeter extends AsyncDisposable {
  /** host:port */
  readonly tcp: string;
}

const publicClient = 16;
/** Get, set, action, blocks, selective access and lists. */
const everything = 0x00_7e1f;

export async function serveFieldMeter(objects: readonly ServerObject[]): Promise<FieldMeter> {
  const line = await serveTcp({
    meters: [
      {
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
      },
    ],
  });
  return {
    tcp: `127.0.0.1:${line.port}`,
    [Symbol.asyncDispose]: () => line[Symbol.asyncDispose](),
  };
}
