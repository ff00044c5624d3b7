import { createCipheriv, createDecipheriv } from "node:crypto";

/**
 * A sealed secret: `version (1) | nonce (12) | ciphertext | tag (16)`, AES-256-GCM. The additional
 * data names whose secret it is, so that an envelope moved to another row does not open.
 */
const envelopeVersion = 1;
const nonceOctets = 12;
const tagOctets = 16;
const cipherName = "aes-256-gcm";

function additionalData(owner: string, field: string): Uint8Array {
  return new TextEncoder().encode(`lectura-vault|${envelopeVersion}|${owner}|${field}`);
}

/** `nonce` must never repeat under one key: 12 fresh random octets. */
export function seal(
  key: Uint8Array,
  nonce: Uint8Array,
  owner: string,
  field: string,
  plain: Uint8Array,
): Uint8Array {
  const cipher = createCipheriv(cipherName, key, nonce, { authTagLength: tagOctets });
  cipher.setAAD(additionalData(owner, field));
  const text = cipher.update(plain);
  cipher.final();
  const envelope = new Uint8Array(1 + nonceOctets + text.length + tagOctets);
  envelope[0] = envelopeVersion;
  envelope.set(nonce, 1);
  envelope.set(text, 1 + nonceOctets);
  envelope.set(cipher.getAuthTag(), 1 + nonceOctets + text.length);
  return envelope;
}

/** The octets sealed for exactly this owner and field; undefined when the envelope is not that. */
export function open(
  key: Uint8Array,
  owner: string,
  field: string,
  envelope: Uint8Array,
): Uint8Array | undefined {
  if (envelope.length < 1 + nonceOctets + tagOctets || envelope[0] !== envelopeVersion) {
    return undefined;
  }
  const end = envelope.length - tagOctets;
  const nonce = envelope.subarray(1, 1 + nonceOctets);
  const decipher = createDecipheriv(cipherName, key, nonce, { authTagLength: tagOctets });
  decipher.setAAD(additionalData(owner, field));
  decipher.setAuthTag(envelope.subarray(end));
  const plain = decipher.update(envelope.subarray(1 + nonceOctets, end));
  try {
    decipher.final();
  } catch {
    return undefined;
  }
  return new Uint8Array(plain);
}
