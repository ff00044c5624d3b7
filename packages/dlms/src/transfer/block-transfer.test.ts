import fc from "fast-check";
import { expect, test } from "vitest";
import { DecodeError, ProtocolError } from "../error.ts";
import { fromHex, toHex } from "../octets.ts";
import { decodeUnit } from "../xdlms/apdu-codec.ts";
import {
  type GeneralBlockTransfer,
  generalBlockTransfer,
} from "../xdlms/general-block-transfer.ts";
import { BlockAssembly } from "./block-assembly.ts";
import { BlockTransfer, type BlockTransferOptions } from "./block-transfer.ts";

interface Side {
  readonly machine: BlockTransfer;
  readonly sent: GeneralBlockTransfer[];
  readonly received: string[];
  readonly failures: string[];
  armed: boolean;
}

const times = { answerTimeoutMs: 1000 } as const;

function side(
  options: Partial<BlockTransferOptions> & Pick<BlockTransferOptions, "role">,
  wire: (octets: Uint8Array) => void,
  answer?: (request: Uint8Array) => Uint8Array,
): Side {
  const self: Side = {
    sent: [],
    received: [],
    failures: [],
    armed: false,
    machine: new BlockTransfer(
      { apduOctetsMax: 32, ...(options.role === "client" ? times : {}), ...options },
      {
        transmit: (apdu) => {
          self.sent.push(decodeUnit(generalBlockTransfer, apdu));
          wire(apdu);
        },
        arm: () => void (self.armed = true),
        disarm: () => void (self.armed = false),
        received: (apdu) => {
          self.received.push(toHex(apdu));
          if (answer !== undefined) self.machine.send(answer(apdu));
        },
        failed: ({ code }) => void self.failures.push(code),
      },
    ),
  };
  return self;
}

interface Run {
  readonly client: Side;
  readonly server: Side;
  readonly steps: number;
}

const stepsMax = 20_000;

/** Client and server over a line that loses the APDUs `lost` names by their order. */
function exchange(
  request: Uint8Array,
  response: Uint8Array,
  lost: readonly boolean[],
  options: {
    readonly client?: Partial<BlockTransferOptions>;
    readonly server?: Partial<BlockTransferOptions>;
  } = {},
): Run {
  const line: { readonly to: "client" | "server"; readonly octets: Uint8Array }[] = [];
  let count = 0;
  const put = (to: "client" | "server") => (octets: Uint8Array) => {
    if (!lost[count++]) line.push({ to, octets });
  };
  const client = side({ role: "client", ...options.client }, put("server"));
  const server = side({ role: "server", ...options.server }, put("client"), () => response);
  client.machine.send(request);
  let steps = 0;
  for (; steps < stepsMax; steps++) {
    const next = line.shift();
    if (next !== undefined) {
      const block = decodeUnit(generalBlockTransfer, next.octets);
      (next.to === "client" ? client : server).machine.receive(block);
    } else if (client.armed) client.machine.deadline();
    else if (server.armed) server.machine.deadline();
    else break;
  }
  return { client, server, steps };
}

const octetsOf = (length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, at) => (at * 7 + 3) & 0xff);

test("moves request and answer in blocks, acknowledges, and ends", () => {
  const { client, server, steps } = exchange(octetsOf(100), octetsOf(200), []);
  expect(server.received).toEqual([toHex(octetsOf(100))]);
  expect(client.received).toEqual([toHex(octetsOf(200))]);
  expect([...client.failures, ...server.failures]).toEqual([]);
  expect([client.machine.finished, server.machine.finished]).toEqual([true, true]);
  expect(steps).toBeLessThan(40);
});

test("streams no more blocks than the peer's window takes, the last of them without STR", () => {
  const { server } = exchange(octetsOf(10), octetsOf(25 * 7), [], { client: { window: 3 } });
  const flags = server.sent.map(({ blockNumber, streaming, lastBlock }) =>
    [blockNumber, streaming ? "more" : lastBlock ? "last" : "turn"].join(" "),
  );
  expect(flags).toEqual(["1 more", "2 more", "3 turn", "4 more", "5 more", "6 turn", "7 last"]);
});

test("acknowledges the highest block in sequence, and the sender goes on behind it", () => {
  // The client's request and its answer's second block: the third APDU on the line.
  const lost = [false, false, true];
  const { client, server } = exchange(octetsOf(10), octetsOf(25 * 4), lost, {
    client: { window: 4 },
  });
  expect(client.received).toEqual([toHex(octetsOf(100))]);
  expect(client.sent.map(({ blockNumberAck }) => blockNumberAck)).toEqual([0, 1, 4]);
  expect(server.sent.map(({ blockNumber }) => blockNumber)).toEqual([1, 2, 3, 4, 2, 3, 4]);
});

