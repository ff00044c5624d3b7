/** Meters behind the wrapper of TCP and UDP. */
import { allStationWPort, encodeWrapper, WrapperDeframer } from "@lectura/dlms/wrapper";
import { ServedAssociations } from "./served-associations.ts";
import { type Speaker, type SpeakerOptions, viewOf } from "./served-meter.ts";
import { StandingAssociations } from "./standing-associations.ts";

const nothing = new Uint8Array(0);

/** Wrapper: dispatches by destination and source wPort; the connection is the link. */
export class WrapperSpeaker implements Speaker {
  readonly #options: SpeakerOptions;
  readonly #deframer = new WrapperDeframer();
  readonly #associations = new Map<number, ServedAssociations>();
  readonly #standing: StandingAssociations;
  readonly #attached: Disposable[] = [];

  constructor(options: SpeakerOptions) {
    this.#options = options;
    this.#standing = new StandingAssociations(options.writer);
  }

  receive(octets: Uint8Array): void {
    this.#deframer.push(octets, this);
  }

  /** One datagram: nothing of it goes on in the next one. */
  datagram(octets: Uint8Array): void {
    this.#deframer.push(octets, this);
    this.#deframer.reset();
  }

  close(): void {
    for (const attached of this.#attached) attached[Symbol.dispose]();
    this.#associations.clear();
  }

  /** Called by the deframer. */
  apdu(source: number, destination: number, apdu: Uint8Array): void {
    if (destination === allStationWPort) {
      this.#hearForAll(source, apdu);
      return;
    }
    const key = keyOf(source, destination);
    const association = this.#associations.get(key) ?? this.#open(key, source, destination);
    let answer = association?.receive(apdu, this.#options.clock.nowMs());
    while (answer !== undefined) {
      this.#options.send(encodeWrapper(destination, source, answer));
      answer = association?.more();
    }
  }

  /** Called by the deframer: octets that are no wrapper unit are nobody's. */
  discarded(): void {
    // Nothing answers them.
  }

  /** Every meter that is associated with the client hears it, and none answers. */
  #hearForAll(source: number, apdu: Uint8Array): void {
    const nowMs = this.#options.clock.nowMs();
    for (const meter of this.#options.meters) {
      const open = this.#associations.get(keyOf(source, meter.address.upper));
      const association = open?.own ?? this.#standing.of(viewOf(meter, source));
      association?.receiveUnanswered(apdu, nowMs);
    }
  }

  #open(key: number, source: number, destination: number): ServedAssociations | undefined {
    const called = this.#options.meters.filter(({ address }) => address.upper === destination);
    const meter = called.length === 1 ? called[0] : undefined;
    if (meter === undefined) return undefined;
    const { writer } = this.#options;
    const common = { prefix: nothing, writer, streaming: true };
    const association = new ServedAssociations({ meter, clientSap: source, ...common });
    if (!association.known) return undefined;
    this.#associations.set(key, association);
    const attached = meter.outlet?.attach({
      clientSap: source,
      send: (apdu) => {
        const units = association.own?.unasked(apdu) ?? [];
        for (const unit of units) this.#options.send(encodeWrapper(destination, source, unit));
        return units.length > 0;
      },
    });
    if (attached !== undefined) this.#attached.push(attached);
    return association;
  }
}

function keyOf(source: number, destination: number): number {
  return destination * 0x1_0000 + source;
}
