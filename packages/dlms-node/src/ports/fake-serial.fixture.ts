/** A serial driver in memory: what it is asked is written down, its far end is the test's. */
import type {
  SerialDriver,
  SerialDriverDone,
  SerialDriverOptions,
  SerialDriverPort,
} from "./serial-driver.ts";

export interface FakeSerial {
  readonly driver: SerialDriver;
  /** What was asked of the line, in order: "open 300 7even", "write 2f3f", "rts on" and so on. */
  readonly asked: string[];
  /** The far end sends. */
  push(octets: Uint8Array): void;
  /** Octets written, in order. */
  written(): Uint8Array;
  /** The adapter is pulled. */
  unplug(): void;
  /** The next call of this name fails with these words. */
  failNext(call: string, words: string): void;
  /** While true, nothing drains; set to false, what waits goes on. */
  hold(held: boolean): void;
}

export function fakeSerial(): FakeSerial {
  const asked: string[] = [];
  const written: number[] = [];
  const failures = new Map<string, string>();
  let held = false;
  let waiting: (() => void)[] = [];
  let current: FakeLine | undefined;

  const opened = (line: FakeLine): void => {
    current = line;
  };

  class FakeLine implements SerialDriverPort {
    isOpen = false;
    readonly writableLength = 0;
    readonly options: SerialDriverOptions;
    readonly takers = new Map<string, (value: never) => void>();

    constructor(options: SerialDriverOptions) {
      this.options = options;
    }

    open(done: SerialDriverDone): void {
      const { baudRate, dataBits, parity } = this.options;
      asked.push(`open ${baudRate} ${dataBits}${parity}`);
      answer(
        "open",
        () => {
          this.isOpen = true;
          opened(this);
        },
        done,
      );
    }

    close(done: SerialDriverDone): void {
      asked.push("close");
      answer(
        "close",
        () => {
          this.isOpen = false;
          (this.takers.get("close") as ((error: null) => void) | undefined)?.(null);
        },
        done,
      );
    }

    write(octets: Uint8Array): boolean {
      asked.push(`write ${Buffer.from(octets).toString("hex")}`);
      written.push(...octets);
      return true;
    }

    drain(done: SerialDriverDone): void {
      const go = (): void => {
        asked.push("drain");
        answer("drain", () => undefined, done);
      };
      if (held) waiting.push(go);
      else go();
    }

    update({ baudRate }: { readonly baudRate: number }, done: SerialDriverDone): void {
      asked.push(`update ${baudRate}`);
      answer("update", () => undefined, done);
    }

    set({ rts }: { readonly rts: boolean }, done: SerialDriverDone): void {
      asked.push(`rts ${rts ? "on" : "off"}`);
      answer("set", () => undefined, done);
    }

    on(event: string, take: (value: never) => void): void {
      this.takers.set(event, take);
    }
  }

  const answer = (call: string, act: () => void, done: SerialDriverDone): void => {
    const words = failures.get(call);
    failures.delete(call);
    queueMicrotask(() => {
      if (words === undefined) act();
      done(words === undefined ? null : new Error(words));
    });
  };

  return {
    driver: { SerialPort: FakeLine },
    asked,
    push: (octets) => (current?.takers.get("data") as Take | undefined)?.(octets.slice()),
    written: () => Uint8Array.from(written),
    unplug: () => {
      if (current === undefined) return;
      current.isOpen = false;
      (current.takers.get("close") as Told | undefined)?.(new Error("bad file descriptor"));
    },
    failNext: (call, words) => void failures.set(call, words),
    hold: (wanted) => {
      held = wanted;
      if (held) return;
      for (const go of waiting) go();
      waiting = [];
    },
  };
}

type Take = (octets: Uint8Array) => void;
type Told = (error: Error) => void;
