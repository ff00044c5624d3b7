/** What a layer is asked with where no public vectors stand beside the repository. */
import { nodeCrypto } from "@lectura/dlms-node";
import { toHex } from "@lectura/dlms/octets";

/** `count` octets that count upwards from `first`. */
const run = (first: number, count: number): string =>
  toHex(Uint8Array.from({ length: count }, (_, at) => first + at));

const own = nodeCrypto.generateKeyPair("P-256");
const peer = nodeCrypto.generateKeyPair("P-256");
const ownPrivate = toHex(own.privateKey);
const ownPublic = toHex(own.publicKey);
const peerPublic = toHex(peer.publicKey);
const systemTitle = run(0x41, 8);

/** Keys under every name that a layer may ask for. */
export const ownKeys: Readonly<Record<string, unknown>> = {
  guek: run(0x00, 16),
  gak: run(0xd0, 16),
  kek: run(0x20, 16),
  key: run(0x40, 16),
  dedicated: run(0x60, 16),
  secret: run(0x30, 16),
  system_title: systemTitle,
  client_system_title: systemTitle,
  server_system_title: run(0x51, 8),
  recipient_system_title: run(0x51, 8),
  CtoS: run(0x61, 16),
  StoC: run(0x71, 16),
  challenge: run(0x61, 16),
  sc: "30",
  ic: 1,
  curve: "secp256r1",
  public: ownPublic,
  own_private: ownPrivate,
  peer_public: peerPublic,
  peer_signing_public: peerPublic,
  client_private: ownPrivate,
  client_public: ownPublic,
  server_private: toHex(peer.privateKey),
  server_public: peerPublic,
  algorithm_id: "60857405080300",
  party_u: systemTitle,
  party_v: run(0x51, 8),
  hash: "sha256",
};

/** Facts beside the octets, by layer. */
export const ownGiven: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  "ecdsa-verify": { message: run(0x00, 32) },
  "hls-digest": { mechanism: 6 },
  "hls-ecdsa": { mechanism: 7, f_StoC: run(0, 64), f_CtoS: run(0x40, 64) },
  "hls-gmac": { role: "f(StoC) client->server" },
  "gcm-ciphertext": { tag: run(0, 12), tag_checked: true },
  "gbt-procedure": { received: [] },
  "session-hdlc": { steps: [] },
  "session-wrapper": { steps: [] },
};
