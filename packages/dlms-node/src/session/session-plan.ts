import {
  type AssociationProfile,
  clientConformance,
  shortNameConformance,
  standardQuirks,
} from "@lectura/dlms/client";
import {
  type ClientLink,
  HdlcClientLink,
  type LinkOutput,
  type ServerAddress,
} from "@lectura/dlms/hdlc";
import { transferWindowMax } from "@lectura/dlms/transfer";
import { WrapperLink, type WrapperLinkOptions } from "@lectura/dlms/wrapper";
import type { ConformanceBit } from "@lectura/dlms/xdlms";
import { defaultTimeouts, type SessionOptions, type SessionTimeouts } from "./session-options.ts";

/** A link to try. */
export interface LinkCandidate {
  readonly make: (output: LinkOutput) => ClientLink;
  readonly address?: ServerAddress;
}

/** Options with every default filled in and every value checked. */
export interface SessionPlan {
  readonly framing: "hdlc" | "wrapper";
  /** In the order to try: more than one only while the address size is unknown. */
  readonly candidates: readonly LinkCandidate[];
  readonly profile: AssociationProfile;
  readonly timeouts: SessionTimeouts;
}

const publicClient = 16;
const attemptsMaxDefault = 3;

/** @throws {RangeError} a value out of range, or not one of `tcp`, `udp`, `serial`, `port`. */
export function planSession(options: SessionOptions): SessionPlan {
  checkTransport(options);
  checkLimits(options);
  const timeouts =
    options.timeouts === undefined ? defaultTimeouts : { ...defaultTimeouts, ...options.timeouts };
  const framing = options.framing ?? (sendsDatagrams(options) ? "wrapper" : "hdlc");
  const candidates =
    framing === "wrapper" ? [wrapperLink(options, timeouts)] : hdlcLinks(options, timeouts);
  return { framing, candidates, profile: profileOf(options), timeouts };
}

/** One datagram carries one unit, and may be lost. */
function sendsDatagrams({ udp, datagrams }: SessionOptions): boolean {
  return udp !== undefined || datagrams === true;
}

function checkTransport(options: SessionOptions): void {
  const { tcp, udp, serial, port, tls, framing, modeE } = options;
  const given = [tcp, udp, serial, port].filter((transport) => transport !== undefined);
  if (given.length !== 1) throw new RangeError("give one of tcp, udp, serial and port");
  if (tls !== undefined && tcp === undefined) throw new RangeError("tls needs tcp");
  const isUdp = sendsDatagrams(options);
  if (isUdp && framing === "hdlc") throw new RangeError("udp carries the wrapper");
  if (modeE !== undefined && (isUdp || framing === "wrapper")) {
    throw new RangeError("mode E leads to HDLC");
  }
}

function checkLimits({ requestsMax, generalBlockTransfer, preEstablished }: SessionOptions): void {
  checkRange("requestsMax", requestsMax, 1, Number.MAX_SAFE_INTEGER);
  checkRange("generalBlockTransfer.window", generalBlockTransfer?.window, 1, transferWindowMax);
  const { maxPduOctets = 0, serverSystemTitle } = preEstablished ?? {};
  if (maxPduOctets !== 0) checkRange("preEstablished.maxPduOctets", maxPduOctets, 12, 0xffff);
  checkRange("preEstablished.serverSystemTitle", serverSystemTitle?.length, 8, 8);
}

function checkRange(name: string, value: number | undefined, min: number, max: number): void {
  if (value === undefined || (Number.isInteger(value) && value >= min && value <= max)) return;
  throw new RangeError(`${name} ${value} is not ${min}..${max}`);
}

