/** A meter and whoever reads it, with the fuzzer on the line between them. */
import { openSession, serveSession, type Session, type SessionOptions } from "@lectura/dlms-node";
import { buildFrame, parseFrame } from "@lectura/dlms/hdlc";
import { concatOctets } from "@lectura/dlms/octets";
import { encodeWrapper } from "@lectura/dlms/wrapper";
import { LineEnd, settle, StepClock, Timeline } from "./memory-line.ts";
import { answers, type Speech } from "./own-meter.ts";
import { demand, type Steps } from "./target.ts";

/** Units and deadlines of one dialogue; more is one that goes on by itself. */
const turnsMax = 4000;
/** Between two dialogues on one line: a frame that was cut off has ended by then. */
const quietMs = 5000;
const timeouts = { responseMs: 3000, releaseMs: 500, octetMs: 300 };

/** Both ends, and who is on them. */
export class Dialogue {
  readonly #time = new Timeline();
  readonly clock = new StepClock(this.#time);
  readonly #meterClock = new StepClock(this.#time);
  readonly near = new LineEnd();
  readonly far = new LineEnd();
  readonly #speech: Speech;
  #turns = 0;

  constructor(speech: Speech) {
    this.#speech = speech;
    serveSession({
      port: this.far,
      meters: [speech.meter],
      framing: speech.framing,
      clock: this.#meterClock,
      writer: answers,
    });
  }

  open(changes: Partial<SessionOptions> = {}): Promise<Session> {
    return openSession({
      port: this.near,
      clock: this.clock,
      timeouts,
      attemptsMax: 2,
      ...this.#speech.session(),
      ...changes,
    });
  }

  /** The line is quiet for a while, what was on it is lost, and the next dialogue begins. */
  forget(): void {
    this.#time.advance(quietMs);
    this.near.sent.length = 0;
    this.far.sent.length = 0;
    this.#turns = 0;
  }

  /** Moves units and time until `work` is over. `between` makes of a unit what arrives. */
  async drive(
    work: Promise<unknown>,
    between: (octets: Uint8Array, toClient: boolean) => readonly Uint8Array[],
  ): Promise<void> {
    const state = { over: false };
    const done = (): void => void (state.over = true);
    work.then(done, done);
    for (;;) {
      await settle();
      if (state.over) return;
      demand(++this.#turns < turnsMax, "a dialogue ends");
      const toMeter = this.near.sent.shift();
      if (toMeter !== undefined) {
        for (const octets of between(toMeter, false)) this.far.deliver(octets);
        continue;
      }
      const toClient = this.far.sent.shift();
      if (toClient !== undefined) {
        for (const octets of between(toClient, true)) this.near.deliver(octets);
        continue;
      }
      demand(this.clock.pending > 0, "who waits has a deadline");
      this.#time.step();
    }
  }
}

/** A unit with another APDU in it. */
function withApdu(octets: Uint8Array, apdu: Uint8Array, toClient: boolean): Uint8Array {
  if (octets[0] !== 0x7e) {
    const source = (octets[2]! << 8) | octets[3]!;
    const destination = (octets[4]! << 8) | octets[5]!;
    return encodeWrapper(source, destination, apdu);
  }
  const { control, segmented } = parseFrame(octets.subarray(1, -1));
  const address = Uint8Array.of(0x21);
  const meter = Uint8Array.of(0x03);
  const llc = Uint8Array.of(0xe6, toClient ? 0xe7 : 0xe6, 0);
  return buildFrame({
    destination: toClient ? address : meter,
    source: toClient ? meter : address,
    control: control.raw,
    segmented,
    information: concatOctets([llc, apdu.subarray(0, 240)]),
  });
}

const manOperations = 12;

/** What becomes of a unit on its way. */
export function changed(
  octets: Uint8Array,
  toClient: boolean,
  steps: Steps,
): readonly Uint8Array[] {
  if (steps.done) return [octets];
  switch (steps.next() % manOperations) {
    case 0:
      return [];
    case 1:
      return [octets, octets];
    case 2:
      return [withApdu(octets, steps.string(), toClient)];
    case 3:
      return [withApdu(octets, steps.string(), toClient), octets];
    case 4:
      return [octets, withApdu(octets, steps.string(), toClient)];
    case 5:
      return [steps.string(), octets];
    case 6: {
      const bad = octets.slice();
      const at = steps.next() % bad.length;
      bad[at]! ^= 1 << (steps.next() & 7);
      return [bad];
    }
    case 7: {
      const cut = 1 + (steps.next() % octets.length);
      return [octets.subarray(0, cut), octets.subarray(cut)];
    }
    case 8:
      return [octets.subarray(0, steps.next() % octets.length)];
    default:
      return [octets];
  }
}
