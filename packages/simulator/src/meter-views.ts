/** What each client sees of one simulated meter, and what it may do to it. */
import type { MeterOutlet } from "@lectura/dlms-node";
import type { Data } from "@lectura/dlms/axdr";
import { obis } from "@lectura/dlms/cosem";
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
import { exportedAssociationVersion, exportedObjects } from "./from/exported-objects.ts";
import { associationObjects } from "./objects/full/associations.ts";
import { type FullMeter, fullMeter } from "./objects/full/full-meter.ts";
import { clockObject } from "./objects/clock.ts";
import { identityObjects } from "./objects/identity.ts";
import { loadProfileObject } from "./objects/load-profile.ts";
import { registerObjects } from "./objects/registers.ts";
import { MeterSecurity } from "./security/meter-security.ts";
import { isSecured } from "./security/simulated-security.ts";

/** Reads and writes everything. */
export const managementClientSap = 1;
/** Reads everything with the same credentials, writes nothing. */
export const readingClientSap = 2;
const profileGeneric = 7;
const clockName = obis("0.0.1.0.0.255");
const alarmRegister = { classId: 1, logicalName: obis("0.0.97.98.0.255"), attributeId: 2 };

/** What a secured meter tells a client it does not know; a full one without keys its time, too. */
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

/** The views of one meter; what it does by itself where it has every object. */
export interface MeterViews {
  readonly views: readonly AssociationView[];
  readonly full: FullMeter | undefined;
}

/**
 * Management and public client of every meter; a secured or a full one has a reading client
 * besides.
 */
export function meterViews(options: MeterDeviceOptions, outlet: MeterOutlet): MeterViews {
  const { personality, fault, security, index, counterFrom, faults, seed = 0 } = options;
  const { conformance, maxPduOctets, referencing } = personality;
  const own = new MeterSecurity({
    security,
    index,
    counterFrom,
    rejects: fault === "reject-auth",
    ...(faults === undefined ? {} : { faults, seed }),
  });
  const { ciphering, authentication, systemTitle } = own;
  const secured = isSecured(security);
  const isFull = personality.objects === "full";
  const views: AssociationView[] = [];
  const common = {
    conformance,
    maxPduOctets,
    referencing,
    ...(secured ? { systemTitle } : {}),
  };
  const known = {
    ...common,
    authentication,
    ...(ciphering === undefined ? {} : { security: ciphering }),
  };
  const full = isFull ? fullOf(options, own, () => views[0]!.objects, outlet) : undefined;
  const objects = onceAsked(() =>
    fault === "access-errors"
      ? []
      : [
          ...meterObjects(options, own, full),
          ...(isFull && referencing === "ln" ? associationObjects(options, () => views) : []),
        ],
  );
  const shown = secured ? publicNames : [...publicNames, clockName];
  const seenByAll = (): ServerObject[] =>
    objects().filter(({ classId, logicalName }) =>
      secured || isFull ? shown.includes(logicalName) : classId !== profileGeneric,
    );
  views.push(
    viewOf({ ...known, clientSap: managementClientSap }, () => new ObjectDirectory(objects())),
    viewOf(
      { ...common, clientSap: publicClientSap, authentication: { mechanism: "none" } },
      () => new ObjectDirectory(seenByAll(), readOnly),
    ),
  );
  if (secured || isFull) {
    const reading = (): ObjectDirectory => new ObjectDirectory(objects(), readOnly);
    views.push(viewOf({ ...known, clientSap: readingClientSap }, reading));
  }
  return { views, full };
}

/** Most meters of a large fleet are asked nothing for long: objects are made when they are. */
function viewOf(
  view: Omit<AssociationView, "objects">,
  directory: () => ObjectDirectory,
): AssociationView {
  const made = onceAsked(directory);
  return {
    ...view,
    get objects() {
      return made();
    },
  };
}

function onceAsked<T extends object>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

function fullOf(
  options: MeterDeviceOptions,
  security: MeterSecurity,
  directory: () => ObjectDirectory,
  outlet: MeterOutlet,
): FullMeter {
  const { personality, identity, model, nowMs, pushing } = options;
  const { pushTo, push } = pushing ?? {};
  return fullMeter({
    personality,
    identity,
    model,
    nowMs,
    directory,
    ...(pushTo === undefined ? {} : { pushTo }),
    push: (started) => push?.(started, security) ?? "temporary-failure",
    alarm: (value: Data) => {
      outlet.send({ kind: "event-notification", attribute: alarmRegister, value });
    },
  });
}

/** What every meter has: its association, and what belongs to its keys. */
function associationParts(
  { personality, identity, exported }: MeterDeviceOptions,
  security: MeterSecurity,
): ServerObject[] {
  const ciphered = security.ciphering !== undefined;
  const setup = security.setup.object;
  const version = exported === undefined ? undefined : exportedAssociationVersion(exported);
  return [
    personality.referencing === "sn"
      ? shortNameAssociation()
      : currentAssociation(identity.upper, {
          ...(ciphered ? { securitySetup: setup.logicalName } : {}),
          ...(version === undefined ? {} : { version }),
        }),
    ...(security.isSecured ? [invocationCounterObject({ last: () => security.lastCounter })] : []),
    ...(ciphered ? [setup] : []),
  ];
}

function meterObjects(
  options: MeterDeviceOptions,
  security: MeterSecurity,
  full: FullMeter | undefined,
): ServerObject[] {
  const { personality, identity, model, exported } = options;
  const parts = associationParts(options, security);
  if (exported !== undefined) {
    const own = new Set(parts.map(({ logicalName }) => logicalName));
    return [
      ...parts,
      ...exportedObjects(exported).filter(({ logicalName }) => !own.has(logicalName)),
    ];
  }
  return [
    ...identityObjects(identity),
    ...parts,
    ...registerObjects(personality, model),
    loadProfileObject(personality, model),
    ...(full?.objects ?? [clockObject(personality.utcOffsetMinutes)]),
  ];
}
