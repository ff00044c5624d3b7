/** The other implementations: how they are started, and what they offer. */
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Framing, LinkNeeds } from "./exchange.ts";
import type { Command } from "./peer-process.ts";
import { securityWords } from "./peer-words.ts";
import { securities, type Security } from "./securities.ts";

export type PeerName = "gurux-dlms" | "jdlms" | "dlms-cosem";
export type Direction = "our client" | "our server";

export interface Peer {
  readonly name: PeerName;
  /** Undefined: installed. Otherwise what is missing. */
  readonly missing: string | undefined;
  readonly client: Command;
  /** Absent: the package has no server. Prints `ready PORT`. */
  readonly server?: (framing: Framing) => Command;
  /** Where a server has either logical or short names: another for the rows with short names. */
  readonly shortNameServer?: (framing: Framing) => Command;
  /** Whether it offers the mechanism, the suite and the envelope at all; if not, no row. */
  readonly offers: (security: Security, direction: Direction) => boolean;
  /** Whether it has ACCESS. */
  readonly hasAccess?: boolean;
  /** What our client has to be told of its server's HDLC. */
  readonly link?: LinkNeeds;
}

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const python = here(".venv/bin/python");
const classes = here("jdlms/target/classes");
const classPath = `${classes}:${here("jdlms/target/dependency")}/*`;

function pythonPeer(script: string, ...args: readonly string[]): Command {
  return { program: python, args: ["-B", here(`peers/${script}`), ...args] };
}

function javaPeer(name: string, ...args: readonly string[]): Command {
  const quick = ["-XX:TieredStopAtLevel=1", "-Xshare:auto", "-Xmx128m"];
  return { program: "java", args: [...quick, "-cp", classPath, `interop.${name}`, ...args] };
}

export function findPeers(): readonly Peer[] {
  const noPython = existsSync(python) ? undefined : "python3 or its packages are missing";
  const noJava = hasJava() && existsSync(classes) ? undefined : "java, mvn or the build is missing";
  return [
    {
      name: "gurux-dlms",
      missing: noPython,
      client: pythonPeer("gurux_client.py"),
      server: (framing) => pythonPeer("gurux_server.py", framing, ...viewWords()),
      hasAccess: true,
      offers: () => true,
    },
    {
      name: "jdlms",
      missing: noJava,
      client: javaPeer("Client"),
      server: (framing) => javaPeer("Server", framing, "ln", ...viewWords()),
      shortNameServer: (framing) => javaPeer("Server", framing, "sn", ...viewWords()),
      offers: jdlmsOffers,
      // No SNRM without parameters, no N(R) but 0, and no answer of several segments.
      link: {
        hdlc: { sendParameters: true, receiveOctetsMax: 2030, transmitOctetsMax: 2030 },
        quirks: { ignoreReceiveSequence: true },
      },
    },
    {
      name: "dlms-cosem",
      missing: noPython,
      client: pythonPeer("dlms_cosem_client.py"),
      offers: dlmsCosemOffers,
    },
  ];
}

/** One word for each row, its names and values with commas between them. */
function viewWords(): readonly string[] {
  return securities.map((security) => securityWords(security, "server").join(","));
}

/** `AuthenticationMechanism` has NONE, LOW and HLS5_GMAC; no dedicated key, no general-glo. */
function jdlmsOffers({ mechanism, envelope, suite, service }: Security): boolean {
  if (service === "gbt" || suite === 1) return false;
  return ["none", "lls", "gmac"].includes(mechanism) && envelope === "glo";
}

/** `dlms_cosem.security` has none, LLS, GMAC and AES (2); its glo- is always general-glo. */
function dlmsCosemOffers({ mechanism, envelope, suite, service }: Security): boolean {
  return (
    service === "ln" &&
    ["none", "lls", "gmac"].includes(mechanism) &&
    envelope === "glo" &&
    suite === 0
  );
}

function hasJava(): boolean {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return folders.some((folder) => existsSync(join(folder, "java")));
}