function profileOf(options: SessionOptions): AssociationProfile {
  const maxPduOctets = options.maxPduOctets ?? 0xffff;
  checkRange("maxPduOctets", maxPduOctets, 12, 0xffff);
  return {
    authentication: options.authentication ?? { mechanism: "none" },
    conformance: conformanceOf(options),
    maxPduOctets,
    quirks:
      options.quirks === undefined ? standardQuirks : { ...standardQuirks, ...options.quirks },
    ...(options.referencing === undefined ? {} : { referencing: options.referencing }),
    ...(options.preEstablished === undefined ? {} : { preEstablished: options.preEstablished }),
    ...(options.protection === undefined ? {} : { protection: options.protection }),
    ...(options.conformanceAssumed === undefined
      ? {}
      : { conformanceAssumed: options.conformanceAssumed }),
  };
}

function conformanceOf(options: SessionOptions): readonly ConformanceBit[] {
  const { referencing, generalBlockTransfer } = options;
  const services =
    options.conformance ?? (referencing === "sn" ? shortNameConformance : clientConformance);
  return generalBlockTransfer === undefined ? services : [...services, "general-block-transfer"];
}

function wrapperLink(options: SessionOptions, timeouts: SessionTimeouts): LinkCandidate {
  const clientSap = options.clientSap ?? publicClient;
  const serverPort = options.server?.upper ?? 1;
  for (const [name, value] of [
    ["clientSap", clientSap],
    ["server.upper", serverPort],
  ] as const) {
    checkRange(name, value, 0, 0xffff);
  }
  return {
    make: (output) =>
      new WrapperLink({
        output,
        clientSap,
        serverPort,
        responseTimeoutMs: timeouts.responseMs,
        ...repeatsOf(options),
      }),
  };
}

/**
 * A datagram is lost now and then: a GET in plain text may come twice. Nothing else may: a ciphered
 * one would be a replay, SET and ACTION would be carried out twice, and a credential goes out once.
 * Where every invoke-id is 1 a late answer could be taken for that of the next request.
 */
function repeatsOf(options: SessionOptions): Partial<WrapperLinkOptions> {
  const { quirks, attemptsMax = attemptsMaxDefault } = options;
  if (!sendsDatagrams(options) || quirks?.invokeIdAlwaysOne === true) return {};
  return { attemptsMax, repeatable: isPlainGet };
}

const getRequest = 0xc0;
/** get-request-normal and get-request-with-list; a second get-request-next would ask for more. */
const wholeGets: readonly (number | undefined)[] = [1, 3];

function isPlainGet(apdu: Uint8Array): boolean {
  return apdu[0] === getRequest && wholeGets.includes(apdu[1]);
}

function hdlcLinks(options: SessionOptions, timeouts: SessionTimeouts): readonly LinkCandidate[] {
  const { size = 1, upper = 1, lower = 1 } = options.server ?? {};
  const addresses = size === "auto" ? addressForms(upper, lower) : [addressOf(size, upper, lower)];
  return addresses.map((address) => hdlcLink(options, address, timeouts));
}

function hdlcLink(
  options: SessionOptions,
  address: ServerAddress,
  timeouts: SessionTimeouts,
): LinkCandidate {
  const { responseMs: responseTimeoutMs, octetMs: octetTimeoutMs } = timeouts;
  const { sendParameters, ...parameters } = options.hdlc ?? {};
  return {
    address,
    make: (output) =>
      new HdlcClientLink({
        output,
        clientSap: options.clientSap ?? publicClient,
        server: address,
        parameters,
        ...(sendParameters === undefined ? {} : { sendParameters }),
        responseTimeoutMs,
        octetTimeoutMs,
        attemptsMax: options.attemptsMax ?? attemptsMaxDefault,
        ...(options.quirks === undefined ? {} : { quirks: options.quirks }),
      }),
  };
}

function addressOf(size: 1 | 2 | 4, upper: number, lower: number): ServerAddress {
  return { size, upper, lower: size === 1 ? 0 : lower };
}

/** Every form that can hold the address: one octet as most meters want it, four, two. */
function addressForms(upper: number, lower: number): readonly ServerAddress[] {
  const forms: ServerAddress[] = [];
  if (upper <= 0x7f) forms.push(addressOf(1, upper, 0));
  forms.push(addressOf(4, upper, lower));
  if (upper <= 0x7f && lower <= 0x7f) forms.push(addressOf(2, upper, lower));
  return forms;
}
