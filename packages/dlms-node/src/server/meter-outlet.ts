import type { Unasked } from "@lectura/dlms/server";

/**
 * When something unasked goes out: at once, or before the meter's next answer to that client. On the
 * wrapper always at once.
 */
export type UnaskedTime = "now" | "in-reply";

/** One client of a meter, as long as its link is there. */
export interface OutletRoute {
  readonly clientSap: number;
  /** False: no association, the service is not agreed, too long, or too much waits. */
  send(apdu: Unasked, when: UnaskedTime): boolean;
}

/** Where a meter sends what nobody asked for. */
export interface OutletOptions {
  /** The one client it is for. Absent: every client that is associated. */
  readonly clientSap?: number;
  /** Absent = "now". */
  readonly when?: UnaskedTime;
}

/**
 * Through this a served meter speaks unasked: DataNotification, EventNotification and
 * InformationReport over the associations that are open, ciphered as they are. Over HDLC they go as
 * UI frames. One belongs to one meter; for pushes by a connection of the meter's own see
 * `openPushSender`.
 */
export class MeterOutlet {
  readonly #routes = new Set<OutletRoute>();

  /** Clients linked now. */
  get routes(): number {
    return this.#routes.size;
  }

  /** Sends to the clients meant; how many it went to. @throws {ProtocolError} counter exhausted */
  send(apdu: Unasked, { clientSap, when = "now" }: OutletOptions = {}): number {
    let count = 0;
    for (const route of this.#routes) {
      const meant = clientSap === undefined || clientSap === route.clientSap;
      if (meant && route.send(apdu, when)) count++;
    }
    return count;
  }

  /** For those who own links: the client is there until it is disposed. */
  attach(route: OutletRoute): Disposable {
    this.#routes.add(route);
    return { [Symbol.dispose]: () => void this.#routes.delete(route) };
  }
}
