/**
 * Certificates of a security setup (class 64 version 1, attribute 6 and methods 4 to 8). What
 * keeps and checks them is given: `certificateList`, or a host's own. What it lacks is refused.
 */
import { array, enumeration, octetString, structure } from "../../axdr/construct.ts";
import type { Data } from "../../axdr/data.ts";
import type { ActionResult } from "../../xdlms/data-access-result.ts";
import type { MethodOutcome, ServerAttribute, ServerMethod } from "../object.ts";

/** 0 digital signature, 1 key agreement, 2 TLS, 3 other. */
export type CertificateType = 0 | 1 | 2 | 3;

/** What attribute 6 says of one certificate. Names are the DER octets of X.509. */
export interface CertificateInfo {
  /** 0 server, 1 client, 2 certification authority, 3 other. */
  readonly entity: 0 | 1 | 2 | 3;
  readonly type: CertificateType;
  readonly serialNumber: Uint8Array;
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  /** Empty where the certificate has none. */
  readonly subjectAltName: Uint8Array;
}

/** Names a certificate: by whom it is for, or by its number at its issuer. */
export type CertificateName =
  | {
      readonly by: "entity";
      readonly entity: number;
      readonly type: number;
      readonly systemTitle: Uint8Array;
    }
  | { readonly by: "serial"; readonly serialNumber: Uint8Array; readonly issuer: Uint8Array };

/** The host's certificates and key pairs. What it does not offer is refused. */
export interface MeterCertificates {
  list(): readonly CertificateInfo[];
  /** DER; undefined: there is none by that name. */
  find?(name: CertificateName): Uint8Array | undefined;
  /** Checks and keeps a certificate (DER). False: it is not to be trusted, or no certificate. */
  add?(certificate: Uint8Array): boolean;
  /** False: there is none by that name, or it may not go. */
  remove?(name: CertificateName): boolean;
  /** Makes a new key pair of the meter. False: it cannot. */
  generateKeyPair?(type: CertificateType): boolean;
  /** A signed request (PKCS #10, DER) for the pair made last; undefined: there is none. */
  request?(type: CertificateType): Uint8Array | undefined;
}

interface CertificateMembers {
  readonly attributes: Readonly<Record<number, ServerAttribute>>;
  readonly methods: Readonly<Record<number, ServerMethod>>;
}

const refused: MethodOutcome = { result: "read-write-denied" };
const unmatched: MethodOutcome = { result: "type-unmatched" };

/** Attribute 6 and methods 4 to 8. */
export function certificateMembers(
  certificates: MeterCertificates | undefined,
): CertificateMembers {
  return {
    attributes: { 6: { read: () => array((certificates?.list() ?? []).map(infoData)) } },
    methods: {
      4: method((data) => {
        const type = typeOf(data);
        if (type === undefined) return unmatched;
        return told(certificates?.generateKeyPair?.(type));
      }),
      5: method((data) => {
        const type = typeOf(data);
        return type === undefined ? unmatched : octets(certificates?.request?.(type));
      }),
      6: method((data) =>
        data?.type === "octet-string" ? told(certificates?.add?.(data.value.slice())) : unmatched,
      ),
      7: method((data) => {
        const name = nameOf(data);
        return name === undefined ? unmatched : octets(certificates?.find?.(name));
      }),
      8: method((data) => {
        const name = nameOf(data);
        return name === undefined ? unmatched : told(certificates?.remove?.(name));
      }),
    },
  };
}

function method(invoke: (data: Data | undefined) => MethodOutcome): ServerMethod {
  return { invoke: (data) => invoke(data) };
}

function told(done: boolean | undefined): MethodOutcome {
  if (done === undefined) return refused;
  const result: ActionResult = done ? "success" : "other-reason";
  return { result };
}

function octets(value: Uint8Array | undefined): MethodOutcome {
  return value === undefined ? refused : { result: "success", returned: octetString(value) };
}

function infoData(info: CertificateInfo): Data {
  const { entity, type, serialNumber, issuer, subject, subjectAltName } = info;
  return structure([
    enumeration(entity),
    enumeration(type),
    octetString(serialNumber),
    octetString(issuer),
    octetString(subject),
    octetString(subjectAltName),
  ]);
}

function typeOf(data: Data | undefined): CertificateType | undefined {
  if (data?.type !== "enum" || data.value > 3) return undefined;
  return data.value as CertificateType;
}

/** `structure { enum identification, structure { ... } }`; undefined: of another form. */
function nameOf(data: Data | undefined): CertificateName | undefined {
  const [kind, body] = data?.type === "structure" ? data.value : [];
  if (kind?.type !== "enum" || body?.type !== "structure") return undefined;
  const [first, second, third] = body.value;
  if (kind.value === 0) {
    if (first?.type !== "enum" || second?.type !== "enum") return undefined;
    if (third?.type !== "octet-string") return undefined;
    const systemTitle = third.value.slice();
    return { by: "entity", entity: first.value, type: second.value, systemTitle };
  }
  if (kind.value !== 1 || first?.type !== "octet-string") return undefined;
  if (second?.type !== "octet-string") return undefined;
  return { by: "serial", serialNumber: first.value.slice(), issuer: second.value.slice() };
}
