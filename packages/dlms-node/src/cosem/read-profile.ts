import { type ProfileReading, readProfileRows } from "@lectura/dlms/cosem";
import type { Data } from "@lectura/dlms/axdr";
import type { DataAccessResult } from "@lectura/dlms/xdlms";
import { describeProfile, type MeterProfileDescription } from "./describe-profile.ts";
import { type ProfileForm, profileParts } from "./profile-parts.ts";
import type { ProfileEntries, ProfileRequest, ProfileTimes } from "./profile-request.ts";
import type { ProcedureSession } from "./typed-access.ts";

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
  const described = await profileOf(session, request);
  if (!described.ok) {
    yield { ok: false, reason: described.reason, next: request.rows };
    return;
  }
  const form: ProfileForm<Data, readonly ProfileReading[]> = {
    get: async (buffer) => {
      const result = await session.get(buffer, request);
      return result.ok ? { ok: true, buffer: result.value } : result;
    },
    open: (buffer, sent, wanted) => {
      const rows = readProfileRows(buffer, sent);
      if (wanted === undefined) return rows;
      return rows.map((row) => ({
        ...row,
        values: row.values.filter((_, column) => wanted[column]),
      }));
    },
    rowCountOf: ({ length }) => length,
  };
  yield* profileParts(request, described.description, form);
}

/** The description that is known, or the meter's. */
export async function profileOf(
  session: ProcedureSession,
  request: ProfileRequest,
): ReturnType<typeof describeProfile> {
  const { description } = request;
  if (description !== undefined) return { ok: true, description };
  return describeProfile(session, request.profile, request);
}
