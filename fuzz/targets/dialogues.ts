import { decodeAcse } from "@lectura/dlms/acse";
import { u8 } from "@lectura/dlms/axdr";
import {
  AccessExchange,
  ActionExchange,
  ActionListExchange,
  type AssociationProfile,
  type AssociationState,
  clientConformance,
  closedAssociation,
  type Exchange,
  GetExchange,
  GetListExchange,
  ReadExchange,
  SetExchange,
  SetListExchange,
  standardQuirks,
  stepAssociation,
  WriteExchange,
} from "@lectura/dlms/client";
import { obis, register } from "@lectura/dlms/cosem";
import { fromHex, OctetWriter } from "@lectura/dlms/octets";
import { PushReceiver } from "@lectura/dlms/push";
import { Secret } from "@lectura/dlms/security";
import {
  answerOctetsCeiling,
  type AssociationView,
  currentAssociation,
  ObjectDirectory,
  ServerAssociation,
  type ServerObject,
  shortNameAssociation,
} from "@lectura/dlms/server";
import { BlockTransfer } from "@lectura/dlms/transfer";
import { decodeApdu } from "@lectura/dlms/xdlms";
import { apdus, vectorOctets } from "../corpus.ts";
import { acseApdus, mbusFrames, wrapperUnits } from "../own-octets.ts";
import { demand, type FuzzTarget, program, Steps } from "../target.ts";

const acse = [
  ...acseApdus,
  ...vectorOctets("apdu").filter(({ 0: tag }) => tag! >= 0x60 && tag! <= 0x63),
];
const aarq = fromHex(
  "6036a1090607608574050801018a0207808b0760857405080201ac0a80083232323232323232be10040e01000000065f1f0400007e1f04b0",
);
const aare = fromHex(
  "6129a109060760857405080101a203020100a305a103020100be10040e0800065f1f040000301d19000007",
);
const aareHls = fromHex(
  "6141a109060760857405080101a203020100a305a10302010e88020780890760857405080203aa0a80080102030405060708be10040e0800065f1f040000301d19000007",
);

const profiles: readonly AssociationProfile[] = [
  { mechanism: "none" } as const,
  { mechanism: "lls", password: Secret.fromText("22222222") } as const,
  {
    mechanism: "hls-md5",
    hls: {
      challenge: new Uint8Array(8).fill(7),
      reply: () => new Uint8Array(16),
      verify: (answer: Uint8Array) => answer.length === 16,
    },
  } as const,
].map((authentication) => ({
  authentication,
  conformance: clientConformance,
  maxPduOctets: 1024,
  quirks: standardQuirks,
}));

const association: FuzzTarget = {
  name: "client/association",
  throws: "never",
  corpus: [
    ...[aare, aareHls, ...acse, ...apdus].map((apdu) => program(1, apdu, 2, apdu)),
    program(2, aareHls, fromHex("c701c1000100091000112233445566778899aabbccddeeff"), 2, aare),
  ],
  run(input) {
    const steps = new Steps(input);
    const profile = profiles[steps.next() % profiles.length]!;
    let state: AssociationState = closedAssociation;
    let command = stepAssociation(state, { type: "open" }, profile);
    state = command.state;
    const path: string[] = [];
    while (!steps.done && path.length < 8) {
      const apdu = steps.string();
      if (apdu.length > 0) command = stepAssociation(state, { type: "apdu", apdu }, profile);
      else if (state.at === "associated") {
        command = stepAssociation(state, { type: "release" }, profile);
      } else command = stepAssociation(state, { type: "silence" }, profile);
      state = command.state;
      path.push(
        command.command.type === "failed" ? command.command.error.code : command.command.type,
      );
      if (state.at === "closed") break;
    }
    return path.slice(0, 4).join();
  },
};

const energy = register("1.0.1.8.0.255");
const reset = energy.method(1);
const context = {
  sendOctetsMax: 64,
  transferOctetsMax: 1024,
  invokeIdAlwaysOne: false,
  blockSet: true,
  blockAction: true,
};
const long = { type: "octet-string", value: new Uint8Array(200) } as const;
const exchangeKinds: readonly (() => Exchange<unknown>)[] = [
  () => new GetExchange(energy, 0xc1, context),
  () => new GetListExchange([energy, energy.attribute(3)], 0xc1, context),
  () => new SetExchange({ attribute: energy, data: u8(1) }, 0xc1, context),
  () => new SetExchange({ attribute: energy, data: long }, 0xc1, context),
  () => new SetListExchange([{ attribute: energy, data: long }], 0xc1, context),
  () => new ActionExchange({ method: reset }, 0xc1, context),
  () => new ActionExchange({ method: reset, parameters: long }, 0xc1, context),
  () => new ActionListExchange([{ method: reset }, { method: reset }], 0xc1, context),
  () =>
    new AccessExchange(
      [
        { type: "get", attribute: energy },
        { type: "action", method: reset },
      ],
      0xc1,
      context,
    ),
  () => new ReadExchange([{ variableName: 8 }, { variableName: 16 }], context),
  () => new WriteExchange([{ name: { variableName: 8 }, data: long }], context),
];
const exchangeWriter = new OctetWriter(4096);

