/** Where a recorded meter was called, and by whom. */
import type { Recording } from "@lectura/dlms-node";
import { parseFrame } from "@lectura/dlms/hdlc";
import { DecodeError } from "@lectura/dlms/octets";
import { WrapperDeframer } from "@lectura/dlms/wrapper";

/** Address of the meter and of its client. */
export interface RecordedPlace {
  readonly size: 1 | 2 | 4;
  readonly upper: number;
  readonly lower: number;
  readonly clientSap: number;
}

/** Of the client's first frame; undefined where it has sent none that is one. */
export function recordedPlace({ framing, frames }: Recording): RecordedPlace | undefined {
  const octets = frames.find(({ direction }) => direction === "tx")?.octets;
  if (octets === undefined) return undefined;
  if (framing === "hdlc") return hdlcPlace(octets);
  let place: RecordedPlace | undefined;
  new WrapperDeframer().push(octets, {
    apdu: (source, destination) => {
      place ??= { size: 1, upper: destination, lower: 0, clientSap: source };
    },
    discarded: () => undefined,
  });
  return place;
}

function hdlcPlace(octets: Uint8Array): RecordedPlace | undefined {
  try {
    const { destination, source } = parseFrame(octets.subarray(1, -1));
    const { size, upper, lower } = destination;
    return { size, upper, lower, clientSap: source.upper };
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}
