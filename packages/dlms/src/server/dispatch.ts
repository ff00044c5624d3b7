/** Which service answers a request, by its tag and the referencing of the association. */
import type { OctetWriter } from "../octets.ts";
import { serveAccess } from "./access-service.ts";
import { serveAction } from "./action-service.ts";
import { serveGet } from "./get-service.ts";
import { serveRead } from "./read-service.ts";
import { type Progress, ServiceRefused, type ServiceRequest } from "./service.ts";
import { serveSet } from "./set-service.ts";
import { serveUnconfirmedWrite, serveWrite } from "./write-service.ts";

const tag = {
  read: 0x05,
  write: 0x06,
  unconfirmedWrite: 0x16,
  get: 0xc0,
  set: 0xc1,
  action: 0xc3,
  access: 0xd9,
} as const;

/** Requests the standard has; those of the other way of referencing are not allowed here. */
const knownServices: readonly number[] = [...Object.values(tag), 0xe0];

/** True for the tag of a request that is not ciphered. */
export function isPlainService(service: number): boolean {
  return knownServices.includes(service);
}

/**
 * Answers one request into the writer; returns what is under way afterwards.
 * @throws {DecodeError} the request does not decode
 * @throws {ServiceRefused} the service is not agreed, or its answer is too long
 */
export function dispatch(request: ServiceRequest, writer: OctetWriter): Progress | undefined {
  const service = request.apdu[0]!;
  if (request.facts.referencing === "sn") return dispatchShortName(service, request, writer);
  switch (service) {
    case tag.get:
      return serveGet(request, writer);
    case tag.set:
      return serveSet(request, writer);
    case tag.action:
      return serveAction(request, writer);
    case tag.access:
      return serveAccess(request, writer);
    default:
      return notServed(service);
  }
}

function dispatchShortName(
  service: number,
  request: ServiceRequest,
  writer: OctetWriter,
): Progress | undefined {
  switch (service) {
    case tag.read:
      return serveRead(request, writer);
    case tag.write:
      return serveWrite(request, writer);
    case tag.unconfirmedWrite:
      serveUnconfirmedWrite(request);
      return undefined;
    default:
      return notServed(service);
  }
}

function notServed(service: number): never {
  const known = knownServices.includes(service);
  throw new ServiceRefused(
    "service-not-supported",
    known ? "service-not-allowed" : "service-unknown",
  );
}
