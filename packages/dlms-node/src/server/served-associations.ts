import { concatOctets, DlmsError, type OctetWriter, toHex } from "@lectura/dlms/octets";
import { ServerAssociation } from "@lectura/dlms/server";
import { beginsGatewayHeader, encodeGatewayHeader, readGatewayHeader } from "@lectura/dlms/wrapper";
import { type ServedMeter, viewOf } from "./served-meter.ts";

/** How one client's associations with a meter answer. */
export interface ServedAssociationsOptions {
  readonly meter: ServedMeter;
  readonly clientSap: number;
  readonly writer: OctetWriter;
  /** Before every answer: the LLC header, or nothing. */
  readonly prefix: Uint8Array;
  /** See `ServerAssociationOptions.streaming`. */
  readonly streaming: boolean;
}

/**
 * What one client may associate with at one address: the meter itself, and where it is a gateway
 * the meters behind it, each by the header of the gateway protocol (Green Book, "Gateway
 * protocol").
 */
export class ServedAssociations {
  /** With the meter itself; undefined: it has no view for this client. */
  readonly own: ServerAssociation | undefined;
  readonly #behind: ReadonlyMap<string, ServerAssociation> | undefined;
  /** Which one was asked last: it says whether there is more. */
  #asked: ServerAssociation | undefined;

  constructor({ meter, clientSap, prefix, ...common }: ServedAssociationsOptions) {
    const view = viewOf(meter, clientSap);
    this.own = view && new ServerAssociation({ view, prefix, ...common });
    if (meter.behind === undefined) return;
    const behind = new Map<string, ServerAssociation>();
    for (const { target, device } of meter.behind) {
      const seen = viewOf({ device }, clientSap);
      if (seen === undefined) continue;
      const header = encodeGatewayHeader(target, "response");
      const answers = concatOctets([prefix, header]);
      const key = keyOf(target.networkId, target.physicalDevice);
      behind.set(key, new ServerAssociation({ view: seen, prefix: answers, ...common }));
    }
    this.#behind = behind;
  }

  /** False: nothing here has a view for the client. */
  get known(): boolean {
    return this.own !== undefined || (this.#behind?.size ?? 0) > 0;
  }

  /** As `ServerAssociation.receive`; the APDU with its gateway header, if it has one. */
  receive(apdu: Uint8Array, nowMs: number): Uint8Array | undefined {
    if (this.#behind === undefined) {
      this.#asked = this.own;
      return this.own?.receive(apdu, nowMs);
    }
    return this.#route(apdu, (association, plain) => association.receive(plain, nowMs));
  }

  /** As `ServerAssociation.receiveUnanswered`. */
  receiveUnanswered(apdu: Uint8Array, nowMs: number): void {
    this.#route(apdu, (association, plain) => association.receiveUnanswered(plain, nowMs));
  }

  more(): Uint8Array | undefined {
    return this.#asked?.more();
  }

  /** The link is gone, and every association over it. */
  reset(): void {
    this.own?.reset();
    for (const association of this.#behind?.values() ?? []) association.reset();
  }

  /** A meter that is not there does not answer, nor does anything answer what is no header. */
  #route<T>(
    apdu: Uint8Array,
    ask: (association: ServerAssociation, apdu: Uint8Array) => T,
  ): T | undefined {
    if (!beginsGatewayHeader(apdu, 0, "request")) {
      this.#asked = this.own;
      return this.own && ask(this.own, apdu);
    }
    try {
      const { networkId, physicalDevice, apduStart } = readGatewayHeader(apdu);
      this.#asked = this.#behind?.get(keyOf(networkId, physicalDevice));
      return this.#asked && ask(this.#asked, apdu.subarray(apduStart));
    } catch (error) {
      if (!(error instanceof DlmsError)) throw error;
      this.#asked = undefined;
      return undefined;
    }
  }
}

function keyOf(networkId: number, physicalDevice: Uint8Array): string {
  return `${networkId} ${toHex(physicalDevice)}`;
}
