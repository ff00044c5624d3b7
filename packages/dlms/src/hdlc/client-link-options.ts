import type { ServerAddress } from "./address.ts";
import type { LinkOutput } from "./link-output.ts";
import type { HdlcParameters } from "./parameters.ts";

/** Behaviour of real servers that differs from IEC 62056-46. Named for what the server does. */
export interface HdlcClientQuirks {
  /**
   * N(R) of the server says nothing: its I and RR frames acknowledge whatever was sent, and what is
   * really lost is found by silence alone. For a server that answers with N(R) 0 for ever. An
   * answer so taken is counted as `unacknowledgedAnswers`. The LLC header of its answers needs no
   * quirk: that of a command is taken as well.
   */
  readonly ignoreReceiveSequence: boolean;
}

/** Addresses, parameters and patience of a client link (IEC 62056-46). */
export interface HdlcClientLinkOptions {
  readonly output: LinkOutput;
  /** Our address, 0..127. */
  readonly clientSap: number;
  readonly server: ServerAddress;
  /** What we can do; the rest as in `defaultHdlcParameters`. */
  readonly parameters?: Partial<HdlcParameters>;
  /** SNRM states the parameters. Absent: when they differ from the defaults. */
  readonly sendParameters?: boolean;
  /** One answer, and each further frame of it. */
  readonly responseTimeoutMs: number;
  /** Once an answer has begun, its next octets (ISO/IEC 13239 inter-octet time). Absent: 1000. */
  readonly octetTimeoutMs?: number;
  /** How often one frame is sent at most, 1 or more. */
  readonly attemptsMax: number;
  /** Absent: none. */
  readonly quirks?: Partial<HdlcClientQuirks>;
  /** Octets of one unit received; beyond: `hdlc/limit`. Absent: `transferOctetsMax`. */
  readonly unitOctetsMax?: number;
}
