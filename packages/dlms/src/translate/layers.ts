import { fromHex, toHex } from "../octets.ts";
import { translateApdu, translateData } from "./apdu-tree.ts";
import { translateDateTime } from "./date-time-tree.ts";
import { translateFrame } from "./frame-tree.ts";
import { translateBlockProcedure } from "./gbt-tree.ts";
import {
  translateHlsDigest,
  translateHlsEcdsa,
  translateHlsGmac,
  translateHlsProof,
} from "./hls-tree.ts";
import type { Json } from "./json.ts";
import {
  translateAgreement,
  translateCiphertext,
  translateDerivation,
  translateDerivedKey,
  translateKeyedApdu,
  translateKeyWrap,
  translateSignature,
} from "./key-tree.ts";
import { translateLenientApdu } from "./lenient-tree.ts";
import { translateMbus } from "./mbus-tree.ts";
import { translateSignOnLine } from "./mode-e-tree.ts";
import { translateCiphered } from "./opened-tree.ts";
import { translateProfileBuffer } from "./profile-tree.ts";
import type { TranslationRequest } from "./request.ts";
import { translatePush } from "./push-tree.ts";
import { translateRawPush } from "./raw-push-tree.ts";
import { SessionReader } from "./session-ciphering.ts";
import { type SessionStep, translateHdlcSession, translateWrapperSession } from "./session-tree.ts";
import { translateExchange, translateStream } from "./stream-tree.ts";
import { parseWrapperUnit, translateWrapper, translateWrapperStream } from "./wrapper-tree.ts";

/** Trees with members of their own are JSON all the same. */
const asJson = (tree: object): Json => tree as Json;
const apdu = (octets: Uint8Array): Json => translateApdu(octets);

function hexOf(value: unknown): Uint8Array | undefined {
  return typeof value === "string" ? fromHex(value) : undefined;
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function framesGiven(value: unknown): readonly Uint8Array[] | undefined {
  return Array.isArray(value)
    ? value.filter((frame) => typeof frame === "string").map(fromHex)
    : undefined;
}

function stepsOf({ steps }: TranslationRequest["given"]): readonly SessionStep[] {
  if (!Array.isArray(steps)) throw new RangeError("a session needs given.steps");
  return steps.map((step: unknown) => {
    const { dir, hex } = recordOf(step);
    if ((dir !== "tx" && dir !== "rx") || typeof hex !== "string") {
      throw new RangeError("a step is { dir: tx or rx, hex }");
    }
    return { direction: dir, octets: fromHex(hex) };
  });
}

function exchange({ octets, given }: TranslationRequest): Json {
  const start = recordOf(given["start"])["server_ns"];
  const received = framesGiven(given["received"]);
  const known = {
    ...(typeof start === "number" ? { serverSendSequence: start } : {}),
    ...(received === undefined ? {} : { received }),
  };
  return translateExchange(octets, known, apdu);
}

function blockProcedure({ given }: TranslationRequest): Json {
  const received = framesGiven(given["received"]);
  if (received === undefined) throw new RangeError("a block transfer needs given.received");
  const thenReceived = framesGiven(given["then_received"]) ?? [];
  return translateBlockProcedure({ received, thenReceived }, apdu);
}

/** The header as it is, the APDU in both readings. */
function lenientWrapper(octets: Uint8Array): Json {
  const { version, source, destination, apdu: carried } = parseWrapperUnit(octets);
  const wrapper = { version, source, destination, length: carried.length };
  return { wrapper, ...translateLenientApdu(carried) };
}

/** What octets may be: a frame, a stream, an APDU, a value, a key ... */
export type LayerName =
  | "aes-keywrap"
  | "aes-keywrap-negative"
  | "apdu"
  | "apdu-lenient"
  | "axdr-data"
  | "ciphered-apdu"
  | "cosem-datetime"
  | "gbt-procedure"
  | "ecdh"
  | "ecdh-kdf"
  | "ecdsa-verify"
  | "gcm-ciphertext"
  | "hdlc-exchange"
  | "hdlc-frame"
  | "hdlc-stream"
  | "iec62056-21"
  | "mbus-wired"
  | "hls-digest"
  | "hls-ecdsa"
  | "hls-gmac"
  | "hls-negative"
  | "kdf"
  | "profile-buffer"
  | "push-hdlc"
  | "push-mbus"
  | "push-raw"
  | "raw-push"
  | "session-hdlc"
  | "session-wrapper"
  | "wrapper"
  | "wrapper-lenient"
  | "wrapper-stream";

/** One line a layer. */
const layers: Readonly<Record<LayerName, (request: TranslationRequest) => Json>> = {
  "aes-keywrap": translateKeyWrap,
  "aes-keywrap-negative": translateKeyWrap,
  apdu: translateKeyedApdu,
  "apdu-lenient": ({ octets }) => translateLenientApdu(octets),
  "axdr-data": ({ octets }) => translateData(octets),
  "ciphered-apdu": translateCiphered,
  "cosem-datetime": ({ octets }) => asJson(translateDateTime(octets)),
  "gbt-procedure": blockProcedure,
  ecdh: translateAgreement,
  "ecdh-kdf": translateDerivedKey,
  "ecdsa-verify": translateSignature,
  "gcm-ciphertext": translateCiphertext,
  "hdlc-exchange": exchange,
  "hdlc-frame": ({ octets }) => translateFrame(octets, apdu),
  "hdlc-stream": ({ octets, given }) => translateStream(octets, hexOf(given["last_sent"])),
  "iec62056-21": ({ octets }) => translateSignOnLine(octets),
  "mbus-wired": ({ octets }) => translateMbus(octets),
  "hls-digest": translateHlsDigest,
  "hls-ecdsa": translateHlsEcdsa,
  "hls-gmac": translateHlsGmac,
  "hls-negative": translateHlsProof,
  kdf: translateDerivation,
  "profile-buffer": ({ octets, given }) => asJson(translateProfileBuffer(toHex(octets), given)),
  "push-hdlc": (request) => translatePush(request, "hdlc"),
  "push-mbus": (request) => translatePush(request, "mbus"),
  "push-raw": (request) => translatePush(request),
  "raw-push": ({ octets }) => translateRawPush(octets),
  "session-hdlc": (request) =>
    translateHdlcSession(stepsOf(request.given), new SessionReader(request)),
  "session-wrapper": (request) =>
    translateWrapperSession(stepsOf(request.given), new SessionReader(request)),
  wrapper: ({ octets }) => translateWrapper(octets, apdu),
  "wrapper-lenient": ({ octets }) => lenientWrapper(octets),
  "wrapper-stream": ({ octets }) => translateWrapperStream(octets, apdu),
};

/** Every layer by name. */
export const layerNames: readonly LayerName[] = Object.keys(layers) as LayerName[];

/** Whether a layer can be asked for by this name. */
export function isLayerName(name: string): name is LayerName {
  return Object.hasOwn(layers, name);
}

/**
 * Says what octets are. @throws {DecodeError} they are not that.
 * @throws {ProtocolError} they do not open. @throws {RangeError} the question is malformed.
 */
export function translate(layer: LayerName, request: TranslationRequest): Json {
  return layers[layer](request);
}