const exchanges: FuzzTarget = {
  name: "client/exchange",
  throws: "typed",
  corpus: exchangeKinds.flatMap((_, kind) => apdus.map((apdu) => program(kind, apdu, apdu))),
  run(input) {
    const steps = new Steps(input);
    const exchange = exchangeKinds[steps.next() % exchangeKinds.length]!();
    exchangeWriter.reset();
    exchange.start(exchangeWriter);
    const path: string[] = [];
    while (!steps.done) {
      exchangeWriter.reset();
      const step = exchange.receive(steps.string(), exchangeWriter);
      demand(exchange.transferredOctets <= context.transferOctetsMax, "a transfer has its limit");
      if (path.length < 5) path.push(step);
      if (step === "done") break;
    }
    return path.join();
  },
};

const objects: readonly ServerObject[] = [
  currentAssociation(1),
  {
    classId: 3,
    version: 0,
    logicalName: obis("1.0.1.8.0.255"),
    attributes: {
      2: { read: () => ({ type: "double-long-unsigned", value: 1 }) },
      3: { read: () => long },
      4: { access: "read-write", read: () => u8(1), write: () => "success" },
      5: { selectors: [1, 2], read: ({ selection }) => u8(selection?.selector ?? 0) },
    },
    methods: {
      1: { invoke: (parameters) => ({ result: "success", returned: parameters ?? long }) },
    },
  },
];
const view: AssociationView = {
  clientSap: 16,
  authentication: { mechanism: "low", password: Secret.fromText("22222222") },
  objects: new ObjectDirectory(objects),
  conformance: 0x00_7e1f,
  maxPduOctets: 128,
};
const serverWriter = new OctetWriter(answerOctetsCeiling);
const getEnergy = "000301000108 00ff";

const serverAssociation = serverTarget("server/association", view, [
  ...apdus.map((apdu) => program(aarq, apdu, apdu)),
  ...acse.map((apdu) => program(apdu, aarq)),
  ...["02", "03", "04", "05"].map((attribute) =>
    program(
      aarq,
      fromHex(`c001c1${getEnergy.replace(" ", "")}${attribute}00`),
      fromHex("c002c100000001"),
    ),
  ),
  program(aarq, fromHex(`c301c1${getEnergy.replace(" ", "")}0100`), fromHex("c302c100000001")),
  program(aarq, fromHex(`c102c1${getEnergy.replace(" ", "")}040000000001030900ff`)),
]);

const shortNameAarq = fromHex(
  "6036a1090607608574050801028a0207808b0760857405080201ac0a80083232323232323232be10040e01000000065f1f04003e7f3f04b0",
);
const generalAarq = fromHex(
  "6036a1090607608574050801018a0207808b0760857405080201ac0a80083232323232323232be10040e01000000065f1f04003e7f3f04b0",
);

/** Short names beside logical ones, and general blocks. */
const serverBoth = serverTarget(
  "server/short-names-and-blocks",
  {
    ...view,
    objects: new ObjectDirectory([
      shortNameAssociation({ logicalName: obis("0.0.40.0.1.255") }),
      ...objects,
    ]),
    conformance: 0x7e_ff_ff,
    referencing: "both",
  },
  [
    ...apdus.map((apdu) => program(shortNameAarq, apdu, apdu)),
    ...apdus.map((apdu) => program(generalAarq, apdu, apdu)),
    ...["050102fa08", "0501020110", "050202fa0802fa10", "0501050001", "050106000001030201"].map(
      (request) => program(shortNameAarq, fromHex(request), fromHex("0501050001")),
    ),
    program(shortNameAarq, fromHex("060102011801110501")),
    program(shortNameAarq, fromHex("06010700000101090401020110")),
    program(
      generalAarq,
      fromHex(`c001c1${getEnergy.replace(" ", "")}0300`),
      fromHex("e0840001000100"),
    ),
    program(generalAarq, fromHex(`e084000100000dc001c1${getEnergy.replace(" ", "")}0300`)),
  ],
);

