/** Client and server back to back: every mechanism with every protection. */
import { nodeCrypto as crypto } from "@lectura/testkit";
import { describe, expect, test } from "vitest";
import { octetString } from "../axdr/construct.ts";
import { obis } from "../cosem/obis.ts";
import { DlmsError } from "../error.ts";
import { fromHex, OctetWriter, toHex } from "../octets.ts";
import { ApduCiphering } from "../security/apdu-ciphering.ts";
import { hlsEcdsa, hlsGmac, hlsSha256 } from "../security/hls.ts";
import { hlsAes, hlsMd5, hlsSha1 } from "../security/hls-digest.ts";
import type { HlsMechanismFunctions } from "../security/hls-dialogue.ts";
import { InvocationCounter } from "../security/invocation-counter.ts";
import { type CipheringKeys, ReplayWindows } from "../security/keys.ts";
import { type MechanismName, mechanismNames } from "../security/mechanism-strength.ts";
import { Secret } from "../security/secret.ts";
import type { Protection } from "../security/security-control.ts";
import { type SecuritySuite, suites } from "../security/suite.ts";
import {
  answerOctetsCeiling,
  type AssociationView,
  currentAssociation,
  ObjectDirectory,
  ServerAssociation,
  type ViewAuthentication,
} from "../server/index.ts";
import { type AssociationState, closedAssociation, stepAssociation } from "./association.ts";
import {
  type AssociationProfile,
  clientConformance,
  standardQuirks,
} from "./association-profile.ts";
import type { ClientAuthentication } from "./authentication.ts";
import { clientHls, clientProtection } from "./protection.ts";

const clientTitle = fromHex("4c43540000000001");
const serverTitle = fromHex("4c43540000000002");
const serial = fromHex("3132303030303137");
const get = fromHex("c001c100010000600100ff0200");
const longText = new Uint8Array(700).fill(0x61);

const objects = new ObjectDirectory([
  {
    classId: 1,
    version: 0,
    logicalName: obis("0.0.96.1.0.255"),
    attributes: {
      2: { read: () => octetString(serial) },
      3: { read: () => octetString(longText) },
    },
  },
  currentAssociation(1),
]);

interface Case {
  readonly mechanism: MechanismName;
  readonly suite: SecuritySuite;
  /** Undefined: the plain application context. */
  readonly protection: Protection | undefined;
  readonly form?: "service" | "general";
  readonly dedicated?: boolean;
  readonly required?: Protection;
  readonly serverRequired?: Protection;
  readonly serverProtection?: Protection;
  readonly wrongKey?: boolean;
  readonly wrongSecret?: boolean;
  readonly clientCounter?: number;
}

interface Bench {
  readonly profile: AssociationProfile;
  readonly server: ServerAssociation;
  /** Every APDU on the wire, client's and server's. */
  readonly wire: string[];
  readonly windows: ReplayWindows;
}

const secretOf = (count: number, first: number): Secret =>
  new Secret(Uint8Array.from({ length: count }, (_, at) => (first + at) & 0xff));

function keysOf(suite: SecuritySuite, first = 0): CipheringKeys {
  const { keyOctets } = suites[suite];
  return { unicast: secretOf(keyOctets, first), authentication: secretOf(keyOctets, 0x60) };
}

