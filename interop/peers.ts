/** The other implementations: how they are started, and what they are known not to do. */
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Authentication, Framing } from "./exchange.ts";
import { type OperationName, operationNames } from "./operations.ts";
import type { Command } from "./peer-process.ts";

export type PeerName = "gurux-dlms" | "jdlms" | "dlms-cosem";
export type Direction = "our client" | "our server";

export interface Peer {
  readonly name: PeerName;
  /** Undefined: installed. Otherwise what is missing. */
  readonly missing: string | undefined;
  readonly client: Command;
  /** Absent: the package has no server. Prints `ready PORT`. */
  readonly server?: (framing: Framing, password: string) => Command;
  /** Its server does not take an SNRM without parameters. */
  readonly needsParameters?: boolean;
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
      server: (framing, password) => pythonPeer("gurux_server.py", framing, password),
    },
    {
      name: "jdlms",
      missing: noJava,
      client: javaPeer("Client"),
      server: (framing, password) => javaPeer("Server", framing, password),
      needsParameters: true,
    },
    { name: "dlms-cosem", missing: noPython, client: pythonPeer("dlms_cosem_client.py") },
  ];
}

function hasJava(): boolean {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return folders.some((folder) => existsSync(join(folder, "java")));
}

/**
 * What a peer cannot. A failing cell passes as "peer cannot" only when it is described here and its
 * error is the one described; the reasons are in docs/interop.md.
 */
export interface PeerLimit {
  readonly peer: PeerName;
  readonly direction: Direction;
  readonly operations: readonly OperationName[];
  readonly framing?: Framing;
  readonly authentication?: Authentication["kind"];
  readonly error: RegExp;
}

export const peerLimits: readonly PeerLimit[] = [
  {
    peer: "gurux-dlms",
    direction: "our client",
    operations: ["entry"],
    error: /1 elements in 0 octets/,
  },
  {
    peer: "gurux-dlms",
    direction: "our client",
    operations: ["range"],
    error: /hardware-fault/,
  },
  {
    peer: "jdlms",
    direction: "our client",
    operations: operationNames,
    framing: "hdlc",
    error: /answer with N\(R\) 0, expected 1/,
  },
  {
    peer: "jdlms",
    direction: "our server",
    operations: ["segments"],
    framing: "hdlc",
    error: /BufferUnderflowException|no answer within/,
  },
  {
    peer: "dlms-cosem",
    direction: "our server",
    operations: ["7E"],
    framing: "hdlc",
    error: /CommunicationError: Could not receive data/,
  },
  {
    peer: "dlms-cosem",
    direction: "our server",
    operations: ["entry"],
    error: /NotImplementedError/,
  },
];
