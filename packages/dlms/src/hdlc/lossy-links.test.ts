import { expect, test } from "vitest";
import { seededRandom } from "@lectura/testkit";
import { equalOctets } from "../octets.ts";
import { HdlcClientLink } from "./client-link.ts";
import { HdlcDeframer } from "./deframer.ts";
import { parseFrame } from "./frame.ts";
import type { LinkOutput } from "./link-output.ts";
import type { HdlcParameters } from "./parameters.ts";
import { HdlcServerLink } from "./server-link.ts";

interface Line {
  readonly seed: number;
  /** Chance that a frame is lost, damaged, or comes twice. */
  readonly loss: number;
  readonly parameters: Partial<HdlcParameters>;
  readonly exchanges: number;
  readonly requestOctets: number;
  readonly answerOctets: number;
}

interface Outcome {
  readonly executed: readonly Uint8Array[];
  readonly answers: readonly Uint8Array[];
  readonly failure: string | undefined;
  readonly retransmissions: number;
}

/** Client and server machine back to back; what is not answered is the deadline. */
function run(line: Line): Outcome {
  const random = seededRandom(line.seed);
  const toServer: Uint8Array[] = [];
  const toClient: Uint8Array[] = [];
  const executed: Uint8Array[] = [];
  const answers: Uint8Array[] = [];
  const failures: string[] = [];
  let armed = false;
  const travel = (octets: Uint8Array, queue: Uint8Array[]): void => {
    const fate = random();
    if (fate < line.loss / 3) return;
    if (fate < (2 * line.loss) / 3) {
      const at = Math.floor(random() * octets.length);
      queue.push(octets.with(at, (octets[at] ?? 0) ^ (1 << Math.floor(random() * 8))));
      return;
    }
    queue.push(octets.slice());
    if (fate < line.loss) queue.push(octets.slice());
  };
  const ignored = { unnumbered: () => undefined, text: () => undefined, closed: () => undefined };
  const clientOutput: LinkOutput = {
    ...ignored,
    transmit: (octets) => travel(octets, toServer),
    arm: () => void (armed = true),
    disarm: () => void (armed = false),
    opened: () => ask(),
    information: (unit) => {
      answers.push(unit.slice());
      if (answers.length < line.exchanges) ask();
    },
    failed: (error) => void failures.push(error.code),
  };
  const client = new HdlcClientLink({
    output: clientOutput,
    clientSap: 16,
    server: { size: 4, upper: 1, lower: 17 },
    parameters: line.parameters,
    responseTimeoutMs: 1000,
    attemptsMax: 60,
  });
  const ask = (): void => client.send(unitOf(answers.length, line.requestOctets));
  const server = new HdlcServerLink({
    output: {
      ...ignored,
      transmit: (octets) => travel(octets, toClient),
      arm: () => undefined,
      disarm: () => undefined,
      opened: () => undefined,
      information: (unit) => {
        executed.push(unit.slice());
        server.send(unitOf((unit[0] ?? 0) | ((unit[1] ?? 0) << 8), line.answerOctets));
      },
      failed: (error) => void failures.push(`server ${error.code}`),
    },
    server: { size: 4, upper: 1, lower: 17 },
    clientSap: 16,
    parameters: line.parameters,
    inactivityMs: 0,
    strict: true,
  });
  const deframer = new HdlcDeframer();
  const sink = {
    frame: (octets: Uint8Array) => server.receive(parseFrame(octets)),
    discarded: () => undefined,
  };
  client.connect();
  while (failures.length === 0 && answers.length < line.exchanges) {
    const forServer = toServer.shift();
    if (forServer !== undefined) {
      deframer.push(forServer, sink);
      continue;
    }
    // The line is silent in this direction: what is incomplete stays so.
    deframer.flush(sink);
    const forClient = toClient.shift();
    if (forClient !== undefined) client.receive(forClient);
    else if (toServer.length === 0) {
      if (!armed) break;
      client.deadline();
    }
  }
  const { retransmissions } = client.counters;
  return { executed, answers, failure: failures[0], retransmissions };
}

const none = new Uint8Array(0);

function unitOf(number: number, octets: number): Uint8Array {
  const unit = Uint8Array.from({ length: octets }, (_, at) => (at * 7 + number * 31) & 0xff);
  unit[0] = number & 0xff;
  unit[1] = number >>> 8;
  return unit;
}

function expectExactlyOnce(line: Line): Outcome {
  const outcome = run(line);
  expect(outcome.failure, `seed ${line.seed}`).toBeUndefined();
  expect(outcome.executed).toHaveLength(line.exchanges);
  expect(outcome.answers).toHaveLength(line.exchanges);
  for (let at = 0; at < line.exchanges; at++) {
    expect(equalOctets(outcome.executed[at] ?? none, unitOf(at, line.requestOctets))).toBe(true);
    expect(equalOctets(outcome.answers[at] ?? none, unitOf(at, line.answerOctets))).toBe(true);
  }
  return outcome;
}

const windows = [1, 2, 3, 7] as const;

for (const window of windows) {
  const parameters: Partial<HdlcParameters> = {
    transmitOctetsMax: 64,
    receiveOctetsMax: 64,
    transmitWindow: window,
    receiveWindow: window,
  };

  test(`client and server with window ${window} deliver every unit in order, line without faults`, () => {
    const line = { seed: 1, loss: 0, parameters, exchanges: 20 };
    const outcome = expectExactlyOnce({ ...line, requestOctets: 1500, answerOctets: 5000 });
    expect(outcome.retransmissions).toBe(0);
  });

  test(`client and server with window ${window} deliver every unit once and in order over a bad line`, () => {
    for (let seed = 1; seed <= 60; seed++) {
      const line = { seed, loss: 0.25, parameters, exchanges: 12 };
      expectExactlyOnce({ ...line, requestOctets: 300, answerOctets: 700 });
      expectExactlyOnce({ ...line, requestOctets: 20, answerOctets: 30 });
    }
  });
}
