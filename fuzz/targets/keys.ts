/** Keys and certificates on their way: what class 64 takes of a client, and gives it. */
import { decodeData, encodeData } from "@lectura/dlms/axdr";
import { DlmsError, equalOctets, fromHex } from "@lectura/dlms/octets";
import {
  answerKeyAgreement,
  beginKeyAgreement,
  decodeCertificate,
  finishKeyAgreement,
  keyTransferData,
  readKeyTransfer,
  Secret,
  verifyCertificate,
} from "@lectura/dlms/security";
import { certificateList } from "@lectura/dlms/server";
import { nodeCrypto as crypto } from "@lectura/testkit";
import { fixedKeyPair, issueCertificate } from "../own-certificates.ts";
import { demand, type FuzzTarget } from "../target.ts";

const clientSystemTitle = fromHex("4c43540000000001");
const serverSystemTitle = fromHex("4c43540000000002");
const authority = fixedKeyPair("P-256", 1);
const meter = fixedKeyPair("P-256", 2);
const client = fixedKeyPair("P-256", 3);
const certificates = [
  issueCertificate(crypto, authority, meter.publicKey, "4C43540000000002", 0x80),
  issueCertificate(crypto, authority, client.publicKey, "4c43540000000001", 0x08),
  issueCertificate(crypto, authority, client.publicKey, "root", undefined),
];

const certificate: FuzzTarget = {
  name: "security/certificate",
  throws: "typed",
  corpus: certificates,
  run(input) {
    const one = decodeCertificate(input);
    demand(one.publicKey.length === (one.curve === "P-256" ? 64 : 96), "a key has its length");
    demand(one.systemTitle === undefined || one.systemTitle.length === 8, "a title has 8 octets");
    demand(Number.isSafeInteger(one.notAfterMs), "a time is whole milliseconds");
    const { signs, agrees, systemTitle, subjectAltName } = one;
    return [signs, agrees, systemTitle?.length, Math.min(1, subjectAltName.length)].join();
  },
};

/** Changed octets under a signature that is checked: whatever verifies has not been changed. */
const keeping: FuzzTarget = {
  name: "security/certificate-list",
  throws: "never",
  corpus: certificates,
  run(input) {
    const list = certificateList({
      crypto,
      authorities: [authority.publicKey],
      serverSystemTitle,
      certificatesMax: 2,
    });
    const taken = [list.add!(input.slice()), list.add!(input.slice()), list.add!(certificates[1]!)];
    demand(taken[1] === false, "a certificate is kept once");
    demand(list.list().length === taken.filter(Boolean).length, "what is taken is listed");
    if (taken[0] === true) {
      const one = decodeCertificate(input);
      demand(verifyCertificate(crypto, one, authority.publicKey), "what is kept verifies");
    }
    return taken.join();
  },
};

const master = new Secret(new Uint8Array(16).fill(3));
const transferred = encodeData(
  keyTransferData(crypto, master, [
    { keyId: 0, key: new Secret(new Uint8Array(16).fill(4)) },
    { keyId: 2, key: new Secret(new Uint8Array(16).fill(5)) },
  ]),
);

const transfer: FuzzTarget = {
  name: "security/key-transfer",
  throws: "typed",
  corpus: [transferred],
  run(input) {
    const keys = readKeyTransfer(crypto, master, decodeData(input));
    for (const { keyId, key } of keys) {
      demand(keyId >= 0 && keyId <= 255, "a key has a number");
      demand(key.octetCount === 16 || key.octetCount === 32, "a key has the length of a suite");
    }
    return String(Math.min(4, keys.length));
  },
};

const meterSide = {
  crypto,
  suite: 1,
  signingPrivate: new Secret(meter.privateKey),
  peerSigningPublic: client.publicKey,
  clientSystemTitle,
  serverSystemTitle,
} as const;
const clientSide = {
  ...meterSide,
  signingPrivate: new Secret(client.privateKey),
  peerSigningPublic: meter.publicKey,
};
const request = beginKeyAgreement(clientSide, [0]);
const answer = answerKeyAgreement(meterSide, request.data);

const agreement: FuzzTarget = {
  name: "security/key-agreement",
  throws: "typed",
  corpus: [
    Uint8Array.of(0, ...encodeData(request.data)),
    Uint8Array.of(1, ...encodeData(answer.data)),
  ],
  run(input) {
    const isAnswer = ((input[0] ?? 0) & 1) === 1;
    const data = decodeData(input.subarray(1));
    const keys = isAnswer
      ? finishKeyAgreement(clientSide, request, data)
      : answerKeyAgreement(meterSide, data).keys;
    demand(
      keys.every(({ key }) => key.octetCount === 16),
      "an agreed key has the length of its suite",
    );
    return `${isAnswer} ${keys.length}`;
  },
};

/** A public key of a stranger: never an error of the platform. */
const points: FuzzTarget = {
  name: "security/points",
  throws: "typed",
  corpus: [meter.publicKey, client.publicKey, new Uint8Array(64), new Uint8Array(64).fill(0xff)],
  run(input) {
    const signature = crypto.sign("P-256", meter.privateKey, input);
    const own = crypto.verify("P-256", meter.publicKey, input, signature);
    demand(own, "what is signed verifies");
    try {
      const isOther = !equalOctets(input, meter.publicKey);
      const verified = crypto.verify("P-256", input, input, signature);
      demand(!(isOther && verified), "no other key verifies");
      crypto.verify("P-256", meter.publicKey, input, input);
    } catch (error) {
      if (!(error instanceof DlmsError)) throw error;
    }
    return String(input.length === 64);
  },
};

export const keyTargets: readonly FuzzTarget[] = [
  certificate,
  keeping,
  transfer,
  agreement,
  points,
];
