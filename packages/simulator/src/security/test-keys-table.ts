/**
 * Keys of simulated meters. TEST KEYS: they are printed by `lectura simulate` and stand in every
 * copy of this file. No real meter may ever have one of them.
 */
import { fromHex } from "@lectura/dlms/octets";
import { type CurveName, Secret, type SecuritySuite, suites } from "@lectura/dlms/security";

/** Symmetric keys of one simulated meter. */
export interface TestKeys {
  readonly unicast: Secret;
  readonly broadcast: Secret;
  readonly authentication: Secret;
  /** Key encryption key, for key transfer. */
  readonly master: Secret;
}

interface TestKeyPair {
  readonly privateKey: Secret;
  /** Raw x || y. */
  readonly publicKey: Uint8Array;
}

const firstOctets = { unicast: 0x00, broadcast: 0x60, authentication: 0xd0, master: 0xa0 } as const;

/** Octets count upwards from the first one of each kind; the last two are the meter's number. */
export function testKeys(suite: SecuritySuite, index: number): TestKeys {
  const key = (first: number): Secret => {
    const { keyOctets } = suites[suite];
    const octets = Uint8Array.from({ length: keyOctets }, (_, at) => (first + at) & 0xff);
    octets[keyOctets - 2] = ((index + 1) >>> 8) & 0xff;
    octets[keyOctets - 1] = (index + 1) & 0xff;
    return new Secret(octets);
  };
  return {
    unicast: key(firstOctets.unicast),
    broadcast: key(firstOctets.broadcast),
    authentication: key(firstOctets.authentication),
    master: key(firstOctets.master),
  };
}

function scalar(octets: 32 | 48, fill: number): Secret {
  return new Secret(Uint8Array.from({ length: octets }, (_, at) => (at === 0 ? 1 : fill)));
}

/** Signature keys of all simulated meters and of their client. */
export const testKeyPairs: Readonly<
  Record<CurveName, { readonly client: TestKeyPair; readonly server: TestKeyPair }>
> = {
  "P-256": {
    client: {
      privateKey: scalar(32, 0xc1),
      publicKey: fromHex(
        "e074ace571647c98a3e7b46611b241d303390ab9e5f566274c21ce707a77a0f9" +
          "54da0a132a3ae48165f4cb2e28e8517c93e19f23f2b6e80674affe561028adfb",
      ),
    },
    server: {
      privateKey: scalar(32, 0x5e),
      publicKey: fromHex(
        "3918a9130394a0981aa4632de5d0784a91238bb4b7aa841be6b1732e95bf34d5" +
          "99f3e1ac1c242341e9701cd059e1720f4673c257448607bba412977b49bec5d3",
      ),
    },
  },
  "P-384": {
    client: {
      privateKey: scalar(48, 0xc1),
      publicKey: fromHex(
        "fcb0d0e5987c1de10f23d147352902d80c02b31b6ba3636f87f39019e4543a1b" +
          "f65e2415dee645b4ea320839aa97ec58ad585618174536c59228eab4e94bda13" +
          "326f6fc7047b3a1b0b1d0055746e8085fcb423dd6786cddce2825401e052b642",
      ),
    },
    server: {
      privateKey: scalar(48, 0x5e),
      publicKey: fromHex(
        "c3eba562069bd3688a47be5aa07a02be896659408def9c02950315f414de0678" +
          "bd7d393c3f322dbfca04f94393b11c14a7edbb60404ab0cb03f300b61629167f" +
          "e4e8c10f932ca79cf0e1198349de56ea57eb24d8b5407454586c86b967c46665",
      ),
    },
  },
};
