/** The ciphered floor: one cipher object of the platform per message, everything else constant. */
import { createCipheriv, createDecipheriv, createSecretKey } from "node:crypto";
import { floorCrc, floorGetResponse, floorUnframe } from "./hand-written.ts";

const tagOctets = 12;

/** Opens and takes the value of a glo-get-response in a frame; the tag is checked. */
export function floorOpenGet(
  encryption: Uint8Array,
  authentication: Uint8Array,
  systemTitle: Uint8Array,
): (frame: Uint8Array) => unknown {
  const key = createSecretKey(encryption);
  const nonce = Buffer.alloc(12);
  nonce.set(systemTitle);
  const additional = Uint8Array.of(0x30, ...authentication);
  return (frame) => {
    const at = floorUnframe(frame);
    if (frame[at] !== 0xcc) throw new Error("tag");
    const end = at + 2 + frame[at + 1]!;
    for (let index = 0; index < 4; index++) nonce[8 + index] = frame[at + 3 + index]!;
    const decipher = createDecipheriv("aes-128-gcm", key, nonce, { authTagLength: tagOctets });
    decipher.setAAD(additional);
    decipher.setAuthTag(frame.subarray(end - tagOctets, end));
    const plain = decipher.update(frame.subarray(at + 7, end - tagOctets));
    decipher.final();
    return floorGetResponse(plain, 0);
  };
}

const scratch = new Uint8Array(64);
const request = Uint8Array.of(0xc0, 1, 0xc1, 0, 3, 1, 0, 1, 8, 0, 255, 2, 0);
const sealedEnd = 11 + 2 + 5 + request.length + tagOctets;

/** Seals a GET request for one register into a frame, as `floorBuildGet` builds a plain one. */
export function floorSealGet(
  encryption: Uint8Array,
  authentication: Uint8Array,
  systemTitle: Uint8Array,
): (sent: number, received: number, counter: number) => Uint8Array {
  const key = createSecretKey(encryption);
  const nonce = Buffer.alloc(12);
  nonce.set(systemTitle);
  const additional = Uint8Array.of(0x30, ...authentication);
  const plain = Buffer.from(request);
  return (sent, received, counter) => {
    const out = scratch;
    out.set([0x7e, 0xa0, sealedEnd + 1, 3, 0x21, (received << 5) | 0x10 | (sent << 1)]);
    let crc = floorCrc(out, 1, 6) ^ 0xffff;
    out[6] = crc & 255;
    out[7] = crc >> 8;
    out[8] = 0xe6;
    out[9] = 0xe6;
    out[10] = 0;
    out[11] = 0xc8;
    out[12] = sealedEnd - 13;
    out[13] = 0x30;
    for (let index = 0; index < 4; index++) {
      nonce[8 + index] = out[14 + index] = counter >>> (24 - 8 * index);
    }
    const cipher = createCipheriv("aes-128-gcm", key, nonce, { authTagLength: tagOctets });
    cipher.setAAD(additional);
    out.set(cipher.update(plain), 18);
    cipher.final();
    out.set(cipher.getAuthTag(), 18 + request.length);
    crc = floorCrc(out, 1, sealedEnd) ^ 0xffff;
    out[sealedEnd] = crc & 255;
    out[sealedEnd + 1] = crc >> 8;
    out[sealedEnd + 2] = 0x7e;
    return Buffer.from(out.subarray(0, sealedEnd + 3));
  };
}