function highMechanisms(
  { mechanism, suite, wrongSecret }: Case,
  keys: CipheringKeys,
  counters: { readonly client: InvocationCounter; readonly server: InvocationCounter },
): { readonly client: HlsMechanismFunctions; readonly server: HlsMechanismFunctions } {
  const secret = secretOf(16, 0x30);
  const clientSecret = wrongSecret === true ? secretOf(16, 0x31) : secret;
  const both = (
    make: (secret: Secret) => HlsMechanismFunctions,
  ): ReturnType<typeof highMechanisms> => ({ client: make(clientSecret), server: make(secret) });
  switch (mechanism) {
    case "hls-manufacturer":
      return both((value) => hlsAes(crypto, value));
    case "hls-md5":
      return both((value) => hlsMd5(crypto, value));
    case "hls-sha1":
      return both((value) => hlsSha1(crypto, value));
    case "hls-sha256":
      return both((value) => hlsSha256(crypto, value));
    case "hls-gmac": {
      const wrong = { ...keys, authentication: secretOf(suites[suite].keyOctets, 0x61) };
      const clientKeys = wrongSecret === true ? wrong : keys;
      return {
        client: hlsGmac({ crypto, suite, keys: clientKeys, counter: counters.client }),
        server: hlsGmac({ crypto, suite, keys, counter: counters.server }),
      };
    }
    case "none":
    case "lls":
      throw new Error(`${mechanism} is no high mechanism`);
    case "hls-ecdsa": {
      const curve = suites[suite].curve ?? "P-256";
      const [a, b, c] = [0, 1, 2].map(() => crypto.generateKeyPair(curve));
      const signing = wrongSecret === true ? c! : a!;
      const clientKey = new Secret(signing.privateKey);
      return {
        client: hlsEcdsa({ crypto, curve, privateKey: clientKey, peerPublicKey: b!.publicKey }),
        server: hlsEcdsa({
          crypto,
          curve,
          privateKey: new Secret(b!.privateKey),
          peerPublicKey: a!.publicKey,
        }),
      };
    }
  }
}

function authentications(
  question: Case,
  keys: CipheringKeys,
  counters: { readonly client: InvocationCounter; readonly server: InvocationCounter },
): { readonly client: ClientAuthentication; readonly server: ViewAuthentication } {
  const { mechanism } = question;
  if (mechanism === "none") return { client: { mechanism }, server: { mechanism } };
  const password = Secret.fromText("22222222");
  if (mechanism === "lls") {
    return { client: { mechanism, password }, server: { mechanism: "low", password } };
  }
  const functions = highMechanisms(question, keys, counters);
  const name = `high-${mechanism.slice("hls-".length)}` as
    | "high-manufacturer"
    | "high-md5"
    | "high-sha1"
    | "high-gmac"
    | "high-sha256"
    | "high-ecdsa";
  return {
    client: { mechanism, hls: clientHls(functions.client, crypto.randomOctets(32), clientTitle) },
    server: { mechanism: name, hls: functions.server, challenge: () => crypto.randomOctets(32) },
  };
}

function bench(question: Case): Bench {
  const { suite, protection, form = "service", clientCounter = 0 } = question;
  const keys = keysOf(suite);
  const clientKeys = keysOf(suite, question.wrongKey === true ? 1 : 0);
  const counters = {
    client: new InvocationCounter({ next: clientCounter }),
    server: new InvocationCounter({ next: 1000 }),
  };
  const windows = new ReplayWindows();
  const authentication = authentications(question, keys, counters);
  const ciphering =
    protection === undefined
      ? undefined
      : new ApduCiphering({
          crypto,
          suite,
          ownSystemTitle: clientTitle,
          keys: clientKeys,
          counter: counters.client,
          protection,
          form,
          ...(question.required === undefined ? {} : { required: question.required }),
        });
  const dedicated =
    question.dedicated === true ? secretOf(suites[suite].keyOctets, 0x90) : undefined;
  const profile: AssociationProfile = {
    authentication: authentication.client,
    ...(ciphering === undefined ? {} : { protection: clientProtection(ciphering, dedicated) }),
    conformance: clientConformance,
    maxPduOctets: 1200,
    quirks: standardQuirks,
  };
  const view: AssociationView = {
    clientSap: 1,
    authentication: authentication.server,
    systemTitle: serverTitle,
    objects,
    conformance: 0x00_7e1f,
    ...(protection === undefined
      ? {}
      : {
          security: {
            crypto,
            suite,
            keys,
            counter: counters.server,
            protection: question.serverProtection ?? protection,
            required: question.serverRequired ?? protection,
            windowsOf: () => windows,
          },
        }),
  };
  const writer = new OctetWriter(answerOctetsCeiling);
  const server = new ServerAssociation({ view, prefix: new Uint8Array(0), writer });
  return { profile, server, wire: [], windows };
}

function ask({ server, wire }: Bench, apdu: Uint8Array): Uint8Array {
  const answer = server.receive(apdu.slice(), 0)!.slice();
  wire.push(toHex(apdu), toHex(answer));
  return answer;
}

