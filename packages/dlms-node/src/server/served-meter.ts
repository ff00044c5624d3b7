/** Meters as they stand behind a stream or a socket. */
import type { HdlcParameters, ServerAddress } from "@lectura/dlms/hdlc";
import type { OctetWriter } from "@lectura/dlms/octets";
import { type AssociationView, checkView, type LogicalDevice } from "@lectura/dlms/server";
import type { GatewayTarget } from "@lectura/dlms/wrapper";
import type { Clock } from "../clock.ts";
import type { MeterOutlet } from "./meter-outlet.ts";

/** A meter on a network behind a gateway. */
export interface MeterBehind {
  /** What the header of the gateway protocol says to reach it. */
  readonly target: GatewayTarget;
  readonly device: LogicalDevice;
}

/** One meter behind a stream. */
export interface ServedMeter {
  readonly device: LogicalDevice;
  /** Its full address. Shorter forms reach it, too; with the wrapper `upper` is its wPort. */
  readonly address: ServerAddress;
  /** True: only the address's own form reaches it. Absent: false. */
  readonly exactAddress?: boolean;
  /** What its link can do; the rest as in `defaultHdlcParameters`. */
  readonly hdlc?: Partial<HdlcParameters>;
  /** Without a frame for so long its link closes. 0: never. Absent: 120 s. */
  readonly inactivityMs?: number;
  /** Takes what the meter sends unasked to its clients. Absent: it sends nothing. */
  readonly outlet?: MeterOutlet;
  /**
   * Meters behind it: it is a gateway (Green Book, "Gateway protocol"). A client reaches them at its
   * address, each association with one of them is its own. Absent: there are none.
   */
  readonly behind?: readonly MeterBehind[];
  /** Answer by FRMR or silence what the standard says, instead of living with it. Absent: false. */
  readonly strict?: boolean;
}

/** What a speaker of one framing needs: where to send, and who may be meant. */
export interface SpeakerOptions {
  readonly send: (octets: Uint8Array) => void;
  readonly meters: readonly ServedMeter[];
  readonly clock: Clock;
  /** Where answers are written; may be shared by all. */
  readonly writer: OctetWriter;
}

/** One framing at the server's end: octets in, answers out by `send`. */
export interface Speaker {
  receive(octets: Uint8Array): void;
  close(): void;
}

/** @throws {RangeError} a view that contradicts itself: said before a client meets it */
export function checkMeters(meters: readonly ServedMeter[]): void {
  for (const { device, behind = [] } of meters) {
    for (const { views } of [device, ...behind.map((meter) => meter.device)]) {
      views.forEach(checkView);
    }
  }
}

/** What the meter shows to that client; undefined: nothing. */
export function viewOf(
  { device }: Pick<ServedMeter, "device">,
  clientSap: number,
): AssociationView | undefined {
  return device.views.find((view) => view.clientSap === clientSap);
}
