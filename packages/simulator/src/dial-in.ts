/** A meter that connects to a head-end by itself, says who it is, and serves what it is asked. */
import {
  type Clock,
  openTcpPort,
  type Port,
  type ServedMeter,
  serveSession,
} from "@lectura/dlms-node";
import { DlmsError, OctetWriter } from "@lectura/dlms/octets";
import { answerOctetsCeiling, framePush, type PushLink } from "@lectura/dlms/server";
import { encodeApdu } from "@lectura/dlms/xdlms";
import type { DialingOptions } from "./fleet.ts";
import { fullAddress, type Identity } from "./model/identity.ts";
import { ascii } from "./objects/text.ts";
import { pushClientSap } from "./pushing/pushing-options.ts";

const connectTimeoutMs = 5000;
const redialMsDefault = 10_000;
/** First piece of the buffer answers are written to. */
const writerOctets = 4096;

/** Who calls, and whom. */
export interface DialInOptions {
  readonly dialing: DialingOptions;
  readonly identity: Identity;
  readonly meter: ServedMeter;
  readonly clock: Clock;
  /** A connection was made, or why not. */
  readonly onDial: (type: "dialled" | "dial-failed", detail: string) => void;
}

/** Dials until it is disposed: again after each connection that ended or was not made. */
export function dialIn(options: DialInOptions): AsyncDisposable {
  const closing = new AbortController();
  const running = keepDialling(options, closing.signal);
  return {
    [Symbol.asyncDispose]: async () => {
      closing.abort();
      await running;
    },
  };
}

async function keepDialling(options: DialInOptions, signal: AbortSignal): Promise<void> {
  const { clock, dialing, onDial } = options;
  while (!signal.aborted) {
    try {
      await using port = await openTcpPort({
        host: dialing.host,
        port: dialing.port,
        connectTimeoutMs,
        signal,
        clock,
      });
      onDial("dialled", port.label);
      await serveUntilClosed(options, port, signal);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof DlmsError)) throw error;
      onDial("dial-failed", error.code);
    }
    await clock.sleep(dialing.redialMs ?? redialMsDefault, signal).catch(() => undefined);
  }
}

async function serveUntilClosed(
  { dialing, identity, meter, clock }: DialInOptions,
  port: Port,
  signal: AbortSignal,
): Promise<void> {
  const ended = Promise.withResolvers<void>();
  signal.addEventListener("abort", () => ended.resolve(), { once: true });
  serveSession({
    port,
    meters: [meter],
    clock,
    writer: new OctetWriter(answerOctetsCeiling, writerOctets),
    closed: () => ended.resolve(),
  });
  if (dialing.announce !== false) announce(port, identity, dialing.framing ?? "wrapper");
  await ended.promise;
}

/** A DataNotification whose body is a structure of the logical device name alone. */
function announce(port: Port, identity: Identity, framing: "wrapper" | "hdlc"): void {
  const apdu = encodeApdu({
    kind: "data-notification",
    invoke: {
      invokeId: 1,
      selfDescriptive: false,
      breakOnError: false,
      confirmed: false,
      highPriority: false,
    },
    dateTime: new Uint8Array(0),
    body: { type: "structure", value: [ascii(identity.logicalDeviceName)] },
  });
  const link: PushLink =
    framing === "wrapper"
      ? { framing, source: identity.upper, destination: pushClientSap }
      : { framing, server: fullAddress(identity), clientSap: pushClientSap };
  for (const unit of framePush(apdu, link)) port.send(unit);
}
