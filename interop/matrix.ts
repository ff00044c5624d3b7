/** Runs the rows of the matrix: one row is one direction, peer, framing and security. */
import { systemClock } from "@lectura/dlms-node";
import type { Answer, Driver, Framing, Place } from "./exchange.ts";
import { mismatch } from "./expectation.ts";
import {
  type ColumnName,
  columnNames,
  type OperationName,
  operationNames,
  referenceSteps,
  simulatorSteps,
  type Step,
} from "./operations.ts";
import { OurClient } from "./our-client.ts";
import type { OurMeters } from "./our-meters.ts";
import { PeerClient, type PeerCounters } from "./peer-client.ts";
import { limitOf } from "./peer-limits.ts";
import { type Command, PeerProcess, portOf } from "./peer-process.ts";
import type { Direction, Peer, PeerName } from "./peers.ts";
import { peerPushes, pushToPeer } from "./pushes.ts";
import { securities, type Security } from "./securities.ts";

export type Outcome =
  | { readonly kind: "pass" }
  /** `why` is the limit's line, `error` what the cell ended with. */
  | { readonly kind: "peer cannot"; readonly error: string; readonly why: string }
  | { readonly kind: "fail"; readonly error: string };

export interface RowName {
  readonly direction: Direction;
  readonly peer: PeerName;
  readonly framing: Framing;
  readonly security: Security;
}

export interface Row extends RowName {
  readonly cells: Readonly<Partial<Record<ColumnName, Outcome>>>;
}

export const framings: readonly Framing[] = ["hdlc", "wrapper"];

export interface MatrixOptions {
  readonly peers: readonly Peer[];
  readonly meters: OurMeters;
  /** Only the rows that `securities` marks for it. */
  readonly short: boolean;
  /** Only rows whose mechanism and protection contain this. */
  readonly only: (security: Security) => boolean;
  readonly onRow: (row: Row) => void;
}

/** Answers and notes come through different pipes. */
const notesWithinMs = 100;
/** For a cell that may fail by chance. */
const attemptsMax = 3;

export async function runMatrix(options: MatrixOptions): Promise<void> {
  const { peers, meters, short, only, onRow } = options;
  const chosen = securities.filter(only);
  const counters: PeerCounters = { last: 0 };
  for (const peer of peers) {
    for (const framing of framings) {
      const offered = (direction: Direction): readonly Security[] =>
        chosen.filter((row) => peer.offers(row, direction) && (!short || row.isShort));
      await runOurClient(peer, framing, offered("our client"), { counters, onRow });
      await runOurServer(peer, framing, offered("our server"), { meters, counters, onRow });
    }
  }
}

/** ACCESS names objects by logical name. */
function hasAccess(peer: Peer, { service }: Security): boolean {
  return peer.hasAccess === true && service !== "sn";
}

/** One row says it: what it would be with each security cannot exist. */
function withoutServer(peer: Peer, framing: Framing, security: Security): Row {
  const error = "missing role";
  const outcome: Outcome = { kind: "peer cannot", error, why: "it has no server" };
  const columns = columnNames.filter((name) =>
    name === "push" ? security.pushes : name !== "ACCESS",
  );
  return {
    direction: "our client",
    peer: peer.name,
    framing,
    security,
    cells: Object.fromEntries(columns.map((name) => [name, outcome])),
  };
}

/** Views that a server peer does not take from its settings: `refused SAP REASON`. */
function refusalsOf(notes: readonly string[]): ReadonlyMap<number, string> {
  const found = notes.flatMap((line) => {
    const [, sap, reason] = /^refused (\d+) (.*)$/.exec(line) ?? [];
    return sap === undefined || reason === undefined ? [] : [[Number(sap), reason] as const];
  });
  return new Map(found);
}

/** In the place of a client whose view the peer has refused: nobody is there to be asked. */
class Refused implements Driver {
  readonly #answer: Answer;

  constructor(error: string) {
    this.#answer = { ok: false, error };
  }

