/**
 * Where the secrets are in an APDU: authentication values and dedicated keys of AARQ and AARE, what
 * the HLS passes carry, passwords and keys that SET and ACTION write. What is ciphered is none.
 */
import { decodeAcse } from "@lectura/dlms/acse";
import { decodeApdu } from "@lectura/dlms/xdlms";

/** `[start, end)` in octets. */
export type OctetRange = readonly [start: number, end: number];

/** Attributes that are secrets, by class (Blue Book clause 4.4 and 4.7). */
const secretAttributes: ReadonlySet<string> = new Set([
  "15:7", // Association LN: secret
  "44:5", // PPP setup: PPP_authentication
  "45:3", // GPRS modem setup: PIN_code
  "46:5", // SMTP setup: login_password
]);

/** Methods whose parameters are or prove a secret. */
const secretMethods: ReadonlySet<string> = new Set([
  "15:1", // Association LN: reply_to_HLS_authentication
  "15:2", // change_HLS_secret
  "12:6", // Association SN: change_secret
  "12:8", // reply_to_HLS_authentication
  "64:2", // Security setup: key_transfer
  "64:3", // key_agreement
  "72:7", // M-Bus client: set_encryption_key
  "72:8", // transfer_key
]);

/** Octets before what a service carries: tag, choice, invoke-id-and-priority. */
const serviceHeaderOctets = 3;
/** Levels of a decoded APDU that are searched; APDUs nest no deeper than Data do. */
const levelsMax = 64;

interface Content {
  readonly views: Uint8Array[];
  secret: boolean;
}

/** Collects octet strings, and whether a descriptor names a secret, from a decoded APDU. */
function collect(value: unknown, content: Content, levels = levelsMax): Content {
  if (value instanceof Uint8Array) {
    content.views.push(value);
  } else if (typeof value === "object" && value !== null && levels > 0) {
    const { classId, attributeId, methodId } = value as Readonly<Record<string, unknown>>;
    if (typeof classId === "number") {
      content.secret ||=
        secretAttributes.has(`${classId}:${String(attributeId)}`) ||
        secretMethods.has(`${classId}:${String(methodId)}`);
    }
    for (const member of Object.values(value)) collect(member, content, levels - 1);
  }
  return content;
}

function rangeOf(view: Uint8Array, apdu: Uint8Array): OctetRange {
  const start = view.byteOffset - apdu.byteOffset;
  return [start, start + view.length];
}

/** Views of `apdu` among `views`; all of it after the header when there is none. */
function rangesOf(views: readonly Uint8Array[], apdu: Uint8Array): OctetRange[] {
  const own = views.filter((view) => view.buffer === apdu.buffer && view.length > 0);
  return own.length > 0
    ? own.map((view) => rangeOf(view, apdu))
    : [[Math.min(serviceHeaderOctets, apdu.length), apdu.length]];
}

const ciphered = /^(glo|ded|general-(glo|ded))-|^general-ciphering$/;

/** Follows one session: an answer is a secret when its request was, and so are further blocks. */
export class SecretFinder {
  #requestIsSecret = false;

  /**
   * Ranges of `apdu` to mask. With `sensitive`, what is not understood is masked as a whole.
   * `direction` is the client's view.
   */
  find(direction: "tx" | "rx", apdu: Uint8Array, sensitive: boolean): readonly OctetRange[] {
    let found: readonly OctetRange[] | undefined;
    try {
      found = this.#associationSecrets(apdu) ?? this.#serviceSecrets(direction, apdu);
    } catch {
      // Octets that do not decode hold no secret that we know of, but an AARQ might.
      found = apdu[0] === 0x60 ? [[0, apdu.length]] : [];
    }
    if (found === undefined) return [];
    return sensitive && found.length === 0 ? [[0, apdu.length]] : found;
  }

  #associationSecrets(apdu: Uint8Array): readonly OctetRange[] | undefined {
    const tag = apdu[0] ?? 0;
    if (tag < 0x60 || tag > 0x63) return undefined;
    this.#requestIsSecret = false;
    const acse = decodeAcse(apdu);
    const views: Uint8Array[] = [];
    if ("authenticationValue" in acse && acse.authenticationValue !== undefined) {
      views.push(acse.authenticationValue);
    }
    const { userInformation } = acse;
    if (userInformation?.[0] === 0x01) {
      const initiate = decodeApdu(userInformation);
      if (initiate.kind === "initiate-request" && initiate.dedicatedKey !== undefined) {
        views.push(initiate.dedicatedKey);
      }
    }
    return views.length === 0 ? [] : rangesOf(views, apdu);
  }

  /** `undefined`: surely none. */
  #serviceSecrets(direction: "tx" | "rx", apdu: Uint8Array): readonly OctetRange[] | undefined {
    const decoded = decodeApdu(apdu);
    if (ciphered.test(decoded.kind)) return undefined;
    const { views, secret } = collect(decoded, { views: [], secret: false });
    if (direction === "rx") {
      return this.#requestIsSecret && views.length > 0 ? rangesOf(views, apdu) : [];
    }
    const goesOn =
      "type" in decoded &&
      (decoded.type === "next" ||
        decoded.type === "next-pblock" ||
        decoded.type === "with-datablock" ||
        decoded.type === "with-pblock");
    this.#requestIsSecret = secret || (goesOn && this.#requestIsSecret);
    if (!this.#requestIsSecret || decoded.kind === "get-request") return [];
    return "blockNumber" in decoded && views.length === 0 ? [] : rangesOf(views, apdu);
  }
}
