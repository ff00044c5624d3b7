/** Two machines of ours with a stranger between them: general blocks, and sign-ons. */
import { ModeCReadout, ModeESignOn, SignOnServer } from "@lectura/dlms/iec62056-21";
import { equalOctets, type ProtocolError } from "@lectura/dlms/octets";
import { BlockTransfer, type BlockTransferOptions } from "@lectura/dlms/transfer";
import { text } from "../corpus.ts";
import { demand, type FuzzTarget, program, Steps } from "../target.ts";

const turnsMax = 5000;

/** One side of a block transfer, and what became of it. */
class Side {
  readonly machine: BlockTransfer;
  readonly sent: Uint8Array[] = [];
  armed = false;
  received: Uint8Array | undefined;
  failed: ProtocolError | undefined;

  constructor(options: BlockTransferOptions, answer?: Uint8Array) {
    this.machine = new BlockTransfer(options, {
      transmit: (apdu) => void this.sent.push(apdu),
      arm: () => void (this.armed = true),
      disarm: () => void (this.armed = false),
      received: (apdu) => {
        demand(this.received === undefined, "an APDU is told once");
        this.received = apdu;
        if (answer !== undefined) this.machine.send(answer);
      },
      failed: (error) => {
        demand(this.failed === undefined, "an end is told once");
        this.failed = error;
      },
    });
  }
}

const request = Uint8Array.from({ length: 300 }, (_, at) => at);
const answer = Uint8Array.from({ length: 700 }, (_, at) => at * 3);

/** Moves blocks both ways; the steps say which are lost, come twice or change places. */
function exchange(steps: Steps, windows: number, options: number): readonly [Side, Side] {
  const shared = {
    apduOctetsMax: 64,
    octetsMax: 1024,
    answerTimeoutMs: 1000,
    streaming: (options & 1) === 0,
    repetition: (options & 2) === 0 ? "from-lost" : "lost-only",
  } as const;
  const client = new Side({ role: "client", window: 1 + (windows & 7), ...shared });
  const server = new Side({ role: "server", window: 1 + ((windows >> 4) & 7), ...shared }, answer);
  client.machine.send(request);
  const ways = [
    [client, server],
    [server, client],
  ] as const;
  for (let turn = 0; turn < turnsMax; turn++) {
    if (client.received !== undefined || client.failed !== undefined) break;
    const [from, to] = ways.find(([side]) => side.sent.length > 0) ?? [];
    if (from === undefined || to === undefined) {
      const waiting = [client, server].find(({ armed }) => armed);
      demand(waiting !== undefined, "who waits has a deadline");
      waiting!.armed = false;
      waiting!.machine.deadline();
      continue;
    }
    const block = from.sent.shift()!;
    switch (steps.done ? 9 : steps.next() % 8) {
      case 0:
        break;
      case 1:
        to.machine.receiveApdu(block.slice());
        to.machine.receiveApdu(block.slice());
        break;
      case 2:
        from.sent.splice(1, 0, block);
        break;
      default:
        to.machine.receiveApdu(block.slice());
    }
    demand(turn < turnsMax - 1, "a transfer ends");
  }
  return [client, server];
}

const bothBlocks: FuzzTarget = {
  name: "transfer/both-roles",
  throws: "never",
  corpus: [
    program(0x33, 0),
    program(0x11, 1, 9, 9, 0, 9, 0),
    program(0x73, 2, 9, 1, 9, 2, 9, 0, 9, 9, 0, 0),
    program(0x07, 3, 9, 9, 9, 9, 9, 9, 9, 9, 0, 9, 9, 1),
  ],
  run(input) {
    const steps = new Steps(input);
    const windows = steps.next();
    const options = steps.next();
    const [client, server] = exchange(steps, windows, options);
    if (server.received !== undefined) {
      demand(equalOctets(server.received, request), "what arrives is what was sent");
    }
    if (client.received !== undefined) {
      demand(equalOctets(client.received, answer), "what is answered arrives");
    }
    const code = client.failed?.code ?? "whole";
    demand(!input.subarray(2).every((octet) => octet % 8 > 2) || code === "whole", "is delivered");
    return `${windows & 0x77} ${options & 3} ${code}`;
  },
};

const lines = ["F.F(00)", "1-0:1.8.0*255(001234.567*kWh)"];

/** The meter's end of a line, and what it has sent. */
class Meter {
  readonly sent: Uint8Array[] = [];
  readonly machine: SignOnServer;
  armed = false;

