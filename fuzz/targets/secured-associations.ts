/**
 * A meter's ciphered associations, and a client that knows the keys and says what it likes: plain,
 * sealed, sealed and changed, twice. What has been changed is never served; after all of it a fresh
 * association answers.
 */
import { octetString } from "@lectura/dlms/axdr";
import {
  type AssociationProfile,
  clientConformance,
  clientHls,
  clientProtection,
  closedAssociation,
  standardQuirks,
  stepAssociation,
} from "@lectura/dlms/client";
import { obis } from "@lectura/dlms/cosem";
import { DlmsError, fromHex, OctetWriter, toHex } from "@lectura/dlms/octets";
import {
  ApduCiphering,
  type ApduCipheringOptions,
  type GeneralKeyKind,
  type GeneralKeys,
  hlsEcdsa,
  hlsGmac,
  type HlsMechanismFunctions,
  hlsSha256,
  InvocationCounter,
  type Protection,
  Secret,
  type SecuritySuite,
  suites,
  TransactionWindow,
} from "@lectura/dlms/security";
import {
  answerOctetsCeiling,
  currentAssociation,
  ObjectDirectory,
  ServerAssociation,
  type ViewAuthentication,
} from "@lectura/dlms/server";
import { nodeCrypto as crypto } from "@lectura/testkit";
import { apdus, vectorOctets } from "../corpus.ts";
import { fixedKeyPair } from "../own-certificates.ts";
import { demand, type FuzzTarget, program, Steps } from "../target.ts";

const clientTitle = fromHex("4c43540000000001");
const serverTitle = fromHex("4c43540000000002");
const serial = fromHex("3132303030303137");
const get = fromHex("c001c100010000600100ff0200");
const answered = `c401c1000908${toHex(serial)}`;
const nowMs = 1_780_315_200_000;

interface Kind {
  readonly suite: SecuritySuite;
  readonly protection: Protection;
  readonly send?: GeneralKeyKind;
  readonly signs?: "inside" | "outside";
  readonly hls?: "hls-gmac" | "hls-sha256" | "hls-ecdsa";
}

const kinds: readonly Kind[] = [
  ...(["authenticated", "encrypted", "authenticated-encrypted"] as const).map(
    (protection): Kind => ({ suite: 0, protection }),
  ),
  { suite: 0, protection: "authenticated-encrypted", send: "identified" },
  { suite: 0, protection: "authenticated-encrypted", send: "wrapped" },
  { suite: 0, protection: "authenticated-encrypted", hls: "hls-gmac" },
  { suite: 0, protection: "authenticated", hls: "hls-sha256" },
  { suite: 1, protection: "authenticated-encrypted", send: "one-pass" },
  { suite: 1, protection: "authenticated-encrypted", send: "static", signs: "inside" },
  { suite: 1, protection: "authenticated", signs: "outside" },
  { suite: 1, protection: "authenticated-encrypted", hls: "hls-ecdsa" },
  { suite: 2, protection: "authenticated-encrypted" },
];

/** Keys of one side. */
interface Side {
  readonly general: Omit<GeneralKeys, "unicast" | "authentication">;
  readonly signing: { readonly privateKey: Secret; readonly peerPublicKey: Uint8Array };
}

function sidesOf(suite: SecuritySuite): { readonly client: Side; readonly server: Side } {
  const curve = suites[suite].curve ?? "P-256";
  const [a, b, c, d] = [1, 2, 3, 4].map((octet) => fixedKeyPair(curve, octet));
  const master = new Secret(new Uint8Array(suites[suite].keyOctets).fill(9));
  const side = (agreement: typeof a, peer: typeof a, own: typeof a, other: typeof a): Side => ({
    general: {
      master,
      agreementPrivate: new Secret(agreement!.privateKey),
      peerAgreementPublic: peer!.publicKey,
      signingPrivate: new Secret(own!.privateKey),
      peerSigningPublic: other!.publicKey,
    },
    signing: { privateKey: new Secret(own!.privateKey), peerPublicKey: other!.publicKey },
  });
  return { client: side(a, b, c, d), server: side(b, a, d, c) };
}

const sides = { 0: sidesOf(0), 1: sidesOf(1), 2: sidesOf(2) };
const writer = new OctetWriter(answerOctetsCeiling);
const keysOf = (suite: SecuritySuite): ApduCipheringOptions["keys"] => ({
  unicast: new Secret(new Uint8Array(suites[suite].keyOctets).fill(1)),
  authentication: new Secret(new Uint8Array(suites[suite].keyOctets).fill(2)),
});

