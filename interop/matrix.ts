/** Runs the rows of the matrix: one row is one direction, peer, framing and authentication. */
import { systemClock } from "@lectura/dlms-node";
import { simulatorPassword } from "@lectura/simulator";
import type { Answer, Authentication, Driver, Framing, Place } from "./exchange.ts";
import { mismatch } from "./expectation.ts";
import {
  type OperationName,
  operationNames,
  referenceSteps,
  simulatorSteps,
  type Step,
} from "./operations.ts";
import { OurClient } from "./our-client.ts";
import type { OurMeters } from "./our-meters.ts";
import { PeerClient } from "./peer-client.ts";
import { PeerProcess, portOf } from "./peer-process.ts";
import { type Direction, type Peer, peerLimits, type PeerName } from "./peers.ts";
import { managementSap, publicSap } from "./reference-meter.ts";

export type Outcome =
  | { readonly kind: "pass" }
  | { readonly kind: "peer cannot"; readonly error: string }
  | { readonly kind: "fail"; readonly error: string };

export interface RowName {
  readonly direction: Direction;
  readonly peer: PeerName;
  readonly framing: Framing;
  readonly authentication: Authentication["kind"];
}

export interface Row extends RowName {
  readonly cells: Readonly<Partial<Record<OperationName, Outcome>>>;
}

export const framings: readonly Framing[] = ["hdlc", "wrapper"];

/** The dimension a later mechanism extends. */
export const authentications: readonly (Authentication & { readonly clientSap: number })[] = [
  { kind: "none", clientSap: publicSap },
  { kind: "lls", clientSap: managementSap, password: simulatorPassword },
];

export interface MatrixOptions {
  readonly peers: readonly Peer[];
  readonly meters: OurMeters;
  /** Only the strongest authentication of the table. */
  readonly short: boolean;
  readonly onRow: (row: Row) => void;
}

/** Answers and notes come through different pipes. */
const notesWithinMs = 100;

export async function runMatrix({ peers, meters, short, onRow }: MatrixOptions): Promise<void> {
  const chosen = short ? authentications.slice(-1) : authentications;
  for (const peer of peers) {
    for (const framing of framings) {
      await runOurClient(peer, framing, chosen, onRow);
      await runOurServer(peer, framing, chosen, meters, onRow);
    }
  }
}

type Chosen = typeof authentications;

async function runOurClient(
  peer: Peer,
  framing: Framing,
  chosen: Chosen,
  onRow: MatrixOptions["onRow"],
): Promise<void> {
  if (peer.server === undefined) return;
  await using server = new PeerProcess(peer.server(framing, simulatorPassword));
  const port = await portOf(server);
  for (const authentication of chosen) {
    await using driver = new OurClient();
    const name: RowName = {
      direction: "our client",
      peer: peer.name,
      framing,
      authentication: authentication.kind,
    };
    const place = { port, address: { size: 1, upper: 1, lower: 17 } } as const;
    const { clientSap } = authentication;
    const proposal = peer.needsParameters ? { proposesParameters: true } : {};
    const run: CellRun = {
      name,
      driver,
      peerNotes: () => server.notes(),
      placeOf: () => ({ ...place, ...proposal, framing, authentication, clientSap }),
    };
    onRow(await runRow(run, (operation) => referenceSteps[operation]));
  }
}

async function runOurServer(
  peer: Peer,
  framing: Framing,
  chosen: Chosen,
  meters: OurMeters,
  onRow: MatrixOptions["onRow"],
): Promise<void> {
  await using driver = new PeerClient(peer.client);
  for (const authentication of chosen) {
    const more = simulatorSteps(meters, authentication.kind);
    const name: RowName = {
      direction: "our server",
      peer: peer.name,
      framing,
      authentication: authentication.kind,
    };
    const run: CellRun = {
      name,
      driver,
      peerNotes: () => [],
      placeOf: ({ meter }) => ({
        ...meters.places[meter],
        framing,
        authentication,
        clientSap: authentication.clientSap,
      }),
    };
    onRow(await runRow(run, (name) => [...referenceSteps[name], ...(more[name] ?? [])]));
    await driver.close();
  }
}

interface CellRun {
  readonly name: RowName;
  readonly driver: Driver;
  readonly placeOf: (step: Step) => Place;
  readonly peerNotes: () => readonly string[];
}

async function runRow(
  run: CellRun,
  stepsOf: (operation: OperationName) => readonly Step[],
): Promise<Row> {
  const cells: Partial<Record<OperationName, Outcome>> = {};
  for (const operation of operationNames) {
    const error = await runSteps(run, stepsOf(operation));
    cells[operation] = error === undefined ? { kind: "pass" } : judge(run.name, operation, error);
  }
  return { ...run.name, cells };
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
  const note = peerNotes().findLast((line) => line.startsWith("error "));
  return note === undefined ? problem : `${problem}; peer: ${note.slice("error ".length)}`;
}

function judge(name: RowName, operation: OperationName, error: string): Outcome {
  const isKnown = peerLimits.some(
    (limit) =>
      limit.peer === name.peer &&
      limit.direction === name.direction &&
      limit.operations.includes(operation) &&
      (limit.framing ?? name.framing) === name.framing &&
      (limit.authentication ?? name.authentication) === name.authentication &&
      limit.error.test(error),
  );
  return { kind: isKnown ? "peer cannot" : "fail", error };
}
