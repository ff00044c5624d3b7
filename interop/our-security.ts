/** Keys and titles of the matrix, and our two roles made of them. Nothing here is secret. */
import {
  type ApduProtection,
  type ClientAuthentication,
  clientHls,
  clientProtection,
} from "@lectura/dlms/client";
import {
  ApduCiphering,
  type CipheringKeys,
  type CurveName,
  hlsEcdsa,
  hlsGmac,
  hlsMd5,
  type HlsMechanismFunctions,
  hlsSha1,
  hlsSha256,
  InvocationCounter,
  ReplayWindows,
  Secret,
  type SecuritySuite,
  suites,
} from "@lectura/dlms/security";
import type { HighMechanism, ViewAuthentication, ViewSecurity } from "@lectura/dlms/server";
import { nodeCrypto as crypto } from "@lectura/dlms-node";
import { simulatorPassword } from "@lectura/simulator";
import type { Envelope, Mechanism, Security } from "./securities.ts";

const octets = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "hex"));

export const clientTitle: Uint8Array = octets("4c43540000000001");
export const serverTitle: Uint8Array = octets("4c43540000000002");
const unicast = octets("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
const authentication = octets("d0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeef");
const hlsSecret = octets("4c656374757261486c73536563726574");
const challengeOctets = 32;

/** What a peer is told, as hex where it is octets. */
export interface PeerKeys {
  readonly secret: Uint8Array;
  readonly unicast: Uint8Array;
  readonly authentication: Uint8Array;
}

/** LLS password or HLS secret, and the keys of the row's suite. */
export function peerKeys({ mechanism, suite }: Security): PeerKeys {
  const { keyOctets } = suites[suite];
  return {
    secret: mechanism === "lls" ? octetsOf(simulatorPassword) : hlsSecret,
    unicast: unicast.subarray(0, keyOctets),
    authentication: authentication.subarray(0, keyOctets),
  };
}

function octetsOf(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text));
}

export function keysOf(security: Security): CipheringKeys {
  const keys = peerKeys(security);
  return {
    unicast: new Secret(keys.unicast),
    authentication: new Secret(keys.authentication),
  };
}

/** A key for one association, as long as the suite wants it. */
export function dedicatedKey(suite: SecuritySuite): Uint8Array {
  return crypto.randomOctets(suites[suite].keyOctets);
}

const formOf = {
  glo: "service",
  ded: "service",
  "general-glo": "general",
} as const satisfies Record<Envelope, "service" | "general">;

type HlsName = Exclude<Mechanism, "none" | "lls">;

const viewNames = {
  md5: "high-md5",
  sha1: "high-sha1",
  gmac: "high-gmac",
  sha256: "high-sha256",
  ecdsa: "high-ecdsa",
} as const satisfies Record<HlsName, HighMechanism>;

const clientNames = {
  md5: "hls-md5",
  sha1: "hls-sha1",
  gmac: "hls-gmac",
  sha256: "hls-sha256",
  ecdsa: "hls-ecdsa",
} as const satisfies Record<HlsName, string>;

const curves: Readonly<Record<SecuritySuite, CurveName>> = { 0: "P-256", 1: "P-256", 2: "P-384" };

/** Signature key pairs of both sides; made once, for peers take them as raw octets. */
const pairs = {
  "P-256": { client: crypto.generateKeyPair("P-256"), server: crypto.generateKeyPair("P-256") },
  "P-384": { client: crypto.generateKeyPair("P-384"), server: crypto.generateKeyPair("P-384") },
} as const;

/** Raw keys: own private one and the other side's public one. */
export function signatureKeys(
  suite: SecuritySuite,
  own: "client" | "server",
): { readonly privateKey: Uint8Array; readonly peerPublicKey: Uint8Array } {
  const pair = pairs[curves[suite]];
  const other = own === "client" ? "server" : "client";
  return { privateKey: pair[own].privateKey, peerPublicKey: pair[other].publicKey };
}

function hlsOf(
  security: Security,
  own: "client" | "server",
  counter: InvocationCounter,
): HlsMechanismFunctions {
  const { suite } = security;
  const secret = new Secret(hlsSecret);
  switch (security.mechanism as HlsName) {
    case "md5":
      return hlsMd5(crypto, secret);
    case "sha1":
      return hlsSha1(crypto, secret);
    case "sha256":
      return hlsSha256(crypto, secret);
    case "gmac":
      return hlsGmac({ crypto, suite, keys: keysOf(security), counter });
    case "ecdsa": {
      const { privateKey, peerPublicKey } = signatureKeys(suite, own);
      return hlsEcdsa({
        crypto,
        curve: curves[suite],
        privateKey: new Secret(privateKey),
        peerPublicKey,
      });
    }
  }
}

/** For `openSession`. The counter outlives the association, as a meter demands. */
export function ourClientSecurity(
  security: Security,
  counter: InvocationCounter,
): { readonly authentication: ClientAuthentication; readonly protection?: ApduProtection } {
  const { protection, suite, envelope } = security;
  const own = authenticationOf(security, counter);
  if (protection === "none") return { authentication: own };
  const ciphering = new ApduCiphering({
    crypto,
    suite,
    ownSystemTitle: clientTitle,
    keys: keysOf(security),
    counter,
    protection,
    // The peers protect InitiateRequest and -Response as everything else.
    initiateProtection: protection,
    form: formOf[envelope],
  });
  const dedicated = envelope === "ded" ? new Secret(dedicatedKey(suite)) : undefined;
  return { authentication: own, protection: clientProtection(ciphering, dedicated) };
}

function authenticationOf(security: Security, counter: InvocationCounter): ClientAuthentication {
  const { mechanism } = security;
  if (mechanism === "none") return { mechanism };
  if (mechanism === "lls") return { mechanism, password: Secret.fromText(simulatorPassword) };
  const challenge = crypto.randomOctets(challengeOctets);
  const functions = hlsOf(security, "client", counter);
  const hls = clientHls(functions, challenge, clientTitle, serverTitle);
  return { mechanism: clientNames[mechanism], hls };
}

/** For a view of the reference meter. Windows live as long as the meter: a replay is refused. */
export function ourServerSecurity(security: Security): {
  readonly systemTitle: Uint8Array;
  readonly authentication: ViewAuthentication;
  readonly security?: ViewSecurity;
} {
  const { protection, suite } = security;
  const counter = new InvocationCounter({ next: 1 });
  const own = { systemTitle: serverTitle, authentication: viewAuthentication(security, counter) };
  if (protection === "none") return own;
  const windows = new ReplayWindows();
  const keys = keysOf(security);
  return {
    ...own,
    security: {
      crypto,
      suite,
      keys,
      counter,
      protection,
      initiateProtection: protection,
      windowsOf: () => windows,
    },
  };
}

function viewAuthentication(security: Security, counter: InvocationCounter): ViewAuthentication {
  const { mechanism } = security;
  if (mechanism === "none") return { mechanism };
  if (mechanism === "lls") {
    return { mechanism: "low", password: Secret.fromText(simulatorPassword) };
  }
  return {
    mechanism: viewNames[mechanism],
    hls: hlsOf(security, "server", counter),
    challenge: () => crypto.randomOctets(challengeOctets),
  };
}
