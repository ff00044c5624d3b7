/** What comes unasked: pushes in every frame, their confirmations, meters that dial in. */
import {
  identifyByDeviceName,
  identifyByFirstOctets,
  identifyByFirstUnit,
  type IdentifyMeter,
  listenToPort,
  openPushSender,
  serveSession,
} from "@lectura/dlms-node";
import { DlmsError, fromHex } from "@lectura/dlms/octets";
import { buildMbusFrame } from "@lectura/dlms/mbus";
import { PushReceiver, pushOpener } from "@lectura/dlms/push";
import {
  ApduCiphering,
  InvocationCounter,
  ReplayWindows,
  Secret,
  TransactionWindow,
} from "@lectura/dlms/security";
import { framePush, type PushLink } from "@lectura/dlms/server";
import { type DataNotification, encodeApdu } from "@lectura/dlms/xdlms";
import { encodeWrapper } from "@lectura/dlms/wrapper";
import { nodeCrypto as crypto } from "@lectura/testkit";
import { apdus, frames, text, vectorOctets } from "../corpus.ts";
import { LineEnd, settle, StepClock, Timeline } from "../memory-line.ts";
import { answers, speechOf } from "../own-meter.ts";
import { demand, type FuzzTarget, program, Steps } from "../target.ts";

const systemTitle = fromHex("4c43540000000002");
const clientTitle = fromHex("4c43540000000001");
const keys = {
  unicast: new Secret(new Uint8Array(16).fill(1)),
  authentication: new Secret(new Uint8Array(16).fill(2)),
  master: new Secret(new Uint8Array(16).fill(3)),
};
const links: readonly PushLink[] = [
  { framing: "wrapper", source: 1, destination: 1 },
  { framing: "hdlc", server: { size: 1, upper: 1, lower: 0 }, clientSap: 1 },
  { framing: "apdu" },
];
const notification = (confirmed: boolean): DataNotification => ({
  kind: "data-notification",
  invoke: {
    invokeId: 7,
    selfDescriptive: false,
    breakOnError: false,
    confirmed,
    highPriority: false,
  },
  dateTime: new Uint8Array(0),
  body: { type: "structure", value: [{ type: "unsigned", value: 5 }] },
});
const plainPush = encodeApdu(notification(false));
const confirmedPush = encodeApdu(notification(true));
const confirmation = fromHex("100000000700");

/** The meter's seal: of a counter for all it sends. */
function meterSeal(counter: InvocationCounter, send?: "identified" | "wrapped"): ApduCiphering {
  return new ApduCiphering({
    crypto,
    suite: 0,
    keys,
    ownSystemTitle: systemTitle,
    peerSystemTitle: clientTitle,
    counter,
    protection: "authenticated-encrypted",
    form: "general",
    ...(send === undefined ? {} : { general: { keys, send } }),
  });
}

/** An APDU in the frames of a way to push; beyond the links, wired M-Bus. */
function framed(apdu: Uint8Array, way: number): readonly Uint8Array[] {
  const link = links[way];
  if (link !== undefined) return framePush(apdu, link, 200);
  const count = Math.max(1, Math.ceil(apdu.length / 240));
  return Array.from({ length: Math.min(16, count) }, (_, sequence) =>
    buildMbusFrame({
      control: 0x53,
      address: 0xff,
      transport: { final: sequence + 1 === count, sequence, source: 1, destination: 102 },
      userData: apdu.subarray(sequence * 240, sequence * 240 + 240),
    }),
  );
}

const ways = links.length + 1;
const opener = (): ReturnType<typeof pushOpener> => {
  const windows = new ReplayWindows();
  const transactions = new TransactionWindow({ nowMs: () => 0 });
  const sender = {
    systemTitle,
    keys,
    required: "authenticated-encrypted",
    windows,
    transactions,
  } as const;
  return pushOpener(crypto, () => sender);
};

