import type { DatabaseSync } from "node:sqlite";
import type { Clock, KeyStore } from "@lectura/dlms-node";
import type { Secret } from "@lectura/dlms/security";
import type {
  LineDraft,
  LineEdit,
  MeterDraft,
  MeterEdit,
  Reference,
  SinkDraft,
  SinkEdit,
} from "./draft.ts";
import { databasePath } from "../store/sqlite/database.ts";
import { openRegistryDatabase, storeError } from "../store/sqlite/registry-database.ts";
import { keyChangeStore } from "../vault/key-change-store.ts";
import { type MeterCredentials, meterCredentials } from "../vault/meter-credentials.ts";
import { meterOwner, secretFields, sinkOwner } from "../vault/secret-names.ts";
import type { Vault } from "../vault/vault.ts";
import { ChangeFeed } from "./change-feed.ts";
import type { LineEndpoint } from "./line-endpoint.ts";
import * as lineRecords from "./line-records.ts";
import { getLine, getMeter, getSink } from "./look-up.ts";
import * as meterRecords from "./meter-records.ts";
import type { Line, Meter, SinkDefinition, Template } from "./model.ts";
import { readLines, readMeters, readSinks } from "./registry-tables.ts";
import * as sinkRecords from "./sink-records.ts";
import * as templateRecords from "./templates.ts";

/**
 * Lines, meters, templates and sinks, in `lectura.db`. Synchronous: a change is on disk when the
 * function returns, together with the secrets that belong to it, or not made at all. Any number of
 * processes may hold a registry of one data directory; each hears of the others' changes.
 *
 * Functions throw `GatewayError`: `registry/...` for what cannot be, `store/...` for the disk.
 */
export interface Registry extends Disposable {
  /** Grows with every change, by whatever process. */
  readonly revision: number;
  /** Called after changes, by this process at once, by another within half a second. */
  onChange(listener: () => void): Disposable;
  /** Several changes as one: all of them or none, one notification. */
  change<T>(work: () => T): T;

  lines(): readonly Line[];
  line(reference: Reference): Line;
  lineNamed(name: string): Line | undefined;
  /** However the host is spelt. */
  lineAt(endpoint: LineEndpoint): Line | undefined;
  addLine(draft: LineDraft): Line;
  editLine(reference: Reference, edit: LineEdit): Line;
  removeLine(reference: Reference): void;
  pauseLine(reference: Reference): Line;
  resumeLine(reference: Reference): Line;

  meters(): readonly Meter[];
  meter(reference: Reference): Meter;
  meterNamed(name: string): Meter | undefined;
  /** Makes the line for `endpoint` when there is none. */
  addMeter(draft: MeterDraft): Meter;
  editMeter(reference: Reference, edit: MeterEdit): Meter;
  removeMeter(reference: Reference): void;
  pauseMeter(reference: Reference): Meter;
  resumeMeter(reference: Reference): Meter;
  /** For the line's owner only. */
  meterCredentials(meterId: number): MeterCredentials;
  /** For the line's owner only: keys that change, kept before they are sent. */
  meterKeyStore(meterId: number): KeyStore;
  /** For the ThingsBoard sink only. */
  thingsBoardToken(meterId: number): Secret | undefined;

  templates(): readonly Template[];
  template(name: string): Template;
  addTemplate(template: Template): Template;
  removeTemplate(name: string): void;

  sinks(): readonly SinkDefinition[];
  sink(reference: Reference): SinkDefinition;
  addSink(draft: SinkDraft): SinkDefinition;
  editSink(reference: Reference, edit: SinkEdit): SinkDefinition;
  removeSink(reference: Reference): void;
  pauseSink(reference: Reference): SinkDefinition;
  resumeSink(reference: Reference): SinkDefinition;
  /** For the sink itself only. */
  sinkPassword(sinkId: number): Secret | undefined;
}

