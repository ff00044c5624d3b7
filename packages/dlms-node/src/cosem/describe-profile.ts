import type { Data } from "@lectura/dlms/axdr";
import {
  type BoundType,
  type CaptureObject,
  clockObject,
  dateTimeFromData,
  deviationNotSpecified,
  type DeviationOptions,
  isScaledColumn,
  obis,
  type ObisText,
  type ProfileDescription,
  profileGenericObject,
  restrictingColumn,
  type ScalerOverride,
} from "@lectura/dlms/cosem";
import { DecodeError } from "@lectura/dlms/octets";
import type { DataAccessResult } from "@lectura/dlms/xdlms";
import type { RequestOptions } from "../session/session.ts";
import { readRegisters } from "./read-registers.ts";
import { dataOf, getAll, type ProcedureSession } from "./typed-access.ts";

const usualClock = "0.0.1.0.0.255";

/** What is known of one profile of one meter; keep it as long as its firmware stays. */
export interface MeterProfileDescription extends ProfileDescription {
  /** Name of the sort method, a number where it has none. */
  readonly sortMethod: string | number;
  /** Minutes from local time to UTC the meter's clock has; time bounds are written with them. */
  readonly deviationMinutes: number;
  /** How time bounds are written; known once a range has been read. */
  readonly boundType?: BoundType;
}

/** Options of `describeProfile`. */
export interface DescribeProfileRequest extends RequestOptions, DeviationOptions {
  /**
   * The clock of the profile: bounds apply to its column and are written with its deviation.
   * Absent: the first clock the profile captures.
   */
  readonly clock?: ObisText;
  /** Corrections of the meter's type (requirement R64). */
  readonly overrides?: readonly ScalerOverride[];
}

/** The description, or why there is none. */
export type DescribedProfile =
  | { readonly ok: true; readonly description: MeterProfileDescription }
  | { readonly ok: false; readonly reason: DataAccessResult };

/**
 * Reads capture objects, capture period, sort method, the clock's deviation and the columns'
 * scalers: two round trips where the meter takes lists, three where the profile has a clock of its
 * own. @throws {DecodeError} cosem/malformed capture objects.
 */
export async function describeProfile(
  session: ProcedureSession,
  profile: ObisText,
  request: DescribeProfileRequest = {},
): Promise<DescribedProfile> {
  const object = profileGenericObject(profile);
  const expected = obis(request.clock ?? usualClock);
  const [objects, period, sort, now] = await getAll(
    session,
    [object.captureObjects, object.capturePeriod, object.sortMethod, clockObject(expected).time],
    request,
  );
  if (objects?.ok !== true) return { ok: false, reason: objects?.reason ?? "other-reason" };
  const columns = object.captureObjects.decode(objects.value);
  const clock = restrictingColumn(columns, request.clock === undefined ? undefined : expected);
  const time =
    clock === undefined || clock.logicalName === expected
      ? now
      : await session.get(clockObject(clock.logicalName).time, request);
  const periodData = dataOf(period);
  const sortData = dataOf(sort);
  const sortMethod = sortData === undefined ? "fifo" : object.sortMethod.decode(sortData);
  const scaled = columns.filter(isScaledColumn);
  const { readings, scalers } = await readRegisters(session, scaled, request);
  const unitOf = new Map(
    readings.flatMap((reading) =>
      reading.ok ? [[columnKey(reading.register), reading.scalerUnit] as const] : [],
    ),
  );
  // A register may be seen in the profile only: its scaler counts all the same.
  for (const column of scaled) {
    const said = scalers.get(`${column.classId} ${column.logicalName}`);
    const key = columnKey(column);
    if (said !== undefined && !unitOf.has(key)) unitOf.set(key, said);
  }
  return {
    ok: true,
    description: {
      columns,
      capturePeriodSeconds: periodData === undefined ? 0 : object.capturePeriod.decode(periodData),
      newestFirst: sortMethod === "lifo",
      sortMethod,
      deviationMinutes: deviationFrom(dataOf(time)),
      scalerUnits: columns.map((column) => unitOf.get(columnKey(column))),
      ...(request.clock === undefined ? {} : { clock: expected }),
      ...(request.invertedDeviation === undefined
        ? {}
        : { invertedDeviation: request.invertedDeviation }),
    },
  };
}

/** The clock column time ranges restrict by. @throws {RangeError} the profile captures no clock. */
export function clockOf(description: ProfileDescription): CaptureObject {
  const column = restrictingColumn(description.columns, description.clock);
  if (column !== undefined) return column;
  throw new RangeError("the profile captures no clock: ask for entries instead of times");
}

function columnKey({
  classId,
  logicalName,
  attributeId,
}: Omit<CaptureObject, "dataIndex">): string {
  return `${classId} ${logicalName} ${attributeId}`;
}

/** 0 where the clock is not to be read or says no deviation: bounds are then written in UTC. */
function deviationFrom(data: Data | undefined): number {
  if (data === undefined) return 0;
  try {
    const { deviationMinutes } = dateTimeFromData(data);
    return deviationMinutes === deviationNotSpecified ? 0 : deviationMinutes;
  } catch (error) {
    if (error instanceof DecodeError) return 0;
    throw error;
  }
}