const secured: FuzzTarget = {
  name: "push/secured",
  throws: "never",
  corpus: [
    ...Array.from({ length: ways * 3 }, (_, way) => program(way, 1, 1, 3, 2, 9, 4, 1, 5, 1)),
    ...apdus.map((apdu, at) => program(at % (ways * 3), 6, apdu, 1, 6, apdu)),
    ...[...frames, ...vectorOctets("push-hdlc", "push-mbus", "push-raw", "mbus-wired")].map(
      (octets, at) => program(at % (ways * 3), 0, octets, 4, 1),
    ),
  ],
  run(input) {
    const steps = new Steps(input);
    const mode = steps.next() % (ways * 3);
    const way = mode % ways;
    const seal = meterSeal(
      new InvocationCounter({ next: 1 }),
      ([undefined, "identified", "wrapped"] as const)[Math.floor(mode / ways)],
    );
    const outcomes: string[] = [];
    let understood = 0;
    const receiver = new PushReceiver(
      {
        notification: ({ meaning, message }) => {
          outcomes.push(meaning.kind);
          if (message?.opened !== undefined && meaning.kind === "data") understood++;
        },
        failed: ({ code }) => void outcomes.push(code),
        transmit: () => undefined,
      },
      { open: opener(), unitOctetsMax: 2048, transferOctetsMax: 4096 },
    );
    let last: readonly Uint8Array[] = [];
    let honest = 0;
    const push = (units: readonly Uint8Array[]): void => {
      for (const unit of units) receiver.receive(unit.slice());
      demand(receiver.pendingOctets <= 16_384, "pendingOctets is within its limit");
    };
    for (let turn = 0; !steps.done && turn < 32; turn++) {
      const operation = steps.next() % 7;
      if (operation === 0) push([steps.string()]);
      else if (operation === 1) {
        honest++;
        last = framed(seal.protect(plainPush), way);
        push(last);
      } else if (operation === 2) {
        const bad = seal.protect(plainPush).slice();
        bad[bad.length - 1 - (steps.next() % 12)]! ^= 1;
        push(framed(bad, way));
      } else if (operation === 3) {
        push(last);
      } else if (operation === 4) receiver.gap();
      else if (operation === 5) receiver.expire();
      else push(framed(steps.string(), way));
    }
    receiver.expire();
    demand(understood <= honest, "no push is understood twice, and none that is made up");
    const before = understood;
    push(framed(seal.protect(plainPush), way));
    receiver.gap();
    demand(understood === before + 1, "an honest push is understood behind a silence");
    return `${mode} ${outcomes.slice(0, 5).join()}`;
  },
};

/** Moves time until nothing is due any more, or the work is over. */
async function wait(time: Timeline, work?: Promise<unknown>): Promise<void> {
  const state = { over: false };
  const done = (): void => void (state.over = true);
  work?.then(done, done);
  for (let turn = 0; turn < 200; turn++) {
    await settle();
    if (state.over || !time.step()) break;
  }
  await settle();
  demand(work === undefined || state.over, "a promise settles");
}

const listener: FuzzTarget = {
  name: "push/listener",
  throws: "never",
  corpus: Array.from({ length: ways }, (_, way) => way).flatMap((way) => [
    ...apdus.map((apdu) => program(way, 1, apdu, 2, 1, apdu)),
    ...frames.map((frame) => program(way, 0, frame, 3, 0, frame)),
    program(way, 1, confirmedPush, 1, confirmedPush),
  ]),
  async run(input) {
    const steps = new Steps(input);
    const way = steps.next() % ways;
    const time = new Timeline();
    const port = new LineEnd();
    const kinds = new Set<string>();
    let confirmable = 0;
    await using _listening = listenToPort(port, {
      clock: new StepClock(time),
      onNotification: ({ meaning }) => {
        kinds.add(meaning.kind);
        if (meaning.kind === "data" && meaning.invoke.confirmed) confirmable++;
      },
      onEvent: ({ type }) => void kinds.add(type),
      limits: { unitOctetsMax: 2048, transferOctetsMax: 4096, pendingPerPeerMax: 4 },
    });
    for (let turn = 0; !steps.done && turn < 32; turn++) {
      const operation = steps.next() % 4;
      if (operation === 0) port.deliver(steps.string());
      else if (operation === 1) framed(steps.string(), way).forEach((unit) => port.deliver(unit));
      else if (operation === 2) time.step();
      else await settle();
    }
    await settle();
    // Silence, the end of a message.
    for (let due = 0; due < 3; due++) time.step();
    await settle();
    port.sent.length = 0;
    const before = confirmable;
    for (const unit of framed(confirmedPush, way)) port.deliver(unit);
    await settle();
    demand(confirmable === before + 1, "an honest push is heard behind a silence");
    // Wired M-Bus has no way back.
    demand(way === links.length || port.sent.length === 1, "and confirmed");
    return `${way} ${[...kinds].sort().join()}`;
  },
};

