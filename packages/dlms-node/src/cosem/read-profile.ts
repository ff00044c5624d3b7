import {
  type BoundType,
  byEntry,
  byTimeRange,
  type CaptureObject,
  type CosemDateTime,
  dateTimeFromUtcMs,
  type ObisCode,
  type ObisText,
  profileGenericObject,
  type ProfileReading,
  readProfileRows,
} from "@lectura/dlms/cosem";
import type { DataAccessResult, GetDataResult } from "@lectura/dlms/xdlms";
import {
  clockOf,
  describeProfile,
  type DescribeProfileRequest,
  type MeterProfileDescription,
} from "./describe-profile.ts";
import type { ProcedureSession } from "./typed-access.ts";

/** Rows between two moments, UTC ms, both included. */
export interface ProfileTimes {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Rows by number, from 1 in the profile's order, both included. */
export interface ProfileEntries {
  readonly fromEntry: number;
  /** Absent or 0: to the last. */
  readonly toEntry?: number;
}

/** Names a column; all of the same object and attribute are meant. */
export interface ObjectColumn {
  readonly logicalName: ObisCode;
  readonly attributeId: number;
}

/** What to read. */
export interface ProfileRequest extends DescribeProfileRequest {
  readonly profile: ObisText;
  readonly rows: ProfileTimes | ProfileEntries;
  /** Of an earlier reading: spares the two round trips that describe the profile. */
  readonly description?: MeterProfileDescription;
  /**
   * Only these columns, in the profile's order; the clock always comes with them. Absent: all. Rows by
   * number are sent whole and cut here.
   */
  readonly columns?: readonly ObjectColumn[];
  /** How time bounds are written. Absent: octet-string, and date-time where that is refused. */
  readonly boundType?: BoundType;
  /** Rows asked for at a time; a profile without a period is read in one. Absent: 500. */
  readonly rowsPerRequest?: number;
}

/** Rows of one request; `next` is what is left to read, also after a broken session. */
export type ProfilePart =
  | {
      readonly ok: true;
      readonly rows: readonly ProfileReading[];
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

/**
 * Reads a profile part by part; parts come as they are read, a refusal is the last one. A
 * session that
 * breaks throws: open another one and ask for `next` of the last part with its `description`. Parts
 * go forward in time or number; rows within one come as the meter sorts them.
 *
 *     for await (const part of readProfile(session, { profile, rows: { fromMs, toMs } })) ...
 *
 * @throws {DecodeError} cosem/malformed. @throws {RangeError} times of a profile without a clock.
 */
export async function* readProfile(
  session: ProcedureSession,
  request: ProfileRequest,
): AsyncGenerator<ProfilePart, void, undefined> {
  const { rows: wanted } = request;
  const described =
    request.description === undefined
      ? await describeProfile(session, request.profile, request)
      : { ok: true as const, description: request.description };
  if (!described.ok) {
    yield { ok: false, reason: described.reason, next: wanted };
    return;
  }
  const reader = new ProfileReader(session, request, described.description);
  let left: ProfileTimes | ProfileEntries | undefined = wanted;
  while (left !== undefined) {
    const part: ProfilePart =
      "fromMs" in left ? await reader.times(left) : await reader.entries(left);
    yield part;
    left = part.ok ? part.next : undefined;
  }
}

/** Asks for one part after the other; learns on the way how the meter wants its bounds. */
class ProfileReader {
  readonly #session: ProcedureSession;
  readonly #request: ProfileRequest;
  readonly #rowsMax: number;
  #description: MeterProfileDescription;

  constructor(
    session: ProcedureSession,
    request: ProfileRequest,
    description: MeterProfileDescription,
  ) {
    this.#session = session;
    this.#request = request;
    this.#rowsMax = request.rowsPerRequest ?? rowsPerRequestDefault;
    this.#description = description;
  }

  async times(times: ProfileTimes): Promise<ProfilePart> {
    const { fromMs, toMs } = times;
    const spanMs = this.#description.capturePeriodSeconds * 1000 * this.#rowsMax;
    const endMs = spanMs === 0 ? Infinity : fromMs + spanMs;
    const isLast = toMs < endMs;
    // Bounds are inclusive and meters count in seconds: the next part begins one later.
    const part = { fromMs, toMs: isLast ? toMs : endMs - 1000 };
    const result = await this.#getTimes(part);
    return this.#partOf(result, times, isLast ? undefined : { fromMs: endMs, toMs });
  }

  async entries(entries: ProfileEntries): Promise<ProfilePart> {
    const { fromEntry, toEntry = 0 } = entries;
    const endEntry = fromEntry + this.#rowsMax;
    const isLast = toEntry !== 0 && toEntry < endEntry;
    const { buffer } = profileGenericObject(this.#request.profile);
    const selection = byEntry({ fromEntry, toEntry: isLast ? toEntry : endEntry - 1 });
    const result = await this.#session.get(buffer.select(selection), this.#request);
    const part = this.#partOf(
      result,
      entries,
      isLast ? undefined : { fromEntry: endEntry, toEntry },
    );
    // Without an end the buffer ends where fewer rows come than were asked for.
    const ended = part.ok && toEntry === 0 && part.rows.length < this.#rowsMax;
    return ended ? { ...part, next: undefined } : part;
  }

  /** A time range; where the form of the bounds is not known, the other one is tried once. */
  async #getTimes({ fromMs, toMs }: ProfileTimes): Promise<GetDataResult> {
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

  #getRange(fromMs: number, toMs: number, boundType: BoundType): Promise<GetDataResult> {
    const { buffer } = profileGenericObject(this.#request.profile);
    const restrictingObject = clockOf(this.#description);
    const selectedValues = this.#request.columns === undefined ? [] : this.#chosen().columns;
    const options = { restrictingObject, boundType, selectedValues };
    const selection = byTimeRange(this.#boundOf(fromMs), this.#boundOf(toMs), options);
    return this.#session.get(buffer.select(selection), this.#request);
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
    result: GetDataResult,
    asked: ProfileTimes | ProfileEntries,
    next: ProfileTimes | ProfileEntries | undefined,
  ): ProfilePart {
    if (!result.ok) return { ok: false, reason: result.reason, next: asked };
    const description = this.#description;
    const isCut = this.#request.columns !== undefined;
    const sent = isCut && "fromMs" in asked ? this.#chosen() : description;
    const rows = readProfileRows(result.value, sent);
    if (!isCut || sent !== description) return { ok: true, rows, description, next };
    const cut = rows.map((row) => ({
      ...row,
      values: row.values.filter(({ object }) => this.#isWanted(object)),
    }));
    return { ok: true, rows: cut, description, next };
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