test("sends the lost block alone to a peer that holds the others, and goes on behind them", () => {
  const lost = [false, false, true];
  const { client, server } = exchange(octetsOf(10), octetsOf(25 * 6), lost, {
    client: { window: 4 },
    server: { repetition: "lost-only" },
  });
  expect(client.received).toEqual([toHex(octetsOf(150))]);
  expect(client.sent.map(({ blockNumberAck }) => blockNumberAck)).toEqual([0, 1, 4, 6]);
  expect(server.sent.map(({ blockNumber }) => blockNumber)).toEqual([1, 2, 3, 4, 2, 5, 6]);
});

test("takes one block after another without streaming", () => {
  const { server } = exchange(octetsOf(10), octetsOf(60), [], { server: { streaming: false } });
  expect(server.sent.every(({ streaming }) => !streaming)).toBe(true);
});

test("answers the acknowledgement of the public vectors' form", () => {
  const octets: string[] = [];
  const client = side({ role: "client", window: 3 }, (apdu) => void octets.push(toHex(apdu)));
  const blocks = [1, 2, 3, 4, 5, 6, 7].map((blockNumber): GeneralBlockTransfer => ({
    kind: "general-block-transfer",
    lastBlock: blockNumber === 7,
    streaming: blockNumber < 7,
    window: 3,
    blockNumber,
    blockNumberAck: 0,
    blockData: Uint8Array.of(blockNumber),
  }));
  for (const block of blocks) client.machine.receive(block);
  expect(client.received).toEqual(["01020304050607"]);
  expect(octets).toEqual(["e0830001000700"]);
});

test("gives up with a typed failure when nobody answers", () => {
  const { client, server } = exchange(octetsOf(10), octetsOf(10), new Array(100).fill(true));
  expect(client.failures).toEqual(["xdlms/no-answer"]);
  expect(client.received).toEqual([]);
  expect(server.received).toEqual([]);
});

test("refuses an answer beyond its limit", () => {
  const { client } = exchange(octetsOf(10), octetsOf(1000), [], { client: { octetsMax: 500 } });
  expect(client.failures).toEqual(["xdlms/limit"]);
  expect(client.received).toEqual([]);
});

test("refuses a second APDU, one of too many blocks, and a PDU without room", () => {
  const { machine } = side({ role: "client" }, () => undefined);
  expect(() => machine.send(octetsOf(25 * 65_536))).toThrow(ProtocolError);
  machine.send(octetsOf(10));
  expect(() => machine.send(octetsOf(10))).toThrow(ProtocolError);
  expect(() => side({ role: "client", apduOctetsMax: 7 }, () => undefined)).toThrow(ProtocolError);
});

test("delivers exactly once or fails typed, whatever is lost", () => {
  const run = fc.record({
    request: fc.nat({ max: 300 }),
    response: fc.nat({ max: 400 }),
    lost: fc.array(fc.boolean(), { maxLength: 60 }),
    clientWindow: fc.integer({ min: 1, max: 63 }),
    serverWindow: fc.integer({ min: 1, max: 63 }),
    serverTimes: fc.boolean(),
    repetition: fc.constantFrom("from-lost" as const, "lost-only" as const),
  });
  fc.assert(
    fc.property(run, ({ request, response, lost, clientWindow, serverWindow, ...rest }) => {
      const { serverTimes, repetition } = rest;
      const { client, server, steps } = exchange(
        octetsOf(request + 1),
        octetsOf(response + 1),
        lost,
        {
          client: { window: clientWindow, repetition },
          server: { window: serverWindow, repetition, ...(serverTimes ? times : {}) },
        },
      );
      expect(steps).toBeLessThan(stepsMax);
      expect(client.received.length + client.failures.length).toBe(1);
      if (client.received.length === 1) {
        expect(client.received).toEqual([toHex(octetsOf(response + 1))]);
        expect(server.received).toEqual([toHex(octetsOf(request + 1))]);
      }
      expect(server.received.length).toBeLessThanOrEqual(1);
    }),
    { numRuns: 500 },
  );
});

