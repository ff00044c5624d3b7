/** A recorded meter: every connection is answered as the recorded one was. */
import { type Clock, type Port, type Recording, replayPort } from "@lectura/dlms-node";
import type { Converter } from "../lines/converter.ts";

/** Keeps each connection to itself; a client that asks something else is hung up on. */
export function recordedLine(recording: Recording, clock: Clock): Converter {
  return (near: Port) => {
    const meter = replayPort(recording, { clock });
    meter.listen({
      receive: (octets) => near.send(octets),
      closed: () => void near[Symbol.asyncDispose](),
    });
    near.listen({
      receive: (octets) => meter.send(octets),
      closed: () => void meter[Symbol.asyncDispose](),
    });
    return undefined;
  };
}
