/** Where inputs begin: the golden frames and APDUs of the tests, and the vectors where they are. */
import { fromHex } from "@lectura/dlms/octets";
import { goldenApdus, goldenFrame, goldenFrames, readVectors, type Vector } from "@lectura/testkit";

/** Frames with flags. */
export const frames: readonly Uint8Array[] = Object.keys(goldenFrames).map((name) =>
  goldenFrame(name as keyof typeof goldenFrames),
);

/** Every xDLMS APDU in every form. */
export const apdus: readonly Uint8Array[] = goldenApdus.map(([, , hex]) =>
  fromHex(hex.replaceAll(" ", "")),
);

const files = [
  "access",
  "acse",
  "action",
  "asymmetric",
  "axdr-data",
  "ciphered",
  "ciphered-negative",
  "datetime",
  "errors",
  "gbt",
  "general",
  "get",
  "hdlc-frames",
  "hdlc-segmentation",
  "hdlc-streams",
  "hls",
  "keywrap",
  "malformed",
  "mbus-wired",
  "mode-e",
  "notify",
  "object-list",
  "profile-generic",
  "push",
  "quirks",
  "sessions",
  "set",
  "sn",
  "wrapper",
];

/** Public vectors; none where their folder is absent. */
export const vectors: readonly Vector[] = files.flatMap((file) => readVectors(file));

/** Octets of all vectors of these layers, at most `inputOctetsMax` of each. */
export function vectorOctets(...layers: readonly string[]): Uint8Array[] {
  return vectors
    .filter(({ layer, hex }) => layers.includes(layer) && hex.length <= 8192)
    .map(({ hex }) => fromHex(hex));
}

export const text = (line: string): Uint8Array => new TextEncoder().encode(line);