function mechanism(kind: Kind, side: Side, counter: InvocationCounter): HlsMechanismFunctions {
  const { suite } = kind;
  if (kind.hls === "hls-gmac") return hlsGmac({ crypto, suite, keys: keysOf(suite), counter });
  if (kind.hls === "hls-sha256") return hlsSha256(crypto, new Secret(new Uint8Array(16).fill(7)));
  const { privateKey, peerPublicKey } = side.signing;
  return hlsEcdsa({ crypto, curve: suites[suite].curve!, privateKey, peerPublicKey });
}

const viewMechanism = {
  "hls-gmac": "high-gmac",
  "hls-sha256": "high-sha256",
  "hls-ecdsa": "high-ecdsa",
} as const;

/** The meter's end, its windows kept over associations. */
function meterOf(kind: Kind): ServerAssociation {
  const { suite, protection, hls } = kind;
  const side = sides[suite].server;
  const counter = new InvocationCounter({ next: 1000 });
  const window = new TransactionWindow({ nowMs: () => nowMs });
  const authentication: ViewAuthentication =
    hls === undefined
      ? { mechanism: "none" }
      : {
          mechanism: viewMechanism[hls],
          hls: mechanism(kind, side, counter),
          challenge: () => new Uint8Array(32).fill(5),
        };
  const view = {
    clientSap: 1,
    authentication,
    systemTitle: serverTitle,
    conformance: 0x40_7e1f,
    maxPduOctets: 512,
    objects: new ObjectDirectory([
      currentAssociation(1),
      {
        classId: 1,
        version: 0,
        logicalName: obis("0.0.96.1.0.255"),
        attributes: { 2: { read: () => octetString(serial) } },
      },
    ]),
    security: {
      crypto,
      suite,
      keys: keysOf(suite),
      counter,
      protection,
      general: { keys: side.general, window, nowMs: () => nowMs },
      ...(kind.signs === undefined ? {} : { signing: { ...side.signing, window } }),
    },
  };
  return new ServerAssociation({ view, prefix: new Uint8Array(0), writer });
}

/** A client of its own counters: high enough that the meter has not seen them. */
function clientOf(
  kind: Kind,
  next: number,
): { readonly profile: AssociationProfile; readonly ciphering: ApduCiphering } {
  const { suite, protection, send, signs, hls } = kind;
  const side = sides[suite].client;
  const counter = new InvocationCounter({ next });
  let transaction = next;
  const nextTransactionId = (): Uint8Array => {
    transaction++;
    return Uint8Array.of(1, transaction >> 16, transaction >> 8, transaction);
  };
  const ciphering = new ApduCiphering({
    crypto,
    suite,
    ownSystemTitle: clientTitle,
    keys: keysOf(suite),
    counter,
    protection,
    ...(send === undefined ? {} : { general: { keys: side.general, send, nextTransactionId } }),
    ...(signs === undefined
      ? {}
      : { signing: { ...side.signing, place: signs, nextTransactionId } }),
  });
  const profile: AssociationProfile = {
    authentication:
      hls === undefined
        ? { mechanism: "none" }
        : {
            mechanism: hls,
            hls: clientHls(mechanism(kind, side, counter), new Uint8Array(32).fill(6)),
          },
    protection: clientProtection(ciphering),
    conformance: clientConformance,
    maxPduOctets: 1024,
    quirks: standardQuirks,
  };
  return { profile, ciphering };
}

/** All APDUs of an answer; the first counts. */
function ask(server: ServerAssociation, apdu: Uint8Array): Uint8Array | undefined {
  const own = apdu.slice();
  const first = server.receive(own, nowMs)?.slice();
  own.fill(0xee);
  for (let more = 0; server.more() !== undefined;) {
    demand(++more <= 64, "an answer has a window of blocks at most");
  }
  return first;
}

/** Opens the association. Told: how it went. */
function open(server: ServerAssociation, profile: AssociationProfile): string {
  let step = stepAssociation(closedAssociation, { type: "open" }, profile);
  for (let turn = 0; step.command.type === "send" && turn < 4; turn++) {
    const answer = ask(server, step.command.apdu);
    const event = answer === undefined ? { type: "silence" } : { type: "apdu", apdu: answer };
    step = stepAssociation(step.state, event as Parameters<typeof stepAssociation>[1], profile);
  }
  return step.command.type === "failed" ? step.command.error.code : step.command.type;
}

/** The answer opened by the client: its kind, or why it does not open. */
function read(ciphering: ApduCiphering, answer: Uint8Array | undefined): string {
  if (answer === undefined) return "nothing";
  try {
    return toHex(ciphering.unprotect(answer));
  } catch (error) {
    if (error instanceof DlmsError) return error.code;
    throw error;
  }
}

