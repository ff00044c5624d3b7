/** Owner of a meter's secrets in the vault. */
export function meterOwner(meterId: number): string {
  return `meter:${meterId}`;
}

/** Owner of a sink's secrets in the vault. */
export function sinkOwner(sinkId: number): string {
  return `sink:${sinkId}`;
}

/** Fields of an owner. */
export const secretFields = {
  password: "password",
  thingsBoardToken: "thingsboard-token",
} as const;

/** Keys of a meter, by the names people use, to their field in the vault. */
export const keyFields = {
  /** Global unicast encryption key. */
  guek: "key-unicast",
  /** Global broadcast encryption key. */
  gbek: "key-broadcast",
  /** Global authentication key. */
  gak: "key-authentication",
  /** Key encryption key, the master key. */
  kek: "key-master",
  /** Shared secret of HLS 2, 3, 4 and 6, where it is no text; else it is the password. */
  hlsSecret: "hls-secret",
  /** Own private key of digital signature. */
  signing: "key-signing",
  /** The meter's public key of digital signature: no secret, but it belongs to them. */
  serverSigning: "key-server-signing",
} as const;

/** A change of keys that the meter has not proved yet: the new keys, sealed as one document. */
export const keyChangeField = "key-change";

export type MeterKeyName = keyof typeof keyFields;

export const meterKeyNames: readonly MeterKeyName[] = [
  "guek",
  "gbek",
  "gak",
  "kek",
  "hlsSecret",
  "signing",
  "serverSigning",
];