test("loses nothing when every APDU but the repeated ones is lost once", () => {
  fc.assert(
    fc.property(fc.nat({ max: 30 }), fc.integer({ min: 1, max: 9 }), (at, window) => {
      const lost = Array.from({ length: 31 }, (_, index) => index === at);
      const { client, server } = exchange(octetsOf(120), octetsOf(300), lost, {
        client: { window },
        server: { window },
      });
      expect(client.received).toEqual([toHex(octetsOf(300))]);
      expect(server.received).toEqual([toHex(octetsOf(120))]);
    }),
  );
});

test("never throws and never holds more than its limit, whatever blocks come", () => {
  const block = fc.record({
    lastBlock: fc.boolean(),
    streaming: fc.boolean(),
    window: fc.nat({ max: 63 }),
    blockNumber: fc.oneof(fc.nat({ max: 8 }), fc.nat({ max: 0xffff })),
    blockNumberAck: fc.oneof(fc.nat({ max: 8 }), fc.nat({ max: 0xffff })),
    blockData: fc.uint8Array({ maxLength: 40 }),
  });
  fc.assert(
    fc.property(
      fc.constantFrom("client" as const, "server" as const),
      fc.array(block, { maxLength: 60 }),
      (role, blocks) => {
        const self = side(
          { role, octetsMax: 200 },
          () => undefined,
          () => octetsOf(60),
        );
        for (const each of blocks) {
          const sentBefore = self.sent.length;
          self.machine.receive({ kind: "general-block-transfer", ...each });
          expect(self.sent.length - sentBefore).toBeLessThanOrEqual(63);
        }
        expect(self.received.length).toBeLessThanOrEqual(1);
        expect(self.received.every((hex) => hex.length <= 400)).toBe(true);
      },
    ),
  );
});

test("holds blocks ahead of their turn within the window, and drops the others", () => {
  const assembly = new BlockAssembly({ heldBlocksMax: 2 });
  const block = (blockNumber: number, lastBlock = false) => ({
    blockNumber,
    lastBlock,
    blockData: Uint8Array.of(blockNumber),
  });
  expect([3, 2, 4, 9, 2].map((number) => assembly.accept(block(number)))).toEqual([
    "held",
    "held",
    "dropped",
    "dropped",
    "duplicate",
  ]);
  expect(assembly.accept(block(1))).toBe("next");
  expect([assembly.acknowledged, assembly.hasGap, assembly.complete]).toEqual([3, false, false]);
  expect(assembly.accept(block(4, true))).toBe("next");
  expect(toHex(assembly.finish())).toBe("01020304");
  expect(assembly.accept(block(5))).toBe("duplicate");
});

test("knows a new transfer by another first block", () => {
  const assembly = new BlockAssembly();
  const first = { blockNumber: 1, lastBlock: false, blockData: Uint8Array.of(1, 2) };
  expect(assembly.restarts(first)).toBe(false);
  assembly.accept(first);
  expect(assembly.restarts(first)).toBe(false);
  expect(assembly.restarts({ ...first, blockData: Uint8Array.of(1, 3) })).toBe(true);
  expect(assembly.restarts({ ...first, blockNumber: 2 })).toBe(false);
});

test("refuses what is no block", () => {
  expect(() => decodeUnit(generalBlockTransfer, Uint8Array.of(0xe0, 1))).toThrow(DecodeError);
});

test("a peer that hands over the turn without anything new ends the transfer after three times", () => {
  const wire: Uint8Array[] = [];
  for (const role of ["client", "server"] as const) {
    const stuck = side({ role, streaming: false }, (octets) => void wire.push(octets));
    stuck.machine.send(new Uint8Array(100));
    const acknowledgement: GeneralBlockTransfer = {
      kind: "general-block-transfer",
      lastBlock: true,
      streaming: false,
      window: 1,
      blockNumber: 1,
      blockNumberAck: 1,
      blockData: new Uint8Array(0),
    };
    for (let turn = 0; turn < 10; turn++) stuck.machine.receive(acknowledgement);
    expect(stuck.failures).toEqual(["xdlms/no-answer"]);
    expect(stuck.sent.map(({ blockNumber }) => blockNumber)).toEqual([1, 2, 2, 2, 2]);
  }
});

test("a server acknowledges the numbers of bare acknowledgements", () => {
  // What gurux-dlms as a client sends and waits for.
  const server = side({ role: "server", streaming: false }, () => undefined);
  server.machine.send(new Uint8Array(60));
  server.machine.receiveApdu(fromHex("e0810001000100"));
  server.machine.receiveApdu(fromHex("e0810002000200"));
  expect(
    server.sent.map(({ blockNumber, blockNumberAck }) => [blockNumber, blockNumberAck]),
  ).toEqual([
    [1, 0],
    [2, 1],
    [3, 2],
  ]);
});
