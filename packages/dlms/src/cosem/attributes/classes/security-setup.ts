/** Types of the security setup (Blue Book 4.4.7). Its methods' secrets are made in `security/`. */
import type { TypedClass } from "../shape.ts";

const keys = [{ keyId: "enum", keyWrapped: "octet-string" }] as const;

/** Class 64 Security setup. */
export const securitySetupClass = {
  classId: 64,
  versions: {
    0: {
      attributes: {
        securityPolicy: "enum",
        securitySuite: "enum",
        clientSystemTitle: "octet-string",
        serverSystemTitle: "octet-string",
      },
      methods: { securityActivate: "enum", globalKeyTransfer: keys },
    },
    1: {
      attributes: {
        /** Bits 2..4 authenticated, encrypted, signed request; 5..7 the same for the response. */
        securityPolicy: "enum",
        securitySuite: "enum",
        clientSystemTitle: "octet-string",
        serverSystemTitle: "octet-string",
        certificates: [
          {
            certificateEntity: "enum",
            certificateType: "enum",
            serialNumber: "octet-string",
            issuer: "octet-string",
            subject: "octet-string",
            subjectAltName: "octet-string",
          },
        ],
      },
      methods: {
        securityActivate: "enum",
        keyTransfer: keys,
        keyAgreement: [{ keyId: "enum", keyData: "octet-string" }],
        generateKeyPair: "enum",
        generateCertificateRequest: "enum",
        importCertificate: "octet-string",
        exportCertificate: "any",
        removeCertificate: "any",
      },
    },
  },
} as const satisfies TypedClass;
