import { DecodeError } from "../error.ts";
import { transferOctetsMax } from "../limits.ts";
import { OctetReader, OctetWriter } from "../octets.ts";
import { accessRequest, type AccessRequest } from "./access-request.ts";
import { accessResponse, type AccessResponse } from "./access-response.ts";
import { actionRequest, type ActionRequest } from "./action-request.ts";
import { actionResponse, type ActionResponse } from "./action-response.ts";
import type { ApduCodec } from "./apdu-codec.ts";
import {
  type CipheredService,
  cipheredServices,
  overdeclaredCipheredServices,
} from "./ciphered-service.ts";
import { confirmedServiceError, type ConfirmedServiceError } from "./confirmed-service-error.ts";
import {
  type DataNotification,
  dataNotification,
  type DataNotificationConfirm,
  dataNotificationConfirm,
  taggedDataNotification,
} from "./data-notification.ts";
import {
  type EventNotification,
  eventNotification,
  taggedEventNotification,
} from "./event-notification.ts";
import { exceptionResponse, type ExceptionResponse } from "./exception-response.ts";
import { generalBlockTransfer, type GeneralBlockTransfer } from "./general-block-transfer.ts";
import {
  type GeneralDedCiphering,
  generalDedCiphering,
  type GeneralGloCiphering,
  generalGloCiphering,
  untitledGeneralDedCiphering,
  untitledGeneralGloCiphering,
} from "./general-ciphered.ts";
import {
  type GeneralCiphering,
  generalCiphering,
  type GeneralSigning,
  generalSigning,
} from "./general-ciphering.ts";
import { getRequest, type GetRequest } from "./get-request.ts";
import { type GetResponse, getResponse, readGetResponse } from "./get-response.ts";
import { informationReport, type InformationReport } from "./information-report.ts";
import { initiateRequest, type InitiateRequest } from "./initiate-request.ts";
import { initiateResponse, type InitiateResponse } from "./initiate-response.ts";
import { readRequest, type ReadRequest } from "./read-request.ts";
import { readResponse, type ReadResponse } from "./read-response.ts";
import { setRequest, type SetRequest } from "./set-request.ts";
import { setResponse, type SetResponse } from "./set-response.ts";
import {
  unconfirmedWriteRequest,
  type UnconfirmedWriteRequest,
} from "./unconfirmed-write-request.ts";
import { writeRequest, type WriteRequest } from "./write-request.ts";
import { writeResponse, type WriteResponse } from "./write-response.ts";

/** Every xDLMS APDU, told apart by `kind` (and by `type` where a service has several forms). */
export type Apdu =
  | InitiateRequest
  | InitiateResponse
  | ReadRequest
  | ReadResponse
  | WriteRequest
  | WriteResponse
  | UnconfirmedWriteRequest
  | InformationReport
  | ConfirmedServiceError
  | GetRequest
  | GetResponse
  | SetRequest
  | SetResponse
  | ActionRequest
  | ActionResponse
  | AccessRequest
  | AccessResponse
  | EventNotification
  | DataNotification
  | DataNotificationConfirm
  | ExceptionResponse
  | GeneralBlockTransfer
  | CipheredService
  | GeneralGloCiphering
  | GeneralDedCiphering
  | GeneralCiphering
  | GeneralSigning;

/** Name of an xDLMS APDU: the standard's, in lower case with hyphens. */
export type ApduKind = Apdu["kind"];

/** Forms outside the standard that meters send all the same. All off unless named. */
export interface ApduLeniency {
  /** data-notification whose date-time carries the Data tag 09 (Kaifa). */
  readonly taggedDateTime?: boolean;
  /** event-notification whose time stands behind 09 instead of the flag 01 (Kaifa MX382). */
  readonly taggedEventTime?: boolean;
  /** general-glo- and general-ded-ciphering with an empty system title. */
  readonly emptySystemTitle?: boolean;
  /** glo- and ded- APDU whose length says more than there is. */
  readonly overdeclaredCipheredLength?: boolean;
}

type AnyApduCodec = ApduCodec<Apdu>;