  open(): Promise<Answer> {
    return Promise.resolve(this.#answer);
  }

  perform(): Promise<Answer> {
    return Promise.resolve(this.#answer);
  }

  close(): Promise<Answer> {
    return Promise.resolve(this.#answer);
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

type OnRow = MatrixOptions["onRow"];

interface OurServerSide {
  readonly meters: OurMeters;
  readonly counters: PeerCounters;
  readonly onRow: OnRow;
}

async function runOurClient(
  peer: Peer,
  framing: Framing,
  chosen: readonly Security[],
  { counters, onRow }: Pick<OurServerSide, "counters" | "onRow">,
): Promise<void> {
  if (peer.server === undefined) {
    const [first] = chosen;
    if (first !== undefined) onRow(withoutServer(peer, framing, first));
    return;
  }
  await using pusher = new PeerClient(peer.client, counters);
  const { server, shortNameServer = server } = peer;
  const isShort = ({ service }: Security): boolean =>
    service === "sn" && shortNameServer !== server;
  const groups = Map.groupBy(chosen, isShort);
  for (const [short, ofServer] of groups) {
    const command = short ? shortNameServer(framing) : server(framing);
    await runPeerServer({ peer, framing, command, pusher, onRow }, ofServer);
  }
}

interface PeerServer {
  readonly peer: Peer;
  readonly framing: Framing;
  readonly command: Command;
  /** The same peer as a meter that pushes. */
  readonly pusher: PeerClient;
  readonly onRow: OnRow;
}

async function runPeerServer(
  { peer, framing, command, pusher, onRow }: PeerServer,
  chosen: readonly Security[],
): Promise<void> {
  await using server = new PeerProcess(command);
  const port = await portOf(server);
  const refusals = refusalsOf(server.notes());
  const link = peer.link === undefined ? {} : { link: peer.link };
  const address = { size: 1, upper: 1, lower: 17 } as const;
  for (const security of chosen) {
    await using driver = new OurClient();
    const refusal = refusals.get(security.clientSap);
    const run: CellRun = {
      name: { direction: "our client", peer: peer.name, framing, security },
      driver: refusal === undefined ? driver : new Refused(refusal),
      hasAccess: hasAccess(peer, security),
      push: (...row) => peerPushes(pusher, ...row),
      peerNotes: () => server.notes(),
      placeOf: () => ({ port, address, ...link, framing, security }),
    };
    onRow(await runRow(run, (operation) => referenceSteps[operation]));
  }
}

async function runOurServer(
  peer: Peer,
  framing: Framing,
  chosen: readonly Security[],
  { meters, counters, onRow }: OurServerSide,
): Promise<void> {
  await using driver = new PeerClient(peer.client, counters);
  for (const security of chosen) {
    const more = simulatorSteps(meters, security);
    const run: CellRun = {
      name: { direction: "our server", peer: peer.name, framing, security },
      driver,
      hasAccess: hasAccess(peer, security),
      push: (...row) => pushToPeer(driver, ...row),
      peerNotes: () => [],
      placeOf: ({ meter }) => ({ ...meters.places[meter], framing, security }),
    };
    onRow(await runRow(run, (name) => [...referenceSteps[name], ...(more[name] ?? [])]));
    await driver.close();
  }
}

interface CellRun {
  readonly hasAccess: boolean;
  readonly push: (framing: Framing, security: Security) => Promise<string | undefined>;
  readonly name: RowName;
  readonly driver: Driver;
  readonly placeOf: (step: Step) => Place;
  readonly peerNotes: () => readonly string[];
}

async function runRow(
  run: CellRun,
  stepsOf: (operation: OperationName) => readonly Step[],
): Promise<Row> {
  const cells: Partial<Record<ColumnName, Outcome>> = {};
  for (const operation of operationNames) {
    if (operation === "ACCESS" && !run.hasAccess) continue;
    cells[operation] = await attempt(run, operation, () => runSteps(run, stepsOf(operation)));
  }
  const { framing, security } = run.name;
  if (security.pushes) {
    cells.push = await attempt(run, "push", () => run.push(framing, security));
  }
  return { ...run.name, cells };
}

/** Once more, where what the peer cannot depends on chance. */
async function attempt(
  run: CellRun,
  operation: ColumnName,
  once: () => Promise<string | undefined>,
): Promise<Outcome> {
  for (let number = 1; ; number++) {
    const error = await once();
    if (error === undefined) return { kind: "pass" };
    const limit = limitOf({ ...run.name, operation }, error);
    if (limit === undefined) return { kind: "fail", error };
    if (limit.byChance === true && number < attemptsMax) continue;
    return { kind: "peer cannot", error, why: limit.why };
  }
}

/** The first thing that went wrong. Every cell opens its own associations. */
async function runSteps(run: CellRun, steps: readonly Step[]): Promise<string | undefined> {
  let opened: Step["meter"] | undefined;
  for (const step of steps) {
    run.peerNotes();
    if (opened !== step.meter) {
      const answer = await run.driver.open(run.placeOf(step));
      if (!answer.ok) return await told(`${step.meter}: association: ${answer.error}`, run);
      opened = step.meter;
    }
    const problem = problemOf(step, await run.driver.perform(step.request));
    if (problem !== undefined) return await told(`${step.meter}: ${problem}`, run);
  }
  const closed = await run.driver.close();
  return closed.ok ? undefined : await told(`release: ${closed.error}`, run);
}

function problemOf({ request, expected = null }: Step, answer: Answer): string | undefined {
  if (!answer.ok) return `${request.kind}: ${answer.error}`;
  const wrong = mismatch(expected, answer.value);
  return wrong === undefined ? undefined : `${request.kind}: ${wrong}`;
}

/** With what the peer itself said of it. */
async function told(problem: string, { peerNotes }: CellRun): Promise<string> {
  await systemClock.sleep(notesWithinMs);
  const said = peerNotes().flatMap((line) => noteOf(line) ?? []);
  return said.length === 0 ? problem : `${problem}; peer: ${said.at(-1)}`;
}

/** What a peer's script says by itself, and what ended a thread of a JVM. */
function noteOf(line: string): string | undefined {
  return /^(?:error |Exception in thread "[^"]*" )(.*)$/.exec(line)?.[1];
}