/** Undefined: the client itself refuses to seal it. */
function sealed(ciphering: ApduCiphering, apdu: Uint8Array): Uint8Array | undefined {
  try {
    return ciphering.protect(apdu).slice();
  } catch (error) {
    if (error instanceof DlmsError) return undefined;
    throw error;
  }
}

const secured: FuzzTarget = {
  name: "server/secured",
  throws: "never",
  corpus: [
    ...kinds.map((_, at) => program(at, 1, get, 1, get, 3, 0, 2, get, 7, 1, get)),
    ...[...apdus, ...vectorOctets("apdu", "ciphered-apdu").slice(0, 300)].flatMap((apdu, at) => [
      program(at % kinds.length, 1, apdu, 1, get),
      program(at % kinds.length, 0, apdu, 1, get),
    ]),
    ...kinds.map((_, at) => program(at, 0, fromHex("6200"), 1, get, 4, 4, 1, get)),
  ],
  run(input) {
    const steps = new Steps(input);
    const kind = kinds[steps.next() % kinds.length]!;
    const server = meterOf(kind);
    const { profile, ciphering } = clientOf(kind, 1);
    demand(open(server, profile) === "associated", "an honest client is let in");
    let last: Uint8Array | undefined;
    const path: string[] = [];
    for (let turn = 0; !steps.done && turn < 12; turn++) {
      const operation = steps.next() % 5;
      if (operation === 4) server.reset();
      else if (operation === 3) {
        const again = last === undefined ? undefined : ask(server, last);
        if (again !== undefined) demand(read(ciphering, again) !== answered, "no replay is served");
      } else {
        const apdu = steps.string();
        if (apdu.length === 0) continue;
        const unit = operation === 0 ? apdu : sealed(ciphering, apdu);
        if (unit === undefined) continue;
        const isChanged = operation === 2 && change(unit, steps.next());
        last = unit;
        const told = read(ciphering, ask(server, unit));
        const mustFail = isChanged && kind.protection !== "encrypted" && unit[0] !== 0x60;
        demand(!(mustFail && told === answered), "what was changed is not served");
        path.push(told.slice(0, 6));
      }
    }
    server.reset();
    const fresh = clientOf(kind, 0x1_0000);
    demand(open(server, fresh.profile) === "associated", "a fresh client is let in");
    const told = read(fresh.ciphering, ask(server, fresh.ciphering.protect(get)));
    demand(told === answered, "a fresh client is answered");
    return `${kinds.indexOf(kind)} ${path.slice(0, 4).join()}`;
  },
};

/** Changes one octet of what the seal covers or is. */
function change(unit: Uint8Array, at: number): boolean {
  unit[unit.length - 1 - (at % Math.min(12, unit.length))]! ^= 0x10;
  return true;
}

/** A meter's answers, as a stranger changes them: the client opens what is whole, and only that. */
const answers: FuzzTarget = {
  name: "client/secured",
  throws: "never",
  corpus: kinds.flatMap((_, at) => [
    program(at, 0, 0, 0),
    ...apdus.slice(0, 80).map((apdu) => program(at, 1, apdu, 2, apdu)),
  ]),
  run(input) {
    const steps = new Steps(input);
    const kind = kinds[steps.next() % kinds.length]!;
    const server = meterOf(kind);
    const { profile, ciphering } = clientOf(kind, 1);
    open(server, profile);
    const path: string[] = [];
    for (let turn = 0; !steps.done && turn < 8; turn++) {
      const answer = ask(server, ciphering.protect(get))!;
      const operation = steps.next() % 4;
      if (operation === 0) {
        change(answer, steps.next());
        const told = read(ciphering, answer);
        demand(told !== answered || kind.protection === "encrypted", "a changed answer fails");
        path.push(told.slice(0, 18));
      } else if (operation === 1) path.push(read(ciphering, steps.string()).slice(0, 18));
      else if (operation === 2) {
        const spliced = steps.string().slice();
        answer.set(spliced.subarray(0, Math.min(spliced.length, answer.length)));
        path.push(read(ciphering, answer).slice(0, 18));
      } else demand(read(ciphering, answer) === answered, "an honest answer opens");
    }
    const told = read(ciphering, ask(server, ciphering.protect(get)));
    demand(told === answered, "the next answer opens");
    return `${kinds.indexOf(kind)} ${path.slice(0, 4).join()}`;
  },
};

export const securedTargets: readonly FuzzTarget[] = [secured, answers];
