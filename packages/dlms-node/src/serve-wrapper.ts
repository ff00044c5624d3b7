/** Meters behind the wrapper of TCP and UDP. */
import { ServerAssociation } from "@lectura/dlms/server";
import { encodeWrapper, WrapperDeframer } from "@lectura/dlms/wrapper";
import { type Speaker, type SpeakerOptions, viewOf } from "./served-meter.ts";

const nothing = new Uint8Array(0);

/** Wrapper: dispatches by destination and source wPort; the connection is the link. */
export class WrapperSpeaker implements Speaker {
  readonly #options: SpeakerOptions;
  readonly #deframer = new WrapperDeframer();
  readonly #associations = new Map<number, ServerAssociation>();
  readonly #attached: Disposable[] = [];

  constructor(options: SpeakerOptions) {
    this.#options = options;
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
    const key = destination * 0x1_0000 + source;
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

  #open(key: number, source: number, destination: number): ServerAssociation | undefined {
    const called = this.#options.meters.filter(({ address }) => address.upper === destination);
    const meter = called.length === 1 ? called[0] : undefined;
    const view = meter && viewOf(meter, source);
    if (view === undefined) return undefined;
    const { writer } = this.#options;
    const association = new ServerAssociation({ view, prefix: nothing, writer });
    this.#associations.set(key, association);
    const attached = meter?.outlet?.attach({
      clientSap: source,
      send: (apdu) => {
        const units = association.unasked(apdu);
        for (const unit of units) this.#options.send(encodeWrapper(destination, source, unit));
        return units.length > 0;
      },
    });
    if (attached !== undefined) this.#attached.push(attached);
    return association;
  }
}
