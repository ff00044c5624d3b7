/** What a meter with all objects does by itself: acts by its time, pushes by interval. */
import { runMeter } from "@lectura/dlms-node";
import { mix, unitNoise } from "../consumption/noise.ts";
import type { FleetSettings } from "../fleet-settings.ts";
import type { MeterPushing } from "../meter-device.ts";
import type { Identity } from "../model/identity.ts";
import type { FullMeter } from "../objects/full/full-meter.ts";
import type { Personality } from "../personalities/personality.ts";
import { MeterPusher } from "./meter-pusher.ts";

const channel = { phase: 50, random: 51 } as const;

/** Whose routine, and of which fleet. */
export interface MeterRoutineOptions {
  readonly settings: FleetSettings;
  readonly identity: Identity;
  readonly personality: Personality;
  readonly seed: number;
}

/** Timers and pushes of one meter, from `start` until it is disposed. */
export class MeterRoutine implements MeterPushing, AsyncDisposable {
  readonly pushTo?: NonNullable<MeterPushing["pushTo"]>;
  readonly #options: MeterRoutineOptions;
  readonly #pusher: MeterPusher;
  #meter: FullMeter | undefined;
  #running: Disposable | undefined;
  #interval: Disposable | undefined;

  constructor(options: MeterRoutineOptions) {
    const { settings, identity, personality, seed } = options;
    const { pushing, clock, onEvent } = settings;
    if (pushing !== undefined) {
      const { host, port, transport = "tcp" } = pushing;
      const address = `${host.includes(":") ? `[${host}]` : host}:${port}`;
      this.pushTo = { address, transport };
    }
    let drawn = 0;
    this.#options = options;
    this.#pusher = new MeterPusher({
      pushing: pushing ?? {},
      identity,
      utcOffsetMinutes: personality.utcOffsetMinutes,
      clock,
      random: () => unitNoise(seed, channel.random, drawn++),
      onOutcome: (destination, { result, error }) => {
        const isThere = result === "sent" || result === "confirmed";
        onEvent?.({
          type: isThere ? "pushed" : "push-failed",
          tcp: identity.name,
          detail: isThere ? destination : (error?.code ?? result),
        });
      },
    });
  }

  readonly push: MeterPushing["push"] = (push, security) => this.#pusher.push(push, security);

  /** The meter is there: its clock begins to tick. */
  start(meter: FullMeter): void {
    const { settings, seed } = this.#options;
    this.#meter = meter;
    this.#running = runMeter(meter.runtime, { clock: settings.clock });
    const { intervalS } = settings.pushing ?? {};
    if (intervalS === undefined) return;
    const intervalMs = intervalS * 1000;
    // Each meter has a phase of its own, so that a fleet does not push at once.
    this.#armPush(mix(seed, channel.phase, 0) % intervalMs, intervalMs);
  }

  /** Resolves when what the meter had to say is gone. */
  async lastGasp(): Promise<void> {
    this.#meter?.lastGasp();
    await this.#pusher.settled();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#running?.[Symbol.dispose]();
    this.#interval?.[Symbol.dispose]();
    await this.#pusher[Symbol.asyncDispose]();
  }

  #armPush(afterMs: number, intervalMs: number): void {
    const { clock } = this.#options.settings;
    this.#interval = clock.timer(afterMs, () => {
      this.#armPush(intervalMs, intervalMs);
      this.#meter?.intervalPush.push(clock.nowMs());
    });
  }
}
