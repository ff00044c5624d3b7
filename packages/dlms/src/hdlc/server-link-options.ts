import type { ServerAddress } from "./address.ts";
import type { LinkOutput } from "./link-output.ts";
import type { HdlcParameters } from "./parameters.ts";

/** Address, parameters and patience of a server link (IEC 62056-46). */
export interface HdlcServerLinkOptions {
  readonly output: LinkOutput;
  /** Our address in the form the client used; answers carry it as their source. */
  readonly server: ServerAddress;
  /** The client this link belongs to, 0..127. */
  readonly clientSap: number;
  /** False: SNRM is answered with DM. Absent: every client is accepted. */
  readonly accepts?: (clientSap: number) => boolean;
  /** What we can do; the rest as in `defaultHdlcParameters`. */
  readonly parameters?: Partial<HdlcParameters>;
  /** Without a frame for so long the link closes (class 23, attribute 8). 0: never. */
  readonly inactivityMs: number;
  /** Refuse with FRMR what the standard says, instead of living with it. Absent: false. */
  readonly strict?: boolean;
  /** Octets of one unit received; beyond: `hdlc/limit`. Absent: `transferOctetsMax`. */
  readonly unitOctetsMax?: number;
}
