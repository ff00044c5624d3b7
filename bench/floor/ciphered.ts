/** The ciphered floor: one cipher object of the platform per message, everything else constant. */
import { createDecipheriv, createSecretKey } from "node:crypto";
import { floorGetResponse, floorUnframe } from "./hand-written.ts";

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
