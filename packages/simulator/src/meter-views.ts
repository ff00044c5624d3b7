/** What each client sees of one simulated meter, and what it may do to it. */
import { publicClientSap } from "@lectura/dlms/hdlc";
import {
  type AssociationView,
  currentAssociation,
  invocationCounterObject,
  ObjectDirectory,
  type ServerObject,
  shortNameAssociation,
  type ViewRights,
} from "@lectura/dlms/server";
import type { MeterDeviceOptions } from "./meter-device.ts";
import { clockObject } from "./objects/clock.ts";
import { identityObjects } from "./objects/identity.ts";
import { loadProfileObject } from "./objects/load-profile.ts";
import { registerObjects } from "./objects/registers.ts";
import { MeterSecurity } from "./security/meter-security.ts";
import { isSecured } from "./security/simulated-security.ts";

/** Reads and writes everything. */
export const managementClientSap = 1;
/** Reads everything with the same keys, writes nothing. */
export const readingClientSap = 2;
const profileGeneric = 7;

/** All that a secured meter tells a client it does not know. */
const publicNames: readonly string[] = [
  "0.0.40.0.0.255",
  "0.0.41.0.0.255",
  "0.0.42.0.0.255",
  "0.0.43.1.0.255",
];

const readOnly: ViewRights = {
  attribute: (_object, _id, mode) => (mode === "read-write" ? "read" : mode),
  method: () => false,
};

/** Management and public client of every meter; a secured one has a reading client besides. */
export function meterViews(options: MeterDeviceOptions): readonly AssociationView[] {
  const { personality, fault, security, index, counterFrom } = options;
  const { conformance, maxPduOctets, referencing } = personality;
  const rejects = fault === "reject-auth";
  const own = new MeterSecurity({ security, index, counterFrom, rejects });
  const secured = isSecured(security);
  const objects = fault === "access-errors" ? [] : meterObjects(options, own, secured);
  const { ciphering, authentication, systemTitle } = own;
  const known = {
    authentication,
    ...(secured ? { systemTitle } : {}),
    ...(ciphering === undefined ? {} : { security: ciphering }),
    conformance,
    maxPduOctets,
    referencing,
  };
  const seenByAll = objects.filter(({ classId, logicalName }) =>
    secured ? publicNames.includes(logicalName) : classId !== profileGeneric,
  );
  const views: AssociationView[] = [
    { ...known, clientSap: managementClientSap, objects: new ObjectDirectory(objects) },
    {
      clientSap: publicClientSap,
      authentication: { mechanism: "none" },
      objects: new ObjectDirectory(seenByAll, readOnly),
      conformance,
      maxPduOctets,
      referencing,
    },
  ];
  if (!secured) return views;
  const reading = new ObjectDirectory(objects, readOnly);
  return [...views, { ...known, clientSap: readingClientSap, objects: reading }];
}

function meterObjects(
  { personality, identity, model }: MeterDeviceOptions,
  security: MeterSecurity,
  secured: boolean,
): ServerObject[] {
  const ciphered = security.ciphering !== undefined;
  const setup = security.setup.object;
  return [
    ...identityObjects(identity),
    personality.referencing === "sn"
      ? shortNameAssociation()
      : currentAssociation(identity.upper, ciphered ? { securitySetup: setup.logicalName } : {}),
    ...(secured ? [invocationCounterObject({ last: () => security.lastCounter })] : []),
    ...(ciphered ? [setup] : []),
    clockObject(personality.utcOffsetMinutes),
    ...registerObjects(personality, model),
    loadProfileObject(personality, model),
  ];
}
