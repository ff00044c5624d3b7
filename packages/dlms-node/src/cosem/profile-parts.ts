/** A profile asked for part by part, whatever its rows become. */
import {
  type BoundType,
  byEntry,
  byTimeRange,
  type CaptureObject,
  type CosemAttribute,
  type CosemDateTime,
  dateTimeFromUtcMs,
  profileGenericObject,
} from "@lectura/dlms/cosem";
import type { DataAccessResult } from "@lectura/dlms/xdlms";
import { clockOf, type MeterProfileDescription } from "./describe-profile.ts";
import type { ProfileEntries, ProfileRequest, ProfileTimes } from "./profile-request.ts";

/** A buffer as it came, or the meter's no. */
export type BufferResult<Buffer> =
  | { readonly ok: true; readonly buffer: Buffer }
  | { readonly ok: false; readonly reason: DataAccessResult };

/** How buffers are fetched, and what becomes of them. */
export interface ProfileForm<Buffer, Rows> {
  readonly get: (buffer: CosemAttribute) => Promise<BufferResult<Buffer>>;
  /** `sent` describes the columns in the buffer; only those of `wanted` are kept, all if absent. */
  readonly open: (
    buffer: Buffer,
    sent: MeterProfileDescription,
    wanted: readonly boolean[] | undefined,
  ) => Rows;
  readonly rowCountOf: (rows: Rows) => number;
}

/** Rows of one request, and what is left to read. */
export type PartOf<Rows> =
  | {
      readonly ok: true;
      readonly rows: Rows;
      /** All the profile has, and what was learnt of the meter on the way. */
      readonly description: MeterProfileDescription;
      /** Undefined: this was the last part. */
      readonly next: ProfileTimes | ProfileEntries | undefined;
    }
  | {
      readonly ok: false;
      readonly reason: DataAccessResult;
      readonly next: ProfileTimes | ProfileEntries;
    };

const rowsPerRequestDefault = 500;

/** The parts of `request`, one request each. */
export async function* profileParts<Buffer, Rows>(
  request: ProfileRequest,
  description: MeterProfileDescription,
  form: ProfileForm<Buffer, Rows>,
): AsyncGenerator<PartOf<Rows>, void, undefined> {
  const reader = new ProfileReader(request, description, form);
  let left: ProfileTimes | ProfileEntries | undefined = request.rows;
  let rowsRead = 0;
  while (left !== undefined) {
    const part: PartOf<Rows> =
      "fromMs" in left ? await reader.times(left) : await reader.entries(left);
    if (part.ok) {
      rowsRead += form.rowCountOf(part.rows);
      request.onRows?.(rowsRead);
    }
    yield part;
    left = part.ok ? part.next : undefined;
  }
}

/** Asks for one part after the other; learns on the way how the meter wants its bounds. */
class ProfileReader<Buffer, Rows> {
  readonly #request: ProfileRequest;
  readonly #form: ProfileForm<Buffer, Rows>;
  readonly #rowsMax: number;
  #description: MeterProfileDescription;

  constructor(
    request: ProfileRequest,
    description: MeterProfileDescription,
    form: ProfileForm<Buffer, Rows>,
  ) {
    this.#request = request;
    this.#form = form;
    this.#rowsMax = request.rowsPerRequest ?? rowsPerRequestDefault;
    this.#description = description;
  }

  async times(times: ProfileTimes): Promise<PartOf<Rows>> {
    const { fromMs, toMs } = times;
    const spanMs = this.#description.capturePeriodSeconds * 1000 * this.#rowsMax;
    const endMs = spanMs === 0 ? Infinity : fromMs + spanMs;
    const isLast = toMs < endMs;
    // Bounds are inclusive and meters count in seconds: the next part begins one later.
    const part = { fromMs, toMs: isLast ? toMs : endMs - 1000 };
    const result = await this.#getTimes(part);
    return this.#partOf(result, times, isLast ? undefined : { fromMs: endMs, toMs });
  }

