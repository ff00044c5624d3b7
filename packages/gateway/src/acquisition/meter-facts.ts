import type { Store } from "../store/store.ts";

/** A meter that refused GET-with-list is asked again after a week: firmware changes. */
const listRefusalMs = 7 * 24 * 3_600_000;

/**
 * What was found out about a meter and must survive a restart. Reads are from memory; writes go to
 * the store behind the caller's back, because nothing on the wire waits for them.
 */
export class MeterFacts {
  readonly #facts: Map<string, string>;
  readonly #remember: (name: string, value: string) => void;

  constructor(facts: ReadonlyMap<string, string>, remember: (name: string, value: string) => void) {
    this.#facts = new Map(facts);
    this.#remember = remember;
  }

  get framing(): "hdlc" | "wrapper" | undefined {
    const framing = this.#facts.get("framing");
    return framing === "hdlc" || framing === "wrapper" ? framing : undefined;
  }

  set framing(framing: "hdlc" | "wrapper" | undefined) {
    this.#set("framing", framing ?? "");
  }

  get addressSize(): 1 | 2 | 4 | undefined {
    const size = Number(this.#facts.get("address-size"));
    return size === 1 || size === 2 || size === 4 ? size : undefined;
  }

  set addressSize(size: 1 | 2 | 4 | undefined) {
    this.#set("address-size", size === undefined ? "" : String(size));
  }

  /** Logical device name as hex. */
  get identity(): string | undefined {
    const identity = this.#facts.get("identity");
    return identity === "" ? undefined : identity;
  }

  set identity(identity: string | undefined) {
    this.#set("identity", identity ?? "");
  }

  /** The highest counter the meter has proved under the key of that name, as far as it was kept. */
  lastCounter(name: string): number | undefined {
    const [key, last] = (this.#facts.get("last-counter") ?? "").split(" ");
    return key === name && last !== undefined ? Number(last) : undefined;
  }

  /** Of one key: another name forgets the one before. Undefined: begin anew. */
  keepCounter(name: string, last: number | undefined): void {
    this.#set("last-counter", last === undefined ? "" : `${name} ${last}`);
  }

  /** Whether the meter refused GET-with-list within the last week. `nowMs` is UTC. */
  listRefused(nowMs: number): boolean {
    const since = Number(this.#facts.get("list-refused") ?? "");
    return since > 0 && Math.abs(nowMs - since) < listRefusalMs;
  }

  refuseList(nowMs: number): void {
    this.#set("list-refused", String(nowMs));
  }

  allowList(): void {
    this.#set("list-refused", "");
  }

  /** Address and framing did not lead anywhere: find them again. */
  forgetAddress(): void {
    this.framing = undefined;
    this.addressSize = undefined;
  }

  #set(name: string, value: string): void {
    if ((this.#facts.get(name) ?? "") === value) return;
    this.#facts.set(name, value);
    this.#remember(name, value);
  }
}

/** Facts of one meter from the store, or none when it cannot be read. */
export async function loadFacts(
  store: Pick<Store, "recall" | "remember">,
  meterId: number,
  onError: (error: unknown) => void,
): Promise<{ readonly facts: MeterFacts; readonly recalled: ReadonlyMap<string, string> }> {
  const recalled = await store.recall(meterId).catch((error: unknown) => {
    onError(error);
    return new Map<string, string>();
  });
  const facts = new MeterFacts(recalled, (name, value) => {
    store.remember(meterId, name, value).catch(onError);
  });
  return { facts, recalled };
}
