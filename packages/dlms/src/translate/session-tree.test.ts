import { generateKeyPairSync, sign } from "node:crypto";
import { nodeCrypto } from "@lectura/testkit";
import { expect, test } from "vitest";
import { toHex } from "../octets.ts";
import type { JsonObject } from "./json.ts";
import { translate } from "./layers.ts";

/** `tag length contents`, all below 128 octets. */
const element = (tag: string, hex: string): string =>
  tag + (hex.length / 2).toString(16).padStart(2, "0") + hex;
const unit = (apdu: string): string =>
  `000100100001${(apdu.length / 2).toString(16).padStart(4, "0")}${apdu}`;

const clientTitle = "4d4d4d0000000001";
const serverTitle = "4d4d4d0000bc614e";
const clientToServer = "11".repeat(32);
const serverToClient = "22".repeat(32);
const context = "a109060760857405080101";
const mechanism = "0760857405080207";

const aarq = element(
  "60",
  context +
    element("a6", element("04", clientTitle)) +
    `8a0207808b${mechanism}` +
    element("ac", element("80", clientToServer)) +
    "be10040e01000000065f1f0400007e1fffff",
);
const aare = element(
  "61",
  `${context}a203020100a305a10302010e${element("a4", element("04", serverTitle))}` +
    `8802078089${mechanism}${element("aa", element("80", serverToClient))}` +
    "be10040e0800065f1f0400007c1f04000007",
);

function stepsOf(proof: string): readonly object[] {
  const pass3 = `c301c1000f0000280000ff01010940${proof}`;
  return [
    { dir: "tx", hex: unit(aarq) },
    { dir: "rx", hex: unit(aare) },
    { dir: "tx", hex: unit(pass3) },
  ];
}

test("an ECDSA proof in a session is checked against the client's public key", () => {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const { x = "", y = "" } = publicKey.export({ format: "jwk" });
  const coordinates = [x, y].map((part) => Buffer.from(part, "base64url").toString("hex")).join("");
  // Mechanism 7: ST-C, ST-S, StoC, CtoS.
  const message = clientTitle + serverTitle + serverToClient + clientToServer;
  const key = { key: privateKey, dsaEncoding: "ieee-p1363" } as const;
  const proof = toHex(sign("sha256", Buffer.from(message, "hex"), key));
  const told = (signature: string): JsonObject | undefined => {
    const { steps } = translate("session-wrapper", {
      octets: new Uint8Array(0),
      keys: { curve: "secp256r1", client_public: coordinates },
      given: { steps: stepsOf(signature) },
      crypto: nodeCrypto,
    }) as { readonly steps: readonly JsonObject[] };
    return steps[2]?.["hls"] as JsonObject | undefined;
  };
  expect(told(proof)).toMatchObject({
    role: "f(StoC) client->server",
    challenge: serverToClient,
    system_title: clientTitle,
    verified: true,
  });
  const wrong = `${proof.slice(0, -2)}${proof.endsWith("00") ? "01" : "00"}`;
  expect(told(wrong)).toMatchObject({ verified: false });
});
