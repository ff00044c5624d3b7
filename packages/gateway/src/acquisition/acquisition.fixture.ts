/** Meters and lines in memory, scripted by tests, on a clock that stands still. */
import type { Data } from "@lectura/dlms/axdr";
import { obis } from "@lectura/dlms/cosem";
import { type DlmsError, ProtocolError } from "@lectura/dlms/octets";
import { Secret } from "@lectura/dlms/security";
import type { AttributeDescriptor, GetDataResult } from "@lectura/dlms/xdlms";
import {
  type Clock,
  type KeyStore,
  type Port,
  PortError,
  type PortErrorCode,
  type PortReceiver,
  type Session,
  type SessionOptions,
  sharePort,
} from "@lectura/dlms-node";
import { ManualClock } from "@lectura/testkit";
import type { PollRecord } from "../readings/reading.ts";
import type { Line, Meter, PlanItem } from "../registry/model.ts";
import type { CachedScaler } from "../store/store.ts";
import type { MeterCredentials } from "../vault/meter-credentials.ts";
import { Acquisition } from "./acquisition.ts";
import type { AcquisitionEvent, AcquisitionParts } from "./meter-parts.ts";
import { Schedule } from "./schedule/schedule.ts";
import { CounterBook } from "./security/counter-book.ts";
import type { PortRequest, Wire } from "./wire.ts";

export const intervalMs = 2_000;

/** Twelve keys would be noise: three registers of the original and the clockless identity. */
export const plan: readonly PlanItem[] = [
  planItem("voltage_l1", "1.0.32.7.0.255", 35),
  planItem("current_l1", "1.0.31.7.0.255", 33),
  planItem("active_energy", "1.0.1.8.0.255", 30),
];

function planItem(key: string, logicalName: string, expectedUnit: number): PlanItem {
  return {
    key,
    classId: 3,
    logicalName: obis(logicalName),
    attributeId: 2,
    expectedUnit,
    description: key,
  };
}

export function line(over: Partial<Line> = {}): Line {
  return {
    id: 1,
    name: "line",
    endpoint: { kind: "tcp", host: "meter", port: 4059 },
    framing: "hdlc",
    gapMs: 0,
    connectTimeoutMs: 5_000,
    responseTimeoutMs: 5_000,
    paused: false,
    ...over,
  };
}

export function meter(over: Partial<Meter> = {}): Meter {
  return {
    id: 1,
    name: "meter",
    lineId: 1,
    address: { size: 1, upper: over.id ?? 1, lower: 0 },
    association: { clientSap: 1, authentication: "lls", quirks: {} },
    template: undefined,
    plan: { intervalMs, items: plan },
    paused: false,
    hasPassword: true,
    hasThingsBoardToken: false,
    hasKeys: [],
    keyChangePending: false,
    createdAt: 0,
    updatedAt: 0,
    ...over,
  };
}

/** One request as the meter saw it. */
export interface SeenRequest {
  readonly kind: "get" | "list";
  readonly attributes: readonly AttributeDescriptor[];
  readonly atMs: number;
}

/** A meter that answers as the test says. */
export class ScriptedMeter {
  readonly objects: Map<string, Data> = new Map<string, Data>();
  readonly requests: SeenRequest[] = [];
  readonly openedAtMs: number[] = [];
  /** How often each opening would have sent a frame; undefined = the default. */
  readonly attempts: (number | undefined)[] = [];
  /** Client SAP of each opening, and whether it ciphers. */
  readonly clients: (readonly [sap: number | undefined, ciphered: boolean])[] = [];
  released = 0;
  answerMs = 10;
  withList = true;
  framing: "hdlc" | "wrapper" = "hdlc";
  /** Why the association does not open. */
  refuses: () => DlmsError | undefined = () => undefined;
  /** Why a request breaks; the session is closed with it unless the recovery is retry-request. */
  breaks: (request: SeenRequest) => DlmsError | undefined = () => undefined;

