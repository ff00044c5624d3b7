/** One simulated meter as a logical device: its link, and what each client sees of it. */
import { MeterOutlet, type ServedMeter } from "@lectura/dlms-node";
import type { StartedPush } from "@lectura/dlms/server";
import type { ActionResult } from "@lectura/dlms/xdlms";
import type { FaultRule } from "./faults/fault-rule.ts";
import type { MeterExport } from "./from/meter-export.ts";
import { meterViews } from "./meter-views.ts";
import { fullAddress, type Identity } from "./model/identity.ts";
import type { MeterModel } from "./model/meter-model.ts";
import type { FullMeter, FullMeterOptions } from "./objects/full/full-meter.ts";
import type { Personality } from "./personalities/personality.ts";
import type { MeterSecurity } from "./security/meter-security.ts";
import type { SimulatedSecurity } from "./security/simulated-security.ts";

/** What goes wrong above the link; the rest of a line's faults is the converter's. */
export type MeterFault = "none" | "reject-auth" | "access-errors";

export interface MeterDeviceOptions {
  readonly personality: Personality;
  readonly identity: Identity;
  readonly model: MeterModel;
  readonly security: SimulatedSecurity;
  /** Number in the fleet, from 0. */
  readonly index: number;
  /** First invocation counter the meter uses. */
  readonly counterFrom: number;
  readonly fault: MeterFault;
  /** UTC ms of now, for what the meter does by itself. */
  readonly nowMs: () => number;
  /** What goes wrong with its counter, and the seed of that. Absent: nothing. */
  readonly faults?: readonly FaultRule[];
  readonly seed?: number;
  /** The objects of a file instead of the personality's. */
  readonly exported?: MeterExport;
  /** What a full meter pushes, and where it goes. Absent: nowhere. */
  readonly pushing?: MeterPushing;
  /** True: the line has this meter alone, so shorter forms of its address reach it. */
  readonly alone: boolean;
}

/** Takes pushes of a full meter on their way. */
export interface MeterPushing extends Pick<FullMeterOptions, "pushTo"> {
  readonly push: (push: StartedPush, security: MeterSecurity) => ActionResult;
}

/** A meter, and what it does by itself. */
export interface MeterDevice {
  /** As `serveTcp` takes it. */
  readonly served: ServedMeter;
  /** Absent where its objects are the usual ones. */
  readonly full?: FullMeter;
}

/** One simulated meter. */
export function meterDevice(options: MeterDeviceOptions): MeterDevice {
  const { personality, identity, alone } = options;
  const strict = personality.sequence === "strict";
  const octets = personality.informationOctetsMax;
  const outlet = new MeterOutlet();
  const { views, full } = meterViews(options, outlet);
  const served: ServedMeter = {
    address: fullAddress(identity),
    // A form without lower part would call every meter of a shared line.
    exactAddress: strict || !alone,
    strict,
    hdlc: {
      transmitOctetsMax: octets,
      receiveOctetsMax: octets,
      transmitWindow: personality.window,
      receiveWindow: personality.window,
    },
    device: { views },
  };
  return full === undefined ? { served } : { served: { ...served, outlet }, full };
}
