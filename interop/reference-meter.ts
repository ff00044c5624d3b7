/**
 * The meter every server of this folder serves, ours included: `peers/gurux_server.py` and
 * `jdlms/.../Server.java` declare the same objects. Every client of `securities.ts` has a view of
 * its own.
 */
import { array, type Data, enumeration, i8, octetString, structure, u32 } from "@lectura/dlms/axdr";
import { shortNameConformance } from "@lectura/dlms/client";
import {
  clockColumn,
  dateTimeFromUtcMs,
  decodeDateTime,
  decodeEntry,
  decodeRange,
  encodeCaptureObjects,
  encodeDateTime,
  obis,
  type SelectiveAccess,
  utcMs,
} from "@lectura/dlms/cosem";
import {
  type AssociationView,
  currentAssociation,
  ObjectDirectory,
  shortNameAssociation,
  type ServerObject,
} from "@lectura/dlms/server";
import { conformanceToMask } from "@lectura/dlms/xdlms";
import type { ServedMeter } from "@lectura/dlms-node";
import type { Service } from "./securities.ts";

export const publicSap = 16;
export const managementSap = 1;

export const serial: Uint8Array = Uint8Array.from(Buffer.from("12345678"));
/** Longer than `maxPduOctets` of whoever asks for it here: a block transfer. */
export const longValue: Uint8Array = Uint8Array.from({ length: 900 }, (_, index) => index % 256);
export const sevens: Uint8Array = Uint8Array.from(Buffer.from("7e7d7e7d7ea07e7e7d7e", "hex"));

export interface RegisterFacts {
  readonly name: string;
  readonly raw: number;
  readonly scaler: number;
  /** Blue Book unit code. */
  readonly unit: number;
}

export const voltage: RegisterFacts = { name: "1.0.32.7.0.255", raw: 13519, scaler: -2, unit: 35 };
export const current: RegisterFacts = { name: "1.0.31.7.0.255", raw: 1329, scaler: -3, unit: 33 };
export const frequency: RegisterFacts = { name: "1.0.14.7.0.255", raw: 5997, scaler: -2, unit: 44 };
export const power: RegisterFacts = { name: "1.0.1.7.0.255", raw: 5, scaler: -1, unit: 27 };
export const energy: RegisterFacts = { name: "1.0.1.8.0.255", raw: 56352, scaler: 0, unit: 30 };
/** Its method 1 puts it to 0. */
export const resettable: RegisterFacts = { name: "1.0.1.8.1.255", raw: 4711, scaler: 0, unit: 30 };
export const sevenRegister: RegisterFacts = {
  name: "1.126.125.126.125.126",
  raw: 0x7e7d7e7e,
  scaler: -3,
  unit: 30,
};

export const profileName = "1.0.99.1.0.255";
export const noteName = "0.0.96.1.2.255";
const hourMs = 3_600_000;
const profileStartMs = Date.UTC(2026, 0, 15);
const profileRows = 12;

/** Row `index` (from 0) of the profile. */
export function rowFacts(index: number): { readonly atMs: number; readonly raw: number } {
  return { atMs: profileStartMs + index * hourMs, raw: 1000 + index };
}

/** Everything 007E1D names, general protection and ACCESS. */
const logicalNames = 0x40_7e5d;
const conformances: Readonly<Record<Service, number>> = {
  ln: logicalNames,
  /** General blocks; those of GET, SET and ACTION are for rows of their own. */
  gbt: logicalNames | 0x20_0000,
  sn: conformanceToMask([...shortNameConformance, "general-protection"]),
};
const maxPduOctets = 300;

/** Who a view is for, and what it asks of them. */
export type OwnView = Pick<
  AssociationView,
  "authentication" | "clientSap" | "security" | "systemTitle"
> & { readonly service: Service };

/** The reference meter as our own server serves it; state is that of one call. */
export function referenceMeter(views: readonly OwnView[]): ServedMeter {
  const objects = referenceObjects();
  const byLogicalName = new ObjectDirectory([currentAssociation(1), ...objects]);
  const byShortName = new ObjectDirectory([shortNameAssociation(), ...objects]);
  return {
    address: { size: 4, upper: 1, lower: 17 },
    device: {
      views: views.map(({ service, ...view }) => ({
        ...view,
        maxPduOctets,
        objects: service === "sn" ? byShortName : byLogicalName,
        conformance: conformances[service],
        referencing: service === "sn" ? ("sn" as const) : ("ln" as const),
      })),
    },
  };
}

function referenceObjects(): readonly ServerObject[] {
  const registers = [voltage, current, frequency, power, energy, resettable, sevenRegister];
  return [
    data("0.0.96.1.0.255", serial),
    data("0.0.96.1.1.255", longValue),
    data(noteName, Uint8Array.of(0)),
    data("0.0.96.1.3.255", sevens),
    ...registers.map(register),
    profile(),
  ];
}

function data(name: string, octets: Uint8Array): ServerObject {
  let value: Data = octetString(octets);
  return {
    classId: 1,
    version: 0,
    logicalName: obis(name),
    attributes: {
      2: {
        access: "read-write",
        types: ["octet-string"],
        read: () => value,
        write: (written) => {
          value = octetString((written.value as Uint8Array).slice());
          return "success";
        },
      },
    },
  };
}

function register({ name, raw, scaler, unit }: RegisterFacts): ServerObject {
  let value: Data = u32(raw);
  const scalerUnit = structure([i8(scaler), enumeration(unit)]);
  return {
    classId: 3,
    version: 0,
    logicalName: obis(name),
    attributes: {
      2: {
        access: "read-write",
        types: ["double-long-unsigned"],
        read: () => value,
        write: (written) => {
          value = written;
          return "success";
        },
      },
      3: { read: () => scalerUnit },
    },
    methods: {
      1: {
        invoke: () => {
          value = u32(0);
          return { result: "success" };
        },
      },
    },
  };
}

function profile(): ServerObject {
  const energyColumn = {
    classId: 3,
    logicalName: obis(energy.name),
    attributeId: 2,
    dataIndex: 0,
  };
  return {
    classId: 7,
    version: 1,
    logicalName: obis(profileName),
    attributes: {
      2: { selectors: [1, 2], read: ({ selection }) => array(selectRows(selection)) },
      3: { read: () => encodeCaptureObjects([clockColumn, energyColumn]) },
    },
  };
}

function selectRows(selection: SelectiveAccess | undefined): Data[] {
  const rows = Array.from({ length: profileRows }, (_, index) => rowFacts(index));
  const isWanted = selection === undefined ? () => true : wantedBy(selection);
  return rows
    .filter(({ atMs }, index) => isWanted(atMs, index + 1))
    .map(({ atMs, raw }) =>
      structure([octetString(encodeDateTime(dateTimeFromUtcMs(atMs, 0))), u32(raw)]),
    );
}

function wantedBy({ selector, parameters }: SelectiveAccess): (atMs: number, n: number) => boolean {
  if (selector === 2) {
    const { fromEntry, toEntry } = decodeEntry(parameters);
    return (_, number) => number >= fromEntry && (toEntry === 0 || number <= toEntry);
  }
  const { from, to } = decodeRange(parameters);
  const [fromMs, toMs] = [momentOf(from), momentOf(to)];
  return (atMs) => atMs >= fromMs && atMs <= toMs;
}

function momentOf({ value }: Data): number {
  return utcMs(decodeDateTime(value as Uint8Array)) ?? Number.NaN;
}