export interface RegistryOptions {
  readonly directory: string;
  readonly vault: Vault;
  readonly clock: Pick<Clock, "nowMs" | "timer">;
  /** For meters that name neither template nor plan. */
  readonly defaults?: Partial<meterRecords.PlanDefaults>;
}

/** The five values the original system read. */
export const planDefaults: meterRecords.PlanDefaults = {
  intervalMs: 2000,
  keys: ["voltage_l1", "current_l1", "frequency", "active_power", "active_energy"],
};

/** @throws {GatewayError} `store/...` when the database cannot be used. */
export function openRegistry(options: RegistryOptions): Registry {
  return new SqliteRegistry(openRegistryDatabase(options.directory), options);
}

/** Lists as of one revision. */
interface Snapshot {
  readonly revision: number;
  readonly lines: readonly Line[];
  readonly meters: readonly Meter[];
  readonly sinks: readonly SinkDefinition[];
}

class SqliteRegistry implements Registry {
  readonly #database: DatabaseSync;
  readonly #path: string;
  readonly #vault: Vault;
  readonly #clock: Pick<Clock, "nowMs" | "timer">;
  readonly #defaults: meterRecords.PlanDefaults;
  readonly #feed: ChangeFeed;
  #snapshot: Snapshot | undefined;
  #depth = 0;

  constructor(database: DatabaseSync, options: RegistryOptions) {
    this.#database = database;
    this.#path = databasePath(options.directory);
    this.#vault = options.vault.on(database);
    this.#clock = options.clock;
    this.#defaults = { ...planDefaults, ...options.defaults };
    this.#feed = new ChangeFeed(options.clock, () => this.revision);
  }

  get revision(): number {
    const row = this.#database.prepare("SELECT revision FROM registry_state").get();
    return Number(row?.["revision"] ?? 0);
  }

  onChange(listener: () => void): Disposable {
    return this.#feed.listen(listener);
  }

