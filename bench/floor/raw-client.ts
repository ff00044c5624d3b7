/**
 * The raw Node client, a process of its own: precomputed frames, one shared receive buffer, the FCS
 * checked and the value taken. No timeouts, no promise, no state but the sequence numbers: what
 * Node's sockets can do, and what a session is held against.
 */
import { connect, type Socket } from "node:net";
import {
  openingMax,
  openingsTimed,
  openingsWarm,
  report,
  reportTimes,
  requestsTimed,
  requestsWarm,
  settledRss,
  taskFromArguments,
  timeLoad,
} from "../connections/task.ts";
import { floorCrc } from "./hand-written.ts";

const { port, clientSap, password, task, connections } = taskFromArguments();

function frame(control: number, information: readonly number[] = []): Buffer {
  const header = [0xa0, 0, 0x03, (clientSap << 1) | 1, control];
  header[1] = header.length + (information.length > 0 ? information.length + 2 : 0) + 2;
  const octets = sealed(Uint8Array.from(header));
  const whole = information.length > 0 ? sealed(Uint8Array.of(...octets, ...information)) : octets;
  return Buffer.from([0x7e, ...whole, 0x7e]);
}

function sealed(octets: Uint8Array): Uint8Array {
  const crc = floorCrc(octets, 0, octets.length) ^ 0xffff;
  return Uint8Array.of(...octets, crc & 255, crc >> 8);
}

const energies = [
  [1, 8],
  [2, 8],
  [32, 7],
  [52, 7],
  [72, 7],
  [31, 7],
  [51, 7],
  [71, 7],
  [1, 7],
] as const;
/** By register, then by N(R) and N(S) of the first request behind the AARQ, then of each later. */
const requests = energies.map(([c, d]) =>
  Array.from({ length: 64 }, (_, state) =>
    frame(((state >> 3) << 5) | 0x10 | ((state & 7) << 1), [
      ...Buffer.from("e6e600c001c100030100", "hex"),
      c,
      d,
      0,
      255,
      2,
      0,
    ]),
  ),
);
const snrm = frame(0x93);
const disc = frame(0x53);
const aarq = frame(0x10, [
  ...Buffer.from("e6e6006036a1090607608574050801018a0207808b0760857405080201ac0a8008", "hex"),
  ...Buffer.from(password, "latin1"),
  ...Buffer.from("be10040e01000000065f1f040000fe1f04b0", "hex"),
]);
const receiveBuffer = Buffer.allocUnsafeSlow(4096);
let values = 0;

class RawConnection {
  readonly socket: Socket;
  readonly #opened: () => void;
  #answered: () => void = () => {};
  #part: Buffer | undefined;
  #step: "link" | "association" | "open" | "closing" = "link";
  /** N(R) and N(S) of the next request: both 1 behind the AARQ. */
  #state = 9;
  #register = 0;

  static open(opened: (connection: RawConnection) => void): RawConnection {
    return new RawConnection(opened);
  }

  private constructor(opened: (connection: RawConnection) => void) {
    this.#opened = () => opened(this);
    this.socket = connect({
      port,
      host: "127.0.0.1",
      noDelay: true,
      onread: {
        buffer: receiveBuffer,
        callback: (count, buffer) => {
          this.#receive(buffer, count);
          return true;
        },
      },
    });
    this.socket.on("connect", () => this.socket.write(snrm));
    this.socket.on("error", (error) => {
      throw error;
    });
  }

  request(answered: () => void): void {
    this.#answered = answered;
    this.socket.write(requests[this.#register]![this.#state]!);
    this.#register = this.#register === 8 ? 0 : this.#register + 1;
    this.#state = ((this.#state + 8) & 56) | ((this.#state + 1) & 7);
  }

  close(closed: () => void): void {
    this.#step = "closing";
    this.socket.once("close", closed);
    this.socket.write(disc);
  }

  #receive(buffer: Uint8Array, count: number): void {
    let octets = buffer;
    let end = count;
    if (this.#part !== undefined) {
      octets = Buffer.concat([this.#part, buffer.subarray(0, count)]);
      end = octets.length;
      this.#part = undefined;
    }
    if (end < 3 || (((octets[1]! & 7) << 8) | octets[2]!) + 2 > end) {
      this.#part = Buffer.from(octets.subarray(0, end));
      return;
    }
    if (octets[0] !== 0x7e || floorCrc(octets, 1, end - 1) !== 0xf0b8) throw new Error("frame");
    switch (this.#step) {
      case "link":
        this.#step = "association";
        this.socket.write(aarq);
        return;
      case "association":
        if (octets[11] !== 0x61 || octets[28] !== 0) throw new Error("refused");
        this.#step = "open";
        this.#opened();
        return;
      case "open":
        if (octets[11] !== 0xc4) throw new Error("no answer");
        values += octets[15] === 6 ? octets[19]! : octets[17]!;
        this.#answered();
        return;
      case "closing":
        this.socket.end();
    }
  }
}

function timeRequests(): void {
  const times: number[] = [];
  RawConnection.open((connection) => {
    let from = 0;
    const answered = (): void => {
      const at = performance.now();
      times.push(at - from);
      if (times.length === requestsWarm + requestsTimed) reportTimes(times, requestsWarm);
      from = performance.now();
      connection.request(answered);
    };
    from = performance.now();
    connection.request(answered);
  });
}

function timeOpenings(): void {
  const times: number[] = [];
  const next = (): void => {
    if (times.length === openingsWarm + openingsTimed) reportTimes(times, openingsWarm);
    const from = performance.now();
    RawConnection.open((connection) => {
      times.push(performance.now() - from);
      connection.close(next);
    });
  };
  next();
}

function openAll(all: (opened: readonly RawConnection[]) => void): void {
  const opened: RawConnection[] = [];
  let begun = 0;
  const begin = (): void => {
    begun++;
    RawConnection.open((connection) => {
      opened.push(connection);
      if (begun < connections) begin();
      if (opened.length === connections) all(opened);
    });
  };
  while (begun < Math.min(connections, openingMax)) begin();
}

function load(): void {
  let count = 0;
  openAll((opened) => {
    for (const connection of opened) {
      const again = (): void => {
        count++;
        connection.request(again);
      };
      connection.request(again);
    }
    timeLoad(() => count);
  });
}

async function idle(): Promise<void> {
  const before = await settledRss();
  openAll((opened) => {
    void settledRss().then((after) => {
      report({ rssKb: (after - before) / 1024 / opened.length });
    });
  });
}

switch (task) {
  case "single":
    timeRequests();
    break;
  case "open":
    timeOpenings();
    break;
  case "load":
    load();
    break;
  case "idle":
    void idle();
}
process.on("exit", () => void values);