/** Opens the association: undefined, or the code it failed with. */
function associate(parts: Bench): string | undefined {
  const { profile } = parts;
  let state: AssociationState = closedAssociation;
  let { command, state: next } = stepAssociation(state, { type: "open" }, profile);
  while (command.type === "send") {
    state = next;
    const apdu = ask(parts, command.apdu);
    ({ command, state: next } = stepAssociation(state, { type: "apdu", apdu }, profile));
  }
  if (command.type === "failed") return command.error.code;
  expect(command.type).toBe("associated");
  return undefined;
}

/** One service through the protection of the profile. */
function request(parts: Bench, apdu: Uint8Array): string {
  const { protection } = parts.profile;
  const answer = ask(parts, protection?.protect(apdu) ?? apdu);
  return toHex(protection?.unprotect(answer) ?? answer);
}

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof DlmsError) return error.code;
    throw error;
  }
  return "accepted";
}

const protections: readonly (Protection | undefined)[] = [
  undefined,
  "none",
  "authenticated",
  "encrypted",
  "authenticated-encrypted",
];
const answered = `c401c1000908${toHex(serial)}`;

describe.each(mechanismNames)("%s", (mechanism) => {
  describe.each(protections)("in a context that is %s", (protection) => {
    const suitesOf = protection === undefined ? ([0] as const) : ([0, 1, 2] as const);

    test.each(suitesOf)("associates, reads and releases in suite %i", (suite) => {
      const parts = bench({ mechanism, suite, protection });
      expect(associate(parts)).toBeUndefined();
      expect(request(parts, get)).toBe(answered);
      const { profile } = parts;
      const released = stepAssociation({ at: "associated" }, { type: "release" }, profile);
      if (released.command.type !== "send") throw new Error("no RLRQ");
      expect(ask(parts, released.command.apdu)[0]).toBe(0x63);
      expect(parts.server.facts).toBeUndefined();
      const text = parts.wire.join(" ");
      const readable = protection === undefined || /^(none|authenticated)$/.test(protection);
      expect(text.includes(toHex(serial))).toBe(readable);
    });

    if (mechanism.startsWith("hls-")) {
      test("is closed to who cannot prove it", () => {
        const parts = bench({ mechanism, suite: 0, protection, wrongSecret: true });
        expect(associate(parts)).toBe("acse/authentication-failed");
        expect(parts.server.facts).toBeUndefined();
      });

      test("serves nothing before pass 3", () => {
        const parts = bench({ mechanism, suite: 0, protection });
        const opened = stepAssociation(closedAssociation, { type: "open" }, parts.profile);
        if (opened.command.type !== "send") throw new Error("no AARQ");
        expect(ask(parts, opened.command.apdu)[0]).toBe(0x61);
        const early = parts.profile.protection?.protect(get) ?? get;
        expect(toHex(ask(parts, early))).toBe("d80101");
      });
    }
  });
});