  change<T>(work: () => T): T {
    const depth = this.#depth;
    const mark = `change_${depth}`;
    try {
      this.#database.exec(depth === 0 ? "BEGIN IMMEDIATE" : `SAVEPOINT ${mark}`);
    } catch (error) {
      throw storeError(error, this.#path);
    }
    this.#depth = depth + 1;
    this.#snapshot = undefined;
    try {
      const result = work();
      this.#database.exec("UPDATE registry_state SET revision = revision + 1");
      this.#database.exec(depth === 0 ? "COMMIT" : `RELEASE ${mark}`);
      if (depth === 0) this.#feed.changed();
      return result;
    } catch (error) {
      if (this.#database.isTransaction) {
        this.#database.exec(depth === 0 ? "ROLLBACK" : `ROLLBACK TO ${mark}; RELEASE ${mark}`);
      }
      throw isSqlite(error) ? storeError(error, this.#path) : error;
    } finally {
      this.#depth = depth;
      this.#snapshot = undefined;
    }
  }

  /** Inside a change nothing is kept: the revision has not moved yet. */
  #lists(): Snapshot {
    const revision = this.revision;
    if (this.#snapshot?.revision === revision && this.#depth === 0) return this.#snapshot;
    this.#snapshot = {
      revision,
      lines: readLines(this.#database),
      meters: readMeters(this.#database),
      sinks: readSinks(this.#database),
    };
    return this.#snapshot;
  }

  get #context(): meterRecords.MeterContext {
    return {
      database: this.#database,
      vault: this.#vault,
      nowMs: this.#clock.nowMs(),
      defaults: this.#defaults,
    };
  }

  lines(): readonly Line[] {
    return this.#lists().lines;
  }

  line(reference: Reference): Line {
    return getLine(this.#database, reference);
  }

  lineNamed(name: string): Line | undefined {
    return readLines(this.#database, { name })[0];
  }

  lineAt(endpoint: LineEndpoint): Line | undefined {
    return lineRecords.lineAt(this.#database, endpoint);
  }

  addLine(draft: LineDraft): Line {
    return this.change(() => lineRecords.addLine(this.#database, draft));
  }

  editLine(reference: Reference, edit: LineEdit): Line {
    return this.change(() => lineRecords.editLine(this.#database, reference, edit));
  }

  removeLine(reference: Reference): void {
    this.change(() => lineRecords.removeLine(this.#database, reference));
  }

  pauseLine(reference: Reference): Line {
    return this.change(() => lineRecords.setLinePaused(this.#database, reference, true));
  }

  resumeLine(reference: Reference): Line {
    return this.change(() => lineRecords.setLinePaused(this.#database, reference, false));
  }

  meters(): readonly Meter[] {
    return this.#lists().meters;
  }

  meter(reference: Reference): Meter {
    return getMeter(this.#database, reference);
  }

  meterNamed(name: string): Meter | undefined {
    return readMeters(this.#database, { name })[0];
  }

  addMeter(draft: MeterDraft): Meter {
    return this.change(() => meterRecords.addMeter(this.#context, draft));
  }

  editMeter(reference: Reference, edit: MeterEdit): Meter {
    return this.change(() => meterRecords.editMeter(this.#context, reference, edit));
  }

  removeMeter(reference: Reference): void {
    this.change(() => meterRecords.removeMeter(this.#context, reference));
  }

  pauseMeter(reference: Reference): Meter {
    return this.change(() => meterRecords.setMeterPaused(this.#context, reference, true));
  }

  resumeMeter(reference: Reference): Meter {
    return this.change(() => meterRecords.setMeterPaused(this.#context, reference, false));
  }

  meterCredentials(meterId: number): MeterCredentials {
    return meterCredentials(this.#vault, meterId);
  }

  meterKeyStore(meterId: number): KeyStore {
    return keyChangeStore(this.#vault, meterId, (work) => this.change(work));
  }

  thingsBoardToken(meterId: number): Secret | undefined {
    return this.#vault.reveal(meterOwner(meterId), secretFields.thingsBoardToken);
  }

  templates(): readonly Template[] {
    return templateRecords.readTemplates(this.#database);
  }

  template(name: string): Template {
    return templateRecords.getTemplate(this.#database, name);
  }

  addTemplate(template: Template): Template {
    return this.change(() => templateRecords.addTemplate(this.#database, template));
  }

  removeTemplate(name: string): void {
    this.change(() => templateRecords.removeTemplate(this.#database, name));
  }

  sinks(): readonly SinkDefinition[] {
    return this.#lists().sinks;
  }

  sink(reference: Reference): SinkDefinition {
    return getSink(this.#database, reference);
  }

  addSink(draft: SinkDraft): SinkDefinition {
    return this.change(() => sinkRecords.addSink(this.#database, this.#vault, draft));
  }

  editSink(reference: Reference, edit: SinkEdit): SinkDefinition {
    return this.change(() => sinkRecords.editSink(this.#database, this.#vault, reference, edit));
  }

  removeSink(reference: Reference): void {
    this.change(() => sinkRecords.removeSink(this.#database, this.#vault, reference));
  }

  pauseSink(reference: Reference): SinkDefinition {
    return this.change(() => sinkRecords.setSinkPaused(this.#database, reference, true));
  }

  resumeSink(reference: Reference): SinkDefinition {
    return this.change(() => sinkRecords.setSinkPaused(this.#database, reference, false));
  }

  sinkPassword(sinkId: number): Secret | undefined {
    return this.#vault.reveal(sinkOwner(sinkId), secretFields.password);
  }

  [Symbol.dispose](): void {
    this.#feed[Symbol.dispose]();
    if (this.#database.isOpen) this.#database.close();
  }
}

/** Errors of our own pass as they are. */
function isSqlite(error: unknown): boolean {
  return typeof error === "object" && error !== null && "errcode" in error;
}