  constructor(mode: number) {
    this.machine = new SignOnServer({
      manufacturer: "LEC",
      text: "METER",
      baudCharacter: String(mode % 7),
      modeE: (mode & 0x10) === 0,
      ...((mode & 0x20) === 0 ? { readout: () => lines } : {}),
      address: "12",
      output: {
        transmit: (octets) => void this.sent.push(octets.slice()),
        arm: () => void (this.armed = true),
        disarm: () => void (this.armed = false),
        line: () => undefined,
        ready: () => undefined,
      },
    });
  }
}

type Reader = Pick<ModeESignOn, "start" | "receive" | "deadline">;

/** Lets a reader and a meter talk, and the steps change what goes between them. */
function talk(steps: Steps, meter: Meter, mode: number): string {
  const state = { end: "" };
  const ends = (how: string): void => void (state.end = how);
  let armed = false;
  const sent: Uint8Array[] = [];
  const shared = {
    transmit: (octets: Uint8Array) => void sent.push(octets.slice()),
    arm: () => void (armed = true),
    disarm: () => void (armed = false),
    line: () => undefined,
    failed: ({ code }: ProtocolError) => ends(code),
  };
  const options = {
    responseTimeoutMs: 1500,
    attemptsMax: 2,
    wakeUp: (mode & 1) === 1,
    parityInOctets: (mode & 2) === 2,
  };
  const reader: Reader =
    (mode & 0x40) === 0
      ? new ModeESignOn({ ...options, output: { ...shared, ready: () => ends("ready") } })
      : new ModeCReadout({
          ...options,
          blockOctetsMax: 512,
          output: { ...shared, read: ({ checked }) => ends(checked ? "read" : "taken") },
        });
  reader.start();
  for (let turn = 0; state.end === ""; turn++) {
    demand(turn < 200, "a sign-on ends");
    const isReader = sent.length > 0;
    const octets = sent.shift() ?? meter.sent.shift();
    if (octets === undefined) {
      if (meter.armed) {
        meter.armed = false;
        meter.machine.deadline();
      } else {
        demand(armed, "who waits has a deadline");
        armed = false;
        reader.deadline();
      }
      continue;
    }
    for (const piece of between(octets, steps)) {
      if (isReader) meter.machine.receive(piece);
      else reader.receive(piece);
    }
  }
  return state.end;
}

function between(octets: Uint8Array, steps: Steps): readonly Uint8Array[] {
  if (steps.done) return [octets];
  switch (steps.next() % 8) {
    case 0:
      return [];
    case 1:
      return [octets, octets];
    case 2:
      return [steps.string(), octets];
    case 3:
      return [octets, steps.string()];
    case 4: {
      const bad = octets.slice();
      bad[steps.next() % Math.max(1, bad.length)]! ^= 1 << (steps.next() & 7);
      return [bad];
    }
    default:
      return [octets];
  }
}

const signOns: FuzzTarget = {
  name: "iec62056-21/both-roles",
  throws: "never",
  corpus: Array.from({ length: 128 }, (_, mode) => mode).flatMap((mode) => [
    Uint8Array.of(mode),
    program(mode, mode % 8, text("/LEC5\\2OTHER\r\n"), mode % 5, 3, 2, 9, 0),
    program(mode, 9, 2, text("/?!\r\n"), 9, 3, text("\u0006252\r\n")),
  ]),
  run(input) {
    const steps = new Steps(input);
    const mode = steps.next();
    const meter = new Meter(mode);
    const end = talk(steps, meter, mode);
    // The line is quiet, and the meter has waited for what does not come.
    meter.sent.length = 0;
    if (meter.machine.signedOn) meter.machine.released();
    while (meter.armed) {
      meter.armed = false;
      meter.machine.deadline();
    }
    meter.machine.receive(text("\r\n"));
    meter.sent.length = 0;
    const none = new Steps(new Uint8Array(0));
    const fresh = talk(none, meter, mode & ~0x02);
    const isOffered = (mode & 0x40) === 0 ? (mode & 0x10) === 0 : (mode & 0x20) === 0;
    demand(!isOffered || ["ready", "read"].includes(fresh), "a fresh sign-on comes through");
    return `${mode & 0x70} ${end}`;
  },
};

export const roleTargets: readonly FuzzTarget[] = [bothBlocks, signOns];
