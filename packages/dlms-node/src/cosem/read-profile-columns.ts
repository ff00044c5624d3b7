import {
  type CaptureObject,
  decodeProfileColumns,
  type ProfileColumn,
  type ScalerUnit,
} from "@lectura/dlms/cosem";
import type { DataAccessResult } from "@lectura/dlms/xdlms";
import type { Session } from "../session/session.ts";
import type { MeterProfileDescription } from "./describe-profile.ts";
import { type ProfileForm, profileParts } from "./profile-parts.ts";
import type { ProfileEntries, ProfileRequest, ProfileTimes } from "./profile-request.ts";
import { profileOf } from "./read-profile.ts";
import type { ProcedureSession } from "./typed-access.ts";

/** One column of what was read: its cells, and what they are of. */
export interface ReadProfileColumn {
  readonly object: CaptureObject;
  /** Undefined where a column has no scaler (clock, status, Data). */
  readonly scalerUnit: ScalerUnit | undefined;
  /** Raw values, null-data and deltas resolved. */
  readonly cells: ProfileColumn;
}

/** Columns of one request; `next` is what is left to read, also after a broken session. */
export type ProfileColumnsPart =
  | {
      readonly ok: true;
      readonly rowCount: number;
      readonly columns: readonly ReadProfileColumn[];
      readonly description: MeterProfileDescription;
      /** Undefined: this was the last part. */
      readonly next: ProfileTimes | ProfileEntries | undefined;
    }
  | {
      readonly ok: false;
      readonly reason: DataAccessResult;
      readonly next: ProfileTimes | ProfileEntries;
    };

interface Columns {
  readonly rowCount: number;
  readonly columns: readonly ReadProfileColumn[];
}

/**
 * As `readProfile`, by columns of typed arrays: the buffer's octets are read without an object per
 * cell, for back-fill of many thousand rows. Values are raw: `scalerUnit` applies.
 *
 *     const rows = { fromMs, toMs };
 *     for await (const part of readProfileColumns(session, { profile, rows })) ...
 *
 * @throws {DecodeError} the buffer is malformed. @throws {RangeError} as `readProfile`
 */
export async function* readProfileColumns(
  session: ProcedureSession & Pick<Session, "getOctets">,
  request: ProfileRequest,
): AsyncGenerator<ProfileColumnsPart, void, undefined> {
  const described = await profileOf(session, request);
  if (!described.ok) {
    yield { ok: false, reason: described.reason, next: request.rows };
    return;
  }
  const form: ProfileForm<Uint8Array, Columns> = {
    get: async (buffer) => {
      const result = await session.getOctets(buffer, request);
      return result.ok ? { ok: true, buffer: result.octets } : result;
    },
    open: columnsOf,
    rowCountOf: ({ rowCount }) => rowCount,
  };
  for await (const part of profileParts(request, described.description, form)) {
    if (!part.ok) {
      yield part;
      continue;
    }
    const { rows, description, next } = part;
    yield { ok: true, ...rows, description, next };
  }
}

function columnsOf(
  buffer: Uint8Array,
  sent: MeterProfileDescription,
  wanted: readonly boolean[] | undefined,
): Columns {
  const { rowCount, columns } = decodeProfileColumns(buffer, sent);
  const read = columns.map((cells, column) => ({
    object: sent.columns[column]!,
    scalerUnit: sent.scalerUnits[column],
    cells,
  }));
  return { rowCount, columns: read.filter((_, column) => wanted?.[column] !== false) };
}
