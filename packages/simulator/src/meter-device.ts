/** One simulated meter as a logical device: its link, and what each client sees of it. */
import type { ServedMeter } from "@lectura/dlms-node";
import { meterViews } from "./meter-views.ts";
import { fullAddress, type Identity } from "./model/identity.ts";
import type { MeterModel } from "./model/meter-model.ts";
import type { Personality } from "./personalities/personality.ts";
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
  /** True: the line has this meter alone, so shorter forms of its address reach it. */
  readonly alone: boolean;
}

/** The meter as `serveTcp` takes it. */
export function meterDevice(options: MeterDeviceOptions): ServedMeter {
  const { personality, identity, alone } = options;
  const strict = personality.sequence === "strict";
  const octets = personality.informationOctetsMax;
  return {
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
    device: { views: meterViews(options) },
  };
}
