/** One simulated meter as a logical device: its objects, and what each client sees of them. */
import type { ServedMeter } from "@lectura/dlms-node";
import { publicClientSap } from "@lectura/dlms/hdlc";
import {
  type AssociationView,
  currentAssociation,
  ObjectDirectory,
  type ServerObject,
} from "@lectura/dlms/server";
import { Secret } from "@lectura/dlms/security";
import { fullAddress, type Identity } from "./model/identity.ts";
import type { MeterModel } from "./model/meter-model.ts";
import { clockObject } from "./objects/clock.ts";
import { identityObjects } from "./objects/identity.ts";
import { loadProfileObject } from "./objects/load-profile.ts";
import { registerObjects } from "./objects/registers.ts";
import type { Personality } from "./personalities/personality.ts";
import { simulatorPassword } from "./personalities/personality-table.ts";

/** What goes wrong above the link; the rest of a line's faults is the converter's. */
export type MeterFault = "none" | "reject-auth" | "access-errors";

export const managementClientSap = 1;
const profileGeneric = 7;

export interface MeterDeviceOptions {
  readonly personality: Personality;
  readonly identity: Identity;
  readonly model: MeterModel;
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

function meterViews(options: MeterDeviceOptions): readonly AssociationView[] {
  const { personality, fault } = options;
  const { conformance, maxPduOctets } = personality;
  const objects = fault === "access-errors" ? [] : meterObjects(options);
  const visible = objects.filter(({ classId }) => classId !== profileGeneric);
  // No client knows this one.
  const password = fault === "reject-auth" ? "\u0000" : simulatorPassword;
  return [
    {
      clientSap: managementClientSap,
      authentication: { mechanism: "low", password: Secret.fromText(password) },
      objects: new ObjectDirectory(objects),
      conformance,
      maxPduOctets,
    },
    {
      clientSap: publicClientSap,
      authentication: { mechanism: "none" },
      objects: new ObjectDirectory(visible, {
        attribute: (_object, _id, mode) => (mode === "read-write" ? "read" : mode),
        method: () => false,
      }),
      conformance,
      maxPduOctets,
    },
  ];
}

function meterObjects({ personality, identity, model }: MeterDeviceOptions): ServerObject[] {
  return [
    ...identityObjects(identity),
    currentAssociation(identity.upper),
    clockObject(personality.utcOffsetMinutes),
    ...registerObjects(personality, model),
    loadProfileObject(personality, model),
  ];
}
