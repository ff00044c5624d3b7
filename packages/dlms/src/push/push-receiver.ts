import { type DlmsError, DecodeError } from "../error.ts";
import { apduOctetsMax } from "../limits.ts";
import {
  type PushMeaning,
  type PushReading,
  readPush,
  readUnknownPush,
} from "./push-notification.ts";
import { frameReply, type PushFraming, type PushOrigin } from "./push-origin.ts";
import { PushStream } from "./push-stream.ts";
import { type PushMessage, type PushOpener, PushUnwrap } from "./push-unwrap.ts";

/** What a receiver takes for granted, and its limits. */
export interface PushReceiverOptions extends PushReading {
  /** Absent: told from the first octets. */
  readonly framing?: PushFraming;
  /** Absent: ciphered messages are told closed. */
  readonly open?: PushOpener;
  /** Octets of one unit, segments joined. Default 65535. */
  readonly unitOctetsMax?: number;
  /** Octets of one APDU that comes in blocks; beyond: `xdlms/limit`. Default 262144. */
  readonly transferOctetsMax?: number;
}

/** One message of a meter, understood. `message` is absent where there was no APDU at all. */
export interface PushNotification {
  readonly meaning: PushMeaning;
  readonly message?: PushMessage;
}

/** What a receiver tells. Its methods must not call the receiver. */
export interface PushReceiverOutput {
  notification(notification: PushNotification): void;
  /** A message that could not be opened, put together or understood. `apdu` is its own octets. */
  failed(error: DlmsError, apdu: Uint8Array): void;
  /** Octets to send to the meter: blocks are acknowledged. */
  transmit(octets: Uint8Array): void;
}

/** What one meter has sent so far. */
export interface PushCounters {
  /** Messages understood. */
  messages: number;
  /** Messages that failed. */
  failures: number;
  /** Octets that belong to no unit. */
  discardedOctets: number;
  /** Units lost because a part was missing or damaged. */
  lostUnits: number;
}

const transferOctetsDefault = 256 * 1024;

/**
 * Everything one meter pushes, from octets to named values: framing, segments, blocks, ciphering,
 * decoding. Pure: time comes in as `gap` and `expire`. Holds at most one frame, one unit and one
 * transfer, and never throws on account of the octets.
 */
export class PushReceiver {
  readonly #options: PushReceiverOptions;
  readonly #output: PushReceiverOutput;
  readonly #stream: PushStream;
  readonly #unwrap: PushUnwrap;
  readonly counters: PushCounters = {
    messages: 0,
    failures: 0,
    discardedOctets: 0,
    lostUnits: 0,
  };

  constructor(output: PushReceiverOutput, options: PushReceiverOptions = {}) {
    this.#options = options;
    this.#output = output;
    const { open, framing } = options;
    this.#unwrap = new PushUnwrap(
      {
        message: (message) => this.#read(message),
        failed: (error, apdu) => this.#fail(error, apdu),
        reply: (apdu, origin) => this.#reply(apdu, origin),
        lost: () => void this.counters.lostUnits++,
      },
      {
        transferOctetsMax: options.transferOctetsMax ?? transferOctetsDefault,
        ...(open === undefined ? {} : { open }),
      },
    );
    this.#stream = new PushStream(
      {
        unit: (apdu, origin) => this.#unwrap.accept(apdu, origin),
        discarded: (octets) => void (this.counters.discardedOctets += octets),
        spoiled: () => void this.counters.lostUnits++,
        unknown: (octets) => this.#readUnknown(octets),
      },
      {
        unitOctetsMax: options.unitOctetsMax ?? apduOctetsMax,
        ...(framing === undefined ? {} : { framing }),
      },
    );
  }

  /** Octets held back of what is not complete. */
  get pendingOctets(): number {
    return this.#stream.pendingOctets + this.#unwrap.pendingOctets;
  }

  receive(octets: Uint8Array): void {
    this.#stream.push(octets);
  }

  /** A pause, or the end of a datagram: no frame goes on behind this; a message may. */
  gap(): void {
    this.#stream.gap();
  }

  /** The time of a whole message is over, or the stream has ended. */
  expire(): void {
    this.#stream.expire();
    this.#unwrap.expire();
  }

  #read(message: PushMessage): void {
    let meaning: PushMeaning;
    try {
      meaning = readPush(message, this.#options);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.#fail(error, message.plaintext);
      return;
    }
    this.counters.messages++;
    this.#output.notification({ meaning, message });
  }

  #readUnknown(octets: Uint8Array): void {
    const meaning = readUnknownPush(octets);
    if (meaning === undefined) {
      this.counters.discardedOctets += octets.length;
      return;
    }
    this.counters.messages++;
    this.#output.notification({ meaning });
  }

  #fail(error: DlmsError, apdu: Uint8Array): void {
    this.counters.failures++;
    this.#output.failed(error, apdu);
  }

  #reply(apdu: Uint8Array, origin: PushOrigin): void {
    const octets = frameReply(origin, apdu);
    if (octets !== undefined) this.#output.transmit(octets);
  }
}
