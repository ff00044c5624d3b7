/** Meters that stand behind the lines of the fuzzer, and how sessions reach them. */
import type { Data } from "@lectura/dlms/axdr";
import { clientConformance, clientProtection } from "@lectura/dlms/client";
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
import type { ServedMeter, SessionOptions } from "@lectura/dlms-node";
import { nodeCrypto as crypto } from "@lectura/testkit";

const clientTitle = fromHex("4c43540000000001");
const serverTitle = fromHex("4c43540000000002");
const secret = (first: number): Secret =>
  new Secret(Uint8Array.from({ length: 16 }, (_, at) => first + at));
const keys = { unicast: secret(0), authentication: secret(0x60) };

/** Found nowhere in the corpora. */
export const password = "kQ7#vN2!";
export const energy = { classId: 3, logicalName: obis("1.0.1.8.0.255"), attributeId: 2 } as const;
/** What the energy is, for as long as nobody writes it: nobody can. */
export const energyValue: Data = { type: "double-long-unsigned", value: 56_352 };
export const long = { classId: 1, logicalName: obis("0.0.96.1.0.255"), attributeId: 2 } as const;
export const longMethod = { classId: 1, logicalName: long.logicalName, methodId: 1 } as const;
export const longData: Data = { type: "octet-string", value: new Uint8Array(500).fill(0x5a) };

/** Answers of all meters are written here, one after the other. */
export const answers: OctetWriter = new OctetWriter(answerOctetsCeiling, 4096);

function objects(): readonly ServerObject[] {
  return [
    currentAssociation(1),
    shortNameAssociation({ logicalName: obis("0.0.40.0.1.255") }),
    {
      classId: 1,
      version: 0,
      logicalName: long.logicalName,
      attributes: {
        2: { access: "read-write", read: () => longData, write: () => "success" },
      },
      methods: {
        1: { invoke: (given) => ({ result: "success", ...(given && { returned: given }) }) },
      },
    },
    {
      classId: 3,
      version: 0,
      logicalName: energy.logicalName,
      attributes: {
        2: { read: () => energyValue },
        3: { read: () => longData },
        4: { selectors: [1, 2], read: () => energyValue },
      },
      methods: { 1: { invoke: () => ({ result: "success" }) } },
    },
  ];
}

const view = (changes: Partial<AssociationView>): AssociationView => ({
  clientSap: 16,
  authentication: { mechanism: "none" },
  objects: new ObjectDirectory(objects()),
  conformance: 0x7e_ff_ff,
  referencing: "both",
  ...changes,
});

/** One way to speak, both sides of it; counters and windows are of this dialogue alone. */
export interface Speech {
  readonly framing: "hdlc" | "wrapper";
  readonly meter: ServedMeter;
  /** Options of a session, fresh for each. */
  readonly session: () => Partial<SessionOptions>;
}

type Kind = (framing: "hdlc" | "wrapper") => Speech;

function speech(
  framing: "hdlc" | "wrapper",
  changes: Partial<AssociationView>,
  session: () => Partial<SessionOptions>,
  hdlc: ServedMeter["hdlc"] = {},
): Speech {
  return {
    framing,
    meter: {
      address: { size: 1, upper: 1, lower: 0 },
      device: { views: [view(changes)] },
      inactivityMs: 0,
      hdlc,
    },
    session: () => ({ framing, ...session() }),
  };
}

const small = { maxPduOctets: 96 };
const blocks = {
  ...small,
  generalBlockTransfer: {},
  conformance: [...clientConformance, "access"],
} as const;

function ciphered(form: "service" | "general", changes: Partial<AssociationView>): Kind {
  return (framing) => {
    const shared = { crypto, suite: 0, keys, protection: "authenticated-encrypted" } as const;
    // One counter for all sessions of the client: a meter refuses what it has seen.
    const counter = new InvocationCounter({ next: 1 });
    return speech(
      framing,
      {
        systemTitle: serverTitle,
        security: { ...shared, counter: new InvocationCounter({ next: 1 }) },
        ...changes,
      },
      () => ({
        protection: clientProtection(
          new ApduCiphering({ ...shared, form, ownSystemTitle: clientTitle, counter }),
          changes.preEstablished === undefined && form === "service" ? secret(0x20) : undefined,
        ),
        ...(changes.preEstablished === undefined
          ? {}
          : {
              preEstablished: {
                conformance: clientConformance,
                serverSystemTitle: serverTitle,
              },
            }),
      }),
    );
  };
}

const kinds: readonly Kind[] = [
  (framing) => speech(framing, small, () => small),
  (framing) => speech(framing, small, () => blocks),
  (framing) =>
    speech(framing, { ...small, transferWindow: 3 }, () => ({
      ...blocks,
      generalBlockTransfer: { window: 2, streaming: false },
    })),
  (framing) => speech(framing, small, () => ({ ...small, referencing: "sn" })),
  ciphered("service", {}),
  ciphered("general", small),
  ciphered("service", { preEstablished: { clientSystemTitle: clientTitle }, ...small }),
  (framing) =>
    speech(framing, { preEstablished: {}, ...small }, () => ({
      preEstablished: { conformance: clientConformance, maxPduOctets: 96 },
    })),
  (framing) =>
    speech(
      framing,
      { authentication: { mechanism: "low", password: Secret.fromText(password) } },
      () => ({
        authentication: { mechanism: "lls", password: Secret.fromText(password) },
        hdlc: { transmitWindow: 3, receiveWindow: 3 },
      }),
      { transmitWindow: 3, receiveWindow: 3 },
    ),
];

/** How many ways to speak there are. */
export const speechCount: number = kinds.length * 2;

/** A way to speak by its number. */
export function speechOf(number: number): Speech {
  const framing = (number & 1) === 0 ? "wrapper" : "hdlc";
  return kinds[(number >> 1) % kinds.length]!(framing);
}