function serverTarget(
  name: string,
  served: AssociationView,
  corpus: readonly Uint8Array[],
): FuzzTarget {
  return {
    name,
    throws: "never",
    corpus,
    run(input) {
      const server = new ServerAssociation({
        view: served,
        prefix: new Uint8Array(0),
        writer: serverWriter,
      });
      const steps = new Steps(input);
      const path: string[] = [];
      for (let requests = 0; !steps.done && requests < 64; requests++) {
        let answer = server.receive(steps.string(), 0);
        for (let more = 0; answer !== undefined; answer = server.more()) {
          demand(++more <= 64, "an answer has a window of blocks at most");
          const tag = answer[0] ?? 0;
          const kind =
            tag >= 0x60 && tag <= 0x63 ? decodeAcse(answer).kind : decodeApdu(answer).kind;
          demand(
            server.facts === undefined || answer.length <= 128 || tag === 0x61,
            "an answer is within the PDU size",
          );
          if (path.length < 6) path.push(`${kind} ${answer[1]}`);
        }
      }
      return path.join();
    },
  };
}

const blocks = vectorOctets("apdu").filter(({ 0: tag }) => tag === 0xe0);

const blockTransfer: FuzzTarget = {
  name: "transfer/general-block",
  throws: "typed",
  corpus: [...blocks, ...apdus.filter(({ 0: tag }) => tag === 0xe0)].flatMap((apdu) =>
    [0, 1, 2, 3].map((kind) => program(kind, apdu, apdu, apdu)),
  ),
  run(input) {
    const steps = new Steps(input);
    const kind = steps.next();
    let armed = false;
    let calls = 0;
    const ends: string[] = [];
    const transfer = new BlockTransfer(
      {
        role: (kind & 1) === 0 ? "client" : "server",
        apduOctetsMax: 64,
        window: 1 + ((kind >> 2) & 0x0f),
        octetsMax: 1024,
        answerTimeoutMs: 1000,
        streaming: (kind & 0x40) === 0,
      },
      {
        transmit(apdu) {
          demand(++calls < 10_000, "a machine ends");
          demand(apdu.length <= 64, "a block fits the PDU size");
          decodeApdu(apdu);
        },
        arm: () => void (armed = true),
        disarm: () => void (armed = false),
        received: (apdu) => {
          demand(apdu.length <= 1024, "a transfer has its limit");
          ends.push("received");
        },
        failed: ({ code }) => void ends.push(code),
      },
    );
    if ((kind & 2) !== 0) transfer.send(new Uint8Array(300));
    while (!steps.done) {
      const octets = steps.string();
      if (octets.length === 0) {
        if (armed) transfer.deadline();
        armed = false;
        continue;
      }
      const apdu = decodeApdu(octets);
      if (apdu.kind === "general-block-transfer") transfer.receive(apdu);
    }
    demand(ends.length <= 2, "an end is told once");
    return `${kind & 3} ${ends.join()} ${Math.min(6, calls)}`;
  },
};

const push: FuzzTarget = {
  name: "push/receiver",
  throws: "never",
  corpus: [
    ...mbusFrames,
    ...wrapperUnits,
    ...vectorOctets("push-hdlc", "push-mbus", "push-raw", "raw-push", "mbus-wired", "wrapper"),
    ...apdus,
  ].map((octets) => Uint8Array.of(0, ...octets)),
  run(input) {
    const outcomes = new Set<string>();
    let transmitted = 0;
    const receiver = new PushReceiver(
      {
        notification: ({ meaning }) => void outcomes.add(meaning.kind),
        failed: ({ code }) => void outcomes.add(code),
        transmit: () => demand(++transmitted < 10_000, "a machine ends"),
      },
      { unitOctetsMax: 2048, transferOctetsMax: 4096 },
    );
    const steps = new Steps(input);
    const size = steps.next();
    while (!steps.done) {
      receiver.receive(steps.take(size === 0 ? 4096 : size));
      demand(receiver.pendingOctets <= 16_384, "pendingOctets is within its limit");
      if (size % 5 === 1) receiver.gap();
    }
    receiver.gap();
    return [...outcomes].sort().join();
  },
};

export const dialogueTargets: readonly FuzzTarget[] = [
  association,
  exchanges,
  serverAssociation,
  serverBoth,
  blockTransfer,
  push,
];