  constructor() {
    for (const [index, item] of plan.entries()) {
      this.put(item.logicalName, 2, { type: "long-unsigned", value: 2300 + index });
      this.put(item.logicalName, 3, scalerUnit(-1, item.expectedUnit!));
    }
    this.name("LEC0000000001");
  }

  put(logicalName: string, attributeId: number, data: Data): void {
    this.objects.set(`${logicalName}:${attributeId}`, data);
  }

  name(logicalDeviceName: string): void {
    const value = new TextEncoder().encode(logicalDeviceName);
    this.put("0.0.42.0.0.255", 2, { type: "octet-string", value });
  }

  read({ logicalName, attributeId }: AttributeDescriptor): GetDataResult {
    const value = this.objects.get(`${logicalName}:${attributeId}`);
    return value === undefined ? { ok: false, reason: "object-undefined" } : { ok: true, value };
  }

  /** Attributes asked for since the last call, values and scalers apart. */
  asked(): { readonly trips: number; readonly values: number; readonly scalers: number } {
    const seen = this.requests.splice(0);
    const attributes = seen.flatMap((request) => request.attributes);
    const planned = attributes.filter(({ classId }) => classId === 3);
    const values = planned.filter(({ attributeId }) => attributeId === 2).length;
    return { trips: seen.length, values, scalers: planned.length - values };
  }
}

export function scalerUnit(scaler: number, unit: number): Data {
  return {
    type: "structure",
    value: [
      { type: "integer", value: scaler },
      { type: "enum", value: unit },
    ],
  };
}

class ScriptedSession implements Session {
  readonly negotiated: Session["negotiated"];
  closed = false;
  #roundTrips = 0;
  readonly #meter: ScriptedMeter;
  readonly #clock: Clock;

  constructor(meter: ScriptedMeter, clock: Clock, port: Port) {
    this.#meter = meter;
    this.#clock = clock;
    this.negotiated = {
      framing: "hdlc",
      conformance: new Set(meter.withList ? ["get", "multiple-references"] : ["get"]),
      maxPduOctets: 1024,
      result: 0,
      diagnostic: "null",
      vaaName: 7,
    };
    port.listen({
      receive: () => {},
      closed: () => {
        this.closed = true;
      },
    });
  }

