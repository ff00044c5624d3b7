/** Sessions in general-ciphering and under signatures, over TCP, with values in blocks. */
import { octetString } from "@lectura/dlms/axdr";
import { dataObject } from "@lectura/dlms/cosem";
import { fromHex } from "@lectura/dlms/octets";
import {
  type GeneralKeyKind,
  hlsEcdsa,
  InvocationCounter,
  ReplayWindows,
  Secret,
  type SecuritySuite,
  suites,
  TransactionWindow,
} from "@lectura/dlms/security";
import {
  type AssociationView,
  currentAssociation,
  ObjectDirectory,
  type ServerObject,
} from "@lectura/dlms/server";
import { expect, test } from "vitest";
import { nodeCrypto as crypto } from "../crypto/node-crypto.ts";
import { openSession } from "../session/open-session.ts";
import { securedAssociation, type SecuritySettings } from "./secured-association.ts";
import { serveTcp } from "../server/serve-tcp.ts";

const clientTitle = fromHex("4c43540000000001");
const serverTitle = fromHex("4c43540000000002");
const long = new Uint8Array(3000).fill(0x61);
const value = dataObject("0.0.96.1.0.255");
const nowMs = (): number => Date.UTC(2026, 0, 31);
const protection = "authenticated-encrypted";

interface Sides {
  readonly client: SecuritySettings;
  readonly view: AssociationView;
}

function sidesOf(suite: SecuritySuite, send: GeneralKeyKind, signs: boolean): Sides {
  const curve = suites[suite].curve!;
  const { keyOctets } = suites[suite];
  const secret = (): Secret => new Secret(crypto.randomOctets(keyOctets));
  const keys = { unicast: secret(), authentication: secret() };
  const master = secret();
  const pairs = { a: crypto.generateKeyPair(curve), b: crypto.generateKeyPair(curve) };
  const signing = { a: crypto.generateKeyPair(curve), b: crypto.generateKeyPair(curve) };
  const generalKeys = (own: "a" | "b", other: "a" | "b"): object => ({
    master,
    agreementPrivate: new Secret(pairs[own].privateKey),
    peerAgreementPublic: pairs[other].publicKey,
    signingPrivate: new Secret(signing[own].privateKey),
    peerSigningPublic: signing[other].publicKey,
  });
  const signatureKeys = (
    own: "a" | "b",
    other: "a" | "b",
  ): { privateKey: Secret; peerPublicKey: Uint8Array } => ({
    privateKey: new Secret(signing[own].privateKey),
    peerPublicKey: signing[other].publicKey,
  });
  const window = new TransactionWindow({ nowMs });
  const windows = new ReplayWindows();
  const object: ServerObject = {
    classId: 1,
    version: 0,
    logicalName: value.logicalName,
    attributes: { 2: { read: () => octetString(long) } },
  };
  const common = { crypto, suite, keys, protection } as const;
  return {
    client: {
      suite,
      protection,
      mechanism: "hls-ecdsa",
      keys: {
        ...keys,
        signing: new Secret(signing.a.privateKey),
        serverSigning: signing.b.publicKey,
      },
      clientSystemTitle: clientTitle,
      counter: new InvocationCounter({ next: 0 }),
      general: { send, keys: generalKeys("a", "b"), nowMs },
      ...(signs ? { signing: {} } : {}),
    },
    view: {
      clientSap: 1,
      systemTitle: serverTitle,
      authentication: {
        mechanism: "high-ecdsa",
        hls: hlsEcdsa({ crypto, curve, ...signatureKeys("b", "a") }),
        challenge: () => crypto.randomOctets(32),
      },
      security: {
        ...common,
        counter: new InvocationCounter({ next: 0 }),
        windowsOf: () => windows,
        general: { keys: generalKeys("b", "a"), nowMs, window },
        ...(signs ? { signing: { ...signatureKeys("b", "a"), required: true } } : {}),
      },
      objects: new ObjectDirectory([object, currentAssociation(1)]),
      conformance: 0x40_7e1f,
    },
  };
}

const kinds = ["identified", "wrapped", "one-pass", "static"] as const;
const cases = ([1, 2] as const).flatMap((suite) =>
  kinds.flatMap((kind) =>
    (["hdlc", "wrapper"] as const).map((framing) => ({ suite, kind, framing }) as const),
  ),
);

test.each(cases)(
  "suite $suite, keys $kind: a value comes in blocks over $framing, signed or not",
  async ({ suite, kind, framing }) => {
    for (const signs of [false, true]) {
      const { client, view } = sidesOf(suite, kind, signs);
      const address = { size: 1, upper: 1, lower: 0 } as const;
      await using line = await serveTcp({
        framing,
        meters: [{ address, device: { views: [view] } }],
      });
      await using session = await openSession({
        tcp: `${line.host}:${line.port}`,
        framing,
        clientSap: 1,
        maxPduOctets: 1000,
        ...securedAssociation(client),
      });
      const result = await session.get(value);
      expect(result).toMatchObject({ ok: true, value: { type: "octet-string", value: long } });
      expect(session.counters.roundTrips).toBeGreaterThan(3);
    }
  },
);
