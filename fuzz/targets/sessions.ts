/**
 * Sessions and meters with somebody on the line between them, who drops, changes and adds what he
 * likes. Whatever he did: every promise settles by a value or a `DlmsError`, no timer is left, and
 * a fresh session with the same meter reads what is true.
 */
import { parseRecording, scanLine, type Session, SessionRecorder } from "@lectura/dlms-node";
import { buildFrame } from "@lectura/dlms/hdlc";
import { concatOctets, DlmsError, equalOctets, toHex } from "@lectura/dlms/octets";
import { encodeData } from "@lectura/dlms/axdr";
import { encodeWrapper } from "@lectura/dlms/wrapper";
import { apdus, frames, vectorOctets } from "../corpus.ts";
import { changed, Dialogue } from "../dialogue.ts";
import {
  energy,
  energyValue,
  long,
  longData,
  longMethod,
  password,
  type Speech,
  speechCount,
  speechOf,
} from "../own-meter.ts";
import { demand, type FuzzTarget, program, Steps } from "../target.ts";

/** Everything a session is asked for, all at once; what the meter refuses is a value. */
function everything(session: Session, speech: Speech): readonly Promise<unknown>[] {
  const shortNames = speech.session().referencing === "sn";
  return [
    session.get(energy),
    session.getWithList([energy, long]),
    session.get(long),
    session.set(long, longData),
    session.action(longMethod, longData),
    ...(shortNames
      ? [
          session.read([{ variableName: 0xfa08 }]),
          session.write([{ name: { variableName: 0xfa08 }, data: longData }]),
          session.unconfirmedWrite([{ name: { variableName: 0xfa08 }, data: energyValue }]),
        ]
      : [
          session.setWithList([{ attribute: long, data: longData }]),
          session.actionWithList([{ method: longMethod }]),
          session.access([{ type: "get", attribute: energy }]),
        ]),
  ];
}

/** How a promise ended, in short; only a `DlmsError` is a proper end. */
function ended(result: PromiseSettledResult<unknown>): string {
  if (result.status === "fulfilled") return "ok";
  const { reason } = result as { readonly reason: unknown };
  if (!(reason instanceof DlmsError)) throw reason;
  return reason.code;
}

async function work(opening: Promise<Session>, speech: Speech): Promise<string> {
  const [opened] = await Promise.allSettled([opening]);
  if (opened.status === "rejected") return ended(opened);
  await using session = opened.value;
  const results = await Promise.allSettled(everything(session, speech));
  return [...new Set(results.map(ended))].join();
}

const honest = (octets: Uint8Array): readonly Uint8Array[] => [octets];

/** A session that is left alone with the meter reads what is true. */
async function proveFresh(dialogue: Dialogue): Promise<void> {
  const reading = async (): Promise<boolean> => {
    await using session = await dialogue.open();
    const answer = await session.get(energy);
    return answer.ok && equalOctets(encodeData(answer.value), encodeData(energyValue));
  };
  const fresh = reading();
  await dialogue.drive(fresh, honest);
  demand(await fresh, "a fresh session reads what is true");
}

/** A line goes on; a connection is a new one. */
function afterwards(dialogue: Dialogue, speech: Speech): Dialogue {
  const next = speech.framing === "hdlc" ? dialogue : new Dialogue(speech);
  next.forget();
  return next;
}

const passwordHex = toHex(new TextEncoder().encode(password));
const units = [...apdus, ...vectorOctets("apdu").slice(0, 400)];

const sessions: FuzzTarget = {
  name: "session/between",
  throws: "never",
  corpus: [
    ...Array.from({ length: speechCount }, (_, number) => program(number)),
    ...units.flatMap((apdu, at) => [
      program(at % speechCount, ...pass(at % 9), 2, apdu, 2, apdu),
      program((at * 5) % speechCount, ...pass(at % 13), 3, apdu, 9, 4, apdu),
    ]),
    ...frames.map((frame, at) => program(at % speechCount, ...pass(4), 5, frame)),
    ...[0, 1, 6, 7, 8].flatMap((operation) =>
      Array.from({ length: speechCount }, (_, number) =>
        program(number, ...pass(number % 7), operation, 3, 4, 9, operation, 2, 1),
      ),
    ),
  ],
  async run(input) {
    const steps = new Steps(input);
    const speech = speechOf(steps.next() % speechCount);
    const dialogue = new Dialogue(speech);
    let recorded = "";
    const write = (lines: string): void => void (recorded += lines);
    const recorder = new SessionRecorder({ secrets: "masked", write });
    const session = work(
      dialogue.open({ observer: recorder, onUnsolicited: () => undefined }),
      speech,
    );
    await dialogue.drive(session, (octets, toClient) => changed(octets, toClient, steps));
    const told = await session;
    demand(dialogue.clock.pending === 0, "a session that is over has no timer");
    recorder[Symbol.dispose]();
    demand(!recorded.includes(passwordHex), "a recording shows no password");
    if (recorded !== "") parseRecording(recorded);
    await proveFresh(afterwards(dialogue, speech));
    return `${speech.framing} ${told}`;
  },
};