  async entries(entries: ProfileEntries): Promise<PartOf<Rows>> {
    const { fromEntry, toEntry = 0 } = entries;
    const endEntry = fromEntry + this.#rowsMax;
    const isLast = toEntry !== 0 && toEntry < endEntry;
    const { buffer } = profileGenericObject(this.#request.profile);
    const selection = byEntry({ fromEntry, toEntry: isLast ? toEntry : endEntry - 1 });
    const result = await this.#form.get(buffer.select(selection));
    const part = this.#partOf(
      result,
      entries,
      isLast ? undefined : { fromEntry: endEntry, toEntry },
    );
    // Without an end the buffer ends where fewer rows come than were asked for.
    const ended = part.ok && toEntry === 0 && this.#form.rowCountOf(part.rows) < this.#rowsMax;
    return ended ? { ...part, next: undefined } : part;
  }

  /** A time range; where the form of the bounds is not known, the other one is tried once. */
  async #getTimes({ fromMs, toMs }: ProfileTimes): Promise<BufferResult<Buffer>> {
    const known = this.#request.boundType ?? this.#description.boundType;
    const first = await this.#getRange(fromMs, toMs, known ?? "octet-string");
    if (first.ok) {
      this.#learn(known ?? "octet-string");
      return first;
    }
    if (known !== undefined) return first;
    const second = await this.#getRange(fromMs, toMs, "date-time");
    if (!second.ok) return first;
    this.#learn("date-time");
    return second;
  }

  #getRange(fromMs: number, toMs: number, boundType: BoundType): Promise<BufferResult<Buffer>> {
    const { buffer } = profileGenericObject(this.#request.profile);
    const restrictingObject = clockOf(this.#description);
    const selectedValues = this.#request.columns === undefined ? [] : this.#chosen().columns;
    const options = { restrictingObject, boundType, selectedValues };
    const selection = byTimeRange(this.#boundOf(fromMs), this.#boundOf(toMs), options);
    return this.#form.get(buffer.select(selection));
  }

  /** The moment as the meter's own clock would write it. */
  #boundOf(ms: number): CosemDateTime {
    const { deviationMinutes, invertedDeviation = false } = this.#description;
    if (!invertedDeviation) return dateTimeFromUtcMs(ms, deviationMinutes, 0);
    const time = dateTimeFromUtcMs(ms, -deviationMinutes, 0);
    return { ...time, deviationMinutes };
  }

  #learn(boundType: BoundType): void {
    if (this.#description.boundType === boundType) return;
    this.#description = { ...this.#description, boundType };
  }

  #partOf(
    result: BufferResult<Buffer>,
    asked: ProfileTimes | ProfileEntries,
    next: ProfileTimes | ProfileEntries | undefined,
  ): PartOf<Rows> {
    if (!result.ok) return { ok: false, reason: result.reason, next: asked };
    const description = this.#description;
    const isCut = this.#request.columns !== undefined;
    const sent = isCut && "fromMs" in asked ? this.#chosen() : description;
    const wanted =
      isCut && sent === description
        ? description.columns.map((column) => this.#isWanted(column))
        : undefined;
    return { ok: true, rows: this.#form.open(result.buffer, sent, wanted), description, next };
  }

  /** The description of the columns that are wanted. */
  #chosen(): MeterProfileDescription {
    const { columns, scalerUnits } = this.#description;
    const wanted = columns.map((column) => this.#isWanted(column));
    return {
      ...this.#description,
      columns: columns.filter((_, index) => wanted[index]),
      scalerUnits: scalerUnits.filter((_, index) => wanted[index]),
    };
  }

  #isWanted(column: CaptureObject): boolean {
    if (column.classId === 8 && column.attributeId === 2) return true;
    return (this.#request.columns ?? []).some(
      ({ logicalName, attributeId }) =>
        logicalName === column.logicalName && attributeId === column.attributeId,
    );
  }
}
