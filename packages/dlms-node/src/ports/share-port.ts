import type { Port, PortReceiver } from "./port.ts";
import type { PortError } from "./port-error.ts";

/** Several users of one stream, as meters behind one converter have it. */
export interface SharedPort {
  /**
   * A port of its own for one user. Octets received go to the lease that sent last (before anyone
   * has sent: to the oldest); a close goes to all. Disposing a lease leaves the stream open.
   */
  lease(): Port;
}

/** Shares a stream. It stays its owner's: disposing `port` closes every lease. */
export function sharePort(port: Port): SharedPort {
  const leases = new Set<Lease>();
  let current: Lease | undefined;
  let ended: PortError | undefined | false = false;
  port.listen({
    receive: (octets) => {
      const [oldest] = leases;
      (current ?? oldest)?.received(octets);
    },
    closed: (error) => {
      ended = error;
      // Each takes itself out of the set while this runs; a Set allows that.
      for (const lease of leases) lease.end(error);
    },
  });
  const onSend = (lease: Lease, octets: Uint8Array): void => {
    current = lease;
    port.send(octets);
  };
  const onEnd = (lease: Lease): void => {
    leases.delete(lease);
    if (current === lease) current = undefined;
  };
  return {
    lease: () => {
      const lease = new Lease(port.label, onSend, onEnd);
      if (ended === false) leases.add(lease);
      else lease.end(ended);
      return lease;
    },
  };
}

class Lease implements Port {
  readonly label: string;
  readonly #onSend: (lease: Lease, octets: Uint8Array) => void;
  readonly #onEnd: (lease: Lease) => void;
  #receiver: PortReceiver | undefined;
  #ended: PortError | undefined | false = false;
  #told = false;

  constructor(
    label: string,
    onSend: (lease: Lease, octets: Uint8Array) => void,
    onEnd: (lease: Lease) => void,
  ) {
    this.label = label;
    this.#onSend = onSend;
    this.#onEnd = onEnd;
  }

  send(octets: Uint8Array): void {
    if (this.#ended === false) this.#onSend(this, octets);
  }

  listen(receiver: PortReceiver): void {
    this.#receiver = receiver;
    this.#tell();
  }

  received(octets: Uint8Array): void {
    this.#receiver?.receive(octets);
  }

  end(error: PortError | undefined): void {
    if (this.#ended !== false) return;
    this.#ended = error;
    this.#onEnd(this);
    this.#tell();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.end(undefined);
    return Promise.resolve();
  }

  #tell(): void {
    if (this.#told || this.#ended === false || this.#receiver === undefined) return;
    this.#told = true;
    this.#receiver.closed(this.#ended);
  }
}
