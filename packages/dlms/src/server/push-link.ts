/**
 * What stands around a pushed APDU on its way to a client that listens: frames out, and the APDUs
 * of the answers in. No link and no association (Green Book 10.10, push operation).
 */
import { encodeClientAddress, encodeServerAddress, type ServerAddress } from "../hdlc/address.ts";
import { controlUi } from "../hdlc/control.ts";
import { buildFrame } from "../hdlc/frame.ts";
import { llcResponse } from "../hdlc/llc.ts";
import { apduOctetsMax } from "../limits.ts";
import { concatOctets } from "../octets.ts";
import { PushStream } from "../push/push-stream.ts";
import { streamedBlocks } from "../transfer/streamed-blocks.ts";
import { encodeWrapper } from "../wrapper/header.ts";

/** How pushes are framed, and for whom. */
export type PushLink =
  | {
      readonly framing: "hdlc";
      /** The meter's own address. */
      readonly server: ServerAddress;
      /** Client SAP, 1..127. */
      readonly clientSap: number;
      /** Octets of information of one UI frame, 16..2030; more is segmented. Absent = 128. */
      readonly informationOctetsMax?: number;
    }
  | {
      readonly framing: "wrapper";
      /** wPort of the meter's logical device. */
      readonly source: number;
      /** wPort of the client. */
      readonly destination: number;
    }
  | { readonly framing: "apdu" };

/** What every receiver takes without negotiation (IEC 62056-46 clause 6.4.4.4.3.2). */
const informationOctetsDefault = 128;

/**
 * The units to send, one after the other; over UDP each is one datagram. An APDU beyond
 * `octetsMax` goes in general blocks that stream. Octets of their own.
 * @throws {ProtocolError} xdlms/limit, xdlms/pdu-too-long @throws {RangeError} addresses
 */
export function framePush(
  apdu: Uint8Array,
  link: PushLink,
  octetsMax: number = apduOctetsMax,
): readonly Uint8Array[] {
  const apdus = apdu.length <= octetsMax ? [apdu] : streamedBlocks(apdu, octetsMax);
  switch (link.framing) {
    case "apdu":
      return apdus.map((each) => each.slice());
    case "wrapper":
      return apdus.map((each) => encodeWrapper(link.source, link.destination, each));
    case "hdlc":
      return apdus.flatMap((each) => frames(each, link));
  }
}

/** UI frames, the LLC header in the first segment alone. */
function frames(
  apdu: Uint8Array,
  link: Extract<PushLink, { readonly framing: "hdlc" }>,
): readonly Uint8Array[] {
  const { informationOctetsMax = informationOctetsDefault } = link;
  const unit = concatOctets([llcResponse, apdu]);
  const addresses = {
    destination: encodeClientAddress(link.clientSap),
    source: encodeServerAddress(link.server),
  };
  const count = Math.ceil(unit.length / informationOctetsMax);
  return Array.from({ length: count }, (_, at) =>
    buildFrame({
      ...addresses,
      control: controlUi,
      segmented: at + 1 < count,
      information: unit.subarray(at * informationOctetsMax, (at + 1) * informationOctetsMax),
    }),
  );
}

/** Takes the APDUs out of what the client sends back, however its stream is cut. */
export function pushAnswers(link: PushLink, take: (apdu: Uint8Array) => void): PushStream {
  const nothing = (): void => undefined;
  return new PushStream(
    { unit: (apdu) => take(apdu), discarded: nothing, spoiled: nothing, unknown: nothing },
    { framing: link.framing },
  );
}