  get counters(): Session["counters"] {
    const none = { retransmissions: 0, staleUa: 0, foreignFrames: 0, lateReplies: 0 };
    const octets = { unacknowledgedAnswers: 0, discardedOctets: 0, octetsIn: 0, octetsOut: 0 };
    return { requests: this.#roundTrips, roundTrips: this.#roundTrips, ...none, ...octets };
  }

  async get(
    attribute: AttributeDescriptor,
    options?: { signal?: AbortSignal },
  ): Promise<GetDataResult> {
    const [result] = await this.#answer("get", [attribute], options?.signal);
    return result!;
  }

  getWithList(
    attributes: readonly AttributeDescriptor[],
    options?: { signal?: AbortSignal },
  ): Promise<readonly GetDataResult[]> {
    return this.#answer("list", attributes, options?.signal);
  }

  async #answer(
    kind: SeenRequest["kind"],
    attributes: readonly AttributeDescriptor[],
    signal: AbortSignal | undefined,
  ): Promise<readonly GetDataResult[]> {
    const request: SeenRequest = { kind, attributes, atMs: this.#clock.monotonicMs() };
    this.#meter.requests.push(request);
    this.#roundTrips++;
    await this.#clock.sleep(this.#meter.answerMs, signal);
    const error = this.#meter.breaks(request);
    if (error !== undefined) {
      if (error.recovery !== "retry-request" && !error.code.startsWith("xdlms/"))
        this.closed = true;
      throw error;
    }
    return attributes.map((attribute) => this.#meter.read(attribute));
  }

  set(): never {
    throw new TypeError("acquisition does not write");
  }
  setWithList(): never {
    throw new TypeError("acquisition does not write");
  }
  action(): never {
    throw new TypeError("acquisition does not act");
  }
  actionWithList(): never {
    throw new TypeError("acquisition does not act");
  }
  access(): never {
    throw new TypeError("acquisition does not use ACCESS");
  }
  read(): never {
    throw new TypeError("acquisition has no short names");
  }
  write(): never {
    throw new TypeError("acquisition has no short names");
  }
  getOctets(): never {
    throw new TypeError("acquisition reads values, not octets");
  }
  unconfirmedSet(): never {
    throw new TypeError("acquisition does not write");
  }
  unconfirmedAction(): never {
    throw new TypeError("acquisition does not act");
  }
  unconfirmedWrite(): never {
    throw new TypeError("acquisition has no short names");
  }
  shortNames(): never {
    throw new TypeError("acquisition has no short names");
  }

  [Symbol.asyncDispose](): Promise<void> {
    if (!this.closed) this.#meter.released++;
    this.closed = true;
    return Promise.resolve();
  }
}

/** One endpoint in memory with its meters by upper address. */
export class ScriptedEndpoint {
  readonly meters: Map<number, ScriptedMeter> = new Map<number, ScriptedMeter>();
  readonly connectedAtMs: number[] = [];
  refuses: PortErrorCode | undefined;
  #receiver: PortReceiver | undefined;

  /** The far end hangs up. */
  hangUp(): void {
    const receiver = this.#receiver;
    this.#receiver = undefined;
    receiver?.closed(new PortError("tcp/closed", "meter:4059", "closed by the peer"));
  }

  get isConnected(): boolean {
    return this.#receiver !== undefined;
  }

  connect(atMs: number): Port {
    this.connectedAtMs.push(atMs);
    if (this.refuses !== undefined) throw new PortError(this.refuses, "meter:4059", "refused");
    return {
      label: "meter:4059",
      send: () => {},
      listen: (receiver) => {
        this.#receiver = receiver;
      },
      [Symbol.asyncDispose]: () => {
        const receiver = this.#receiver;
        this.#receiver = undefined;
        receiver?.closed(undefined);
        return Promise.resolve();
      },
    };
  }
}

/** What survives a restart of the process. */
export class MemoryStore {
  readonly counters: Map<string, number> = new Map<string, number>();
  readonly facts: Map<number, Map<string, string>> = new Map<number, Map<string, string>>();
  readonly savedScalers: Map<number, Map<string, CachedScaler>> = new Map<
    number,
    Map<string, CachedScaler>
  >();

  scalers(meterId: number): Promise<readonly CachedScaler[]> {
    return Promise.resolve([...(this.savedScalers.get(meterId)?.values() ?? [])]);
  }
  saveScalers(meterId: number, scalers: readonly CachedScaler[]): Promise<void> {
    const saved = this.savedScalers.get(meterId) ?? new Map<string, CachedScaler>();
    this.savedScalers.set(meterId, saved);
    for (const scaler of scalers) saved.set(scaler.logicalName, scaler);
    return Promise.resolve();
  }
  clearScalers(meterId: number): Promise<void> {
    this.savedScalers.delete(meterId);
    return Promise.resolve();
  }
  remember(meterId: number, name: string, value: string): Promise<void> {
    const facts = this.facts.get(meterId) ?? new Map<string, string>();
    this.facts.set(meterId, facts);
    facts.set(name, value);
    return Promise.resolve();
  }
  recall(meterId: number): Promise<ReadonlyMap<string, string>> {
    return Promise.resolve(new Map(this.facts.get(meterId)));
  }
  invocationCounter(name: string): Promise<number | undefined> {
    return Promise.resolve(this.counters.get(name));
  }
  reserveInvocationCounters(
    name: string,
    from: number | undefined,
    limit: number,
  ): Promise<boolean> {
    const fits = this.counters.get(name) === from;
    if (fits) this.counters.set(name, limit);
    return Promise.resolve(fits);
  }
}

/** Everything acquisition stands on, in memory. `restart` is a new process on the same store. */
export class Bench {
  readonly clock: ManualClock = new ManualClock();
  readonly endpoint: ScriptedEndpoint = new ScriptedEndpoint();
  readonly meter: ScriptedMeter = new ScriptedMeter();
  readonly store: MemoryStore = new MemoryStore();
  readonly records: PollRecord[] = [];
  readonly events: AcquisitionEvent[] = [];
  readonly internal: unknown[] = [];
  accepting = true;
  random = 0.5;
  credentials: MeterCredentials = {
    secret: Secret.fromText("22222222"),
    keys: {},
    mark: "22222222",
    keyChangePending: false,
    counterName: () => undefined,
  };
  keyStore: KeyStore = {
    load: () => Promise.resolve({ active: {}, generation: 0 }),
    store: () => Promise.resolve(),
  };
  acquisition: Acquisition;
  #schedule: Schedule;

  constructor() {
    this.endpoint.meters.set(1, this.meter);
    this.#schedule = new Schedule(this.clock);
    this.acquisition = new Acquisition(this.#parts(), { scheduled: true });
  }

  codes(): readonly string[] {
    return this.events.map(({ code }) => code);
  }

  async start(fleet: { lines?: readonly Line[]; meters?: readonly Meter[] } = {}): Promise<void> {
    this.acquisition.apply({ lines: fleet.lines ?? [line()], meters: fleet.meters ?? [meter()] });
    await this.clock.settle();
  }

  async stop(): Promise<void> {
    const stopping = this.acquisition.stop(2_000);
    await this.clock.advance(2_000);
    await stopping;
    this.#schedule[Symbol.dispose]();
  }

  async restart(): Promise<void> {
    await this.stop();
    this.#schedule = new Schedule(this.clock);
    this.acquisition = new Acquisition(this.#parts(), { scheduled: true });
    await this.start();
  }

  /** Monotonic instants of the polls' first requests. */
  pollsAtMs(): readonly number[] {
    return this.meter.requests
      .filter(({ attributes }) => attributes[0]?.logicalName === plan[0]!.logicalName)
      .filter(({ attributes }) => attributes[0]?.attributeId === 2)
      .map(({ atMs }) => atMs);
  }

  #parts(): AcquisitionParts {
    const isAccepting = (): boolean => this.accepting;
    const { clock, store } = this;
    return {
      wire: this.#wire(),
      clock,
      random: () => this.random,
      schedule: this.#schedule,
      store,
      intake: {
        get accepting() {
          return isAccepting();
        },
        accept: (record) => {
          this.records.push(record);
          return Promise.resolve(record.readings.length);
        },
      },
      counters: new CounterBook(store),
      credentials: () => Promise.resolve(this.credentials),
      keyStore: () => this.keyStore,
      onEvent: (event) => this.events.push(event),
      onInternal: (_message, error) => this.internal.push(error),
    };
  }

  #wire(): Wire {
    return {
      openPort: async (_request: PortRequest) => this.endpoint.connect(this.clock.monotonicMs()),
      sharePort,
      openSession: async (options: SessionOptions) => {
        const scripted = this.endpoint.meters.get(options.server?.upper ?? 1)!;
        scripted.openedAtMs.push(this.clock.monotonicMs());
        scripted.attempts.push(options.attemptsMax);
        scripted.clients.push([options.clientSap, options.protection !== undefined]);
        await this.clock.sleep(scripted.answerMs, options.signal);
        const isForeign = options.framing !== scripted.framing;
        const foreign = isForeign ? new ProtocolError("hdlc/no-answer", "no UA") : undefined;
        const error = foreign ?? scripted.refuses();
        if (error !== undefined) throw error;
        return new ScriptedSession(scripted, this.clock, options.port!);
      },
    };
  }
}
