import type { ServerAddress } from "./address.ts";
import type { LinkOutput } from "./link-output.ts";
import type { HdlcParameters } from "./parameters.ts";

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
  /** Octets of one unit received; beyond: `hdlc/limit`. Absent: `transferOctetsMax`. */
  readonly unitOctetsMax?: number;
}