function pass(count: number): readonly number[] {
  return Array.from({ length: count }, () => 9);
}

/** A stranger alone with the meter: octets, frames and APDUs of his own. */
const stranger: FuzzTarget = {
  name: "session/stranger",
  throws: "never",
  corpus: [
    ...units.map((apdu, at) => program(at % speechCount, 1, apdu, 1, apdu)),
    ...frames.map((frame) => program(1, 0, frame, 0, frame)),
  ],
  async run(input) {
    const steps = new Steps(input);
    const speech = speechOf(steps.next() % speechCount);
    const dialogue = new Dialogue(speech);
    let sequence = 0;
    let heard = 0;
    for (let turn = 0; !steps.done && turn < 64; turn++) {
      const operation = steps.next() % 4;
      const octets = steps.string();
      if (operation === 0 || octets.length === 0) dialogue.far.deliver(octets);
      else if (speech.framing === "wrapper") {
        dialogue.far.deliver(encodeWrapper(16, operation === 3 ? 2 : 1, octets));
      } else {
        if (turn === 0) dialogue.far.deliver(snrm);
        const control = 0x10 | (((sequence * 2) | (sequence << 5)) & 0xee);
        sequence = (sequence + 1) & 7;
        const information = concatOctets([Uint8Array.of(0xe6, 0xe6, 0), octets]);
        const destination = Uint8Array.of(0x03);
        const source = Uint8Array.of(0x21);
        const segmented = operation === 3;
        dialogue.far.deliver(buildFrame({ destination, source, control, segmented, information }));
      }
      heard += dialogue.far.sent.splice(0).length;
    }
    await proveFresh(afterwards(dialogue, speech));
    return `${speech.framing} ${Math.min(8, heard)}`;
  },
};

/** Who is on a line, asked while a stranger speaks in between. */
const scan: FuzzTarget = {
  name: "session/scan",
  throws: "never",
  corpus: [
    program(0),
    program(1),
    ...frames.map((frame, at) => program(at & 1, ...pass(at % 5), 5, frame, 9, 5, frame)),
    ...[0, 1, 6, 7, 8].map((operation) => program(operation & 1, operation, 3, 4, 9, operation, 1)),
    ...units.slice(0, 40).map((apdu, at) => program(at & 1, 9, 2, apdu)),
  ],
  async run(input) {
    const steps = new Steps(input);
    const speech = speechOf(steps.next() & 1);
    const dialogue = new Dialogue(speech);
    const found = (): ReturnType<typeof scanLine> =>
      scanLine({
        port: dialogue.near,
        clock: dialogue.clock,
        framing: speech.framing,
        sizes: [1, 2],
        upper: { first: 1, last: 2 },
        lower: { first: 16, last: 17 },
        clientSaps: [16, 1],
      });
    const settled = Promise.allSettled([found()]);
    await dialogue.drive(settled, (octets, toClient) => changed(octets, toClient, steps));
    const [result] = await settled;
    const told = ended(result);
    demand(dialogue.clock.pending === 0, "a scan that is over has no timer");
    if (speech.framing === "hdlc") {
      dialogue.forget();
      const again = found();
      await dialogue.drive(again, honest);
      demand((await again).length > 0, "a scan in peace finds the meter");
    }
    return `${speech.framing} ${told} ${result?.status === "fulfilled" ? result.value.length : 0}`;
  },
};

const snrm = buildFrame({
  destination: Uint8Array.of(0x03),
  source: Uint8Array.of(0x21),
  control: 0x93,
  segmented: false,
  information: new Uint8Array(0),
});

export const sessionTargets: readonly FuzzTarget[] = [sessions, stranger, scan];