describe("ciphered associations", () => {
  const base: Case = { mechanism: "hls-gmac", suite: 0, protection: "authenticated-encrypted" };

  test("are answered in the envelope and under the key of the request", () => {
    for (const [form, dedicated, asked, replied] of [
      ["service", false, "c8", "cc"],
      ["service", true, "d0", "d4"],
      ["general", false, "db", "db"],
      ["general", true, "dc", "dc"],
    ] as const) {
      const parts = bench({ ...base, form, dedicated });
      expect(associate(parts)).toBeUndefined();
      expect(request(parts, get)).toBe(answered);
      const [sent, received] = parts.wire.slice(-2);
      expect([sent?.slice(0, 2), received?.slice(0, 2)]).toEqual([asked, replied]);
    }
  });

  test("split long answers so that the ciphered block still fits", () => {
    const parts = bench(base);
    expect(associate(parts)).toBeUndefined();
    const small = bench({ ...base });
    const profile = { ...small.profile, maxPduOctets: 200 };
    const bounded = { ...small, profile };
    expect(associate(bounded)).toBeUndefined();
    const first = request(bounded, fromHex("c001c100010000600100ff0300"));
    expect(first.slice(0, 6)).toBe("c402c1");
    expect(bounded.wire.at(-1)!.length / 2).toBeLessThanOrEqual(200);
    expect(bounded.wire.at(-1)!.length / 2).toBeGreaterThan(180);
  });

  test("refuse a request weaker than the server's policy", () => {
    const parts = bench({
      ...base,
      protection: "authenticated",
      serverRequired: "authenticated-encrypted",
    });
    expect(associate(parts)).toBe("acse/authentication-failed");
    const plain = bench({ ...base, mechanism: "lls" });
    expect(associate(plain)).toBeUndefined();
    expect(toHex(ask(plain, get))).toBe("d80101");
  });

  test("refuse an answer weaker than agreed", () => {
    const parts = bench({ ...base, mechanism: "lls" });
    expect(associate(parts)).toBeUndefined();
    const weak = fromHex(answered);
    expect(codeOf(() => parts.profile.protection?.unprotect(weak))).toBe("security/policy");
    const bare = new ApduCiphering({
      crypto,
      suite: 0,
      ownSystemTitle: serverTitle,
      keys: keysOf(0),
      counter: new InvocationCounter({ next: 5000 }),
      protection: "encrypted",
    }).protect(weak);
    expect(codeOf(() => parts.profile.protection?.unprotect(bare))).toBe("security/policy");
  });

  test("refuse a replayed request and say which counter is expected", () => {
    const parts = bench({ ...base, mechanism: "none" });
    expect(associate(parts)).toBeUndefined();
    expect(request(parts, get)).toBe(answered);
    const replay = fromHex(parts.wire.at(-2)!);
    expect(toHex(ask(parts, replay))).toBe("d8010600000002");
    expect(request(parts, get)).toBe(answered);
  });

  test("refuse a replayed answer", () => {
    const parts = bench({ ...base, mechanism: "none" });
    expect(associate(parts)).toBeUndefined();
    expect(request(parts, get)).toBe(answered);
    const replay = fromHex(parts.wire.at(-1)!);
    expect(codeOf(() => parts.profile.protection?.unprotect(replay))).toBe("security/replay");
  });

  test("are not opened with a counter seen before, nor with another key", () => {
    const parts = bench({ ...base, clientCounter: 5 });
    parts.windows.restart("unicast", 90);
    expect(associate(parts)).toBe("security/replay");
    expect(parts.wire.at(-1)).toBe("d801060000005b");
    expect(associate(bench({ ...base, wrongKey: true }))).toBe("security/tag");
  });

  test("are not opened by a plain InitiateRequest, nor by a client without a name", () => {
    const { server } = bench({ ...base, mechanism: "none" });
    const plain = { ...bench({ ...base, mechanism: "none", protection: undefined }), server };
    expect(associate(plain)).toBe("acse/context-not-supported");
    const nameless = fromHex("601da109060760857405080103be10040e01000000065f1f0400007e1f04b0");
    expect(toHex(server.receive(nameless, 0)!)).toMatch(/a305a103020103/);
    const named = fromHex(
      "6029a109060760857405080103a60a04084c43540000000001be10040e01000000065f1f0400007e1f04b0",
    );
    expect(toHex(server.receive(named, 0)!)).toBe("d80101");
  });

  test("refuse a mirrored challenge", () => {
    const parts = bench({ ...base, mechanism: "hls-md5", protection: undefined });
    const opened = stepAssociation(closedAssociation, { type: "open" }, parts.profile);
    if (opened.command.type !== "send") throw new Error("no AARQ");
    const aare = toHex(ask(parts, opened.command.apdu));
    const { authentication } = parts.profile;
    if (!("hls" in authentication)) throw new Error("no HLS");
    const at = aare.indexOf("aa228020") + 8;
    const mirrored = aare.slice(0, at) + toHex(authentication.hls.challenge) + aare.slice(at + 64);
    const input = { type: "apdu", apdu: fromHex(mirrored) } as const;
    expect(stepAssociation(opened.state, input, parts.profile).command).toMatchObject({
      type: "failed",
      error: { code: "acse/authentication-failed" },
    });
  });

  test("end by a refusal when the counter is used up", () => {
    const parts = bench({ ...base, mechanism: "none", clientCounter: 0xffff_ffff });
    expect(associate(parts)).toBeUndefined();
    expect(codeOf(() => parts.profile.protection?.protect(get))).toBe("security/counter-exhausted");
  });

  test("say nothing of their secrets when printed", () => {
    const { profile } = bench({ ...base, dedicated: true });
    expect(JSON.stringify(profile)).not.toMatch(/9091929394|0001020304/);
  });
});