/** The table is sound: a tag leads to its own codec, and a kind to the same one. */
function erase<T extends Apdu>(codec: ApduCodec<T>): AnyApduCodec {
  return codec as unknown as AnyApduCodec;
}

const codecs: readonly AnyApduCodec[] = [
  erase(initiateRequest),
  erase(initiateResponse),
  erase(readRequest),
  erase(readResponse),
  erase(writeRequest),
  erase(writeResponse),
  erase(unconfirmedWriteRequest),
  erase(informationReport),
  erase(confirmedServiceError),
  erase(getRequest),
  erase(getResponse),
  erase(setRequest),
  erase(setResponse),
  erase(actionRequest),
  erase(actionResponse),
  erase(accessRequest),
  erase(accessResponse),
  erase(eventNotification),
  erase(dataNotification),
  erase(dataNotificationConfirm),
  erase(exceptionResponse),
  erase(generalBlockTransfer),
  ...cipheredServices.map(erase),
  erase(generalGloCiphering),
  erase(generalDedCiphering),
  erase(generalCiphering),
  erase(generalSigning),
];

const byTag: (AnyApduCodec | undefined)[] = Array.from({ length: 256 });
const byKind = new Map<string, AnyApduCodec>();
for (const codec of codecs) {
  byTag[codec.tag] = codec;
  byKind.set(codec.kind, codec);
}

const lenientByTag = {
  taggedDateTime: [erase(taggedDataNotification)],
  taggedEventTime: [erase(taggedEventNotification)],
  emptySystemTitle: [erase(untitledGeneralGloCiphering), erase(untitledGeneralDedCiphering)],
  overdeclaredCipheredLength: overdeclaredCipheredServices.map(erase),
} satisfies Record<keyof ApduLeniency, readonly AnyApduCodec[]>;

/** The declaration of the APDU a tag begins; undefined where none does. */
export function apduCodecOf(tag: number, leniency: ApduLeniency = {}): ApduCodec<Apdu> | undefined {
  return codecFor(tag, leniency);
}

function codecFor(tag: number, leniency: ApduLeniency): AnyApduCodec | undefined {
  for (const key of Object.keys(lenientByTag) as (keyof ApduLeniency)[]) {
    if (leniency[key] !== true) continue;
    const found = lenientByTag[key].find((codec) => codec.tag === tag);
    if (found !== undefined) return found;
  }
  return byTag[tag];
}

/**
 * Decodes exactly one xDLMS APDU by its tag: no octet may be left. Octet strings in the result are
 * views of `octets`. @throws {DecodeError} unknown tag, malformed, over a limit.
 */
export function decodeApdu(octets: Uint8Array, leniency?: ApduLeniency): Apdu {
  if (octets.length > transferOctetsMax) {
    throw new DecodeError("xdlms", "APDU", 0, `${octets.length} octets`, "limit");
  }
  return readApdu(new OctetReader(octets, "xdlms"), leniency);
}

/** The same up to the end of `reader`, for callers that hold one already. @throws {DecodeError} */
export function readApdu(reader: OctetReader, leniency?: ApduLeniency): Apdu {
  const tag = reader.peek();
  if (tag === 0xc4) return readGetResponse(reader);
  const codec = leniency === undefined ? byTag[tag] : codecFor(tag, leniency);
  if (codec === undefined) {
    return tag < 0
      ? reader.fail("APDU", "no octets")
      : reader.fail("APDU", `unknown tag 0x${tag.toString(16).padStart(2, "0")}`);
  }
  reader.offset++;
  const value = codec.decodeBody(reader);
  reader.finish(codec.kind);
  return value;
}

/** Writes one APDU. @throws {RangeError} a value that has no encoding. */
export function writeApdu(writer: OctetWriter, apdu: Apdu): void {
  const codec = byKind.get(apdu.kind);
  if (codec === undefined) throw new RangeError(`no APDU is called ${apdu.kind}`);
  codec.encode(writer, apdu);
}

/** Encodes one APDU into octets of its own. @throws {RangeError} a value that has no encoding. */
export function encodeApdu(apdu: Apdu): Uint8Array {
  const writer = new OctetWriter(transferOctetsMax);
  writeApdu(writer, apdu);
  return writer.finish();
}
