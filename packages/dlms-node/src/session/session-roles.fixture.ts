/** Sessions against our own server in memory: one meter with a long value, both framings. */
import { octetString } from "@lectura/dlms/axdr";
import { clientProtection } from "@lectura/dlms/client";
import { obis } from "@lectura/dlms/cosem";
import { fromHex, OctetWriter } from "@lectura/dlms/octets";
import { ApduCiphering, InvocationCounter, Secret } from "@lectura/dlms/security";
import {
  answerOctetsCeiling,
  type AssociationView,
  currentAssociation,
  ObjectDirectory,
  type ServerObject,
  shortNameAssociation,
} from "@lectura/dlms/server";
import type { Data } from "@lectura/dlms/axdr";
import { ManualClock, openPipe } from "@lectura/testkit";
import { nodeCrypto as crypto } from "../crypto/node-crypto.ts";
import { openSession } from "./open-session.ts";
import type { Port, PortReceiver } from "../ports/port.ts";
import { serveSession } from "../server/server-session.ts";
import type { SessionOptions } from "./session-options.ts";
import type { Session } from "./session.ts";

/** Attribute 2 is read and written, method 1 returns its parameter. */
export const longObject = { classId: 1, logicalName: obis("0.0.96.1.0.255") } as const;
export const longText: Data = octetString(
  Uint8Array.from({ length: 3000 }, (_, at) => (at * 7) & 0xff),
);
export const energy = { classId: 3, logicalName: obis("1.0.1.8.0.255"), attributeId: 2 } as const;
/** Everything but the bits that are reserved. */
const conformance = 0x7e_ff_ff;

export interface Roles {
  readonly session: Session;
  readonly clock: ManualClock;
  /** Written to the long object, or given to a method, in order. */
  readonly written: (Data | undefined)[];
  /** APDU-carrying units that went through the line, both ways. */
  readonly line: { dropped: number; toClient: number; toServer: number };
}

export interface RolesOptions {
  readonly framing: "hdlc" | "wrapper";
  readonly view?: Partial<AssociationView>;
  readonly session?: Partial<SessionOptions>;
  /** Loses the n-th unit (from 1) sent to the client, or to the server. */
  readonly loses?: (direction: "toClient" | "toServer", unit: number) => boolean;
  readonly hdlc?: { readonly transmitWindow?: number; readonly receiveWindow?: number };
}

export async function openRoles(options: RolesOptions): Promise<Roles> {
  const { near, far } = openPipe();
  const clock = new ManualClock();
  const written: Roles["written"] = [];
  const line = { dropped: 0, toClient: 0, toServer: 0 };
  const lossy = (port: Port, direction: "toClient" | "toServer"): Port => ({
    label: port.label,
    send: (octets) => {
      line[direction]++;
      if (options.loses?.(direction, line[direction]) === true) line.dropped++;
      else port.send(octets);
    },
    listen: (receiver: PortReceiver) => port.listen(receiver),
    [Symbol.asyncDispose]: () => port[Symbol.asyncDispose](),
  });
  const view: AssociationView = {
    clientSap: 16,
    authentication: { mechanism: "none" },
    objects: new ObjectDirectory([
      currentAssociation(1),
      shortNameAssociation({ logicalName: obis("0.0.40.0.1.255") }),
      longServerObject(written),
      register(),
    ]),
    conformance,
    referencing: "both",
    ...options.view,
  };
  serveSession({
    port: lossy(far, "toClient"),
    meters: [
      {
        address: { size: 1, upper: 1, lower: 0 },
        device: { views: [view] },
        ...(options.hdlc === undefined ? {} : { hdlc: options.hdlc }),
      },
    ],
    clock,
    writer: new OctetWriter(answerOctetsCeiling, 1024),
  });
  const session = await openSession({
    port: lossy(near, "toServer"),
    clock,
    framing: options.framing,
    ...(options.hdlc === undefined ? {} : { hdlc: options.hdlc }),
    ...options.session,
  });
  return { session, clock, written, line };
}

const serverTitle = fromHex("4c43540000000002");

/** Suite 0 for both sides, authenticated and encrypted, as parts of view and session options. */
export function cipheredRoles(
  form: "service" | "general" = "service",
  dedicatedKey?: Secret,
): {
  readonly view: Partial<AssociationView>;
  readonly session: Partial<SessionOptions>;
} {
  const secret = (first: number): Secret =>
    new Secret(Uint8Array.from({ length: 16 }, (_, at) => first + at));
  const keys = { unicast: secret(0), authentication: secret(0x60) };
  const shared = { crypto, suite: 0, keys, protection: "authenticated-encrypted" } as const;
  const ciphering = new ApduCiphering({
    ...shared,
    form,
    ownSystemTitle: fromHex("4c43540000000001"),
    counter: new InvocationCounter({ next: 0 }),
  });
  return {
    view: {
      systemTitle: serverTitle,
      security: { ...shared, counter: new InvocationCounter({ next: 0 }) },
    },
    session: { protection: clientProtection(ciphering, dedicatedKey) },
  };
}

/** Without AARQ: what both sides know. */
export function preEstablishedTitles(): {
  readonly clientSystemTitle: Uint8Array;
  readonly serverSystemTitle: Uint8Array;
} {
  return { clientSystemTitle: fromHex("4c43540000000001"), serverSystemTitle: serverTitle };
}

function longServerObject(written: Roles["written"]): ServerObject {
  return {
    ...longObject,
    version: 0,
    attributes: {
      2: {
        access: "read-write",
        types: ["octet-string"],
        read: () => longText,
        write: (value) => {
          written.push(structuredClone(value));
          return "success";
        },
      },
    },
    methods: {
      1: {
        invoke: (parameters) => {
          written.push(structuredClone(parameters));
          return parameters === undefined
            ? { result: "success" }
            : { result: "success", returned: parameters };
        },
      },
    },
  };
}

function register(): ServerObject {
  return {
    classId: energy.classId,
    version: 0,
    logicalName: energy.logicalName,
    attributes: {
      2: { read: () => ({ type: "double-long-unsigned", value: 56_352 }) },
    },
    methods: { 1: { invoke: () => ({ result: "success" }) } },
  };
}
