import type { ConnectionOptions } from "node:tls";
import type {
  ApduProtection,
  AssociationQuirks,
  ClientAuthentication,
  PreEstablishedAssociation,
  Referencing,
  ShortNameMap,
} from "@lectura/dlms/client";
import type { HdlcClientQuirks, HdlcParameters } from "@lectura/dlms/hdlc";
import type { GatewayTarget } from "@lectura/dlms/wrapper";
import type { ApduLeniency, ConformanceBit } from "@lectura/dlms/xdlms";
import type { Clock } from "../clock.ts";
import type { ModeEOptions } from "../sign-on/sign-on-options.ts";
import type { FrameObserver } from "../observer.ts";
import type { Port } from "../ports/port.ts";
import type { SerialPortOptions } from "../ports/serial-port.ts";
import type { GeneralBlockTransferOptions } from "./session-transfer.ts";
import type { UnsolicitedApdu } from "./unsolicited.ts";

/** How long a session waits, in milliseconds. */
export interface SessionTimeouts {
  /** TCP connect. Default 5000. */
  readonly connectMs: number;
  /** One answer; each repeat waits as long again. Default 5000. */
  readonly responseMs: number;
  /** One address form while probing with size "auto". Default 2000. */
  readonly probeMs: number;
  /** Pause inside an answer of HDLC that ends the wait for the rest of it. Default 1000. */
  readonly octetMs: number;
  /** Release, disconnect and close together. Default 1500. */
  readonly releaseMs: number;
  /** After the end of a TCP stream was asked for, its peer's consent; then it is cut. Default 1000. */
  readonly lingerMs: number;
}

/** Behaviour of real meters that differs from the books: the association's and the link's. */
export interface SessionQuirks extends AssociationQuirks, HdlcClientQuirks {}

/** The meter's place on its line. */
export interface ServerAddressOptions {
  /** Octets of the HDLC server address, or "auto" to probe 1, 4, 2 by SNRM alone. Default 1. */
  readonly size?: 1 | 2 | 4 | "auto";
  /** Logical device; also the wrapper's server wPort. Default 1. */
  readonly upper?: number;
  /** Physical device. Unused with size 1 and with the wrapper. Default 1. */
  readonly lower?: number;
}

/** Everything `openSession` needs; exactly one of `tcp`, `udp`, `serial` and `port` is given. */
export interface SessionOptions {
  /** `host:port`, e.g. `"192.0.2.7:4059"` or `"[2001:db8::7]:4059"`. */
  readonly tcp?: string;
  /** TLS over `tcp`; `{}` checks the meter's certificate against the machine's authorities. */
  readonly tls?: ConnectionOptions;
  /**
   * `host:port`: the wrapper in datagrams. GETs in plain text are repeated up to `attemptsMax`, all
   * else is sent once. Answers must fit a datagram: see `maxPduOctets`.
   */
  readonly udp?: string;
  /** A serial port: a path, `"/dev/ttyUSB0?baud=300&data=7&parity=even"`, or all of it. */
  readonly serial?: string | SerialPortOptions;
  /** Sign-on of mode E before the HDLC link. Absent: none. */
  readonly modeE?: ModeEOptions;
  /** The meter is on a network behind a gateway: its header stands before every APDU. */
  readonly gateway?: GatewayTarget;
  /** An open stream; it stays open when the session ends. */
  readonly port?: Port;
  /** `port` carries datagrams, as one of `openUdpPort` does: what holds for `udp` holds for it. */
  readonly datagrams?: boolean;
  /** Default "hdlc"; over datagrams "wrapper", and nothing else. */
  readonly framing?: "hdlc" | "wrapper";
  /** Client SAP; also the wrapper's client wPort. Default 16, the public client. */
  readonly clientSap?: number;
  readonly server?: ServerAddressOptions;
  /**
   * How the meter names its objects. Default "ln", logical names. With "sn" requests by logical name
   * are translated: see `shortNames`.
   */
  readonly referencing?: Referencing;
  /** The meter's short names, kept from an earlier session. Absent: read when first needed. */
  readonly shortNames?: ShortNameMap;
  /**
   * The association is there already, and this is what it is: no AARQ, no RLRQ, no authentication.
   * The link under it is opened and closed all the same.
   */
  readonly preEstablished?: PreEstablishedAssociation;
  /** Default none. */
  readonly authentication?: ClientAuthentication;
  /** Ciphering; its presence selects the application context with ciphering. */
  readonly protection?: ApduProtection;
  /** Link parameters to propose; `sendParameters: false` sends a bare SNRM. */
  readonly hdlc?: Partial<HdlcParameters> & { readonly sendParameters?: boolean };
  /** Largest APDU we receive, 12..65535. Default 65535. */
  readonly maxPduOctets?: number;
  /**
   * Proposed conformance. Default: `clientConformance`, with short names `shortNameConformance`.
   * ACCESS and what else is younger must be named: old meters refuse bits they do not know.
   */
  readonly conformance?: readonly ConformanceBit[];
  /**
   * Proposes general block transfer beside `conformance`: requests beyond the meter's max PDU that
   * have no blocks of their own go by it. Answers in it are understood in any case.
   */
  readonly generalBlockTransfer?: GeneralBlockTransferOptions;
  /**
   * Requests after which the meter wants a new association; one more is refused with
   * `session/requests-exhausted` and nothing is sent. Default: no limit.
   */
  readonly requestsMax?: number;
  /** Assumed instead of the conformance the meter answers. */
  readonly conformanceAssumed?: readonly ConformanceBit[];
  readonly quirks?: Partial<SessionQuirks>;
  readonly timeouts?: Partial<SessionTimeouts>;
  /** How often one frame is sent at most before its silence is final. Default 3. */
  readonly attemptsMax?: number;
  readonly clock?: Clock;
  readonly observer?: FrameObserver;
  /**
   * Told what the meter says unasked while the session is open: data-notification,
   * event-notification, information-report, deciphered. It must not throw.
   */
  readonly onUnsolicited?: (apdu: UnsolicitedApdu) => void;
  /** Forms beside the standard that are read in what comes unasked. Default: `pushLeniency`. */
  readonly leniency?: ApduLeniency;
  /** Aborts the opening; an open session is ended by disposing it. */
  readonly signal?: AbortSignal;
}

/** Timeouts of a session nobody told others, in milliseconds. */
export const defaultTimeouts: SessionTimeouts = {
  connectMs: 5000,
  responseMs: 5000,
  probeMs: 2000,
  octetMs: 1000,
  releaseMs: 1500,
  lingerMs: 1000,
};