const sender: FuzzTarget = {
  name: "push/sender",
  throws: "never",
  corpus: [
    ...links.flatMap((_, way) => [
      ...framed(confirmation, way).map((unit) => program(way, 0, unit)),
      program(way, 1, confirmation),
      program(way, 4),
    ]),
    ...apdus.map((apdu, at) => program(at % links.length, 1, apdu, 2, 1, apdu)),
    ...frames.map((frame) => program(1, 0, frame)),
  ],
  async run(input) {
    const steps = new Steps(input);
    const way = steps.next() % links.length;
    const time = new Timeline();
    const port = new LineEnd();
    const clock = new StepClock(time);
    await using pushes = openPushSender({
      to: { port },
      link: links[way]!,
      clock,
      random: () => 0.5,
      timing: { retries: 1, repetitionDelay: { minMs: 1000 } },
    });
    const pushing = pushes.send(notification(true));
    await settle();
    let isOpen = true;
    for (let turn = 0; !steps.done && turn < 16; turn++) {
      const operation = steps.next() % 5;
      if (operation === 0) port.deliver(steps.string());
      else if (operation === 1) framed(steps.string(), way).forEach((unit) => port.deliver(unit));
      else if (operation === 2) time.step();
      else if (operation === 3) await settle();
      else if (isOpen) {
        isOpen = false;
        port.break();
      }
    }
    await wait(time, pushing);
    const { result } = await pushing;
    demand(clock.pending === 0, "a push that is over has no timer");
    const next = pushes.send(notification(false));
    await wait(time, next);
    demand((await next).result === (isOpen ? "sent" : "failed"), "the next push goes its way");
    return `${way} ${result} ${isOpen}`;
  },
};

/** Who a meter is, by what it says first. */
const identifiers: readonly IdentifyMeter[] = [
  identifyByFirstOctets((octets) => (octets.length >= 8 ? { identity: "first" } : {})),
  identifyByFirstUnit((apdu) =>
    apdu[0] === 0x0f ? { identity: "unit", reply: encodeWrapper(1, 1, apdu) } : {},
  ),
  identifyByDeviceName({ timeouts: { responseMs: 1000, releaseMs: 500 } }),
  identifyByDeviceName({ framing: "hdlc", timeouts: { responseMs: 1000, releaseMs: 500 } }),
];

const dialIn: FuzzTarget = {
  name: "dial-in/identify",
  throws: "never",
  corpus: identifiers.flatMap((_, way) => [
    ...apdus.map((apdu) => program(way, 1, apdu, 3, 1, apdu)),
    ...frames.map((frame) => program(way, 0, frame)),
    program(way, 3, 3, 3, 3, 3),
    program(way, 0, text("METER-1 registers\r\n"), 2, 4),
  ]),
  async run(input) {
    const steps = new Steps(input);
    const way = steps.next() % identifiers.length;
    const time = new Timeline();
    const clock = new StepClock(time);
    const port = new LineEnd();
    const meter = new LineEnd();
    const { meter: served } = speechOf(way === 3 ? 1 : 0);
    serveSession({ port: meter, meters: [served], clock: new StepClock(time), writer: answers });
    const over = new AbortController();
    const peer = { address: "192.0.2.1", port: 1 };
    const asked = identifiers[way]!({ port, peer, signal: over.signal, clock });
    const identity = asked.then(String, (error: unknown) => {
      if (error instanceof DlmsError) return error.code;
      if (over.signal.aborted) return "aborted";
      throw error;
    });
    for (let turn = 0; !steps.done && turn < 32; turn++) {
      await settle();
      const operation = steps.next() % 5;
      if (operation === 0) port.deliver(steps.string());
      else if (operation === 1) port.deliver(encodeWrapper(1, 16, steps.string()));
      else if (operation === 2) time.step();
      else if (operation === 3) {
        for (const octets of port.sent.splice(0)) meter.deliver(octets);
        for (const octets of meter.sent.splice(0)) port.deliver(octets);
      } else port.break();
    }
    over.abort(new Error("the time is over"));
    await wait(time, identity);
    demand(clock.pending === 0, "who is known has no timer");
    return `${way} ${await identity}`;
  },
};

export const arrivalTargets: readonly FuzzTarget[] = [secured, listener, sender, dialIn];
