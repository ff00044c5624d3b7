/** Certificates of a meter, checked and kept in memory (class 64 version 1, attribute 6). */
import { DlmsError } from "../../error.ts";
import { equalOctets } from "../../octets.ts";
import {
  type Certificate,
  decodeCertificate,
  verifyCertificate,
} from "../../security/certificate.ts";
import type { CryptoPort } from "../../security/crypto.ts";
import type {
  CertificateInfo,
  CertificateName,
  CertificateType,
  MeterCertificates,
} from "./security-certificates.ts";

/** Certificates kept, unless said otherwise; one more is refused. */
export const certificatesMaxDefault = 16;

/** Whom a list trusts, and how much it keeps. */
export interface CertificateListOptions {
  readonly crypto: CryptoPort;
  /** Keys of certification authorities, raw x || y: one of them has signed what is added. */
  readonly authorities: readonly Uint8Array[];
  /** The meter's own: what it certifies is of entity "server". */
  readonly serverSystemTitle: Uint8Array;
  /** UTC, milliseconds since 1970. Absent: the time of a certificate is not looked at. */
  readonly nowMs?: () => number;
  /** Overflow: one more is refused. Absent = `certificatesMaxDefault`. */
  readonly certificatesMax?: number;
}

interface Kept {
  readonly der: Uint8Array;
  readonly certificate: Certificate;
  readonly info: CertificateInfo;
}

/**
 * For `SecuritySetupOptions.certificates`. Key pairs and requests (PKCS #10) are left to the host:
 * spread this and add `generateKeyPair` and `request`.
 */
export function certificateList(options: CertificateListOptions): MeterCertificates {
  const { crypto, authorities, nowMs, certificatesMax = certificatesMaxDefault } = options;
  const kept: Kept[] = [];
  return {
    list: () => kept.map(({ info }) => info),
    find: (name) => kept.find((member) => isNamed(member, name))?.der,
    add: (der) => {
      const certificate = decoded(der);
      if (certificate === undefined || kept.length >= certificatesMax) return false;
      const now = nowMs?.();
      if (now !== undefined && (now < certificate.notBeforeMs || now > certificate.notAfterMs)) {
        return false;
      }
      const trusted = authorities.some((key) => verifyCertificate(crypto, certificate, key));
      const info = infoOf(certificate, options.serverSystemTitle);
      const { serialNumber, issuer } = info;
      const known = kept.some((member) => isNamed(member, { by: "serial", serialNumber, issuer }));
      if (!trusted || known) return false;
      kept.push({ der, certificate, info });
      return true;
    },
    remove: (name) => {
      const at = kept.findIndex((member) => isNamed(member, name));
      if (at >= 0) kept.splice(at, 1);
      return at >= 0;
    },
  };
}

function decoded(der: Uint8Array): Certificate | undefined {
  try {
    return decodeCertificate(der);
  } catch (error) {
    if (error instanceof DlmsError) return undefined;
    throw error;
  }
}

function infoOf(certificate: Certificate, own: Uint8Array): CertificateInfo {
  const { serialNumber, issuer, subject, subjectAltName, systemTitle } = certificate;
  const entity = entityOf(systemTitle, own);
  const type = typeOf(certificate);
  return { entity, type, serialNumber, issuer, subject, subjectAltName };
}

function entityOf(title: Uint8Array | undefined, own: Uint8Array): CertificateInfo["entity"] {
  if (title === undefined) return 3;
  return equalOctets(title, own) ? 0 : 1;
}

function typeOf({ signs, agrees }: Certificate): CertificateType {
  if (signs) return 0;
  return agrees ? 1 : 3;
}

function isNamed({ info, certificate }: Kept, name: CertificateName): boolean {
  if (name.by === "serial") {
    return (
      equalOctets(info.serialNumber, name.serialNumber) && equalOctets(info.issuer, name.issuer)
    );
  }
  const { systemTitle } = certificate;
  return (
    info.entity === name.entity &&
    info.type === name.type &&
    systemTitle !== undefined &&
    equalOctets(systemTitle, name.systemTitle)
  );
}
