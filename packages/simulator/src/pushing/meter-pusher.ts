/** Takes the pushes of one meter to where its push setups say. */
import {
  type Clock,
  openPushSender,
  type PushOutcome,
  type PushSender,
  type PushSenderOptions,
  pushTarget,
} from "@lectura/dlms-node";
import { dateTimeFromUtcMs, encodeDateTime } from "@lectura/dlms/cosem";
import type { PushLink, StartedPush } from "@lectura/dlms/server";
import type { DataNotification, ActionResult } from "@lectura/dlms/xdlms";
import { fullAddress, type Identity } from "../model/identity.ts";
import type { MeterSecurity } from "../security/meter-security.ts";
import { pushClientSap, type PushingOptions } from "./pushing-options.ts";

/** Destinations one meter has connections to; a further one ends the oldest. */
const sendersMax = 4;
const invokeIdMax = 0xff_ffff;

/** Whose pushes, and how they travel. */
export interface MeterPusherOptions {
  readonly pushing: Omit<PushingOptions, "host" | "port" | "transport">;
  readonly identity: Identity;
  readonly utcOffsetMinutes: number;
  readonly clock: Clock;
  /** 0 to below 1, for the randomisation of push setups. */
  readonly random: () => number;
  /** Told of each push: where it went, and what became of it. */
  readonly onOutcome: (destination: string, outcome: PushOutcome) => void;
}

/** One connection for each destination. */
export class MeterPusher implements AsyncDisposable {
  readonly #options: MeterPusherOptions;
  readonly #senders = new Map<string, PushSender>();
  readonly #underWay = new Set<Promise<unknown>>();
  #invokeId = 0;

  constructor(options: MeterPusherOptions) {
    this.#options = options;
  }

  /** Refused where the destination names no endpoint of TCP or UDP. */
  push(push: StartedPush, security: MeterSecurity): ActionResult {
    const target = pushTarget(push.destination);
    if (target === undefined) return "other-reason";
    const destination = `${target.transport} ${target.host}:${target.portNumber}`;
    const sender =
      this.#senders.get(destination) ??
      this.#open(destination, { to: target, timing: push.timing }, security);
    const going = sender.send(this.#notification(push)).then((outcome) => {
      this.#options.onOutcome(destination, outcome);
    });
    this.#underWay.add(going);
    void going.finally(() => this.#underWay.delete(going));
    return "success";
  }

  /** Resolves when nothing is on its way any more. */
  async settled(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const senders = [...this.#senders.values()];
    await Promise.all(senders.map((sender) => sender[Symbol.asyncDispose]()));
    await this.settled();
  }

  #open(
    destination: string,
    options: Pick<PushSenderOptions, "to" | "timing">,
    security: MeterSecurity,
  ): PushSender {
    const { pushing, clock, random } = this.#options;
    const { apduOctetsMax, ciphered = security.ciphering !== undefined } = pushing;
    if (this.#senders.size >= sendersMax) {
      const [oldest, sender] = this.#senders.entries().next().value!;
      this.#senders.delete(oldest);
      void sender[Symbol.asyncDispose]();
    }
    const opened = openPushSender({
      ...options,
      clock,
      random,
      link: this.#link(),
      ...(apduOctetsMax === undefined ? {} : { apduOctetsMax }),
      ...(ciphered ? { ciphering: security.pushCiphering() } : {}),
    });
    this.#senders.set(destination, opened);
    return opened;
  }

  #link(): PushLink {
    const { identity, pushing } = this.#options;
    switch (pushing.framing ?? "wrapper") {
      case "wrapper":
        return { framing: "wrapper", source: identity.upper, destination: pushClientSap };
      case "hdlc":
        return { framing: "hdlc", server: fullAddress(identity), clientSap: pushClientSap };
      case "apdu":
        return { framing: "apdu" };
    }
  }

  #notification({ body }: StartedPush): DataNotification {
    const { clock, utcOffsetMinutes, pushing } = this.#options;
    this.#invokeId = (this.#invokeId % invokeIdMax) + 1;
    return {
      kind: "data-notification",
      invoke: {
        invokeId: this.#invokeId,
        selfDescriptive: false,
        breakOnError: false,
        confirmed: pushing.confirmed ?? false,
        highPriority: false,
      },
      dateTime: encodeDateTime(dateTimeFromUtcMs(clock.nowMs(), -utcOffsetMinutes, 0)),
      body,
    };
  }
}
